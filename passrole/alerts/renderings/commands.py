"""What a person can type next about a finding."""

from dataclasses import dataclass

from passrole.alerts.alert import Alert
from passrole.alerts.renderings import changes
from passrole.finding import BEGUN, NO_ACT, News, State
from passrole.finding.guard import Trouble
from passrole.passes import Outcome


@dataclass(frozen=True, slots=True)
class Command:
    """What a person can type next, and why they would."""

    purpose: str
    line: str


_REMEDIES: dict[str, tuple[Command, ...]] = {
    Trouble.BREAKER_TRIPPED: (
        Command("See why", "passrole quarantine status"),
        Command("Let it go on", 'passrole quarantine reset --reason "…"'),
    ),
    Trouble.SWITCHED_OFF: (Command("Let it go on", 'passrole quarantine on --reason "…"'),),
    Trouble.ALARM_RINGS: (Command("See what is wrong", "passrole doctor"),),
    Trouble.GUARD_CHANGED: (Command("See what is missing", "passrole doctor"),),
    Trouble.TRAIL_BLINDED: (Command("See which trails still log", "passrole doctor"),),
}


def commands_of(alert: Alert) -> tuple[Command, ...]:
    """What to type next. A release is offered only where there is, or may soon be, something to release."""
    finding = alert.finding
    show = Command("See everything", f"passrole findings show {finding.id}")
    if finding.is_about_guard:
        if alert.step.news is News.RESOLVED:
            return (show,)
        over = (Command("Close it", f'passrole findings resolve {finding.id} --reason "…"'),)
        return (show, *_REMEDIES.get(finding.event_name, ()), *(over if changes.is_change(finding) else ()))
    approve = Command("Have it contained", f'passrole findings approve {finding.id} --reason "…"')
    let_be = Command("Let it be", f'passrole findings exempt {finding.id} --until DATE --reason "…"')
    release = Command("Undo the quarantine", f'passrole findings release {finding.id} --reason "…"')
    if alert.step.news in (News.CONTAINMENT_WAITS, News.CONTAINMENT_REFUSED, News.CONTAINMENT_FAILED):
        if alert.step.why.startswith(NO_ACT):
            return (show, let_be)
        # What is held is not exempted.
        return (show, approve, release if alert.step.why.endswith(BEGUN) else let_be)
    is_open_pass = alert.step.news.opens and finding.state is State.OPEN
    if finding.state is State.CONTAINED or (
        is_open_pass and finding.is_to_be_contained and finding.resource is not None
    ):
        return (show, release)
    is_left_alone = is_open_pass and finding.outcome is Outcome.SUCCEEDED and finding.resource is not None
    return (show, let_be) if is_left_alone else (show,)
