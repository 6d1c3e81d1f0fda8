"""A sweep of functions as Lambda lists them, judged by what IAM tells, with the ledger in DynamoDB."""

import json
from typing import Any

import boto3
import pytest

from passrole.clock import iso
from passrole.evidence.iam import LiveIam
from passrole.finding import State
from passrole.ledger import Ledger, SweepPart
from passrole.sweep.listing import listing_of
from passrole.sweep.part import PartSweeper
from passrole.sweep.rejudging import Rejudge
from tests.unit.samples import FrozenClock, RecordedTopic, policy_of
from tests.unit.sweep.pages import HERE, NoPace

TRUST = json.dumps({"Version": "2012-10-17", "Statement": []})


@pytest.fixture
def function(dynamodb: Any) -> str:
    """Its ARN; a function with a role that is not approved."""
    role = boto3.client("iam").create_role(RoleName="deployer", AssumeRolePolicyDocument=TRUST)
    made = boto3.client("lambda").create_function(
        FunctionName="orders",
        Role=role["Role"]["Arn"],
        Runtime="python3.13",
        Handler="index.handler",
        Code={"ZipFile": b"no zip"},
    )
    return str(made["FunctionArn"])


def test_it_opens_once_and_resolves_what_is_gone(function: str, ledger: Ledger, topic: RecordedTopic) -> None:
    clock, listing = FrozenClock(), listing_of("lambda:function")
    assert listing is not None
    evidence = LiveIam(boto3.client("iam"), clock)
    rejudge = Rejudge(policy_of(), evidence, ledger, topic, clock)
    clients: Any = boto3.client
    sweeper = PartSweeper(clients, evidence, rejudge, ledger, NoPace(), lambda: False, clock)

    def sweep() -> SweepPart:
        clock.go_on(hours=1)
        begun = iso(clock())
        clock.go_on(seconds=1)
        part = sweeper.go_on(listing, HERE, begun, SweepPart("functions")).part
        return sweeper.end(listing, HERE, begun, part)

    first, second = sweep(), sweep()

    assert (first.resources, first.new, first.opened, second.new, second.opened) == (1, 1, 1, 0, 0)
    [finding] = ledger.findings()
    assert (finding.resource, finding.state, topic.news) == (function, State.OPEN, ["opened"])
    boto3.client("lambda").delete_function(FunctionName="orders")
    assert sweep().resolved == 1
    assert topic.news == ["opened", "resolved"]
    assert ledger.holdings_of(function) == ()
