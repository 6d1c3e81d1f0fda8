"""Slack's message text in pieces, for showing it as Slack would: the part of mrkdwn that alerts use.

Source: docs.slack.dev, "Formatting message text". Emphasis is only taken where it is whole on one line.
"""

import re
from dataclasses import dataclass
from enum import StrEnum


class Style(StrEnum):
    """How a piece of text is set."""

    PLAIN = "plain"
    BOLD = "bold"
    ITALIC = "italic"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Span:
    """Text without any markup or entity left in it."""

    style: Style
    text: str


_MARKED = re.compile(
    r"`([^`\n]+)`|(?<!\w)\*(?!\s)([^*\n]+)(?<!\s)\*(?!\w)|(?<!\w)_(?!\s)([^_\n]+)(?<!\s)_(?!\w)"
)
_STYLES = (Style.CODE, Style.BOLD, Style.ITALIC)
_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))


def spans(text: str) -> list[Span]:
    """The pieces of a mrkdwn text, in order."""
    found: list[Span] = []
    end = 0
    for match in _MARKED.finditer(text):
        found.append(Span(Style.PLAIN, text[end : match.start()]))
        style, inner = next(
            (style, inner) for style, inner in zip(_STYLES, match.groups(), strict=True) if inner is not None
        )
        found.append(Span(style, inner))
        end = match.end()
    found.append(Span(Style.PLAIN, text[end:]))
    return [Span(span.style, _characters(span.text)) for span in found if span.text]


def _characters(text: str) -> str:
    for entity, character in _ENTITIES:
        text = text.replace(entity, character)
    return text
