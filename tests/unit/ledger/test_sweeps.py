"""Sweeps in the ledger: begun and ended once, with their parts, and with what these saw."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passrole.clock import parse_time
from passrole.ledger import Ledger, PolicyJudgement, SweepPart, SweepRecord, keys
from passrole.ledger.sweeps import sight
from passrole.ledger.table import Put
from tests.unit.alerts.memory_table import memory_ledger

FIRST, SECOND = "2026-11-22T12:00:00.000Z", "2026-11-22T18:00:00.000Z"
PARTS = ("lambda:function in us-east-1", "states:stateMachine in us-east-1")
SWEEP = SweepRecord(FIRST, PARTS)


def test_a_sweep_begins_once(ledger: Ledger) -> None:
    assert ledger.latest_sweep() is None

    assert ledger.begin_sweep(SWEEP, None)
    assert not ledger.begin_sweep(SWEEP, None)

    assert ledger.latest_sweep() == ledger.sweep(FIRST) == SWEEP


def test_of_two_that_would_begin_at_once_one_does(ledger: Ledger) -> None:
    assert ledger.begin_sweep(SWEEP, None)

    assert not ledger.begin_sweep(SweepRecord(SECOND, PARTS), None)

    assert ledger.latest_sweep() == SWEEP
    assert ledger.sweep(SECOND) is None


def test_after_a_sweep_that_is_forgotten_another_one_begins() -> None:
    ledger, table = memory_ledger()
    assert ledger.begin_sweep(SWEEP, None)
    del table.items[keys.of_sweep(FIRST)]  # its time to live is over

    assert ledger.begin_sweep(SweepRecord("2027-03-01T00:00:00.000Z", PARTS), ledger.latest_sweep())


def test_the_latest_is_the_one_that_began_last(ledger: Ledger) -> None:
    ledger.begin_sweep(SWEEP, None)
    ledger.begin_sweep(SweepRecord(SECOND, PARTS), SWEEP)

    latest = ledger.latest_sweep()

    assert latest is not None
    assert latest.id == SECOND
    assert ledger.sweep("2026-01-01T00:00:00.000Z") is None


def test_a_sweep_ends_once_and_keeps_what_it_was(ledger: Ledger) -> None:
    ledger.begin_sweep(SWEEP, None)
    ledger.note_under_way(SWEEP)
    assert ledger.sweep(FIRST) == replace(SWEEP, is_under_way=True)

    assert ledger.end_sweep(SWEEP, SECOND)
    assert not ledger.end_sweep(SWEEP, "2026-11-23T00:00:00.000Z")
    ledger.note_under_way(SWEEP)

    assert ledger.sweep(FIRST) == SweepRecord(FIRST, PARTS, SECOND, is_under_way=True)


def test_a_part_is_as_it_was_saved_last(ledger: Ledger) -> None:
    begun = ledger.save_part(FIRST, SweepPart(PARTS[0], resources=3, standing="here"))
    assert begun == SweepPart(PARTS[0], resources=3, standing="here", revision=1)
    ledger.save_part(FIRST, SweepPart(PARTS[1]))
    ledger.save_part(SECOND, SweepPart(PARTS[1], resources=1))

    done = SweepPart(PARTS[0], 9, 8, 7, 6, 5, 4, 3, SECOND, "it was refused", "it is not there", revision=1)
    done = replace(done, saved_at=SECOND)
    ledger.save_part(FIRST, done)

    assert ledger.parts_of(FIRST) == (replace(done, revision=2), SweepPart(PARTS[1], revision=1))
    assert ledger.part_of(FIRST, PARTS[0]) == replace(done, revision=2)
    assert ledger.part_of(SECOND, PARTS[0]) == SweepPart(PARTS[0])


def test_a_part_that_another_version_wrote_is_read_all_the_same() -> None:
    """Commands are of the version that somebody has installed, and functions of the one that is deployed."""
    ledger, table = memory_ledger()
    ledger.save_part(FIRST, SweepPart(PARTS[0], resources=3))
    item = table.items[keys.of_part(FIRST, PARTS[0])]
    item["body"] = json.dumps(json.loads(item["body"]) | {"what_is_new": 1})

    assert ledger.part_of(FIRST, PARTS[0]).resources == 3


def test_nobody_writes_over_what_he_has_not_read(ledger: Ledger) -> None:
    read = ledger.save_part(FIRST, SweepPart(PARTS[0]))
    assert read is not None
    assert ledger.save_part(FIRST, replace(read, ended_at=SECOND)) is not None

    assert ledger.save_part(FIRST, replace(read, resources=1)) is None
    assert ledger.save_part(FIRST, SweepPart(PARTS[0])) is None

    assert ledger.part_of(FIRST, PARTS[0]).ended_at == SECOND


def test_a_sweep_is_stuck_when_no_part_of_it_went_on_for_long() -> None:
    def is_stuck(at: str, *parts: SweepPart) -> bool:
        return SWEEP.is_stuck(parts, parse_time(at))

    assert not is_stuck("2026-11-22T17:59:00Z")
    assert is_stuck("2026-11-22T18:00:00Z")
    assert not is_stuck("2026-11-22T18:00:00Z", SweepPart(PARTS[0], saved_at="2026-11-22T13:00:00.000Z"))
    assert is_stuck("2026-11-25T12:00:00Z", SweepPart(PARTS[0], saved_at="2026-11-25T11:59:00.000Z"))
    assert not replace(SWEEP, ended_at=SECOND).is_stuck((), parse_time("2027-01-01T00:00:00Z"))


def test_what_was_seen_is_of_one_part_of_one_sweep(ledger: Ledger) -> None:
    one, two, three = (sight((f"function {n}", "execution role", "role")) for n in range(3))
    ledger.note_seen(FIRST, PARTS[0], [one, two])
    ledger.note_seen(FIRST, PARTS[0], [one, two])
    ledger.note_seen(FIRST, PARTS[0], [three])
    ledger.note_seen(FIRST, PARTS[1], [two])

    assert ledger.seen_by(FIRST, PARTS[0]) == {one, two, three}
    assert ledger.seen_by(FIRST, PARTS[1]) == {two}
    assert ledger.seen_by(SECOND, PARTS[0]) == frozenset()


@given(st.lists(st.lists(st.binary(min_size=8, max_size=8), min_size=1, max_size=20), max_size=5))
def test_all_that_was_seen_is_told(batches: list[list[bytes]]) -> None:
    ledger, _ = memory_ledger()
    for batch in batches:
        ledger.note_seen(FIRST, PARTS[0], batch)

    assert ledger.seen_by(FIRST, PARTS[0]) == {one for batch in batches for one in batch}


@given(st.lists(st.text(max_size=5), max_size=3), st.lists(st.text(max_size=5), max_size=3))
def test_only_the_same_looks_the_same(one: list[str], other: list[str]) -> None:
    assert (sight(one) == sight(other)) == (one == other)


def test_nothing_of_a_sweep_is_kept_for_ever() -> None:
    ledger, table = memory_ledger()
    ledger.begin_sweep(SWEEP, None)
    ledger.save_part(FIRST, SweepPart(PARTS[0]))
    ledger.note_seen(FIRST, PARTS[0], [sight(("x",))])
    ledger.end_sweep(SWEEP, SECOND)

    lives = {key[0].partition("#")[0]: item.get(keys.TIME_TO_LIVE) for key, item in table.items.items()}

    began = int(parse_time(FIRST).timestamp())
    assert lives == {"SWEEP": began + 90 * 86400, "SEEN": began + 7 * 86400, "LATEST": None}


def test_by_which_policy_all_is_judged_is_known_and_how_far_that_is(ledger: Ledger) -> None:
    assert ledger.policy_judgement() is None

    for policy in ("0123456789ab", "ba9876543210"):
        ledger.begin_policy_judgement(policy, FIRST)
        assert ledger.policy_judgement() == PolicyJudgement(policy, FIRST)
        assert ledger.note_policy_judgement(policy, SECOND)
        assert ledger.policy_judgement() == PolicyJudgement(policy, SECOND)
        assert ledger.note_policy_judgement(policy, SECOND, has_ended=True)
        assert ledger.policy_judgement() == PolicyJudgement(policy, SECOND, SECOND)


def test_a_judgement_that_has_ended_or_is_another_policys_goes_on_no_more(ledger: Ledger) -> None:
    ledger.begin_policy_judgement("new", FIRST)

    assert not ledger.note_policy_judgement("old", SECOND, has_ended=True)
    assert ledger.note_policy_judgement("new", FIRST, has_ended=True)
    assert not ledger.note_policy_judgement("new", SECOND)
    assert ledger.policy_judgement() == PolicyJudgement("new", FIRST, FIRST)


def test_a_record_without_times_is_of_a_judgement_of_which_nobody_knows_its_end() -> None:
    ledger, table = memory_ledger()
    table.put(Put(keys.of_latest("POLICY"), {"hash": "0123456789ab"}))

    judgement = ledger.policy_judgement()

    assert judgement == PolicyJudgement("0123456789ab", None)
    assert judgement.is_stuck(parse_time(FIRST))


@pytest.mark.parametrize(("minutes", "is_stuck"), [(0, False), (359, False), (361, True)])
def test_a_judgement_is_stuck_that_did_not_go_on_for_six_hours(minutes: int, is_stuck: bool) -> None:
    now = parse_time(FIRST) + timedelta(minutes=minutes)

    assert PolicyJudgement("x", FIRST).is_stuck(now) is is_stuck
    assert not PolicyJudgement("x", FIRST, FIRST).is_stuck(now)
