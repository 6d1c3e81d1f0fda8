"""A sweep that dies anywhere is delivered again, and comes to the same: all is told, at least once."""

import json
from collections.abc import Callable, Mapping, Sequence
from itertools import count

import pytest

from passrole.finding import Finding, State
from passrole.ledger import SweepPart
from tests.unit.alerts.memory_table import ProcessKilled
from tests.unit.samples import FUNCTION, ROLE, RecordedTopic
from tests.unit.sweep.pages import HERE, PagingApi
from tests.unit.sweep.world import APPROVED, OTHER, PART, World

GONE = f"{FUNCTION}-gone"


class DyingTopic(RecordedTopic):
    """Fails at one message; which it took all the same if ``took`` says so."""

    def __init__(self, dies_at: int, took: bool) -> None:
        super().__init__()
        self._left, self._took = dies_at, took

    def publish(self, message: str, attributes: Mapping[str, Sequence[str]]) -> None:
        self._left -= 1
        if self._left == 0:
            if self._took:
                self.messages.append((json.loads(message), attributes))
            raise ConnectionError("the topic cannot be reached")
        super().publish(message, attributes)


def account() -> World:
    """What the last sweep knew of is gone, or is approved no longer; and there is more that is new."""
    world = World()
    world.functions = {GONE: [ROLE], f"{FUNCTION}-0": [APPROVED], f"{FUNCTION}-1": [APPROVED, OTHER]}
    world.sweep()
    world.functions = {f"{FUNCTION}-{n}": [APPROVED, OTHER] for n in range(3)} | {FUNCTION: [ROLE]}
    world.iam.roles[APPROVED] = {}
    world.topic.messages.clear()
    return world


def sweep(world: World, sweep_id: str) -> None:
    """All of a part, as the function would be delivered it."""
    progress = world.sweeper.go_on(world.listing, HERE, sweep_id, SweepPart(PART))
    world.sweeper.end(world.listing, HERE, sweep_id, progress.part)


def about(finding: Finding) -> tuple[object, ...]:
    return (finding.resource, finding.role, finding.state, finding.revision, finding.published)


def came_to(world: World) -> tuple[object, ...]:
    findings = sorted(about(finding) for finding in world.ledger.findings())
    held = {resource: world.held(resource) for resource in (*world.functions, GONE)}
    return findings, held


def told(world: World) -> set[tuple[str, str]]:
    return {(message["finding_id"], message["news"]) for message, _ in world.topic.messages}


def undisturbed() -> World:
    world = account()
    sweep(world, world.begin())
    return world


def test_an_undisturbed_sweep_tells_each_thing_once() -> None:
    world = undisturbed()

    assert sorted(world.topic.news) == ["opened"] * 6 + ["resolved"]
    assert len(told(world)) == 7
    assert all(finding.state is State.OPEN for finding in world.ledger.findings() if finding.resource != GONE)


@pytest.mark.parametrize("kills_after", [False, True])
def test_killed_at_any_call_of_the_ledger(kills_after: bool) -> None:
    expected = undisturbed()
    for kill_at in count(1, 3):
        world = account()
        sweep_id = world.begin()
        world.table.kill_at, world.table.kills_after = world.table.calls + kill_at, kills_after
        try:
            sweep(world, sweep_id)
            was_killed = False
        except ProcessKilled:
            was_killed = True
        world.table.kill_at = None

        sweep(world, sweep_id)

        due(world)
        assert came_to(world) == came_to(expected)
        assert told(world) == told(expected)
        if not was_killed:
            break


@pytest.mark.parametrize("took", [False, True])
def test_the_topic_fails_at_any_message(took: bool) -> None:
    expected = undisturbed()
    for number in range(1, 8):
        world = account()
        world.topic = DyingTopic(number, took)
        sweep_id = world.begin()
        with pytest.raises(ConnectionError):
            sweep(world, sweep_id)

        sweep(world, sweep_id)

        due(world)
        assert came_to(world) == came_to(expected)
        assert told(world) == told(expected)
        assert len(world.topic.messages) == 7 + took


def test_the_api_fails_at_any_call() -> None:
    expected = undisturbed()
    for number in range(1, 3):
        world = account()
        sweep_id, well = world.begin(), world.client
        world.client = failing_at(number, well)  # type: ignore[method-assign,assignment]
        with pytest.raises(ConnectionError):
            sweep(world, sweep_id)
        world.client = well  # type: ignore[method-assign]

        sweep(world, sweep_id)

        assert came_to(world) == came_to(expected)
        assert sorted(world.topic.news) == sorted(expected.topic.news)


def failing_at(number: int, well: Callable[[str, str], PagingApi]) -> Callable[[str, str], PagingApi]:
    def client(service: str, region: str) -> PagingApi:
        api = well(service, region)
        answer, left = api.list_all, iter(range(number - 1))

        def list_all(Token: str | None = None) -> dict[str, object]:  # noqa: N803 - as the API has it
            if next(left, None) is None:
                raise ConnectionError("AWS did not answer")
            return answer(Token)

        api.list_all = list_all  # type: ignore[method-assign]
        return api

    return client


def due(world: World) -> None:
    """What the schedule does besides: it publishes what stayed in the outbox."""
    for finding in list(world.ledger.due("9999")):
        world.rejudge.publish(finding)
