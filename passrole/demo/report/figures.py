"""What was measured, what was changed, and what was expected: the parts of the report with figures."""

import math
from collections.abc import Sequence

from passrole.demo.measures import Measures, Row
from passrole.demo.seen import seconds
from passrole.demo.telling import Change, Told
from passrole.names import short_passer
from passrole.preview.markup import Markup, code, join, tag

_KINDS = ("verdict", "alert", "containment")


def tiles(values: Sequence[tuple[str, str]]) -> Markup:
    """Figures at a glance: each with what it is."""
    return tag(
        "ul", [tag("li", tag("b", value), tag("span", name)) for value, name in values], class_="tiles"
    )


def chart(measures: Measures) -> Markup | None:
    """Each pass as a line of dots on a scale of seconds, by powers of ten."""
    if not measures.rows:
        return None
    values = [*measures.verdicts, *measures.alerts, *measures.containments]
    low = math.floor(math.log10(max(min(values), 0.001)))
    high = max(low + 1, math.ceil(math.log10(max(values))))
    scale = _Scale(low, high)
    legend = tag("ul", [tag("li", tag("i", class_=kind), kind) for kind in _KINDS], class_="legend")
    return tag(
        "div",
        legend,
        tag("div", [_row(row, scale) for row in measures.rows], class_="rows"),
        tag("div", [_tick(power, scale) for power in range(low, high + 1)], class_="ticks"),
        class_="chart",
    )


class _Scale:
    def __init__(self, low: int, high: int) -> None:
        self._low, self._high = low, high

    def place(self, value: float) -> str:
        share = (math.log10(max(value, 10**self._low)) - self._low) / (self._high - self._low)
        return f"left:{100 * share:.1f}%"


def _row(row: Row, scale: _Scale) -> Markup:
    found = [
        (kind, value)
        for kind, value in zip(_KINDS, (row.verdict, row.alert, row.containment), strict=True)
        if value is not None
    ]
    dots = [
        tag("i", class_=kind, style=scale.place(value), title=f"{kind}: {seconds(value)}")
        for kind, value in found
    ]
    words = ", ".join(f"{kind} {seconds(value)}" for kind, value in found)
    name = join(tag("span", row.about, class_="about"), tag("span", _who(row), class_="quiet"))
    return tag(
        "div", tag("p", name), tag("div", dots, class_="track", role="img", aria_label=words), class_="row"
    )


def _who(row: Row) -> str:
    return f"{row.pass_.event_name.partition('20')[0]}, {short_passer(row.pass_.passer).rpartition('/')[2]}"


def _tick(power: int, scale: _Scale) -> Markup:
    value = 10.0**power
    words = f"{value:g} s"
    return tag("span", words, style=scale.place(value))


def changes(rows: Sequence[Change]) -> Markup:
    """Before, contained, and at the end, one row a resource."""
    head = tag(
        "tr", [tag("th", name, scope="col") for name in ("Resource", "Before", "Contained", "At the end")]
    )
    return tag("table", tag("thead", head), tag("tbody", [_change(row) for row in rows]), class_="changes")


def _change(row: Change) -> Markup:
    values = (("Before", row.before), ("Contained", row.contained), ("At the end", row.end))
    cells = [
        tag("td", value, data_label=label, class_="changed" if value != row.before else None)
        for label, value in values
    ]
    return tag(
        "tr", tag("th", code(row.resource), tag("span", row.about, class_="quiet"), scope="row"), cells
    )


def expectations(told: Told) -> Markup:
    """All of them; of those that are not met, what was expected and seen."""
    return tag(
        "ul",
        [
            tag(
                "li",
                tag("span", "✓" if one.is_met else "✗", class_="mark"),
                tag("span", one.about),
                None if one.is_met else tag("p", f"expected: {one.expected}", tag("br"), f"seen: {one.seen}"),
                class_="met" if one.is_met else "missed",
            )
            for one in told.expectations.all
        ],
        class_="expectations",
    )
