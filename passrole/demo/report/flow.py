"""The flow of the guard as inline SVG, with the figures of the run: wide for a desk, tall for a phone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from passrole.preview.markup import Markup, tag


@dataclass(frozen=True, slots=True)
class Box:
    """A part of the system: where it stands, its name, and a figure."""

    x: float
    y: float
    name: str
    figure: str
    kind: str = "part"
    width: float = 138
    height: float = 58


Arrow = tuple[str, str, str]
"""From a box, to a box, in a manner: ``right``, ``down``, or ``keep`` for reading and writing the ledger."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What stands in the boxes."""

    calls: str
    rules: str
    verdicts: str
    findings: str
    containments: str
    messages: str


def flow(figures: Figures) -> Markup:
    """Both drawings; the style sheet shows the one that fits."""
    return tag(
        "div",
        tag("div", _drawing(1128, 236, _wide(figures), _WIDE_ARROWS), class_="wide"),
        tag("div", _drawing(330, 560, _tall(figures), _TALL_ARROWS), class_="tall"),
        class_="flow",
    )


def _wide(figures: Figures) -> dict[str, Box]:
    step, middle = 165, 70
    return {
        "calls": Box(0, middle, "API calls", figures.calls, "outside"),
        "rules": Box(step, middle, "EventBridge", figures.rules),
        "queue": Box(2 * step, middle, "queue", "with dead letters"),
        "detect": Box(3 * step, middle, "detect", figures.verdicts, "function"),
        "ledger": Box(3 * step, middle + 106, "ledger", figures.findings, "store"),
        "topic": Box(4 * step, middle, "topic", "pointers only"),
        "contain": Box(5 * step, middle - 62, "contain", figures.containments, "function"),
        "notify": Box(5 * step, middle + 62, "notify", figures.messages, "function"),
        "held": Box(6 * step, middle - 62, "the resource", "held, reversibly", "outside"),
        "people": Box(6 * step, middle + 62, "people", "Slack and e-mail", "outside"),
    }


_WIDE_ARROWS: Sequence[Arrow] = (
    ("calls", "rules", "right"),
    ("rules", "queue", "right"),
    ("queue", "detect", "right"),
    ("detect", "topic", "right"),
    ("topic", "contain", "right"),
    ("topic", "notify", "right"),
    ("contain", "held", "right"),
    ("notify", "people", "right"),
    ("detect", "ledger", "keep"),
)


def _tall(figures: Figures) -> dict[str, Box]:
    left, right, step = 0.0, 178.0, 84
    return {
        "calls": Box(left, 2, "API calls", figures.calls, "outside", 152),
        "rules": Box(left, 2 + step, "EventBridge", figures.rules, "part", 152),
        "queue": Box(left, 2 + 2 * step, "queue", "with dead letters", "part", 152),
        "detect": Box(left, 2 + 3 * step, "detect", figures.verdicts, "function", 152),
        "ledger": Box(right, 2 + 3 * step, "ledger", figures.findings, "store", 152),
        "topic": Box(left, 2 + 4 * step, "topic", "pointers only", "part", 152),
        "contain": Box(left, 2 + 5 * step, "contain", figures.containments, "function", 152),
        "notify": Box(right, 2 + 5 * step, "notify", figures.messages, "function", 152),
        "held": Box(left, 2 + 6 * step - 8, "the resource", "held, reversibly", "outside", 152),
        "people": Box(right, 2 + 6 * step - 8, "people", "Slack and e-mail", "outside", 152),
    }


_TALL_ARROWS: Sequence[Arrow] = tuple(
    (start, end, "keep" if manner == "keep" else "down") for start, end, manner in _WIDE_ARROWS
)


def _drawing(width: float, height: float, boxes: Mapping[str, Box], arrows: Sequence[Arrow]) -> Markup:
    return tag(
        "svg",
        tag(
            "title", "The flow of the guard: API calls, EventBridge, queue, detect, topic, contain and notify"
        ),
        [_arrow(boxes[start], boxes[end], manner) for start, end, manner in arrows],
        [_box(box) for box in boxes.values()],
        viewBox=f"-2 0 {width + 4:g} {height:g}",
        role="img",
    )


def _box(box: Box) -> Markup:
    middle = f"{box.x + box.width / 2:g}"
    return tag(
        "g",
        tag("rect", x=f"{box.x:g}", y=f"{box.y:g}", width=f"{box.width:g}", height=f"{box.height:g}", rx=12),
        tag("text", box.name, x=middle, y=f"{box.y + 25:g}", class_="name"),
        tag("text", box.figure, x=middle, y=f"{box.y + 44:g}", class_="figure"),
        class_=f"box {box.kind}",
    )


def _arrow(start: Box, end: Box, manner: str) -> Markup:
    if manner == "keep":
        return _line(start, end)
    if manner == "right":
        x, y = start.x + start.width, start.y + start.height / 2
        tip_x, tip_y = end.x - 3, end.y + end.height / 2
        bend = (tip_x - x) / 2
        curve = f"C{x + bend:g} {y:g} {tip_x - bend:g} {tip_y:g} {tip_x:g} {tip_y:g}"
        head = f"M{tip_x - 6:g} {tip_y - 4:g}L{tip_x:g} {tip_y:g}L{tip_x - 6:g} {tip_y + 4:g}"
    else:
        x, y = start.x + start.width / 2, start.y + start.height
        tip_x, tip_y = end.x + end.width / 2, end.y - 3
        bend = (tip_y - y) / 2
        curve = f"C{x:g} {y + bend:g} {tip_x:g} {tip_y - bend:g} {tip_x:g} {tip_y:g}"
        head = f"M{tip_x - 4:g} {tip_y - 6:g}L{tip_x:g} {tip_y:g}L{tip_x + 4:g} {tip_y - 6:g}"
    return tag("path", d=f"M{x:g} {y:g}{curve}{head}", class_="arrow")


def _line(start: Box, end: Box) -> Markup:
    if start.x == end.x:
        x = start.x + start.width / 2
        return tag("path", d=f"M{x:g} {start.y + start.height:g}L{x:g} {end.y:g}", class_="arrow keep")
    y = start.y + start.height / 2
    return tag("path", d=f"M{start.x + start.width:g} {y:g}L{end.x:g} {y:g}", class_="arrow keep")
