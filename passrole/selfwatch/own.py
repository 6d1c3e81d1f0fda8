"""What belongs to the guard, and how it is recognised in a record."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

_STACK = ":stack/"
_LAYER = re.compile(r"arn:.*:layer:([^:]+):[0-9]+")
_BETWEEN_NAMES = re.compile(r"[:/|]")  # Cloud Control's identifiers have the last
_DEFAULT_BUS = "default"
_SECRET = "secret:"  # noqa: S105 - what names one
_MADE_UP = re.compile(r"-[A-Za-z0-9?]{6}\Z")


@dataclass(frozen=True, slots=True)
class OwnAct:
    """A call that a function of the guard makes by design, to one thing of the guard.

    Attributes:
        role_arn: the function's role.
        event_source, event_name: the call.
        resource: the name of the thing.
    """

    role_arn: str
    event_source: str
    event_name: str
    resource: str


@dataclass(frozen=True, slots=True)
class OwnResources:
    """The guard's own things.

    CloudFormation names what has no name ``<stack>-<logical id>-<random>``: the stack's name tells it. Those
    of the stacks in further regions begin with it, too. A thing of another stack whose name begins so is
    taken for the guard's: rather one told too many.

    Attributes:
        stack: name of the guard's stack in its home region.
        identifiers: names and ids of what is not named after the stack, as the key.
        secrets: names of those in Secrets Manager that say where its news go.
        acts: what the guard does to itself.
    """

    stack: str
    identifiers: frozenset[str] = frozenset()
    secrets: frozenset[str] = frozenset()
    acts: frozenset[OwnAct] = frozenset()

    @classmethod
    def of(cls, stack: str, unnamed: Iterable[str], acts: Iterable[OwnAct] = ()) -> Self:
        """The guard's things as the stack tells them.

        Args:
            unnamed: ids; ARNs of versions of layers, whose names count; names of secrets behind ``secret:``.
        """
        texts = list(unnamed)
        secrets = frozenset(text.removeprefix(_SECRET) for text in texts if text.startswith(_SECRET))
        names = ((_LAYER.fullmatch(text), text) for text in texts if not text.startswith(_SECRET))
        identifiers = frozenset(found[1] if found else text for found, text in names)
        return cls(stack, identifiers, secrets, frozenset(acts))

    def name_in(self, text: str) -> str | None:
        """The name of the guard's thing that a text is or holds as a whole; None if it names none.

        Args:
            text: a name, an ARN, a part of one, or a URL.
        """
        # What an ARN begins with names no thing: a region can begin like a stack.
        resource = text.split(":", 5)[-1] if text.startswith("arn:") else text
        return next((name for name in _BETWEEN_NAMES.split(resource) if self._is_own(name)), None)

    def stack_in(self, text: str) -> str | None:
        """The name of the guard's stack that a text is, by its name or ARN; None if it is another's."""
        name = text.partition(_STACK)[2].partition("/")[0] if _STACK in text else text
        return name if name.lower() == self.stack.lower() or self._is_own(name) else None

    def bus_in(self, text: str) -> str | None:
        """The name of the bus that the guard's rules are on, if a text is that, by its name or ARN."""
        return _DEFAULT_BUS if text.rpartition("/")[2] == _DEFAULT_BUS else None

    def secret_in(self, text: str) -> str | None:
        """The name of the guard's secret that a text is, by its name or by its ARN, which AWS ends."""
        name = text.partition(f":{_SECRET}")[2] or text
        return next((n for n in (name, _MADE_UP.sub("", name)) if n in self.secrets), None)

    def _is_own(self, name: str) -> bool:
        # IAM tells no two names apart by their case alone: neither does this.
        return name.lower().startswith(f"{self.stack.lower()}-") or name in self.identifiers
