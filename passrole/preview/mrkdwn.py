"""Slack's message text in pieces, for showing it as Slack would: the part of mrkdwn that alerts use.

Source: docs.slack.dev, "Formatting message text". Emphasis is only taken where it is whole on one line.
"""

import re
from dataclasses import dataclass, replace
from enum import StrEnum


class Style(StrEnum):
    """How a piece of text is set."""

    PLAIN = "plain"
    BOLD = "bold"
    ITALIC = "italic"
    CODE = "code"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class Span:
    """Text without any markup or entity left in it; ``url`` is where a link leads."""

    style: Style
    text: str
    url: str | None = None


_MARKED = re.compile(
    r"<(?P<url>https://[^|>\n]+)\|(?P<label>[^>\n]+)>|`([^`\n]+)`|(?<!\w)\*(?!\s)([^*\n]+)(?<!\s)\*(?!\w)|(?<!\w)_(?!\s)([^_\n]+)(?<!\s)_(?!\w)"
)
_STYLES = (Style.CODE, Style.BOLD, Style.ITALIC)
_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))


def spans(text: str) -> list[Span]:
    """The pieces of a mrkdwn text, in order."""
    found: list[Span] = []
    end = 0
    for match in _MARKED.finditer(text):
        found.append(Span(Style.PLAIN, text[end : match.start()]))
        found.append(_span(match))
        end = match.end()
    found.append(Span(Style.PLAIN, text[end:]))
    return [replace(span, text=_characters(span.text)) for span in found if span.text]


def _span(match: re.Match[str]) -> Span:
    url, label, *others = match.groups()
    if url:
        return Span(Style.LINK, label, _characters(url))
    return next(Span(style, inner) for style, inner in zip(_STYLES, others, strict=True) if inner is not None)


def _characters(text: str) -> str:
    for entity, character in _ENTITIES:
        text = text.replace(entity, character)
    return text
