"""How grave a finding is: what the policy says of it, raised by what makes its role dangerous.

A policy is written before anybody knows which role is passed. That an administrator was handed out, a role
that others may take, or one that nobody looks after, makes the same violation worse: whoever reads a hundred
findings must see those first.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta

from passrole.clock import parse_time
from passrole.evidence import Absent, Evidence, Known, known
from passrole.evidence.trust import trust_of
from passrole.passes import Outcome, Pass
from passrole.policy import Decision, Severity, Verdict, gravest
from passrole.policy.keys.ours import SERVICE_LINKED, account_of

_IDLE = timedelta(days=90)


def severity_of(pass_: Pass, verdict: Verdict, evidence: Evidence) -> Severity:
    """How grave a finding is that the pass feeds. Each step raises what those before it say, or leaves it.

    1. The call failed: low. It was denied, or the verdict is undetermined: medium. A violation: the gravest
       severity of the statements and checks that deny it, and at least high where nothing approves it.
    2. The role is an administrator: at least high if the pass succeeded, whatever the verdict. If a person
       made the call: critical if it succeeded, at least high if it was denied, medium if it failed.
    3. The role trusts somebody outside its account, or was not used for more than 90 days before the pass:
       one level graver for a violation that succeeded, and no more where both are so. Neither counts where
       its check (no-external-trust, unused-role) denies the pass: the policy says how grave that is.

    What is unknown raises nothing: not every fact can be read, and nothing is grave on a guess.
    """
    severity = gravest(_by_policy(pass_, verdict), _by_administrator(pass_, evidence))
    if pass_.outcome is Outcome.SUCCEEDED and verdict.decision is Decision.VIOLATION:
        denying = {statement.check for statement in verdict.denied_by}
        if any(check not in denying and is_so(pass_, evidence) for check, is_so in _RISKS.items()):
            return _graver(severity)
    return severity


def depends_on_administrator(pass_: Pass, verdict: Verdict, evidence: Evidence) -> bool:
    """Whether the finding would be graver if its role were known to be an administrator."""
    administrator = replace(evidence, administrator=Known(True))
    return severity_of(pass_, verdict, administrator) is not severity_of(pass_, verdict, evidence)


def _by_policy(pass_: Pass, verdict: Verdict) -> Severity:
    """A role that now works for a resource weighs more than an attempt or a doubt."""
    if pass_.outcome is Outcome.FAILED:
        return Severity.LOW
    if pass_.outcome is Outcome.DENIED or verdict.decision is Decision.UNDETERMINED:
        return Severity.MEDIUM
    said = [statement.severity for statement in verdict.denied_by if statement.severity]
    if any(denials.unapproved for denials in verdict.denials):
        said.append(Severity.HIGH)  # whatever denies it besides
    return gravest(*said) if said else Severity.HIGH


def _by_administrator(pass_: Pass, evidence: Evidence) -> Severity:
    """What a pass of an administrator is at least.

    A machine that tries one mostly has a wrong setting; a person who tries looks for a way up.
    """
    if not known(evidence.administrator):
        return Severity.LOW
    is_person = pass_.passer.is_person
    if pass_.outcome is Outcome.SUCCEEDED:
        return Severity.CRITICAL if is_person else Severity.HIGH
    if not is_person:
        return Severity.LOW
    return Severity.HIGH if pass_.outcome is Outcome.DENIED else Severity.MEDIUM


def _is_open_to_outsiders(_: Pass, evidence: Evidence) -> bool:
    """What the check no-external-trust asks, of all accounts: those that a policy lists as trusted, too."""
    document, account = known(evidence.trust_policy), known(account_of(evidence))
    if document is None or account is None:
        return False
    return trust_of(document).lets_in_from_beyond(account)


def _is_idle(pass_: Pass, evidence: Evidence) -> bool:
    """What the check unused-role asks, as of the pass: a role that was never used counts from its making.

    IAM tells the latest use alone. One after the pass says nothing of what was before it.
    """
    path = known(evidence.path)
    if pass_.event_time is None or path is None or path.startswith(SERVICE_LINKED):
        return False
    never_used = isinstance(evidence.last_used_at, Absent)
    since = known(evidence.created_at if never_used else evidence.last_used_at)
    return since is not None and parse_time(pass_.event_time) - parse_time(since) > _IDLE


_RISKS: Mapping[str, Callable[[Pass, Evidence], bool]] = {
    "no-external-trust": _is_open_to_outsiders,
    "unused-role": _is_idle,
}


def _graver(severity: Severity) -> Severity:
    return next((graver for graver in Severity if graver.rank > severity.rank), severity)
