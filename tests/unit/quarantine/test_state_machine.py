"""Three deliveries of everything, and kills at any call: each resource is contained once and released once.

A machine of hypothesis makes up what happens: passes whose events come late and in any order, processes that
die, are refused or overtaken at any of their calls, people who decide, and others who change things.
"""

from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from passrole.finding import State
from tests.unit.quarantine.simulated.account import BAD, WORSE, Function
from tests.unit.quarantine.simulated.checks import Checks
from tests.unit.quarantine.simulated.guarded import (
    ALL_ROLES,
    BAD_ROLES,
    DELIVERIES,
    HOST,
    ORDERS,
    RESOURCES,
    Guarded,
    Message,
)
from tests.unit.quarantine.simulated.processes import Fate, Mishap

_NUMBERS = st.integers(0, 7)
_RESOURCES, _ROLES = st.sampled_from(RESOURCES), st.sampled_from(ALL_ROLES)
_ROLES_AT_FIRST = st.tuples(*[st.sampled_from(BAD_ROLES)] * len(RESOURCES))
_MEANWHILE = (
    "the same",
    "contain",
    "detect",
    "release",
    "exempt",
    "approve",
    "give",
    "undo",
    "remove",
    "sweep",
    "off",
)
_CALLS = st.integers(1, 8) | st.integers(1, 30)
_MISHAPS = (*Mishap, Mishap.OVERTAKEN)
_FATES = st.none() | st.tuples(st.sampled_from(_MISHAPS), _CALLS, st.sampled_from(_MEANWHILE), _NUMBERS)
_RULES = st.fixed_dictionaries(
    {
        "acts_per_hour": st.sampled_from((10, 1, 2)),
        "critical_reserve": st.sampled_from((5, 1)),
        "acts_per_resource": st.just(5),
        "grace_minutes": st.sampled_from((0, 0, 10)),
        "require_approval": st.sampled_from((False, False, True)),
    }
)
Drawn = tuple[Mishap, int, str, int] | None


