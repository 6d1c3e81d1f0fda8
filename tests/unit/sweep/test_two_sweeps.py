"""Two sweeps at once, and two deliveries of one task: one sweep goes on, each part of it once."""

from typing import Any

import pytest

from passrole.finding import State
from passrole.ledger import SweepPart, SweepRecord
from passrole.sweep.tasks import SweepAll, SweepPartOf
from passrole.sweep.work import Done
from tests.unit.samples import FUNCTION, REGION, ROLE
from tests.unit.sweep.running import Queue, Running
from tests.unit.sweep.world import World

PART = f"lambda:function in {REGION}"


@pytest.fixture
def running(world: World) -> Running:
    world.functions = {f"{FUNCTION}-{n}": [ROLE] for n in range(7)}
    made = Running(world)
    made.most_answers = 2
    return made


def latest(running: Running) -> SweepRecord:
    found = running.world.ledger.latest_sweep()
    assert found is not None
    return found


def part(running: Running) -> SweepPart:
    return running.world.ledger.part_of(latest(running).id, PART)


def begun(running: Running) -> SweepPartOf:
    running.world.clock.go_on(hours=8)
    running.run(SweepAll())
    [task] = running.queue.take()
    assert isinstance(task, SweepPartOf)
    return task


def test_of_two_that_begin_at_the_same_moment_one_does(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both have seen that none runs."""
    ledger, well, others = running.world.ledger, running.world.ledger.begin_sweep, list[SweepRecord]()

    def begin_after_another(*given: Any) -> bool:
        if not others:
            others.append(SweepRecord("2026-11-22T11:00:00.000Z", (PART,)))
            assert well(others[0], None)
        return well(*given)

    monkeypatch.setattr(ledger, "begin_sweep", begin_after_another)

    running.run(SweepAll())

    assert latest(running) == SweepRecord(others[0].id, (PART,), is_under_way=True)
    assert {task.sweep for task in running.queue.take() if isinstance(task, SweepPartOf)} == {others[0].id}


def test_the_second_joins_and_nothing_is_done_or_counted_twice(running: Running) -> None:
    alone = World()
    alone.functions = dict(running.world.functions)
    goes_alone = len(Running(alone, most_answers=2).run_all(SweepAll()))
    running.run(SweepAll())
    [first] = running.queue.take()
    running.queue.put(first)

    done = running.run_all(first)

    assert len(done) - goes_alone <= 1, "no go is done twice"
    assert (part(running).resources, part(running).roles, part(running).opened) == (7, 7, 7)
    assert [each.is_swept for each in done].count(True) == 1
    assert running.world.topic.news == ["opened"] * 7


def test_of_two_deliveries_at_the_same_moment_one_goes_on(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    task, well, at_once = begun(running), running.world.ledger.save_part, list[Done]()

    def save_after_another(*given: Any) -> SweepPart | None:
        if not at_once:
            at_once.append(Done())
            at_once.append(running.runner.run(task))
        return well(*given)

    monkeypatch.setattr(running.world.ledger, "save_part", save_after_another)

    assert running.run(task) == Done()

    assert len(running.queue.take()) == 1
    assert part(running) == at_once[1].part


def test_a_part_that_has_ended_stays_ended(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other delivery of its task is in the middle of its listing."""
    task, well, others = begun(running), running.world.ledger.save_part, list[Done]()

    def save_after_another(*given: Any) -> SweepPart | None:
        if not others:
            others.append(Done())
            running.most_answers = None
            others.append(running.runner.run(task))
        return well(*given)

    monkeypatch.setattr(running.world.ledger, "save_part", save_after_another)

    running.run(task)

    assert others[1].is_swept
    assert part(running).ended_at is not None
    assert latest(running).ended_at is not None


def test_who_dies_after_it_saved_goes_on_where_it_was(running: Running) -> None:
    task = begun(running)
    running.queue.dies_at = 1
    with pytest.raises(ConnectionError):
        running.run(task)
    resources = part(running).resources
    running.queue = Queue()

    running.run_all(task)

    assert resources > 0
    assert (part(running).resources, part(running).opened, part(running).failed) == (7, 7, None)


def test_a_sweep_that_goes_on_is_not_given_up_however_long_it_takes(running: Running) -> None:
    task = begun(running)
    for _ in range(3):
        running.world.clock.go_on(hours=5)
        running.run(task)
        running.queue.take()

    running.run(SweepAll())

    assert latest(running).id == task.sweep
    assert running.queue.take() == []


def test_what_is_left_of_a_sweep_that_was_given_up_does_nothing(running: Running) -> None:
    """Two would ask AWS at once, and the old one would resolve what only the new one has seen."""
    old = begun(running)
    running.run(old)
    running.queue.take()
    new = begun(running)
    running.most_answers = None

    assert running.run(old) == Done()

    assert running.world.ledger.part_of(old.sweep, PART).ended_at is None
    assert running.run(new).is_swept


def test_what_is_returned_from_the_dead_letters_after_days_resolves_nothing(running: Running) -> None:
    """What the part has seen is forgotten by then: all that stood before would be taken for gone."""
    running.most_answers = None
    running.run_all(begun(running))
    running.most_answers = 2
    task = begun(running)
    running.run(task)
    running.world.clock.go_on(hours=8 * 24)
    for key in [key for key in running.world.table.items if key[0].startswith("SEEN#")]:
        del running.world.table.items[key]  # their time to live is over
    running.most_answers = None

    assert running.run(task) == Done()

    assert all(finding.state is State.OPEN for finding in running.world.ledger.findings())
