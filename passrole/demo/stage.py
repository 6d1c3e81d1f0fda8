"""What the steps of the story work with: the world, the screen, what was seen and expected, and time."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from passrole.demo.observer import Observer
from passrole.demo.processes import Finished
from passrole.demo.screen import Screen
from passrole.demo.seen import Act, Seen, SeenAlert, SeenPass, SeenStep, shown_role
from passrole.demo.telling import Exhibit, Note, Ran, Scene, Told
from passrole.demo.world import Inbox, State, World
from passrole.names import short_resource

Answer = TypeVar("Answer")
_LOOK_SECONDS = 0.2
_PATIENCE_SECONDS = 30.0


class Stage:
    """Tells the story, and notes all of it."""

    def __init__(self, world: World, screen: Screen) -> None:
        self.world = world
        self.screen = screen
        self.told = Told(time.time())
        self.acts: dict[str, Act] = {}
        self.before: dict[str, State] = {}
        self.contained: dict[str, State] = {}
        self.inbox: Inbox | None = None
        self._observer: Observer | None = None

    @property
    def observer(self) -> Observer:
        """Sees what the guard does, once there is one."""
        assert self._observer is not None, "nothing is watched before the guard is deployed"  # noqa: S101
        return self._observer

    def watch(self, observer: Observer) -> None:
        """From now on, shows what the guard does."""
        self._observer = observer

    def step(self, title: str, said: str) -> None:
        """Begins a step."""
        self.told.scenes.append(Scene(title, said))
        self.screen.step(title, said)

    def note(self, text: str, detail: str = "") -> None:
        """Says something within a step."""
        self.told.scenes[-1].entries.append(Note(text, detail))
        self.screen.note(text)
        if detail:
            self.screen.note(detail, "dim")

    def fact(self, label: str, value: str) -> None:
        """Says what a label stands for, within a step."""
        self.told.scenes[-1].entries.append(Note(label, value))
        self.screen.fact(label, value)

    def run(self, *arguments: str) -> Finished:
        """Has the person on call run ``passrole``."""
        with self.screen.waiting("the command"):
            finished = self.world.run(*arguments)
        line = " ".join(["passrole", *(f'"{a}"' if " " in a else a for a in arguments)])
        self.told.scenes[-1].entries.append(Ran(line, finished.output))
        self.screen.output(line, finished.output)
        return finished

    def exhibit(self, exhibit: Exhibit) -> None:
        """Marks where the report has its picture of what the screen shows now."""
        self.told.scenes[-1].entries.append(exhibit)

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        """Measures something for the report."""
        start = time.monotonic()
        yield
        self.told.timings[name] = time.monotonic() - start

    def call(
        self, who: str, operation: str, about: str, role: str, call: Callable[[], Answer]
    ) -> tuple[float, Answer]:
        """Makes a call that hands over a role; tells when it began, and what AWS answered."""
        self.screen.call(who, operation, about, role)
        started = time.time()
        return started, call()

    def begin(self, act: Act) -> Act:
        """Notes an act, so that its passes are told from others."""
        self.observer.acts.append(act)
        return act

    def follow(self, until: Callable[[], bool], what: str, patience: float = _PATIENCE_SECONDS) -> bool:
        """Shows what the guard does until ``until`` holds; False if it does not in time."""
        deadline = time.monotonic() + patience
        with self.screen.waiting(what):
            while True:
                for seen in self.observer.look():
                    self._show(seen)
                if until():
                    return True
                if time.monotonic() > deadline:
                    return False
                time.sleep(_LOOK_SECONDS)

    def expect(self, about: str, expected: object, seen: object) -> None:
        """Checks something; what is missed is shown at once, all of it at the end."""
        expectation = self.told.expectations.expect(about, expected, seen)
        if not expectation.is_met:
            self.screen.expectation(expectation)

    def _show(self, seen: Seen) -> None:
        self.told.scenes[-1].entries.append(seen)
        if isinstance(seen, SeenPass):
            self.screen.saw_pass(seen)
        elif isinstance(seen, SeenStep):
            self.screen.saw_step(seen)
        elif isinstance(seen, SeenAlert):
            self.screen.saw_alert(seen, self._about(seen))

    def _about(self, alert: SeenAlert) -> str:
        finding = self.observer.findings.get(alert.finding_id or "")
        if finding is None:
            return "no finding"
        return short_resource(finding.resource) if finding.resource else shown_role(finding.role)
