"""The canary goes the whole way: call, CloudTrail's record, rule, queue, detect, heartbeat."""

from datetime import timedelta

import pytest

from passrole.clock import parse_time, utc_now
from passrole.ledger import Heartbeat
from tests.e2e.deployment import Deployment

pytestmark = pytest.mark.e2e


def test_a_run_of_sweep_sends_the_canary_and_detect_sees_it(deployment: Deployment) -> None:
    # Given the deployed guard
    began = utc_now() - timedelta(seconds=1)  # a record's time has whole seconds
    rule = deployment.outputs["CanaryRuleName"]
    # When sweep runs
    deployment.emulator.client("lambda").invoke(FunctionName=deployment.outputs["SweepFunctionName"])

    # Then its call comes to the other end, and leaves a heartbeat
    def heard() -> Heartbeat | None:
        last = deployment.ledger.last_canary()
        return last if last is not None and parse_time(last.event_time) >= began else None

    deployment.wait(heard, "a heartbeat")
    # and neither a finding nor a rule that could do something
    described = deployment.emulator.client("events").describe_rule(Name=rule)
    assert described["State"] == "DISABLED"
    assert deployment.emulator.client("events").list_targets_by_rule(Rule=rule)["Targets"] == []
    assert not [finding for finding in deployment.ledger.findings() if rule in (finding.resource or "")]
