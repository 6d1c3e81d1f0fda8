"""Tables of the report: on a phone, each row becomes a card with the names of its columns in it."""

from collections.abc import Iterable, Sequence

from passrole.audit.report.words import NOT_KNOWN, many
from passrole.audit.summary.groups import Top
from passrole.names import shown
from passrole.preview.markup import Markup, code, join, tag

_LONGEST = 160


def table(columns: Sequence[str], rows: Iterable[Sequence[Markup]], top: Top[object] | None = None) -> Markup:
    """A table whose rows are cells made by the functions below, and how many rows it leaves out."""
    head = tag("thead", tag("tr", [tag("th", name, scope="col") for name in columns]))
    body = tag(
        "tbody",
        [tag("tr", [_labelled(cell, name) for cell, name in zip(row, columns, strict=True)]) for row in rows],
    )
    more = tag("p", f"and {many(top.left_out, 'more row')}", class_="said") if top and top.left_out else None
    return join(tag("table", head, body, class_="rows"), more)


def _labelled(cell: Markup, name: str) -> Markup:
    """A cell that says what it is: no head stands over it on a phone."""
    return Markup(cell.replace("<td", f'<td data-label="{name}"', 1)) if name else cell


def named(name: str, whole: str | None) -> Markup:
    """A short name, and the whole one below it."""
    below = code(shown(whole, _LONGEST)) if whole and whole != name else None
    return tag("td", tag("b", shown(name, _LONGEST)), below, class_="named")


def figure(value: str) -> Markup:
    return tag("td", value, class_="number")


def text(value: str | None) -> Markup:
    return tag("td", shown(value, _LONGEST) if value else NOT_KNOWN)


def cell(*children: Markup | str | None) -> Markup:
    return tag("td", *children)


def badge(value: str | None) -> Markup | None:
    """A verdict, a severity or an outcome, in its colour."""
    return tag("span", value, class_=f"badge {value}") if value else None


def finder(words: str, **found: str | None) -> Markup:
    """A link to the table of passes that shows only those that are meant, where scripts run."""
    told = {f"data_{name}": value for name, value in found.items() if value is not None}
    return tag("a", words, href="#passes", class_="find", **told)
