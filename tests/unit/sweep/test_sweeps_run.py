"""A sweep begins once, goes through all its parts, and ends once, whatever becomes of them."""

import json
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from passrole.finding import State
from passrole.ledger import SweepPart
from passrole.sweep.position import START
from passrole.sweep.state import PartState
from passrole.sweep.tasks import SweepAll, SweepPartOf
from passrole.sweep.work import Done
from tests.unit.samples import FUNCTION, REGION, ROLE
from tests.unit.sweep.pages import HERE, listing_of
from tests.unit.sweep.running import ELSEWHERE, RefusingApi, Running
from tests.unit.sweep.world import World

MACHINES = "states:stateMachine"


@pytest.fixture
def running(world: World) -> Running:
    """Two listings, of which the second is the same in all regions."""
    return Running(world, (REGION, ELSEWHERE), (listing_of(), listing_of(type=MACHINES, is_global=True)))


def parts(running: Running) -> dict[str, SweepPart]:
    latest = running.world.ledger.latest_sweep()
    assert latest is not None
    return {part.name: part for part in running.world.ledger.parts_of(latest.id)}


def begun(running: Running) -> list[SweepPartOf]:
    running.world.clock.go_on(hours=8)
    running.run(SweepAll())
    return [task for task in running.queue.take() if isinstance(task, SweepPartOf)]


def test_a_sweep_has_a_part_for_each_listing_in_each_region(running: Running) -> None:
    names = [task.name for task in begun(running)]

    assert names == [
        f"lambda:function in {REGION}",
        f"{MACHINES} in {REGION}",
        f"lambda:function in {ELSEWHERE}",
    ]
    latest = running.world.ledger.latest_sweep()
    assert latest is not None
    assert (latest.parts, latest.ended_at) == (tuple(names), None)


def test_where_a_service_is_not_there_nothing_is_asked(running: Running) -> None:
    running.is_there = lambda _, region: region == REGION

    assert [task.region for task in begun(running)] == [REGION, REGION]


def test_a_sweep_that_runs_is_not_begun_again(running: Running) -> None:
    begun(running)

    assert running.run(SweepAll()) == Done()

    assert running.queue.waiting == []


def test_one_that_never_ended_holds_up_no_other_for_ever(running: Running) -> None:
    first = begun(running)

    second = begun(running)

    assert len(second) == 3
    assert {task.sweep for task in first} != {task.sweep for task in second}


def test_what_was_not_put_into_the_queue_is_put_at_the_next_delivery(running: Running) -> None:
    running.queue.dies_at = 2
    with pytest.raises(ConnectionError):
        running.run(SweepAll())
    [first] = running.queue.take()
    running.queue.dies_at = None

    running.run(SweepAll())

    again = [task for task in running.queue.take() if isinstance(task, SweepPartOf)]
    assert isinstance(first, SweepPartOf)
    assert [task.sweep for task in again] == [first.sweep] * 3
    assert [running.run(task).is_swept for task in (first, *again)] == [False, False, False, True]
    assert running.world.topic.news == ["opened"]
    assert running.run(SweepAll()) == Done()
    assert len(running.queue.take()) == 3, "a further sweep"


def test_the_end_of_its_last_part_ends_a_sweep_once(running: Running) -> None:
    tasks = begun(running)

    done = [running.run(task) for task in tasks]
    again = [running.run(task) for task in tasks]

    assert [each.is_swept for each in done] == [False, False, True]
    assert [each.is_swept for each in again] == [False, False, False]
    latest = running.world.ledger.latest_sweep()
    assert latest is not None
    assert latest.ended_at is not None
    assert len(begun(running)) == 3, "the next may begin"


