"""Leases, containments and the budget: one actor at a time, nothing overwritten, no act too many."""

import json
from dataclasses import replace

import boto3

from passrole.ledger import Containment, ContainmentState, Ledger, keys
from tests.unit.samples import FUNCTION, FrozenClock

SAVED = Containment(FUNCTION, "lambda-function", {"concurrency": 7}, ("f",), ContainmentState.SAVED, "2026")


def test_a_lease_is_for_one_owner_until_it_is_given_back_or_runs_out(ledger: Ledger) -> None:
    clock = FrozenClock()
    assert ledger.take_lease(FUNCTION, "one", clock())
    assert ledger.take_lease(FUNCTION, "one", clock())
    assert not ledger.take_lease(FUNCTION, "two", clock())

    ledger.give_lease_back(FUNCTION, "two")
    assert not ledger.take_lease(FUNCTION, "two", clock()), "only its owner can give it back"

    ledger.give_lease_back(FUNCTION, "one")
    assert ledger.take_lease(FUNCTION, "two", clock())
    clock.go_on(minutes=5, seconds=1)
    assert ledger.take_lease(FUNCTION, "three", clock())


def test_a_containment_is_written_only_over_what_was_read(ledger: Ledger) -> None:
    assert ledger.save_containment(SAVED, None)
    assert not ledger.save_containment(replace(SAVED, prior={"concurrency": 0}), None)

    assert ledger.save_containment(SAVED.held_by("g"), SAVED)
    assert not ledger.save_containment(SAVED.held_by("h"), SAVED)

    assert ledger.containment(FUNCTION) == SAVED.held_by("g")


def test_a_containment_that_an_earlier_version_wrote_can_be_released(ledger: Ledger) -> None:
    saved = replace(SAVED, state=ContainmentState.CONTAINED)
    assert ledger.save_containment(saved, None)
    client = boto3.client("dynamodb")
    pk, sk = keys.of_containment(FUNCTION)
    key = {"pk": {"S": pk}, "sk": {"S": sk}}
    body = json.loads(client.get_item(TableName="ledger", Key=key)["Item"]["body"]["S"])
    del body["role_ids"], body["revoked"]
    client.put_item(TableName="ledger", Item={**key, "body": {"S": json.dumps(body, sort_keys=True)}})

    before = ledger.containment(FUNCTION)

    assert before == saved
    assert ledger.save_containment(replace(saved, state=ContainmentState.RELEASED), before)
