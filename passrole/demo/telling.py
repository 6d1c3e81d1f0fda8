"""What was told of a run, as values: all that the report is made of."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from passrole.demo.expectations import Expectations
from passrole.demo.seen import Act, Seen, SeenAlert, SeenPass, SeenStep
from passrole.finding import News


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence in the story; ``detail`` is shown set apart."""

    text: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Ran:
    """A command that a person gave, and what it printed."""

    command: str
    output: str


class Exhibit(StrEnum):
    """What a step shows beside words: the report has a picture of each."""

    ALERTS = "alerts"
    CHANGES = "changes"


@dataclass(slots=True)
class Scene:
    """One numbered step of the story, with what was seen in it."""

    title: str
    said: str
    entries: list[Seen | Note | Ran | Exhibit] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Change:
    """One property of one resource: before the guard acted, when contained, and at the end."""

    resource: str
    about: str
    before: str
    contained: str
    end: str


@dataclass(slots=True)
class Told:
    """The whole run, for the report."""

    began: float
    scenes: list[Scene] = field(default_factory=list)
    timings: dict[str, float] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    mails: list[dict[str, str]] = field(default_factory=list)
    resources: int = 0
    seconds: float = 0.0
    policy: str = ""
    expectations: Expectations = field(default_factory=Expectations)

    @property
    def passes(self) -> list[SeenPass]:
        """All passes, in the order in which they were seen."""
        return [entry for entry in self._entries() if isinstance(entry, SeenPass)]

    @property
    def alerts(self) -> list[SeenAlert]:
        """All messages, in the order in which they were seen."""
        return [entry for entry in self._entries() if isinstance(entry, SeenAlert)]

    @property
    def steps(self) -> list[SeenStep]:
        """All steps of findings, in the order in which they were seen."""
        return [entry for entry in self._entries() if isinstance(entry, SeenStep)]

    def alerted_after(self, act: Act) -> float | None:
        """Seconds from an act to the message that first told of it."""
        return next((a.seconds for a in self.alerts if a.act is act and a.news is News.OPENED), None)

    def contained_after(self, act: Act) -> float | None:
        """Seconds from an act to the containment of what got the role."""
        return next((s.seconds for s in self.steps if s.act is act and s.step.news is News.CONTAINED), None)

    def _entries(self) -> Iterator[Seen | Note | Ran | Exhibit]:
        return (entry for scene in self.scenes for entry in scene.entries)
