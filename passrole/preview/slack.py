"""Messages as Slack would show them."""

from collections.abc import Mapping, Sequence
from typing import Any

from passrole.preview.markup import Markup, join, tag
from passrole.preview.mrkdwn import Span, Style, spans

_TAGS = {Style.BOLD: "strong", Style.ITALIC: "em", Style.CODE: "code"}


def message(
    payload: Mapping[str, Any], clock: str, after: str = "", replies: Sequence[Markup] = ()
) -> Markup:
    """One message with its sender's line above, and the replies in its thread below.

    Args:
        payload: what was posted.
        clock: the time that stands beside the sender.
        after: what is said beside that.
    """
    sender = tag(
        "p",
        tag("strong", "PassRole Guardrail"),
        tag("span", "APP", class_="app"),
        tag("time", clock),
        tag("span", after, class_="after") if after else None,
        class_="sender",
    )
    blocks = [_block(block) for block in payload.get("blocks", ())]
    thread = tag("div", replies, class_="thread") if replies else None
    shield = tag("span", _shield(), class_="avatar", aria_hidden="true")
    return tag("article", shield, tag("div", sender, blocks, thread, class_="words"), class_="slack")


def _block(block: Mapping[str, Any]) -> Markup:
    match block.get("type"):
        case "header":
            return tag("h4", block["text"]["text"])
        case "context":
            return tag("p", _inline(" ".join(text["text"] for text in block["elements"])), class_="context")
        case "section" if "fields" in block:
            return tag(
                "div", [tag("p", _inline(field["text"])) for field in block["fields"]], class_="fields"
            )
        case "section":
            return tag("p", _inline(block["text"]["text"]))
    return join()


def _inline(text: str) -> Markup:
    return join([_span(span) for span in spans(text)])


def _span(span: Span) -> Markup:
    if span.style in _TAGS:
        return tag(_TAGS[span.style], span.text)
    if span.style is Style.LINK:
        return tag("a", span.text, href=span.url)
    lines = span.text.split("\n")
    return join(lines[0], [join(tag("br"), line) for line in lines[1:]])


def _shield() -> Markup:
    return tag(
        "svg",
        tag("path", d="M12 2 20 5v6c0 5-3.4 9-8 11-4.6-2-8-6-8-11V5z", class_="shield"),
        tag("path", d="m8.5 12 2.5 2.5 4.5-5", class_="tick"),
        viewBox="0 0 24 24",
    )
