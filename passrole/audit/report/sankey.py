"""Passers, roles and services as flows in inline SVG: wide for a desk, narrow for a phone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from passrole.audit.report.layout import Box, Layout, Ribbon, Style, lay_out
from passrole.audit.report.words import many, number, passer_name, passes, role_name, service_name, told_apart
from passrole.audit.summary.flows import Flow, Flows, Names
from passrole.audit.summary.terms import kinds_of
from passrole.names import shown
from passrole.preview.markup import Markup, tag

_TITLES = ("Passers", "Roles", "Services")
_SHORTEN: tuple[Callable[[str | None], str], ...] = (passer_name, role_name, service_name)
_FULL = 200  # characters of a name in a tooltip
_LISTED = 40


@dataclass(frozen=True, slots=True)
class _Drawing:
    style: Style
    letters: tuple[int, int, int]
    is_beside: bool  # whether names stand beside their boxes; else above them


_WIDE = _Drawing(Style(1000, (185, 470, 806), 320, 17, 7, 0), (21, 26, 22), is_beside=True)
_NARROW = _Drawing(Style(320, (0, 155, 310), 300, 3, 5, 15), (16, 17, 14), is_beside=False)


def sankey(flows: Flows, is_judged: bool) -> Markup | None:
    """Both drawings; the style sheet shows the one that fits."""
    if not flows.flows:
        return None
    kinds = kinds_of(is_judged)
    return tag(
        "div",
        tag("div", _draw(flows, kinds, _WIDE), class_="wide"),
        tag("div", _draw(flows, kinds, _NARROW), class_="narrow"),
        _listed(flows),
        class_="card",
    )


def _columns(flows: Flows) -> tuple[Names, Names, Names]:
    return (flows.passers, flows.roles, flows.services)


def _labels(names: Names, column: int) -> dict[int | None, str]:
    labels: dict[int | None, str] = dict(enumerate(told_apart(names.shown, _SHORTEN[column])))
    return labels | {None: many(names.others, "other")}


def _draw(flows: Flows, kinds: Sequence[str], drawing: _Drawing) -> Markup:
    layout = lay_out(flows.flows, kinds, drawing.style)
    labels = [_labels(names, column) for column, names in enumerate(_columns(flows))]
    total = sum(flow.passes for flow in flows.flows)
    heading = 30
    return tag(
        "svg",
        [_title(column, drawing) for column in range(3)],
        tag("g", _ribbons(layout, labels, drawing), class_="ribbons"),
        [_box(box, labels[box.column][box.place], _whole(box, flows), drawing) for box in layout.boxes],
        viewBox=f"0 -{heading} {drawing.style.width:g} {layout.height + heading + 4:.0f}",
        role="img",
        aria_label=f"{passes(total)} from passers by roles to services",
        class_="sankey",
    )


def _whole(box: Box, flows: Flows) -> str:
    if box.place is None:
        return ""
    return shown(_columns(flows)[box.column].shown[box.place] or "", _FULL)


def _title(column: int, drawing: _Drawing) -> Markup:
    x, anchor = _side(column, drawing)
    return tag("text", _TITLES[column], x=f"{x:g}", y=-14, class_=f"column {anchor}")


def _side(column: int, drawing: _Drawing) -> tuple[float, str]:
    """Where the names of a column stand, and which end of them stands there."""
    x, width = drawing.style.columns[column], drawing.style.box
    if not drawing.is_beside:
        return ((x, "start"), (x + width / 2, "middle"), (x + width, "end"))[column]
    return (x - 8, "end") if column == 0 else (x + width + 8, "start")


def _box(box: Box, label: str, whole: str, drawing: _Drawing) -> Markup:
    x, anchor = _side(box.column, drawing)
    y = box.y + box.height / 2 if drawing.is_beside else box.y - 5
    return tag(
        "g",
        tag("title", f"{whole or label}: {passes(box.passes)}"),
        tag(
            "rect",
            x=f"{drawing.style.columns[box.column]:g}",
            y=f"{box.y:.1f}",
            width=f"{drawing.style.box:g}",
            height=f"{box.height:.1f}",
            class_="node",
        ),
        tag(
            "text",
            shown(label, drawing.letters[box.column]),
            tag("tspan", f" {number(box.passes)}", class_="count") if drawing.is_beside else None,
            x=f"{x:g}",
            y=f"{y:.1f}",
            dy="0.34em" if drawing.is_beside else None,
            class_=f"label {anchor}",
        ),
    )


def _ribbons(layout: Layout, labels: Sequence[dict[int | None, str]], drawing: _Drawing) -> list[Markup]:
    return [
        tag("path", tag("title", _said(ribbon, labels)), d=_outline(ribbon, drawing), class_=ribbon.kind)
        for ribbon in layout.ribbons
    ]


def _outline(ribbon: Ribbon, drawing: _Drawing) -> str:
    x = drawing.style.columns[ribbon.column] + drawing.style.box
    end = drawing.style.columns[ribbon.column + 1]
    middle, y, end_y, thick = (x + end) / 2, ribbon.start, ribbon.end, ribbon.thickness
    upper = f"M{x:g} {y:.1f}C{middle:g} {y:.1f} {middle:g} {end_y:.1f} {end:g} {end_y:.1f}v{thick:.1f}"
    y, end_y = y + thick, end_y + thick
    return f"{upper}C{middle:g} {end_y:.1f} {middle:g} {y:.1f} {x:g} {y:.1f}z"


def _said(ribbon: Ribbon, labels: Sequence[dict[int | None, str]]) -> str:
    before, after = (shown(labels[ribbon.column + n][ribbon.places[n]], 60) for n in (0, 1))
    return f"{before} → {after}: {passes(ribbon.passes)}, {ribbon.kind}"


def _listed(flows: Flows) -> Markup:
    """The greatest flows as a table, for those who do not see the figure."""
    labels = [_labels(names, column) for column, names in enumerate(_columns(flows))]
    greatest = sorted(flows.flows, key=lambda flow: -flow.passes)[:_LISTED]
    head = tag("tr", [tag("th", name, scope="col") for name in ("Passer", "Role", "Service", "", "Passes")])
    body = tag("tbody", [_line(flow, labels) for flow in greatest])
    left_out = len(flows.flows) - len(greatest)
    note = tag("p", f"and {many(left_out, 'smaller flow')}", class_="said") if left_out else None
    table = tag("div", tag("table", tag("thead", head), body, class_="plain"), class_="scroll")
    return tag("details", tag("summary", "The greatest flows"), table, note)


def _line(flow: Flow, labels: Sequence[dict[int | None, str]]) -> Markup:
    cells = [tag("td", shown(labels[n][place], _FULL)) for n, place in enumerate(flow.way)]
    return tag("tr", cells, tag("td", flow.kind), tag("td", number(flow.passes), class_="number"))
