"""Findings as people read them: a table of many, or all of one."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from passrole.cli.passes import fact, prose
from passrole.cli.terminal import console, safe
from passrole.finding import Finding, State, Step
from passrole.names import short_passer, short_resource, short_role
from passrole.policy import Severity

if TYPE_CHECKING:
    from passrole.quarantine.release import ReleasePlan

_STATE_STYLES = {State.OPEN: "red", State.CONTAINED: "yellow"}
_SEVERITY_STYLES = {Severity.CRITICAL: "bold red", Severity.HIGH: "red", Severity.MEDIUM: "yellow"}
_COLUMNS = ("id", "last step", "state", "severity", "passer", "role", "resource")


def print_table(findings: Sequence[Finding]) -> None:
    """One row a finding."""
    out = console()
    if not findings:
        out.print("No findings.")
        return
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in _COLUMNS:
        table.add_column(column, overflow="fold", no_wrap=column in _COLUMNS[:4])
    for finding in findings:
        resource = short_resource(finding.resource) if finding.resource else _services(finding)
        table.add_row(
            Text(safe(finding.id)),
            Text(_minute(finding.updated_at)),
            Text(finding.state, style=_STATE_STYLES.get(finding.state, "")),
            Text(finding.severity, style=_SEVERITY_STYLES.get(finding.severity, "")),
            Text(safe(short_passer(finding.passer))),
            Text(safe(short_role(finding.role))),
            Text(safe(resource)),
        )
    out.print(table, soft_wrap=False)
    out.print(f"\n{len(findings):,} {'finding' if len(findings) == 1 else 'findings'}", style="dim")


def print_finding(
    finding: Finding, history: Sequence[Step], plan: "ReleasePlan | None", refusal: str | None
) -> None:
    """All of one finding, its history, and what a release would put back, or why there is none."""
    out = console()
    out.print(_title(finding))
    for line in _facts(finding, out.width):
        out.print(line)
    out.print("\nHistory", style="bold")
    for step in history:
        out.print(_step(step))
        for line in prose("", step.why, out.width):
            out.print(line)
    out.print("\nRelease", style="bold")
    for line in _release(plan) if plan else [fact("none", refusal or "there is nothing to release")]:
        out.print(line)


def print_plan(plan: "ReleasePlan", as_is: bool) -> None:
    """What a release would do, before it is asked for."""
    out = console()
    out.print(_title(plan.finding))
    out.print(fact("resource", plan.finding.resource or "unknown"))
    out.print(fact("role", plan.finding.role, plan.finding.place))
    for line in [fact("leaves", "the resource as it is now")] if as_is else _release(plan):
        out.print(line)


def print_head(finding: Finding) -> None:
    """What a decision is about."""
    out = console()
    out.print(_title(finding))
    for line in _facts(finding, out.width):
        out.print(line)


def print_decided(finding: Finding, now: str | None = None) -> None:
    """The finding as the ledger has it after a decision."""
    now = now or f"is {finding.state}"
    text = Text().append("✓ ", style="green").append(f"finding {safe(finding.id)} {now}")
    console().print(text.append(f"  {_second(finding.updated_at)}", style="dim"))


def _title(finding: Finding) -> Text:
    text = Text().append(f"Finding {safe(finding.id)}", style="bold")
    text.append(f"  {finding.state}", style=_STATE_STYLES.get(finding.state, "green"))
    text.append(f"  {finding.severity}", style=_SEVERITY_STYLES.get(finding.severity, ""))
    return text.append(f"  response: {finding.response}")


def _step(step: Step) -> Text:
    return Text().append(f"  {_second(step.at)}  ", style="dim").append(f"{step.news} by {safe(step.who)}")


def _facts(finding: Finding, width: int) -> Iterator[Text]:
    passer = finding.passer
    yield fact("passer", passer.arn or passer.name or passer.invoked_by or "unknown", passer.type or "")
    for label, value in (
        ("via role", passer.role_arn),
        ("session", passer.source_identity and f"source identity {passer.source_identity}"),
        ("for", passer.on_behalf_of),
        ("through", passer.invoked_by),
        ("from", passer.source_ip and f"{passer.source_ip}  {passer.user_agent or ''}"),
        ("key", passer.access_key_id),
    ):
        if value:
            yield fact(label, value)
    yield fact("role", finding.role, f"{finding.place}{f', {finding.role_id}' if finding.role_id else ''}")
    yield fact("service", _services(finding))
    yield fact("resource", finding.resource or "not named by the record", finding.resource_type or "")
    yield fact("account", finding.account or "unknown", finding.region or "region unknown")
    yield fact("call", f"{finding.event_source} {finding.event_name}", finding.outcome)
    yield fact(
        "passes",
        str(finding.passes),
        f"the latest {finding.event_time or 'at an unknown time'}, {finding.last_pass}",
    )
    yield from _standing(finding)
    yield fact("verdict", finding.decision, f"policy {finding.policy_hash}")
    for number, reason in enumerate(finding.reasons):
        yield from prose("why" if number == 0 else "", reason, width)


def _standing(finding: Finding) -> Iterator[Text]:
    """What the finding waits for, or is left alone for."""
    if finding.awaits_approval:
        yield fact("waits", "for an approval", f"passrole findings approve {finding.id}")
    if finding.waits_until:
        yield fact("waits", f"until {finding.waits_until}")
    if finding.approved_by:
        yield fact("approved", f"by {finding.approved_by}")
    if finding.would_contain:
        yield fact("dry run", "it would have been contained")
    if finding.exempt_until:
        yield fact("exempt", f"until {finding.exempt_until}", finding.exemption or "")


def _release(plan: "ReleasePlan") -> Iterator[Text]:
    for number, line in enumerate(plan.puts_back):
        yield fact("puts back" if number == 0 else "", line)
    for number, line in enumerate(plan.leaves):
        yield fact("leaves" if number == 0 else "", line)
    if not plan.puts_back and not plan.leaves:
        yield fact("puts back", "nothing: only the finding is closed")


def _services(finding: Finding) -> str:
    return " or ".join(finding.services) or "unknown service"


def _minute(time: str) -> str:
    return safe(time[:16].replace("T", " "))


def _second(time: str) -> str:
    return safe(f"{time[:19].replace('T', ' ')} UTC")
