"""The top of the page: what was found in one sentence, and what was audited with what."""

from passrole.audit.report.about import About
from passrole.audit.report.words import day, many, number, passes
from passrole.audit.summary import Summary
from passrole.audit.summary.totals import Totals
from passrole.names import shown
from passrole.policy import Decision
from passrole.preview.markup import Markup, code, join, rendered, tag

_SOURCES = 6  # that are named


def header(about: About, summary: Summary, limits: int) -> Markup:
    """The header, with a link to what cannot be told if there are such points."""
    facts = [tag("div", tag("dt", name), tag("dd", value)) for name, value in _facts(about)]
    link = tag("a", f"What this cannot tell: {many(limits, 'point')}", href="#limits")
    return tag(
        "header",
        tag("p", "PassRole Guardrail · audit", class_="eyebrow"),
        tag("h1", _headline(summary)),
        tag(
            "p",
            ", ".join(["Who passed which IAM role to which AWS service", *_when_and_where(summary.totals)]),
            class_="lead",
        ),
        tag("dl", facts, class_="facts"),
        tag("p", link, class_="to-limits") if limits else None,
        class_="top",
    )


def _headline(summary: Summary) -> str:
    totals = summary.totals
    if not totals.passes:
        return "No role was passed"
    if not summary.is_judged:
        return f"{passes(totals.passes)} of {many(totals.roles, 'role')} by {many(totals.passers, 'passer')}"
    wrong = totals.verdicts.get(Decision.VIOLATION, 0)
    if not wrong:
        return f"None of {passes(totals.passes)} violates the policy"
    return f"{number(wrong)} of {passes(totals.passes)} {'violates' if wrong == 1 else 'violate'} the policy"


def _when_and_where(totals: Totals) -> list[str]:
    found = []
    if totals.first and totals.last:
        first, last = day(totals.first), day(totals.last)
        found.append(f"on {first}" if first == last else f"from {first} to {last}")
    if totals.accounts:
        found.append(f"in {many(totals.accounts, 'account')} and {many(totals.regions, 'region')}")
    return found


def _facts(about: About) -> list[tuple[str, Markup | str]]:
    asked = {"since": about.since, "until": about.until}
    range_ = " ".join(f"{word} {shown(value, 40)}" for word, value in asked.items() if value)
    return [
        ("Read from", _sources(about.sources)),
        *([("Asked for", range_)] if range_ else []),
        ("Policy", code(shown(about.policy_hash, 80)) if about.policy_hash else "none: nothing was judged"),
        ("IAM snapshot", "given" if about.has_snapshot else "not given"),
        ("Made", f"{about.generated_at:%-d %B %Y, %H:%M %Z}"),
    ]


def _sources(sources: tuple[str, ...]) -> Markup:
    more = len(sources) - _SOURCES
    named = [tag("span", code(_source(source))) for source in sources[:_SOURCES]]
    return join(named, f"and {many(more, 'other')}" if more > 0 else None)


def _source(source: str) -> Markup:
    """A source as it was given: what breaks up the links of hostile names would spoil ``s3://``."""
    return rendered(shown(source, 120).replace("[:]//", "://"))
