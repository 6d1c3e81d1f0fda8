"""The facts of a finding: who, role, service, resource, where and when, each in full.

Values and notes are raw text from the record: the channel must make them safe.
"""

from dataclasses import dataclass

from passrole.alerts.alert import Alert
from passrole.alerts.renderings import changes, links
from passrole.alerts.renderings.terms import Quote, when
from passrole.finding import Finding
from passrole.names import shown
from passrole.passes import Outcome

_ACCOUNT_NAME = 60  # characters: AWS takes 50


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of the facts: ``value`` and ``note`` are raw text from the record.

    Attributes:
        link: a page of the AWS console about it: safe as it stands.
    """

    label: str
    value: str
    note: str = ""
    link: str | None = None


def facts_of(finding: Finding, account_name: str | None = None) -> tuple[Fact, ...]:
    """Who, role, service, resource, where and when, each in full."""
    where = Fact("Where", _where(finding, account_name))
    if changes.is_change(finding):
        what = Fact("What", finding.resource or "not told by the record", changes.part_of(finding))
        return (_who(finding), what, where, Fact("When", when(finding.event_time or finding.opened_at)))
    if finding.is_about_guard:
        return (where, Fact("When", when(finding.opened_at)))
    call = f"{finding.event_source.removesuffix('.amazonaws.com')} {finding.event_name}"
    resource = finding.resource
    return (
        _who(finding),
        Fact("Role", finding.role, f"as {finding.place}", links.role_link(finding.role)),
        Fact("Service", " or ".join(finding.services) or "unknown"),
        Fact("Resource", resource or _no_resource(finding), link=links.resource_link(resource)),
        where,
        Fact(
            "When",
            when(finding.event_time or finding.opened_at),
            "when the sweep found it" if finding.is_of_sweep else f"{call}, {finding.outcome}",
        ),
    )


def counted(finding: Finding) -> str:
    """``2 passes``: how much fed the finding."""
    what = ("event", "events") if changes.is_change(finding) else ("pass", "passes")
    return f"1 {what[0]}" if finding.passes == 1 else f"{finding.passes} {what[1]}"


def where_of(alert: Alert, quote: Quote) -> str:
    """Account and region; the account's name, where it is known, before its number."""
    finding, name = alert.finding, alert.account_name
    account, region = quote(finding.account or "unknown account"), quote(finding.region or "unknown region")
    return f"{quote(name)} ({account}) {region}" if name else f"{account} {region}"


def _who(finding: Finding) -> Fact:
    passer = finding.passer
    notes = (
        ("from", passer.source_ip),
        ("on behalf of", passer.on_behalf_of),
        ("source identity", passer.source_identity),
        ("called by", passer.invoked_by),
    )
    if finding.is_of_sweep:
        return Fact("Who", "not known", "no event told who passed the role")
    who = passer.arn or passer.name or passer.invoked_by or passer.principal_id or "unknown"
    who_else = ", ".join(f"{label} {text}" for label, text in notes if text)
    return Fact("Who", who, who_else, links.passer_link(passer))


def _where(finding: Finding, name: str | None) -> str:
    account, region = finding.account or "account unknown", finding.region or "region unknown"
    # Cut here, so that however long it is the account's number and the region stand there in full.
    return f"{shown(name, _ACCOUNT_NAME)} ({account}) {region}" if name else f"{account} {region}"


def _no_resource(finding: Finding) -> str:
    is_pass = finding.outcome is Outcome.SUCCEEDED
    return "not told by the record" if is_pass else "none: the role was not passed"
