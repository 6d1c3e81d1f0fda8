"""The sections of the page on what calls for attention: those are left out in which there is nothing."""

from passrole.audit.report import tables
from passrole.audit.report.about import About
from passrole.audit.report.words import number
from passrole.audit.summary import Summary
from passrole.audit.summary.groups import Top
from passrole.audit.summary.roles import MANY_PASSERS
from passrole.preview.markup import Markup, join, tag


def section(title: str, said: str | None, content: Markup | None, name: str | None = None) -> Markup:
    """A part of the page under its title; ``name`` is what links lead to."""
    return tag("section", tag("h2", title), tag("p", said, class_="said") if said else None, content, id=name)


def attention(about: About, summary: Summary) -> list[Markup]:
    """What somebody should look at."""
    found = (
        _violations(summary),
        _denied(summary),
        _broad(about, summary),
        _several_services(summary),
        _many_passers(summary),
        _firsts(summary),
    )
    return [part for part in found if part is not None]


def _violations(summary: Summary) -> Markup | None:
    top = summary.violations
    if not top.total:
        return None
    said = "By role and service, the gravest first, with the reasons of the latest pass."
    more = tag("p", f"and {number(top.left_out)} more such pairs", class_="said") if top.left_out else None
    return section("Violations", said, join(tables.violations(top), more))


def _denied(summary: Summary) -> Markup | None:
    said = "IAM refused these passes. Who asks for what they may not have?"
    return _table("Denied attempts", said, summary.denied, tables.denied(summary.denied))


def _broad(about: About, summary: Summary) -> Markup | None:
    """Roles with broad rights; where nobody could know them, that."""
    if not summary.totals.roles:
        return None
    title, top = "Roles with broad rights", summary.roles.broad
    if top.total:
        said = "Administrators, and roles that somebody outside of the account can take."
        return section(title, said, tables.broad(top))
    if about.has_snapshot:
        said = "None of the roles that are known is an administrator or open to outsiders."
        return section(title, said, None)
    return section(title, "Not known without a snapshot of IAM (--iam).", None)


def _several_services(summary: Summary) -> Markup | None:
    top = summary.roles.of_several_services
    said = (
        "A role that several services hold has the rights that all of them need. "
        "Counted where the call tells the service."
    )
    return _table("Roles of several services", said, top, tables.several_services(top))


def _many_passers(summary: Summary) -> Markup | None:
    top = summary.roles.of_many_passers
    return _table(
        "Roles passed by many", f"By {MANY_PASSERS} passers or more.", top, tables.many_passers(top)
    )


def _firsts(summary: Summary) -> Markup | None:
    said = (
        "The latest passes of a new role, or of a role to a new service or by a new passer. "
        "Near the beginning of what was read, everything is new."
    )
    content = tables.firsts(summary.firsts, summary.is_judged)
    return _table("Seen for the first time", said, summary.firsts, content)


def _table(title: str, said: str, top: Top[object], content: Markup) -> Markup | None:
    return section(title, said, content) if top.total else None
