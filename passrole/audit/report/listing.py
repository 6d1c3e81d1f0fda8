"""The table of passes: filters, a row for each with its details folded in, and what the script needs."""

from collections.abc import Callable, Mapping, Sequence

from passrole.audit.report.rows import FIELDS, Rows
from passrole.audit.report.table import badge
from passrole.audit.report.words import number, passes, service_name
from passrole.audit.summary.terms import kinds_of
from passrole.passes import Outcome
from passrole.policy import Severity
from passrole.preview.markup import Markup, join, tag

_WRITTEN = 100  # rows that are there without a script
_DETAILS = {
    "Reasons": "reasons",
    "Role": "role_arn",
    "Services": "services",
    "Resource": "resource_arn",
    "Place": "place",
    "Passer": "passer_arn",
    "User or session": "passer_name",
    "Called through": "invoked_by",
    "Account": "account",
    "Region": "region",
    "Call": "call",
    "Note": "note",
    "Checks": "checks",
    "Source IP": "source_ip",
    "User agent": "user_agent",
    "Event": "event",
}


def listing(rows: Rows, is_judged: bool) -> Markup:
    """The table with its filters, and the rows that the script of the page shows in it."""
    columns = {
        "time": "Time (UTC)",
        "verdict" if is_judged else "outcome": "Verdict" if is_judged else "Outcome",
        "passer": "Passer",
        "role": "Role",
        "service": "Service",
        "resource": "Resource",
    }
    head = [tag("th", name, scope="col", data_sort=field) for field, name in columns.items()]
    written = [_row(dict(zip(FIELDS, row, strict=True)), is_judged) for row in rows.rows[:_WRITTEN]]
    nothing: Mapping[str, str] = dict.fromkeys(FIELDS, "")
    return join(
        _filters(rows, is_judged),
        _status(rows),
        tag(
            "table",
            tag("thead", tag("tr", head, tag("th", tag("span", "Details", class_="unseen"), scope="col"))),
            tag("tbody", written),
            class_="passes",
        ),
        tag("p", tag("button", "Show more", type="button"), id="more", hidden=""),
        tag("template", _row(nothing, is_judged, is_template=True), id="row"),
        # All of it is harmless to HTML, and nothing but text to a script.
        tag("script", Markup(rows.to_script()), type="application/json", id="rows"),
    )


def _status(rows: Rows) -> Markup:
    """What is on the page: told by the script anew with each filter."""
    without = None
    if len(rows.rows) > _WRITTEN:
        without = tag("noscript", f" Without JavaScript the first {_WRITTEN} are shown.")
    shown = passes(len(rows.rows))
    text = shown if rows.is_whole else f"{shown} of {number(rows.total)}"
    return tag("p", tag("span", text, id="status", role="status"), without, class_="status")


def _filters(rows: Rows, is_judged: bool) -> Markup:
    verdicts = kinds_of(True)[::-1] if is_judged else ()
    severities = tuple(Severity)[::-1] if is_judged else ()
    return tag(
        "div",
        tag(
            "label",
            tag("span", "Passer, role or resource"),
            tag("input", type="search", data_filter="text", autocomplete="off", spellcheck="false"),
            class_="wider",
        ),
        _choice("Verdict", "verdict", verdicts),
        _choice("Severity", "severity", severities),
        _choice("Service", "service", _services(rows), service_name),
        _choice("Outcome", "outcome", tuple(Outcome)),
        tag("button", "Clear", type="button", id="clear"),
        class_="filters",
        role="search",
        aria_label="Filter the passes",
        hidden="",
    )


def _services(rows: Rows) -> Sequence[str]:
    return sorted({name for value in rows.values("services") for name in value.split(" or ")})


def _choice(
    name: str, field: str, values: Sequence[str], shorten: Callable[[str], str] = str
) -> Markup | None:
    if not values:
        return None
    options = [tag("option", "all", value=""), *(tag("option", shorten(v), value=v) for v in values)]
    return tag("label", tag("span", name), tag("select", options, data_filter=field))


def _row(values: Mapping[str, str], is_judged: bool, *, is_template: bool = False) -> Markup:
    said = ("verdict", "severity", "outcome") if is_judged else ("outcome",)
    unless = Outcome.SUCCEEDED if is_judged else None  # as nearly all do
    state = [_badge(field, values, unless, keep=is_template) for field in said]
    details = [
        _detail(name, field, values[field])
        for name, field in _DETAILS.items()
        if values[field] or is_template
    ]
    return tag(
        "tr",
        tag("td", values["time"], data_of="time", class_="time"),
        tag("td", *state, class_="state"),
        [
            tag("td", values[field], data_of=field, data_label=field.capitalize(), class_=field)
            for field in ("passer", "role", "service", "resource")
        ],
        tag(
            "td",
            tag("details", tag("summary", tag("span", "Details", class_="unseen")), tag("dl", details)),
            class_="more",
        ),
    )


def _badge(field: str, values: Mapping[str, str], unless: str | None, *, keep: bool) -> Markup | None:
    if keep:
        return tag("span", class_="badge", data_of=field, data_unless=unless)
    return badge(values[field]) if values[field] != unless else None


def _detail(name: str, field: str, value: str) -> Markup:
    content = tag("dd", value, data_of=field)
    if field == "reasons":
        content = tag("dd", tag("ul", [tag("li", line) for line in value.split("\n")], data_of=field))
    return tag("div", tag("dt", name), content)
