"""How grave a finding is: what the policy says of it, raised by what makes its role dangerous.

A policy is written before anybody knows which role is passed. That an administrator was handed out, or a role
that others may take, makes the same violation worse: whoever reads a hundred findings must see those first.
"""

from dataclasses import replace

from passrole.evidence import Evidence, Known, known
from passrole.evidence.trust import trust_of
from passrole.passes import Outcome, Pass
from passrole.policy import Decision, Severity, Verdict, gravest
from passrole.policy.keys.ours import account_of

_CHECK_OF_TRUST = "no-external-trust"


def severity_of(pass_: Pass, verdict: Verdict, evidence: Evidence) -> Severity:
    """How grave a finding is that the pass feeds. Each step raises what those before it say, or leaves it.

    1. The call failed: low. It was denied, or the verdict is undetermined: medium. A violation: the gravest
       severity of the statements and checks that deny it, and at least high where nothing approves it.
    2. The role is an administrator: at least high if the pass succeeded, whatever the verdict. If a person
       made the call: critical if it succeeded, at least high if it was denied, medium if it failed.
    3. The role trusts somebody outside its account: one level graver for a violation that succeeded, unless
       the check no-external-trust denies it: the policy says how grave that is.

    What is unknown raises nothing: not every fact can be read, and nothing is grave on a guess.
    """
    severity = gravest(_by_policy(pass_, verdict), _by_administrator(pass_, evidence))
    if (
        pass_.outcome is Outcome.SUCCEEDED
        and verdict.decision is Decision.VIOLATION
        and not any(statement.check == _CHECK_OF_TRUST for statement in verdict.denied_by)
        and _is_open_to_outsiders(evidence)
    ):
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


def _is_open_to_outsiders(evidence: Evidence) -> bool:
    """What the check no-external-trust asks, of all accounts: those that a policy lists as trusted, too."""
    document, account = known(evidence.trust_policy), known(account_of(evidence))
    if document is None or account is None:
        return False
    return trust_of(document).lets_in_from_beyond(account)


def _graver(severity: Severity) -> Severity:
    return next((graver for graver in Severity if graver.rank > severity.rank), severity)
