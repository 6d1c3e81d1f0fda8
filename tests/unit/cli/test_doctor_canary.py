"""``passrole doctor`` tells when the canary was last seen, and when that is too long ago."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import boto3
import pytest

from passrole.cli.doctor.canary import canary_check
from passrole.cli.doctor.checks import Check, Status
from passrole.clock import iso
from passrole.ledger import Ledger
from tests.unit.samples import NOW, REGION, FrozenClock

OUTPUTS = {"LedgerTable": "ledger", "CanaryRuleName": "canary"}


def check(outputs: Mapping[str, str] = OUTPUTS) -> Check:
    def clients(service: Any, region: str) -> Any:
        return boto3.client(service, region_name=region)

    [found] = canary_check(clients, REGION, outputs, FrozenClock())
    return found


@pytest.mark.parametrize(
    ("ago", "status", "told"),
    [
        (timedelta(minutes=1), Status.FINE, "1 minute ago"),
        (timedelta(minutes=15), Status.FINE, "15 minutes ago"),
        (timedelta(minutes=16), Status.DOUBTFUL, "16 minutes ago"),
        (timedelta(hours=5), Status.DOUBTFUL, "5 hours ago"),
        (timedelta(days=3), Status.DOUBTFUL, "3 days ago"),
    ],
)
def test_a_canary_is_well_for_a_quarter_of_an_hour(
    ledger: Ledger, ago: timedelta, status: Status, told: str
) -> None:
    ledger.note_canary(iso(NOW - ago), NOW)

    found = check()

    assert found.status is status
    assert found.found.endswith(told)


def test_one_that_never_came_and_one_that_there_is_not_are_told_apart(ledger: Ledger) -> None:
    never, none = check(), check({"LedgerTable": "ledger"})

    assert (never.status, none.status) == (Status.DOUBTFUL, Status.DOUBTFUL)
    assert "not seen yet" in never.found
    assert "there is none" in none.found
