"""Passes over time as stacked bars, in inline SVG: wide for a desk, narrow for a phone."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from passrole.audit.report.words import number, passes
from passrole.audit.summary.terms import kinds_of
from passrole.audit.summary.trend import Span, Trend, Unit
from passrole.preview.markup import Markup, join, tag

_DATES = {Unit.DAY: "%-d %b %Y", Unit.WEEK: "week of %-d %b %Y", Unit.MONTH: "%B %Y", Unit.YEAR: "%Y"}
_TICKS = {Unit.DAY: "%-d %b", Unit.WEEK: "%-d %b", Unit.MONTH: "%b %Y", Unit.YEAR: "%Y"}
_LEAST = 1.5  # so high is what is there at all
_TOP, _FOOT, _RIGHT = 8, 24, 6


@dataclass(frozen=True, slots=True)
class Frame:
    """The size of a drawing: all of it, what is left of the bars, and how many dates have room."""

    width: float
    height: float
    left: float
    dates: int

    @property
    def plot_width(self) -> float:
        return self.width - self.left - _RIGHT

    @property
    def plot_height(self) -> float:
        return self.height - _TOP - _FOOT


def trend_chart(trend: Trend, is_judged: bool) -> Markup | None:
    """All passes, and beneath on a scale of their own those that were not approved (or did not succeed)."""
    if not trend.spans:
        return None
    kinds = kinds_of(is_judged)
    found = [kind for kind in kinds if any(span.counts.get(kind) for span in trend.spans)]
    wrong = [kind for kind in found if kind in kinds[2 if is_judged else 1 :]]
    title = "Not approved" if is_judged else "Not successful"
    return tag(
        "div",
        _legend(found),
        _figure("All passes", trend, found, 230),
        _figure(title, trend, wrong, 150) if wrong and wrong != found else None,
        _numbers(trend, found),
        class_="card",
    )


def _legend(kinds: Sequence[str]) -> Markup:
    return tag("ul", [tag("li", tag("i", class_=kind), kind) for kind in kinds], class_="legend")


def _figure(title: str, trend: Trend, kinds: Sequence[str], height: float) -> Markup:
    frames = {"wide": Frame(1000, height, 46, 12), "narrow": Frame(320, height * 0.8, 34, 4)}
    drawings = [
        tag("div", _drawing(title, trend, kinds, frame), class_=name) for name, frame in frames.items()
    ]
    return tag("figure", tag("figcaption", f"{title}, by {trend.unit}"), drawings, class_="trend")


def _drawing(title: str, trend: Trend, kinds: Sequence[str], frame: Frame) -> Markup:
    highest = max(sum(span.counts.get(kind, 0) for kind in kinds) for span in trend.spans)
    step = _step(highest)
    top = step * math.ceil(highest / step)
    slot = frame.plot_width / len(trend.spans)
    bars = [
        _bar(span, trend.unit, kinds, frame, frame.left + (index + 0.5) * slot, min(0.72 * slot, 34), top)
        for index, span in enumerate(trend.spans)
        if any(span.counts.get(kind) for kind in kinds)
    ]
    return tag(
        "svg",
        _lines(step, top, frame),
        bars,
        _dates(trend, frame, slot),
        viewBox=f"0 0 {frame.width:g} {frame.height:g}",
        role="img",
        aria_label=f"{title} by {trend.unit}: {_said(trend, kinds)}",
    )


def _said(trend: Trend, kinds: Sequence[str]) -> str:
    total = sum(span.counts.get(kind, 0) for span in trend.spans for kind in kinds)
    first, last = (f"{span.start:{_DATES[trend.unit]}}" for span in (trend.spans[0], trend.spans[-1]))
    return f"{passes(total)} from {first} to {last}"


def _step(highest: int) -> int:
    """The distance of lines such that there are at most five of them, at round numbers."""
    power = 1
    while highest > 10 * power:
        power *= 10
    return next(step for step in (power, 2 * power, 5 * power) if highest <= 5 * step)


def _lines(step: int, top: int, frame: Frame) -> list[Markup]:
    lines = []
    for value in range(0, top + 1, step):
        y = f"{_TOP + frame.plot_height * (1 - value / top):.1f}"
        lines.append(
            tag(
                "line",
                x1=f"{frame.left:g}",
                x2=f"{frame.width:g}",
                y1=y,
                y2=y,
                class_="base" if not value else "grid",
            )
        )
        lines.append(tag("text", number(value), x=f"{frame.left - 8:g}", y=y, dy="0.32em", class_="tick end"))
    return lines


def _bar(
    span: Span, unit: Unit, kinds: Sequence[str], frame: Frame, middle: float, width: float, top: int
) -> Markup:
    counts = [(kind, span.counts[kind]) for kind in kinds if span.counts.get(kind)]
    y, parts = _TOP + frame.plot_height, []
    for kind, count in counts:
        height = max(count / top * frame.plot_height, _LEAST)
        y -= height
        parts.append(
            tag(
                "rect",
                x=f"{middle - width / 2:.1f}",
                y=f"{y:.1f}",
                width=f"{width:.1f}",
                height=f"{height:.1f}",
                class_=kind,
            )
        )
    said = ", ".join(f"{number(count)} {kind}" for kind, count in counts)
    return tag("g", tag("title", f"{span.start:{_DATES[unit]}}: {said}"), parts, class_="bar")


def _dates(trend: Trend, frame: Frame, slot: float) -> list[Markup]:
    every = math.ceil(len(trend.spans) / frame.dates)
    y = f"{frame.height - 6:g}"
    return [
        tag(
            "text",
            f"{span.start:{_TICKS[trend.unit]}}",
            x=f"{frame.left + (index + 0.5) * slot:.1f}",
            y=y,
            class_="tick middle",
        )
        for index, span in enumerate(trend.spans)
        if index % every == 0 and index + every / 2 <= len(trend.spans)
    ]


def _numbers(trend: Trend, kinds: Sequence[str]) -> Markup:
    """The same as a table, for those who do not see the figure."""
    head = tag("tr", [tag("th", name, scope="col") for name in (trend.unit.capitalize(), *kinds, "all")])
    body = [
        tag(
            "tr",
            tag("th", f"{span.start:{_DATES[trend.unit]}}", scope="row"),
            [tag("td", number(span.counts.get(kind, 0)), class_="number") for kind in kinds],
            tag("td", number(span.total), class_="number"),
        )
        for span in trend.spans
    ]
    table = tag("table", tag("thead", head), tag("tbody", body), class_="plain")
    return tag("details", tag("summary", "The numbers"), tag("div", join(table), class_="scroll"))
