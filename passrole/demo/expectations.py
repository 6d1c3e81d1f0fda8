"""What the demonstration must show: each expectation with what was expected and what was seen."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Expectation:
    """One thing that must be so: met if ``expected`` and ``seen``, words for people, are the same."""

    about: str
    expected: str
    seen: str

    @property
    def is_met(self) -> bool:
        return self.expected == self.seen


@dataclass(slots=True)
class Expectations:
    """All expectations, in the order in which they were checked."""

    all: list[Expectation] = field(default_factory=list)

    def expect(self, about: str, expected: object, seen: object) -> Expectation:
        """Adds one; met if both read the same."""
        expectation = Expectation(about, _words(expected), _words(seen))
        self.all.append(expectation)
        return expectation

    @property
    def missed(self) -> list[Expectation]:
        return [expectation for expectation in self.all if not expectation.is_met]

    @property
    def are_met(self) -> bool:
        """Whether there are any, and all are met."""
        return bool(self.all) and not self.missed


def _words(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(map(_words, value)) or "none"
    return str(value)
