"""The page of an audit: one file of HTML that needs nothing else, put together from its parts."""

from importlib.resources import files

from passrole.audit.report.about import About
from passrole.audit.report.chart import trend_chart
from passrole.audit.report.header import header
from passrole.audit.report.limits import limits, read
from passrole.audit.report.listing import listing
from passrole.audit.report.policy import content_security_policy
from passrole.audit.report.rows import Rows, embedded
from passrole.audit.report.sankey import sankey
from passrole.audit.report.sections import attention, section
from passrole.audit.report.tiles import shares, tiles
from passrole.audit.report.words import number
from passrole.audit.store import Store
from passrole.audit.summary import Summary, summarize
from passrole.audit.tally import Tally
from passrole.preview.markup import Markup, code, tag


def page(store: Store, tally: Tally, about: About) -> str:
    """The report on the passes of a store whose input is closed.

    Every name in it is escaped. It fetches nothing, and its policy lets nothing run but its own script.
    Without a script all figures and tables are there, and the first passes.
    """
    summary = summarize(store, about.is_judged)
    unknown = limits(about, summary)
    parts = [
        *_overview(summary),
        *attention(about, summary),
        *_list(embedded(store), about),
        *_reading(store, tally, unknown),
    ]
    script = _text("passrole.audit.report", "page.js")
    body = tag(
        "body",
        header(about, summary, len(unknown)),
        tag("main", parts),
        _foot(),
        tag("script", Markup(script)),
    )
    return f"<!doctype html>\n{tag('html', _head(script), body, lang='en')}\n"


def _head(script: str) -> Markup:
    style = _text("passrole.preview", "colours.css") + _text("passrole.audit.report", "style.css")
    return tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=content_security_policy(style, script)),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", "PassRole audit"),
        tag("style", Markup(style)),
    )


def _text(package: str, name: str) -> str:
    return files(package).joinpath(name).read_text(encoding="utf-8")


def _overview(summary: Summary) -> list[Markup]:
    parts = [tag("section", tiles(summary.totals), shares(summary), class_="first")]
    if chart := trend_chart(summary.trend, summary.is_judged):
        parts.append(section("Over time", None, chart))
    if flows := sankey(summary.flows, summary.is_judged):
        said = "The higher a flow, the more passes; what is great or wrong has its name."
        parts.append(section("From passers to services", said, flows))
    return parts


def _list(rows: Rows, about: About) -> list[Markup]:
    if not rows.total:
        return []
    order = "the gravest first, then the latest" if about.is_judged else "the latest first"
    said = f"All of them, {order}."
    if not rows.is_whole:
        said = (
            f"{number(len(rows.rows))} of {number(rows.total)}, {order}. "
            "For all of them: --format csv or --format parquet."
        )
    return [section("Passes", said, listing(rows, about.is_judged), "passes")]


def _reading(store: Store, tally: Tally, unknown: list[str]) -> list[Markup]:
    parts = [section("What was read", None, read(tally, store.duplicates))]
    if unknown:
        notes = tag("ul", [tag("li", note) for note in unknown], class_="notes")
        parts.append(section("What this cannot tell", None, notes, "limits"))
    return parts


def _foot() -> Markup:
    made = (
        "Made by ",
        code("passrole audit"),
        " from CloudTrail records. This page loads and sends nothing.",
    )
    return tag("footer", tag("p", *made))
