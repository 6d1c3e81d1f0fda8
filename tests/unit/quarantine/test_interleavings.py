"""Each process that acts or decides, with a mishap at each of its calls: afterwards all is as it should be.

What the state machine finds by chance, where two or three things must come together, is gone through here.
"""

from collections.abc import Callable, Iterator
from itertools import count

import pytest

from passrole.finding import Finding, News, State
from passrole.news import Pointer
from tests.unit.quarantine.simulated.account import BAD, WORSE
from tests.unit.quarantine.simulated.checks import Checks
from tests.unit.quarantine.simulated.guarded import DELIVERIES, HOST, ORDERS, Guarded, Message
from tests.unit.quarantine.simulated.processes import Fate, Mishap

Act = Callable[[Guarded, Finding, Fate | None], object]
_MOST_CALLS = 60


def _contain(world: Guarded, finding: Finding, fate: Fate | None) -> None:
    world.contain(_pointer_to(world, finding), fate)


def _contain_other(world: Guarded, finding: Finding, fate: Fate | None) -> None:
    other = next(f for f in world.findings if f.id != finding.id)
    world.contain(_pointer_to(world, other), fate)


def _detect(world: Guarded, finding: Finding, fate: Fate | None) -> None:
    world.give(finding.resource or "", finding.role)
    world.detect(world.events[-1], fate)


def _turn_off(world: Guarded, finding: Finding, fate: Fate | None) -> None:
    del finding
    world.turn(fate, on=False)


def _meddle(world: Guarded, finding: Finding, fate: Fate | None) -> None:
    del fate
    if finding.resource == ORDERS:
        world.meddle(ORDERS, concurrency=7, busy=True)


ACTS: dict[str, Act] = {
    "contain": _contain,
    "detect": _detect,
    "release": lambda world, finding, fate: world.release(finding, fate),
    "exempt": lambda world, finding, fate: world.exempt(finding, fate),
    "approve": lambda world, finding, fate: world.approve(finding, fate),
}
MEANWHILE: tuple[Act, ...] = (*ACTS.values(), _contain_other, _turn_off, _meddle)


@pytest.mark.parametrize("resource", [ORDERS, HOST], ids=["function", "instance"])
@pytest.mark.parametrize("is_contained", [False, True], ids=["before", "contained"])
@pytest.mark.parametrize("name", ACTS)
def test_whatever_befalls_a_process_at_any_call(name: str, is_contained: bool, resource: str) -> None:
    cases: list[tuple[Mishap, Act | None]] = [(Mishap.DIES_BEFORE, None), (Mishap.DIES_AFTER, None)]
    if resource == ORDERS:
        cases += [(Mishap.NO_ANSWER, None), *((Mishap.OVERTAKEN, act) for act in MEANWHILE)]
    for mishap, meanwhile in cases:
        for at in range(1, _MOST_CALLS):
            if not _befell(ACTS[name], mishap, meanwhile, at, resource, is_contained):
                break
        else:
            raise AssertionError("there is no end to the calls")


def test_what_was_begun_is_not_finished_while_it_is_switched_off() -> None:
    for world, _, _ in _contained_half_way():
        world.turn(on=False)
        before = dict(world.account.things[ORDERS].fields)

        for message in list(world.pointers):
            world.contain(message)

        assert world.account.things[ORDERS].fields == before


@pytest.mark.parametrize("name", ["exempt", "release", "approve"])
def test_people_decide_about_what_is_contained_half_way(name: str) -> None:
    for world, finding, checks in _contained_half_way():
        ACTS[name](world, finding, None)

        checks.check_holds()
        _settle(world, checks)
        checks.check_end()


def _contained_half_way() -> Iterator[tuple[Guarded, Finding, Checks]]:
    """Worlds in which `contain` died, each at one call later than in the one before."""
    for at in count(1):
        checks = Checks()
        world = Guarded(checks.heed_act, checks.heed_record)
        checks.world = world
        finding = _violation(world, ORDERS, is_contained=False)
        _contain(world, finding, Fate(Mishap.DIES_AFTER, at))
        has_died = world.befell
        world.clock.go_on(minutes=6)  # the lease of the dead one runs out
        yield world, next(f for f in world.findings if f.id == finding.id), checks
        if not has_died:
            return


def _befell(
    act: Act, mishap: Mishap, meanwhile: Act | None, at: int, resource: str, is_contained: bool
) -> bool:
    """Lets it befall the process at that call; False if the process made fewer."""
    checks = Checks()
    world = Guarded(checks.heed_act, checks.heed_record)
    checks.world = world
    finding = _violation(world, resource, is_contained)

    def overtake() -> None:
        if meanwhile:
            meanwhile(world, finding, None)

    act(world, finding, Fate(mishap, at, overtake))
    has_befallen = world.befell
    checks.check_holds()
    _settle(world, checks)
    checks.check_end()
    return has_befallen


def _violation(world: Guarded, resource: str, is_contained: bool) -> Finding:
    """Two roles were passed to a function, one to an instance."""
    world.make(ORDERS, BAD, concurrency=7)
    world.give(ORDERS, WORSE)
    world.make(HOST, BAD, None)
    for message in list(world.events):
        world.detect(message)
    world.clock.go_on(minutes=2)  # all that was done shows by now
    if is_contained:
        for message in list(world.pointers):
            world.contain(message)
        world.events.clear()  # and no delivery comes that would make good what is left undone
        world.pointers.clear()
    world.clock.go_on(minutes=2)
    return next(f for f in world.findings if f.resource == resource)


def _settle(world: Guarded, checks: Checks) -> None:
    for _ in range(2):
        for message in (*world.events, *world.pointers):
            message.delivered = DELIVERIES - 1  # more of them are the state machine's
        world.turn(on=True)
        world.clock.go_on(minutes=13)
        world.sweep()
        for queue, work in ((world.events, world.detect), (world.pointers, world.contain)):
            while queue:
                work(queue[0])
        for finding in world.in_state(State.CONTAINED):
            if finding.id in world.half_released and not checks.holds(finding):
                world.release(finding)


def _pointer_to(world: Guarded, finding: Finding) -> Message:
    for message in world.pointers:
        if finding.id in message.body:
            return message
    message = Message(Pointer(finding.id, finding.revision, News.CONTAINED).to_message())
    world.pointers.append(message)  # as the sweep does
    return message
