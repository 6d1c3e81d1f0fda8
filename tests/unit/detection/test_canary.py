"""The canary: its pass leaves a heartbeat and nothing else, and whoever imitates it is judged."""

from dataclasses import replace
from typing import Any

import boto3
import pytest

from passrole.detection.canary import DESCRIPTION, PATTERN, STATE, Canary
from passrole.detection.detector import Detected, Detector
from passrole.evidence import Evidence, Unknown
from passrole.ledger import Heartbeat, Ledger
from passrole.policy import Decision
from passrole.trail import passes_of
from tests.unit.canaries import CANARY, ROLE, RULE, SWEEP, canary_event, put_rule_record
from tests.unit.samples import (
    ACCOUNT,
    REGION,
    FixedEvidence,
    FrozenClock,
    NoReferences,
    RecordedLooks,
    RecordedTopic,
    evidence_of,
    policy_of,
)

OTHER_RULE = f"arn:aws:events:{REGION}:{ACCOUNT}:rule/Guard-Other-1A2B3C"
OTHER_ROLE = f"arn:aws:iam::{ACCOUNT}:role/administrator"


def detect(
    ledger: Ledger, topic: RecordedTopic, event: str, evidence: Evidence | None = None
) -> tuple[list[Detected], RecordedLooks]:
    looks = RecordedLooks(most=3)
    detector = Detector(
        account=ACCOUNT,
        policy=policy_of(),
        references=NoReferences(),
        evidence=FixedEvidence(evidence or evidence_of(ROLE)),
        looks=looks,
        ledger=ledger,
        topic=topic,
        guard_roles=frozenset(),
        clock=FrozenClock(),
        canary=CANARY,
    )
    return list(detector.detect(event)), looks


def test_its_pass_leaves_a_heartbeat_and_neither_a_pass_nor_a_finding(
    ledger: Ledger, topic: RecordedTopic
) -> None:
    [detected], _ = detect(ledger, topic, canary_event())

    assert detected.is_canary
    assert detected.verdict is not None
    assert detected.verdict.decision is Decision.VIOLATION, "it is judged, and no policy needs to approve it"
    assert ledger.last_canary() == Heartbeat("2026-11-22T12:00:00.000Z", "2026-11-22T12:00:05.000Z")
    assert not ledger.has_pass(detected.pass_.id)
    assert (list(ledger.findings()), topic.news) == ([], [])


def test_a_second_delivery_is_told_from_the_first(ledger: Ledger, topic: RecordedTopic) -> None:
    detect(ledger, topic, canary_event())

    [again], _ = detect(ledger, topic, canary_event())

    assert (again.is_canary, again.verdict) == (True, None)


def test_a_role_that_iam_does_not_tell_of_is_no_heartbeat(ledger: Ledger, topic: RecordedTopic) -> None:
    silent = Evidence.of_unknown(
        Unknown("iam:GetRole failed: AccessDenied", failed=True), "2026-11-22T12:00:05.000Z"
    )

    [detected], looks = detect(ledger, topic, canary_event(), silent)

    assert (detected.is_canary, detected.is_unanswered, detected.waits) == (True, True, False)
    assert (ledger.last_canary(), looks.waiting) == (None, [])


@pytest.mark.parametrize(
    "how",
    [
        {"rule": OTHER_RULE},
        {"role": OTHER_ROLE},
        {"by": OTHER_ROLE},
        {"errorCode": "ThrottlingException", "responseElements": None},
        {"awsRegion": "eu-west-1"},
        {"eventName": "PutTargets"},
    ],
)
def test_what_differs_in_anything_is_a_pass_like_any_other(
    ledger: Ledger, topic: RecordedTopic, how: dict[str, Any]
) -> None:
    found, _ = detect(ledger, topic, canary_event(**how), evidence_of(how.get("role", ROLE)))

    assert not [detected for detected in found if detected.is_canary]
    assert ledger.last_canary() is None
    assert all(ledger.has_pass(detected.pass_.id) for detected in found)


def test_a_call_that_a_service_makes_for_the_passer_is_not_its() -> None:
    [pass_] = passes_of(put_rule_record())

    assert CANARY.is_its(pass_)
    assert not CANARY.is_its(
        replace(pass_, passer=replace(pass_.passer, invoked_by="cloudformation.amazonaws.com"))
    )
    assert not CANARY.is_its(replace(pass_, account="444455556666"))
    assert not CANARY.is_its(replace(pass_, event_time=None))
    assert not Canary("no arn", ROLE, SWEEP).is_its(replace(pass_, resources=("no arn",)))


@pytest.mark.usefixtures("aws")
def test_its_call_changes_nothing_of_the_rule() -> None:
    # Given the rule as it is after the first call
    events = boto3.client("events")
    name = RULE.rpartition("/")[2]
    CANARY.send(events)
    first: Any = events.describe_rule(Name=name)
    # When the call is made again
    CANARY.send(events)
    # Then the rule is what it was: switched off, with the role, and without a target
    again: Any = events.describe_rule(Name=name)
    told = ("Arn", "Description", "EventPattern", "RoleArn", "State")
    assert [again[key] for key in told] == [first[key] for key in told]
    assert first["RoleArn"] == ROLE
    assert (first["State"], first["Description"]) == (STATE, DESCRIPTION) == ("DISABLED", DESCRIPTION)
    assert events.list_targets_by_rule(Rule=name)["Targets"] == []
    assert PATTERN["source"][0].startswith("aws.") is False
