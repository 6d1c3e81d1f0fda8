"""Heartbeats: the latest is kept, in whatever order they come."""

from datetime import timedelta

from passrole.ledger import Heartbeat, Ledger
from tests.unit.samples import NOW


def test_the_latest_heartbeat_is_kept(ledger: Ledger) -> None:
    assert ledger.last_canary() is None
    assert ledger.note_canary("2026-11-22T12:00:00Z", NOW)
    assert ledger.note_canary("2026-11-22T12:02:00Z", NOW + timedelta(minutes=2))

    assert ledger.last_canary() == Heartbeat("2026-11-22T12:02:00.000Z", "2026-11-22T12:02:05.000Z")


def test_one_that_comes_late_or_again_changes_nothing(ledger: Ledger) -> None:
    ledger.note_canary("2026-11-22T12:02:00Z", NOW)

    assert not ledger.note_canary("2026-11-22T12:00:00Z", NOW + timedelta(hours=1))
    assert not ledger.note_canary("2026-11-22T12:02:00Z", NOW + timedelta(hours=1))
    assert ledger.last_canary() == Heartbeat("2026-11-22T12:02:00.000Z", "2026-11-22T12:00:05.000Z")
