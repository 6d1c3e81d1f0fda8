"""Delivery marks: one message for each step and channel; a repeat is known as one."""

from passrole.ledger import Claim, Ledger
from tests.unit.samples import FrozenClock


def test_the_first_claim_is_new_and_a_finished_one_needs_nothing(ledger: Ledger) -> None:
    now = FrozenClock()()

    assert ledger.claim_delivery("f", 1, "slack", now) is Claim.NEW
    ledger.finish_delivery("f", 1, "slack", now)

    assert ledger.claim_delivery("f", 1, "slack", now) is Claim.DELIVERED


def test_channels_and_steps_are_claimed_apart(ledger: Ledger) -> None:
    now = FrozenClock()()
    ledger.claim_delivery("f", 1, "slack", now)

    assert ledger.claim_delivery("f", 1, "email", now) is Claim.NEW
    assert ledger.claim_delivery("f", 2, "slack", now) is Claim.NEW


def test_a_claim_is_busy_while_its_sender_may_live_and_a_repeat_afterwards(ledger: Ledger) -> None:
    clock = FrozenClock()
    ledger.claim_delivery("f", 1, "slack", clock())
    clock.go_on(seconds=59)
    assert ledger.claim_delivery("f", 1, "slack", clock()) is Claim.BUSY

    clock.go_on(seconds=2)

    assert ledger.claim_delivery("f", 1, "slack", clock()) is Claim.REPEAT
    assert ledger.claim_delivery("f", 1, "slack", clock()) is Claim.BUSY, "the repeat is claimed in turn"


def test_a_dropped_claim_is_new_again_and_a_delivery_is_never_dropped(ledger: Ledger) -> None:
    now = FrozenClock()()
    ledger.claim_delivery("f", 1, "slack", now)
    ledger.drop_claim("f", 1, "slack", now)
    assert ledger.claim_delivery("f", 1, "slack", now) is Claim.NEW

    ledger.finish_delivery("f", 1, "slack", now)
    ledger.drop_claim("f", 1, "slack", now)

    assert ledger.claim_delivery("f", 1, "slack", now) is Claim.DELIVERED


def test_a_claim_that_lapsed_is_a_repeat_at_once(ledger: Ledger) -> None:
    now = FrozenClock()()
    ledger.claim_delivery("f", 1, "slack", now)

    ledger.lapse_claim("f", 1, "slack", now)

    assert ledger.claim_delivery("f", 1, "slack", now) is Claim.REPEAT


def test_only_its_own_claim_can_a_worker_end(ledger: Ledger) -> None:
    """A worker that took longer than its lease must not set free what another holds."""
    clock = FrozenClock()
    slow = clock()
    ledger.claim_delivery("f", 1, "slack", slow)
    clock.go_on(minutes=2)
    assert ledger.claim_delivery("f", 1, "slack", clock()) is Claim.REPEAT

    ledger.lapse_claim("f", 1, "slack", slow)
    ledger.drop_claim("f", 1, "slack", slow)

    assert ledger.claim_delivery("f", 1, "slack", clock()) is Claim.BUSY
