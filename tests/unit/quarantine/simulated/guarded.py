"""The guard at work in the simulated account: its functions, its queues, the people, and everybody else."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from passrole.clock import iso
from passrole.detection.detector import BusyLedgerError, Detector
from passrole.finding import Finding, State
from passrole.ledger import Ledger
from passrole.policy import Effect, PolicyStatement, Severity
from passrole.quarantine.acting import BusyError
from passrole.quarantine.brakes import reset_breaker, switch_off, switch_on
from passrole.quarantine.containment import Container
from passrole.quarantine.errors import TryAgainError
from passrole.quarantine.module import Aws
from passrole.quarantine.people import NotDoneError, approve, exempt
from passrole.quarantine.release import Releaser
from passrole.sweep.due import DueWork
from tests.unit.quarantine.simulated.account import (
    BAD,
    GOOD,
    WORSE,
    Account,
    Function,
    Instance,
    function_named,
    instance_named,
    profile_of,
)
from tests.unit.quarantine.simulated.events import RolesAsPassed, pass_event
from tests.unit.quarantine.simulated.processes import Fate, Process, Processes
from tests.unit.quarantine.simulated.table import Heed, LedgerTable, ledger_over
from tests.unit.quarantine.world import CONTAIN, OPERATOR, QUARANTINE_ROLE
from tests.unit.samples import ACCOUNT, FrozenClock, NoReferences, RecordedLooks, policy_of

DELIVERIES = 3
MAX_RECEIVES = 4
_CONTAIN_NEWS = ("opened", "reopened", "exemption_ended", "approved", "undone")
_PATIENCE = timedelta(minutes=2)  # as the function `sweep` has it
# What a function or a command may end with; anything else is a fault of the guard.
_ENDINGS = (BusyLedgerError, TryAgainError, BusyError, NotDoneError, ClientError, BotoCoreError)


@dataclass
class Message:
    """In a queue that delivers at least once: here three times, and oftener what fails."""

    body: str
    delivered: int = 0
    received: int = 0


@dataclass(frozen=True)
class Passed:
    """A pass as it truly happened; the guard hears of it later."""

    resource: str
    role: str
    at: str
    is_guards: bool


class Guarded:
    """All of it. ``heed_act`` hears of each act of `contain` before it is done."""

    def __init__(self, heed_act: Callable[[str], None], heed_record: Heed, **rules: Any) -> None:
        self.clock = FrozenClock()
        self.processes = Processes()
        self.table = LedgerTable(self.processes, heed_record)
        self.account = Account(self.processes, heed_act, self.clock)
        self.ledger: Ledger = ledger_over(self.table)
        self.events: list[Message] = []
        self.pointers: list[Message] = []
        self.dead: list[Message] = []
        self.published: set[tuple[str, int]] = set()
        self.passed: list[Passed] = []
        self.half_released: set[str] = set()  # ids of findings
        self.befell = False  # whether the last process that had a fate met it
        worse = PolicyStatement("admins", Effect.DENY, resources=(WORSE,), severity=Severity.CRITICAL)
        usual = policy_of(**rules)
        self.policy = replace(usual, statements=(*usual.statements, worse))
        self._owners = 0

    # -- what processes talk to

    def publish(self, message: str, attributes: Mapping[str, Sequence[str]]) -> None:
        """The topic of findings, with the filter of the queue of `contain`."""
        self.processes.call(lambda: self._take(message, attributes))

    def send(self, message: str) -> None:
        """The queue of `contain`."""
        self.processes.call(lambda: self.pointers.append(Message(message)))

    def _take(self, message: str, attributes: Mapping[str, Sequence[str]]) -> None:
        pointer = json.loads(message)
        self.published.add((pointer["finding_id"], pointer["revision"]))
        if attributes["response"] == ("quarantine",) and attributes["news"][0] in _CONTAIN_NEWS:
            self.pointers.append(Message(message))

    # -- functions

    def run(self, who: str, act: Callable[[], object], fate: Fate | None = None, **facts: Any) -> Process:
        """Runs one process to its end; its outcome is among its ``facts``."""
        self.clock.go_on(seconds=2)
        process = Process(who, fate, facts={"was_on": self.ledger_now.switch().on, **facts})

        def to_the_end() -> None:
            try:
                process.facts["result"] = act()
            except _ENDINGS as error:
                process.facts["error"] = error

        self.processes.run(process, to_the_end)
        self._hear_of_returns()
        if fate is not None:
            self.befell = process.calls >= fate.at
        return process

    @property
    def ledger_now(self) -> Ledger:
        """The ledger as tests read it: no process makes these calls."""
        return ledger_over(_Unheard(self.table))  # type: ignore[arg-type]

    def detect(self, message: Message, fate: Fate | None = None) -> None:
        detector = Detector(
            ACCOUNT,
            self.policy,
            NoReferences(),
            RolesAsPassed(),
            RecordedLooks(),
            self.ledger,
            self,
            frozenset({OPERATOR, CONTAIN}),
            self.clock,
            sleep=lambda _: None,
        )
        process = self.run("detect", lambda: list(detector.detect(message.body)), fate)
        self._settle(message, self.events, process, dead_after=None)

    def contain(self, message: Message, fate: Fate | None = None) -> None:
        self._owners += 1
        owner, finding_id = f"attempt {self._owners}", json.loads(message.body)["finding_id"]
        is_last = message.received + 1 >= MAX_RECEIVES
        container = Container(
            self.ledger,
            self,
            Aws(self.account.clients, QUARANTINE_ROLE),
            CONTAIN,
            self.policy,
            frozenset(),
            self.clock,
            sleep=lambda _: None,
        )
        process = self.run(
            "contain",
            lambda: container.contain(finding_id, owner, is_last=is_last),
            fate,
            finding=self.ledger_now.finding(finding_id),
        )
        self._settle(message, self.pointers, process, dead_after=MAX_RECEIVES)

    def sweep(self, fate: Fate | None = None) -> None:
        due = DueWork(self.ledger, self, self, self.policy)
        now = self.clock()
        self.run("sweep", lambda: list(due.do(iso(now - _PATIENCE), iso(now))), fate)

    def _settle(
        self, message: Message, queue: list[Message], process: Process, dead_after: int | None
    ) -> None:
        message.received += 1
        if "result" in process.facts:
            message.delivered += 1
        if message not in queue:
            return  # another process worked it off meanwhile
        if message.delivered >= DELIVERIES:
            queue.remove(message)
        elif dead_after and message.received >= dead_after and not message.delivered:
            queue.remove(message)
            self.dead.append(message)

    # -- people who decide

    def release(self, finding: Finding, fate: Fate | None = None, *, as_is: bool = False) -> None:
        releaser = Releaser(
            self.ledger,
            self,
            Aws(self.account.clients, QUARANTINE_ROLE),
            OPERATOR,
            self.clock,
            sleep=lambda _: None,
        )
        process = self.run(
            "release",
            lambda: releaser.release(releaser.plan(finding.id), "sam", "fine", as_is=as_is),
            fate,
            as_is=as_is,
        )
        if "result" not in process.facts:
            self.half_released.add(finding.id)

    def approve(self, finding: Finding, fate: Fate | None = None) -> None:
        self.run("person", lambda: approve(self.ledger, self, finding, "sam", "yes", self.clock()), fate)

    def exempt(self, finding: Finding, fate: Fate | None = None) -> None:
        until = self.clock() + timedelta(minutes=25)
        self.run(
            "person", lambda: exempt(self.ledger, self, finding, "sam", "soon", until, self.clock()), fate
        )

    def turn(self, fate: Fate | None = None, *, on: bool) -> None:
        turn = switch_on if on else switch_off
        self.run("person", lambda: turn(self.ledger, self, self.clock, "sam", "so"), fate)

    def reset(self, fate: Fate | None = None) -> None:
        self.run("person", lambda: reset_breaker(self.ledger, self, self.clock, "sam", "go on"), fate)

    # -- everybody else

    def make(self, resource: str, role: str, concurrency: int | None) -> None:
        """Makes a thing that holds a role."""
        if ":function:" in resource:
            self.account.things[resource] = Function(
                {"concurrency": concurrency, "busy": True, "idle": False}, role=role, versions={role}
            )
        else:
            self.account.things[resource] = Instance({"profile": profile_of(role)})
        self._note_pass(resource, role, creates=True)

    def give(self, resource: str, role: str, *, publishes: bool = False) -> None:
        """Gives a thing another role, or the same once more."""
        thing = self.account.things[resource]
        if isinstance(thing, Function):
            thing.role = role
            thing.versions = {role} if publishes else thing.versions
        else:
            thing.put("profile", profile_of(role), is_guard=False)
        self._note_pass(resource, role, creates=False)

    def meddle(self, resource: str, **fields: Any) -> None:
        """Sets what the guard may have set."""
        thing = self.account.things[resource]
        for name, value in fields.items():
            thing.put(name, value, is_guard=False)
        thing.marks.clear()  # whoever sets some of it by hand has the rest, too

    def _note_pass(self, resource: str, role: str, *, creates: bool, by_role: str | None = None) -> None:
        self.clock.go_on(seconds=2)
        at = iso(self.clock())[:19] + "Z"
        self.passed.append(Passed(resource, role, at, by_role is not None))
        body = pass_event(len(self.passed), resource, role, at, by_role, creates=creates)
        self.events.append(Message(body))

    def _hear_of_returns(self) -> None:
        while self.account.given_back:
            resource, role, at = self.account.given_back.pop()
            number = len(self.passed) + 1
            self.passed.append(Passed(resource, role, at, is_guards=True))
            self.events.append(Message(pass_event(number, resource, role, at, OPERATOR, creates=False)))

    @property
    def findings(self) -> list[Finding]:
        """All findings about passes, in one order."""
        return sorted(
            (f for f in self.ledger_now.findings() if not f.is_about_guard), key=lambda f: (f.opened_at, f.id)
        )

    def in_state(self, *states: State) -> list[Finding]:
        return [f for f in self.findings if f.state in states]


class _Unheard:
    """The table without the calls of any process."""

    def __init__(self, table: LedgerTable) -> None:
        self._table = table

    def __getattr__(self, name: str) -> Any:
        def call(*arguments: Any) -> Any:
            running, self._table._processes.running = self._table._processes.running, []
            try:
                return getattr(self._table, name)(*arguments)
            finally:
                self._table._processes.running = running

        return call


ORDERS, MAILS, HOST = function_named("orders"), function_named("mails"), instance_named("i-0123456789abcdef0")
RESOURCES = (ORDERS, MAILS, HOST)
BAD_ROLES = (BAD, WORSE)
ALL_ROLES = (BAD, WORSE, GOOD)