def test_all_parts_are_read_at_the_end_and_not_at_the_end_of_each(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sweep of all regions has seven thousand."""
    running.listings = tuple(listing_of(type=f"lambda:kind-{number}") for number in range(20))
    read, well = list[str](), running.world.ledger.parts_of

    def parts_of(sweep: str) -> tuple[SweepPart, ...]:
        read.append(sweep)
        return well(sweep)

    monkeypatch.setattr(running.world.ledger, "parts_of", parts_of)

    done = running.run_all(SweepAll())

    assert len(done) == 1 + 20 * 2
    assert [each.is_swept for each in done].index(True) == len(done) - 1
    assert len(read) == 1


def test_a_process_that_dies_before_it_ends_the_sweep_does_so_at_the_next_delivery(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    *others, last = begun(running)
    for task in others:
        running.run(task)
    with monkeypatch.context() as patch:
        patch.setattr(running.world.ledger, "end_sweep", _broken)
        with pytest.raises(ConnectionError):
            running.run(last)

    assert running.run(last).is_swept
    assert not running.run(last).is_swept


def _broken(*arguments: object) -> bool:
    raise ConnectionError("the ledger cannot be reached")


def test_a_part_counts_what_it_found(running: Running) -> None:
    done = running.run(begun(running)[0])

    assert (done.opened, done.resolved) == (1, 0)
    assert done.part is not None
    assert (done.part.resources, done.part.roles, done.part.new, done.part.opened) == (1, 1, 1, 1)
    assert done.part.ended_at is not None
    assert (done.part.failed, done.part.skipped) == (None, None)


def test_a_part_that_runs_out_of_time_goes_on_in_a_task_of_its_own(running: Running) -> None:
    running.world.functions = {f"{FUNCTION}-{n}": [ROLE] for n in range(7)}
    running.most_answers = 2
    first = begun(running)[0]

    done = running.run_all(first)

    assert len(done) > 3
    assert sum(each.opened for each in done) == 7
    part = parts(running)[first.name]
    assert (part.resources, part.opened, part.ended_at is not None) == (7, 7, True)
    assert running.world.topic.news == ["opened"] * 7


def test_what_was_not_seen_is_resolved_when_all_goes_are_done(running: Running) -> None:
    running.run_all(SweepAll())
    running.world.functions = {f"{FUNCTION}-{n}": [ROLE] for n in range(5)}
    running.most_answers = 2

    running.world.clock.go_on(hours=1)
    done = running.run_all(SweepAll())

    assert [each.is_swept for each in done].count(True) == 1
    assert sum(each.resolved for each in done) == 1
    assert running.world.finding().state is State.RESOLVED


@pytest.mark.parametrize(
    ("code", "message", "failed"),
    [
        ("AccessDeniedException", "dana is not authorized to perform: lambda:ListFunctions", True),
        ("ValidationException", "no", True),
        ("OptInRequired", "You are not subscribed to this service", False),
        ("AccessDeniedException", "Your account is not enabled for this", False),
        ("UnrecognizedClientException", "The security token is invalid", False),
        ("UnknownOperationException", "", False),
    ],
)
def test_a_part_that_is_refused_ends_and_the_others_go_on(
    running: Running, code: str, message: str, failed: bool
) -> None:
    running.clients[REGION] = RefusingApi(code, message)

    done = running.run_all(SweepAll())

    part = parts(running)[f"lambda:function in {REGION}"]
    assert ((part.failed is not None), (part.skipped is not None)) == (failed, not failed)
    assert code in (part.failed or part.skipped or "")
    assert parts(running)[f"lambda:function in {ELSEWHERE}"].failed is None
    assert done[-1].is_swept


@pytest.mark.parametrize("code", ["AccessDeniedException", "OptInRequired", "UnrecognizedClientException"])
def test_where_the_ledger_knows_of_something_a_refusal_does_not_say_that_there_is_nothing(
    running: Running, code: str
) -> None:
    """Messages of refusals are no contract, and a service that was there does not go in silence."""
    running.run_all(SweepAll())
    running.world.functions = {}
    running.clients[REGION] = RefusingApi(code, "Access denied")
    running.world.clock.go_on(hours=1)

    running.run_all(SweepAll())

    part = parts(running)[f"lambda:function in {REGION}"]
    assert (code in (part.failed or ""), part.skipped) == (True, None)
    assert running.world.finding().state is State.OPEN
    assert running.world.held() == {ROLE}


@pytest.mark.parametrize(
    "error",
    [
        ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "PutItem"),
        ClientError({"Error": {"Code": "TransactionCanceledException", "Message": ""}}, "TransactWriteItems"),
        EndpointConnectionError(endpoint_url="https://sns.us-east-1.amazonaws.com"),
    ],
)
def test_what_keeps_the_guard_from_its_ledger_is_not_taken_for_a_refusal_of_the_listing(
    running: Running, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = begun(running)[0]

    def broken(*arguments: object) -> None:
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(running.world.ledger, "record_pass", broken)
        with pytest.raises(type(error)):
            running.run(task)

    assert parts(running) == {}
    assert running.run(task).opened == 1


def test_an_answer_that_does_not_fit_fails_the_part(running: Running) -> None:
    class Odd:
        def list_all(self) -> dict[str, object]:
            return {"Things": "none"}

    running.clients[REGION] = Odd()

    running.run(begun(running)[0])

    assert "has no list" in (parts(running)[f"lambda:function in {REGION}"].failed or "")


def test_a_token_that_has_expired_makes_a_part_begin_anew_three_times_at_most(running: Running) -> None:
    running.world.functions = {f"{FUNCTION}-{n}": [ROLE] for n in range(7)}
    task, well = begun(running)[0], running.world.client(HERE.name, REGION)
    restarts = []
    while parts(running).get(task.name, SweepPart("")).ended_at is None:
        running.clients, running.most_answers = {REGION: well}, 3
        running.run(task)
        running.clients = {REGION: RefusingApi("InvalidNextTokenException")}
        running.run(task)
        state = PartState.from_text(parts(running)[task.name].standing)
        restarts.append((state.restarts, state.position))

    part = parts(running)[task.name]
    assert restarts == [(1, START), (2, START), (3, START), (0, START)]
    assert "InvalidNextToken" in (part.failed or "")
    assert part.resources <= 7, "what is listed once more counts once"


def test_what_a_later_version_lists_no_more_fails(running: Running) -> None:
    task = begun(running)[0]
    running.listings = ()

    done = running.run(task)

    assert done.part is not None
    assert "lists no such resources" in (done.part.failed or "")


@pytest.mark.parametrize(
    "changed",
    [
        {"what_is_new": 1},
        {"position": [["token", 3]]},
        {"position": [{"token": None, "done": 3}]},
        {"position": 3},
        {"teller": "somebody"},
    ],
)
def test_where_another_version_left_it_a_part_begins_anew(running: Running, changed: dict[str, Any]) -> None:
    running.world.functions = {f"{FUNCTION}-{n}": [ROLE] for n in range(7)}
    running.most_answers = 3
    task = begun(running)[0]
    running.run(task)
    ledger, part = running.world.ledger, parts(running)[task.name]
    assert part.standing is not None
    ledger.save_part(task.sweep, replace(part, standing=json.dumps(json.loads(part.standing) | changed)))

    running.run_all(task)

    ended = parts(running)[task.name]
    assert (ended.resources, ended.opened, ended.failed) == (7, 7, None)


def test_a_part_of_a_sweep_that_nobody_began_does_nothing(running: Running) -> None:
    task = SweepPartOf("2026-01-01T00:00:00.000Z", "lambda:function", REGION)

    assert running.run(task) == Done()

    assert list(running.world.ledger.findings()) == []


def test_the_end_of_a_part_goes_on_when_time_was_up(running: Running) -> None:
    """Thousands of functions that are gone at once take more than one go to resolve."""
    running.world.functions = {f"{FUNCTION}-{n}": [ROLE] for n in range(7)}
    running.run_all(SweepAll())
    running.world.clock.go_on(hours=1)
    running.world.functions = {}
    running.most_answers = 2

    done = running.run_all(SweepAll())

    resolved = [each.resolved for each in done if each.resolved]
    assert sum(resolved) == 7
    assert len(resolved) > 1, "in more goes than one"
    assert done[-1].is_swept
    assert running.world.held(f"{FUNCTION}-0") == set()
