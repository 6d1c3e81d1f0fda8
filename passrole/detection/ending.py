"""Ends findings that nothing speaks for any more, but none that quarantine is at work on."""

from passrole.finding import Change, Finding
from passrole.finding.life import ended
from passrole.ledger import Ledger


def end_of(ledger: Ledger, finding: Finding, who: str, why: str, at: str) -> Change | None:
    """The step that resolves a finding; None if that is not for the caller to do.

    What waits to be contained, or is held, `contain` looks at itself, under its lease: else it would hold a
    resource for what is resolved.
    """
    if finding.is_to_be_contained and finding.refused_at is None:
        return None
    change = ended(finding, who, why, at)
    if change is None or finding.resource is None:
        return change
    held = ledger.containment(finding.resource)
    return None if held is not None and held.is_active else change
