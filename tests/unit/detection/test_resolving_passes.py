"""What a later pass resolves: its own finding once it is approved, and that of the role that it replaces."""

from typing import Any

import pytest

from passrole.detection.detector import Detector
from passrole.detection.single_places import _PLACES
from passrole.evidence import Evidence
from passrole.finding import Finding, State
from passrole.ledger import Ledger
from passrole.passes import Pass
from passrole.policy import Stage
from passrole.sweep.listing import load_listings
from tests.unit.samples import (
    ACCOUNT,
    REGION,
    NoReferences,
    RecordedLooks,
    RecordedTopic,
    envelope_of,
    evidence_of,
    policy_of,
)

BAD = f"arn:aws:iam::{ACCOUNT}:role/dev/deployer"
GOOD = f"arn:aws:iam::{ACCOUNT}:role/application_role/app"
MACHINE = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:orders"
RULE = "orders"


class ByRole:
    """Evidence of whatever role is named; those of /application_role/ are tagged."""

    def evidence(self, pass_: Pass) -> Evidence:
        arn = pass_.role.value or ""
        return evidence_of(arn, {"approved-for": "lambda"}, f"AROA{arn.rpartition('/')[2].upper()}")

    def with_administrator(self, pass_: Pass, evidence: Evidence) -> Evidence:
        return evidence


def detect(ledger: Ledger, source: str, name: str, parameters: dict[str, Any], **fields: Any) -> None:
    detector = Detector(
        ACCOUNT,
        policy_of(Stage.ALERT),
        NoReferences(),
        ByRole(),
        RecordedLooks(),
        ledger,
        RecordedTopic(),
        frozenset(),
    )
    record = {
        "eventSource": f"{source}.amazonaws.com",
        "eventName": name,
        "awsRegion": REGION,
        "recipientAccountId": ACCOUNT,
        "userIdentity": {"type": "IAMUser", "arn": f"arn:aws:iam::{ACCOUNT}:user/dana", "accountId": ACCOUNT},
        "requestParameters": parameters,
        "responseElements": None,
        **fields,
    }
    list(detector.detect(envelope_of(record, source=f"aws.{source}")))


def update(ledger: Ledger, minute: int, role: str) -> None:
    """The state machine gets a role."""
    detect(
        ledger,
        "states",
        "UpdateStateMachine",
        {"stateMachineArn": MACHINE, "roleArn": role},
        eventID=f"{minute}",
        eventTime=f"2026-11-22T11:{minute:02}:00Z",
    )


def only(ledger: Ledger) -> Finding:
    [finding] = ledger.findings()
    return finding


def test_a_role_that_takes_anothers_place_resolves_its_finding(ledger: Ledger) -> None:
    update(ledger, 1, BAD)
    assert only(ledger).state is State.OPEN

    update(ledger, 2, GOOD)

    assert only(ledger).state is State.RESOLVED
    step = ledger.history(only(ledger).id)[-1]
    assert (step.who, GOOD in step.why) == (f"arn:aws:iam::{ACCOUNT}:user/dana", True)


def test_an_earlier_pass_that_comes_late_resolves_nothing(ledger: Ledger) -> None:
    update(ledger, 2, BAD)

    update(ledger, 1, GOOD)

    assert only(ledger).state is State.OPEN


def test_a_role_beside_another_wipes_no_finding_away(ledger: Ledger) -> None:
    """A rule has several targets: an approved role for one says nothing about the other."""
    for minute, target, role in ((1, "a", BAD), (2, "b", GOOD)):
        detect(
            ledger,
            "events",
            "PutTargets",
            {"rule": RULE, "targets": [{"id": target, "roleArn": role}]},
            eventID=f"{minute}",
            eventTime=f"2026-11-22T11:{minute:02}:00Z",
        )

    assert only(ledger).state is State.OPEN


def test_a_function_may_hold_the_role_in_versions_of_it(ledger: Ledger) -> None:
    for minute, role in ((1, BAD), (2, GOOD)):
        detect(
            ledger,
            "lambda",
            "UpdateFunctionConfiguration20150331v2",
            {"functionName": "orders", "role": role},
            eventID=f"{minute}",
            eventTime=f"2026-11-22T11:{minute:02}:00Z",
        )

    assert only(ledger).state is State.OPEN


@pytest.mark.parametrize("place", sorted(_PLACES))
def test_places_of_one_role_are_such_by_the_listings_too(place: tuple[str, str]) -> None:
    [listing] = [row for row in load_listings() if row.type == place[0]]
    [role] = [role for role in listing.roles if role.place == place[1]]
    assert "[" not in role.path