class Quarantine(RuleBasedStateMachine):
    """What happens in the account."""

    @initialize(
        rules=_RULES, roles=_ROLES_AT_FIRST, starts_at=st.sampled_from(("contained", "detected", "passed"))
    )
    def begin(self, rules: dict[str, Any], roles: tuple[str, ...], starts_at: str) -> None:
        self.checks = Checks()
        self.world = Guarded(self.checks.heed_act, self.checks.heed_record, **rules)
        self.checks.world = self.world
        for number, (resource, role) in enumerate(zip(RESOURCES, roles, strict=True)):
            self.world.make(resource, role, concurrency=(7, None)[number % 2])
        self.world.give(ORDERS, WORSE if roles[0] == BAD else BAD)  # an older version holds the first one
        if starts_at != "passed":
            self.detect_all()
        if starts_at == "contained":
            for message in list(self.world.pointers):
                self.world.contain(message)

    # -- the guard's functions

    @precondition(lambda self: self.world.events)
    @rule(number=_NUMBERS, drawn=_FATES)
    def detect(self, number: int, drawn: Drawn) -> None:
        self.world.detect(_one_of(self.world.events, number), self._fate(drawn))

    @precondition(lambda self: self.world.events)
    @rule()
    def detect_all(self) -> None:
        for message in list(self.world.events):
            self.world.detect(message)

    @precondition(lambda self: self.world.pointers)
    @rule(number=_NUMBERS, drawn=_FATES)
    def contain(self, number: int, drawn: Drawn) -> None:
        message = _one_of(self.world.pointers, number)
        self.world.contain(message, self._fate(drawn, message))

    @precondition(lambda self: self.world.pointers)
    @rule(fates=st.lists(_FATES, min_size=1, max_size=DELIVERIES), number=_NUMBERS)
    def contain_again_and_again(self, fates: list[Drawn], number: int) -> None:
        message = _one_of(self.world.pointers, number)
        for drawn in fates:
            self.world.contain(message, self._fate(drawn, message))

    @precondition(lambda self: self.world.pointers)
    @rule(number=_NUMBERS, at=st.integers(1, 30))
    def contain_twice_at_once(self, number: int, at: int) -> None:
        message = _one_of(self.world.pointers, number)
        self.world.contain(message, self._fate((Mishap.OVERTAKEN, at, "the same", 0), message))

    @rule(minutes=st.sampled_from((1, 11, 30, 61)), drawn=_FATES)
    def sweep(self, minutes: int, drawn: Drawn) -> None:
        self.world.clock.go_on(minutes=minutes)
        self.world.sweep(self._fate(drawn))

    # -- people

    @precondition(lambda self: self.world.in_state(State.CONTAINED))
    @rule(number=_NUMBERS, drawn=_FATES, as_is=st.sampled_from((False, False, True)))
    def release(self, number: int, drawn: Drawn, as_is: bool) -> None:
        finding = _one_of(self.world.in_state(State.CONTAINED), number)
        self.world.release(finding, self._fate(drawn), as_is=as_is)

    @precondition(lambda self: self.world.findings)
    @rule(what=st.sampled_from(("approve", "approve", "exempt", "release")), number=_NUMBERS, drawn=_FATES)
    def decide(self, what: str, number: int, drawn: Drawn) -> None:
        getattr(self.world, what)(_one_of(self.world.findings, number), self._fate(drawn))

    @rule(what=st.sampled_from(("on", "off", "reset")), drawn=_FATES)
    def govern(self, what: str, drawn: Drawn) -> None:
        if what == "reset":
            self.world.reset(self._fate(drawn))
        else:
            self.world.turn(self._fate(drawn), on=what == "on")

    # -- others

    @rule(resource=_RESOURCES, role=_ROLES, publishes=st.booleans())
    def give(self, resource: str, role: str, publishes: bool) -> None:
        if resource in self.world.account.things:
            self.world.give(resource, role, publishes=publishes)
        elif resource != HOST:  # ids of instances are not used again
            self.world.make(resource, role, concurrency=5)

    @rule(resource=_RESOURCES, how=st.sampled_from((7, 3, None)))
    def meddle(self, resource: str, how: int | None) -> None:
        if how is None:
            self.world.account.things.pop(resource, None)
        elif isinstance(self.world.account.things.get(resource), Function):
            self.world.meddle(resource, concurrency=how, busy=True)

    # -- what always holds

    @invariant()
    def nothing_is_held_for_nobody(self) -> None:
        self.checks.check_holds()

    @invariant()
    def acts_keep_to_their_budgets(self) -> None:
        self.checks.check_budgets()

    def teardown(self) -> None:
        if not hasattr(self, "world"):
            return
        self._settle()
        self.checks.check_end()

    def _settle(self) -> None:
        """Delivers everything, until nothing more is to be done."""
        world = self.world
        for _ in range(5):
            world.turn(on=True)
            world.reset()
            world.clock.go_on(minutes=11)
            world.pointers += [Message(dead.body) for dead in world.dead]  # a person sends them once more
            world.dead.clear()
            world.sweep()
            self._deliver_all()
            for finding in world.in_state(State.CONTAINED):
                if finding.id in world.half_released and not self.checks.holds(finding):
                    world.release(finding)  # the person repeats it

    def _deliver_all(self) -> None:
        world = self.world
        for _ in range(20):
            for message in list(world.events):
                world.detect(message)
            for message in list(world.pointers):
                world.contain(message)
                world.clock.go_on(minutes=1)
            if not world.events and not world.pointers:
                return
        raise AssertionError("there is no end to the messages")

    def _fate(self, drawn: Drawn, message: Message | None = None) -> Fate | None:
        if drawn is None:
            return None
        mishap, at, meanwhile, number = drawn
        if meanwhile == "the same" and message is not None:
            return Fate(mishap, at, lambda: self.world.contain(message))
        return Fate(mishap, at, lambda: self._meanwhile(meanwhile, number))

    def _meanwhile(self, what: str, number: int) -> None:
        world, resource = self.world, RESOURCES[number % len(RESOURCES)]
        findings = world.findings
        match what:
            case "contain" if world.pointers:
                world.contain(_one_of(world.pointers, number))
            case "detect" if world.events:
                world.detect(_one_of(world.events, number))
            case "release" if findings:
                world.release(_one_of(findings, number))
            case "exempt" if findings:
                world.exempt(_one_of(findings, number))
            case "approve" if findings:
                world.approve(_one_of(findings, number))
            case "give" if resource in world.account.things:
                world.give(resource, ALL_ROLES[number % len(ALL_ROLES)])
            case "undo":
                self.meddle(resource, 7)
            case "remove":
                self.meddle(resource, None)
            case "sweep":
                world.sweep()
            case "off":
                world.turn(on=False)


def _one_of(things: list[Any], number: int) -> Any:
    return things[number % len(things)]


TestQuarantine = Quarantine.TestCase
TestQuarantine.settings = settings(
    max_examples=70,
    stateful_step_count=30,
    derandomize=True,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
