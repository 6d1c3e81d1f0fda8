"""The guard watches itself: whoever stops a part of it is told of, and so is its silence."""

from datetime import timedelta

import pytest

from passrole.finding import Finding, State
from passrole.policy import Severity
from tests.e2e.deployment import STACK, Deployment
from tests.e2e.receivers import Mailbox

pytestmark = pytest.mark.e2e


def finding_about_guard(deployment: Deployment, words: str) -> Finding | None:
    """The finding about the guard itself with these words in its reasons, or in what it is about."""
    about = (f for f in deployment.ledger.findings() if f.is_about_guard)
    found = (f for f in about if words in f"{f.resource} {f.reasons}")
    return next(found, None)


def test_deleting_a_rule_of_the_guard_raises_the_alert(deployment: Deployment) -> None:
    # Given a person, and a rule of the guard
    trudy = deployment.user("trudy", "events:*")
    rule = next(name for name in deployment.outputs["RuleNames"].split(",") if "UnknownCalls" in name)
    mails = Mailbox(deployment.emulator, "mail")
    # When the person deletes it
    with deployment.deleted(rule, trudy):
        # Then there is a critical finding about the guard that names the person and the rule
        finding = deployment.wait(
            lambda: finding_about_guard(deployment, "DeleteRule"), "a finding about the guard"
        )
        assert (finding.severity, finding.state) == (Severity.CRITICAL, State.OPEN)
        assert finding.passer.arn is not None
        assert finding.passer.arn.endswith(":user/trudy")
        assert rule in " ".join(finding.reasons)
        # and an e-mail of the rule that needs neither queue nor function
        deployment.wait(
            lambda: [m for m in mails.about("tells you this by itself") if rule in str(m)],
            "an e-mail of the other rule",
        )


def test_the_canarys_absence_raises_the_alarm(deployment: Deployment) -> None:
    emulator, sweep = deployment.emulator, deployment.outputs["SweepFunctionName"]
    events = emulator.client("events")
    [rule] = events.list_rules(NamePrefix=f"{STACK}-AlarmChanges")["Rules"]
    events.enable_rule(Name=rule["Name"])
    # Given a canary that is seen
    emulator.client("lambda").invoke(FunctionName=sweep)
    deployment.wait(lambda: deployment.ledger.last_canary(), "a heartbeat")
    emulator.evaluate_alarms()
    assert not deployment.alarm_rings("CanaryMissing")
    with deployment.unwatched():
        # When its events come no more
        emulator.client("lambda").invoke(FunctionName=sweep)
        emulator.evaluate_alarms(after=timedelta(minutes=20))
        # Then the alarm rings
        assert deployment.alarm_rings("CanaryMissing")
        # and people of every channel hear of it
        deployment.wait(lambda: finding_about_guard(deployment, "CanaryMissing"), "a finding of the alarm")
