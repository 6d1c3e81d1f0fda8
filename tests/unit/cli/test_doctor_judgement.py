"""``passrole doctor`` tells whether what is held was judged by the policy that is deployed."""

from datetime import timedelta
from typing import Any

import boto3

from passrole.cli.doctor.checks import Check, Status
from passrole.cli.doctor.judgement import judgement_check
from passrole.clock import iso
from passrole.ledger import Ledger
from tests.unit.samples import NOW, REGION, FrozenClock

POLICY = "0123456789ab"


def check() -> Check:
    def clients(service: Any, region: str) -> Any:
        return boto3.client(service, region_name=region)

    [found] = judgement_check(clients, REGION, {"LedgerTable": "ledger"}, FrozenClock())
    return found


def test_before_the_first_run_nothing_is_known(ledger: Ledger) -> None:
    assert check().status is Status.DOUBTFUL


def test_one_that_goes_on_or_has_ended_is_well(ledger: Ledger) -> None:
    ledger.begin_policy_judgement(POLICY, iso(NOW - timedelta(hours=5)))
    goes_on = check()
    ledger.note_policy_judgement(POLICY, iso(NOW - timedelta(hours=4)), has_ended=True)
    ended = check()

    assert (goes_on.status, ended.status) == (Status.FINE, Status.FINE)
    assert "goes on" in goes_on.found
    assert f"was judged by policy {POLICY}" in ended.found


def test_one_that_was_given_up_is_not(ledger: Ledger) -> None:
    ledger.begin_policy_judgement(POLICY, iso(NOW - timedelta(hours=7)))

    found = check()

    assert found.status is Status.DOUBTFUL
    assert "policy before" in found.found
    assert found.advice is not None
    assert "redrive" in found.advice
