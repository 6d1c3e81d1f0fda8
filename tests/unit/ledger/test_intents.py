"""Release intents: they cover one pass of one role to one resource by the operator role, and no other."""

from datetime import timedelta
from typing import Any

import pytest

from passrole.clock import iso
from passrole.ledger import Ledger
from passrole.passes import Outcome, Pass, Passer
from tests.unit.samples import ACCOUNT, INSTANCE, NOW, ROLE, pass_of

OPERATOR = f"arn:aws:iam::{ACCOUNT}:role/operator"


def given_back(**fields: Any) -> Pass:
    """The pass that a release makes, a second after its intent."""
    given: dict[str, Any] = {
        "event_id": "the release",
        "event_time": iso(NOW + timedelta(seconds=1)),
        "resources": (INSTANCE,),
        "passer": Passer(type="AssumedRole", role_arn=OPERATOR),
    }
    return pass_of(**given | fields)


def test_the_announced_pass_is_recognised_over_redeliveries(ledger: Ledger) -> None:
    ledger.announce_pass(INSTANCE, ROLE, OPERATOR, "f", NOW)

    for _ in range(3):
        intent = ledger.match_intent(given_back(), ROLE, {OPERATOR})
        assert intent is not None
        assert intent.finding_id == "f"


def test_an_intent_serves_one_event(ledger: Ledger) -> None:
    ledger.announce_pass(INSTANCE, ROLE, OPERATOR, "f", NOW)
    ledger.match_intent(given_back(), ROLE, {OPERATOR})

    assert ledger.match_intent(given_back(event_id="another call"), ROLE, {OPERATOR}) is None


@pytest.mark.parametrize(
    ("other", "role"),
    [
        ({"passer": Passer(type="AssumedRole", role_arn=f"{OPERATOR}-2")}, ROLE),
        ({"passer": Passer(type="IAMUser", arn=OPERATOR)}, ROLE),
        ({"resources": (f"{INSTANCE}0",)}, ROLE),
        ({"resources": (INSTANCE, f"{INSTANCE}0")}, ROLE),
        ({"resources": ()}, ROLE),
        ({}, f"{ROLE}-2"),
        ({"event_time": iso(NOW - timedelta(seconds=6))}, ROLE),
        ({"event_time": iso(NOW + timedelta(minutes=10, seconds=1))}, ROLE),
        ({"event_time": None}, ROLE),
        ({"outcome": Outcome.DENIED}, ROLE),
    ],
    ids=[
        "another role",
        "a user with the role's ARN",
        "another resource",
        "one more resource",
        "no resource",
        "another role given back",
        "before the intent",
        "after the intent",
        "no time",
        "denied",
    ],
)
def test_nothing_else_is_recognised(ledger: Ledger, other: dict[str, Any], role: str) -> None:
    ledger.announce_pass(INSTANCE, ROLE, OPERATOR, "f", NOW)

    assert ledger.match_intent(given_back(**other), role, {OPERATOR}) is None


def test_an_intent_in_the_name_of_another_role_than_the_deployments_is_worth_nothing(ledger: Ledger) -> None:
    thief = f"arn:aws:iam::{ACCOUNT}:role/thief"
    ledger.announce_pass(INSTANCE, ROLE, thief, "f", NOW)

    stolen = given_back(passer=Passer(type="AssumedRole", role_arn=thief))

    assert ledger.match_intent(stolen, ROLE, {OPERATOR}) is None


def test_a_call_that_is_made_again_leaves_the_first_one_its_intent(ledger: Ledger) -> None:
    """Both events come minutes later, in any order."""
    for seconds in (0, 20):
        ledger.announce_pass(INSTANCE, ROLE, OPERATOR, "f", NOW + timedelta(seconds=seconds))
    first, second = (
        given_back(event_id=f"call {n}", event_time=iso(NOW + timedelta(seconds=seconds)))
        for n, seconds in enumerate((1, 21))
    )

    for event in (second, first, second, first):
        assert ledger.match_intent(event, ROLE, {OPERATOR}) is not None
    assert ledger.match_intent(given_back(event_id="a third call"), ROLE, {OPERATOR}) is None


def test_an_intent_for_a_role_whose_path_begins_alike_is_not_taken(ledger: Ledger) -> None:
    """A role's path may hold the sign that ends the role in the intent's key."""
    other = ROLE.replace("/dev/deployer", "/dev#x/deployer")
    ledger.announce_pass(INSTANCE, other, OPERATOR, "f", NOW)

    assert ledger.match_intent(given_back(), other.partition("#")[0], {OPERATOR}) is None
