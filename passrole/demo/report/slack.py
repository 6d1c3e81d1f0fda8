"""Alerts as Slack would show them."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from passrole.demo.mrkdwn import Style, spans
from passrole.demo.report.markup import Markup, join, tag
from passrole.demo.seen import SeenAlert, seconds

_TAGS = {Style.BOLD: "strong", Style.ITALIC: "em", Style.CODE: "code"}


def message(alert: SeenAlert) -> Markup:
    """One message with its sender's line above."""
    after = f"{seconds(alert.seconds)} after the call" if alert.seconds is not None else ""
    clock = datetime.fromtimestamp(alert.at, UTC).strftime("%H:%M")
    sender = tag(
        "p",
        tag("strong", "PassRole Guardrail"),
        tag("span", "APP", class_="app"),
        tag("time", clock),
        tag("span", after, class_="after"),
        class_="sender",
    )
    blocks = [_block(block) for block in alert.payload.get("blocks", ())]
    shield = tag("span", _shield(), class_="avatar", aria_hidden="true")
    return tag("article", shield, tag("div", sender, blocks, class_="words"), class_="slack")


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
    return join([_span(style, part) for style, part in _pieces(text)])


def _pieces(text: str) -> Sequence[tuple[Style, str]]:
    return [(span.style, span.text) for span in spans(text)]


def _span(style: Style, text: str) -> Markup:
    if style in _TAGS:
        return tag(_TAGS[style], text)
    lines = text.split("\n")
    return join(lines[0], [join(tag("br"), line) for line in lines[1:]])


def _shield() -> Markup:
    return tag(
        "svg",
        tag("path", d="M12 2 20 5v6c0 5-3.4 9-8 11-4.6-2-8-6-8-11V5z", class_="shield"),
        tag("path", d="m8.5 12 2.5 2.5 4.5-5", class_="tick"),
        viewBox="0 0 24 24",
    )
