"""What calls for attention, as tables: violations, denied attempts, roles, and what was new."""

from collections.abc import Sequence

from passrole.audit.report.table import badge, cell, figure, finder, named, table, text
from passrole.audit.report.words import many, moment, number, passer_name, role_name, service_name
from passrole.audit.summary.firsts import First
from passrole.audit.summary.groups import Denied, Top, Violations
from passrole.audit.summary.roles import RoleUse
from passrole.names import shown
from passrole.passes import Outcome
from passrole.policy import Decision
from passrole.preview.markup import Markup, join, tag

_REASONS = 4
_REASON = 400  # characters


def violations(top: Top[Violations]) -> Markup:
    """The gravest violations, each with the reasons of the latest pass."""
    return tag("ol", [_violation(one) for one in top.items], class_="violations")


def _violation(one: Violations) -> Markup:
    title = join(
        tag("b", shown(role_name(one.role), 80)), " to ", tag("b", shown(service_name(one.service), 80))
    )
    succeeded = (
        f", {number(one.succeeded) if one.succeeded else 'none'} succeeded"
        if one.succeeded != one.passes
        else ""
    )
    count = f"{number(one.passes)} {'pass' if one.passes == 1 else 'passes'}{succeeded}"
    link = finder(count, text=one.role, verdict=Decision.VIOLATION, service=_certain(one.service))
    who = f"by {number(one.passers)} passers, last " if one.passers > 1 else "by "
    return tag(
        "li",
        tag("p", badge(one.severity), tag("span", title, class_="title"), link, class_="headline"),
        _reasons(one.reasons),
        tag(
            "p",
            who,
            shown(passer_name(one.passer), 80),
            f", {moment(one.last)} · ",
            tag("code", shown(one.role or role_name(None), 160)),
            class_="said",
        ),
    )


def _reasons(reasons: Sequence[str]) -> Markup:
    """The first tells what is wrong; the others tell what each statement would need."""
    left_out = len(reasons) - _REASONS
    lines = [*reasons[:_REASONS], *([f"and {many(left_out, 'more reason')}"] if left_out > 0 else [])]
    return tag("ul", [tag("li", shown(line, _REASON)) for line in lines], class_="reasons")


def _certain(service: str | None) -> str | None:
    return None if service is None or " or " in service else service


def denied(top: Top[Denied]) -> Markup:
    """Who tried what and was refused by IAM."""
    rows = (
        (
            named(passer_name(one.passer), one.passer),
            named(role_name(one.role), one.role),
            text(service_name(one.service)),
            cell(finder(number(one.attempts), text=one.role, outcome=Outcome.DENIED)),
            text(moment(one.last)),
        )
        for one in top.items
    )
    return table(("Passer", "Role", "Service", "Attempts", "Last"), rows, top)


def several_services(top: Top[RoleUse]) -> Markup:
    """Roles that several services hold: whoever may pass one may use it in all of them."""
    rows = (
        (
            named(role_name(one.role), one.role),
            cell(_services(one.services, one.service_count)),
            cell(finder(number(one.passes), text=one.role)),
        )
        for one in top.items
    )
    return table(("Role", "Services", "Passes"), rows, top)


def _services(services: Sequence[str], count: int) -> Markup:
    more = f" and {count - len(services)} more" if count > len(services) else ""
    return tag("span", ", ".join(service_name(service) for service in services) + more)


def many_passers(top: Top[RoleUse]) -> Markup:
    """Roles that many principals pass."""
    rows = (
        (
            named(role_name(one.role), one.role),
            figure(number(one.passers)),
            cell(finder(number(one.passes), text=one.role)),
            text(moment(one.last)),
        )
        for one in top.items
    )
    return table(("Role", "Passers", "Passes", "Last"), rows, top)


def broad(top: Top[RoleUse]) -> Markup:
    """Administrators, and roles that outsiders can take."""
    rows = (
        (
            named(role_name(one.role), one.role),
            cell(_rights(one)),
            cell(_services(one.services, one.service_count)),
            figure(number(one.passers)),
            cell(finder(number(one.passes), text=one.role)),
        )
        for one in top.items
    )
    return table(("Role", "Why", "Services", "Passers", "Passes"), rows, top)


def _rights(one: RoleUse) -> Markup:
    return join(
        tag("span", "administrator", class_="badge critical") if one.is_administrator else None,
        tag("span", "open to outsiders", class_="badge high") if one.is_external else None,
    )


def firsts(top: Top[First], is_judged: bool) -> Markup:
    """What had not been seen before."""
    columns = ("When", "New", "Role", "Service", "Passer", *(("Verdict",) if is_judged else ()))
    rows = (
        (
            text(moment(one.time)),
            text(" and ".join(one.new)),
            named(role_name(one.role), one.role),
            text(service_name(one.service)),
            named(passer_name(one.passer), one.passer),
            *((cell(badge(one.verdict)),) if is_judged else ()),
        )
        for one in top.items
    )
    return table(columns, rows, top)
