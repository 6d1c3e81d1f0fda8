"""What was read, what was passed over, and what cannot be known from it."""

from collections.abc import Mapping

from passrole.audit.report.about import About
from passrole.audit.report.words import many, number, passes
from passrole.audit.summary import Summary
from passrole.audit.tally import Tally
from passrole.names import shown
from passrole.policy import Decision
from passrole.preview.markup import Markup, tag

_LONGEST = 120


def read(tally: Tally, duplicates: int) -> Markup:
    """Counts of what was read, and of each kind of what was passed over or is of a kind of its own."""
    counts = {"files": tally.files, "records": tally.records, "passes in them": tally.passes}
    kinds = {"passes told more than once": duplicates} | dict(sorted(tally.over.items()))
    return tag(
        "div",
        tag("div", tag("h3", "All in all"), _list(counts, {})),
        tag("div", tag("h3", "By kind"), _list(kinds, tally.first)),
        class_="pair",
    )


def _list(counts: Mapping[str, int], first: Mapping[str, str]) -> Markup:
    found = [_count(kind, count, first.get(kind)) for kind, count in counts.items() if count]
    return tag("ul", found or tag("li", "nothing out of the ordinary"), class_="counts")


def _count(kind: str, count: int, first: str | None) -> Markup:
    where = tag("span", f"first: {shown(first, _LONGEST)}", class_="quiet") if first else None
    return tag("li", tag("b", number(count)), f" {shown(kind, _LONGEST)}", where)


def limits(about: About, summary: Summary) -> list[str]:
    """What is not known, each in a sentence: of all roles or of some, and of passes."""
    return [*_of_roles(about, summary), *_of_passes(summary), *_of_methods(about)]


def _of_roles(about: About, summary: Summary) -> list[str]:
    if not about.has_snapshot:
        return [
            "No snapshot of IAM was given (--iam). Whether a role is an administrator, which tags it has and "
            "whether somebody outside of its account can take it is not known of any role."
        ]
    unknown = summary.unknowns
    told = (
        (unknown.administrator, "whether it is an administrator"),
        (unknown.external, "whether somebody outside of its account can take it"),
        (unknown.tags, "which tags it has"),
    )
    return [f"Of {many(count, 'role')} the snapshot does not tell {what}." for count, what in told if count]


def _of_passes(summary: Summary) -> list[str]:
    unknown = summary.unknowns
    told = (
        (
            summary.totals.verdicts.get(Decision.UNDETERMINED, 0),
            "undetermined: what is not known could change the verdict",
        ),
        (unknown.roles_not_shown, "of a role that the record does not show"),
        (unknown.several_services, "to one of several services: the call alone does not tell which"),
        (unknown.no_service, "to a service that is not known"),
        (unknown.undated, "without a time that can be one: counted, but in no figure over time"),
        (
            unknown.uncatalogued,
            "by calls that the catalogue does not know: IAM may decide nothing about them",
        ),
        (
            unknown.chained,
            "of chained roles, named to be assumed through a passed one: IAM does not decide them",
        ),
    )
    return [f"{passes(count)} {what}." for count, what in told if count]


def _of_methods(about: About) -> list[str]:
    if not about.has_snapshot:
        return []
    return [
        "What is told of roles is as of the snapshot, not of the time of the pass: "
        "IAM only tells the present."
    ]
