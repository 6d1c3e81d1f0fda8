"""One look-up: which operation tells the roles of a thing, how it is asked, and how its answer is read."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from passrole.clock import parse_time
from passrole.grants import Grant
from passrole.trail.paths import values_at

Request = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ArnForm:
    """The ARNs that name a thing: their service, and how the resource in them begins."""

    service: str
    resource: str


@dataclass(frozen=True, slots=True)
class Lookup:
    """One operation that tells the roles of a thing. Paths are those of ``passrole.trail.paths``.

    Attributes:
        service: as boto3 and IAM both call it.
        operation: as the API calls it.
        request: the operation's parameters, from id and version of the thing.
        thing: path to the thing in the answer; the first one there counts.
        roles: member of ``passrole.catalogue.references`` -> paths below the thing; the first that has any
            counts.
        grant: the rights that it needs.
        name: what an id that is no ARN looks like; None where only an ARN names the thing. It keeps texts
            that mean something else to the API (``..`` in a URI) away from it.
        arn: what an ARN that names the thing looks like; None where none does.
        gone: error codes, each with a part of the message, that say that there is no such thing.
        made: paths below the thing to the time when it became what it is; the first that is there counts.
        slack: seconds by which it may be younger than the call, where the call itself can make it.
        broken: path below the thing to a text that is there only if the service could not read its roles.
    """

    service: str
    operation: str
    request: Callable[[str, str | None], Request]
    thing: str
    roles: Mapping[str, tuple[str, ...]]
    grant: Grant
    name: re.Pattern[str] | None = None
    arn: ArnForm | None = None
    gone: tuple[tuple[str, str], ...] = ()
    made: tuple[str, ...] = ()
    slack: int = 0
    broken: str | None = None

    @property
    def action(self) -> str:
        """The operation as IAM names it."""
        return f"{self.service}:{self.operation}"

    def says_gone(self, code: str, message: str) -> bool:
        """Whether an error means that there is no such thing."""
        return any(code == known and part in message for known, part in self.gone)

    def thing_in(self, answer: Any) -> Any:
        """The thing in an answer, or None."""
        return next((thing for _, thing in values_at(answer, self.thing)), None)

    def roles_in(self, thing: Any, member: str) -> tuple[str, ...]:
        """The texts that name the thing's roles, each once."""
        for path in self.roles[member]:
            texts = [text for _, text in values_at(thing, path) if isinstance(text, str) and text]
            if texts:
                return tuple(dict.fromkeys(texts))
        return ()

    def made_at(self, thing: Any) -> datetime | None:
        """When the thing became what it is, in UTC; None if the answer does not tell."""
        return next((moment for path in self.made for moment in _moments(thing, path)), None)

    def is_broken(self, thing: Any) -> bool:
        """Whether the service could not read the thing's roles itself."""
        return self.broken is not None and bool(values_at(thing, self.broken))


def _moments(thing: Any, path: str) -> Iterator[datetime]:
    for _, value in values_at(thing, path):
        try:
            yield parse_time(value.isoformat() if isinstance(value, datetime) else str(value))
        except (ValueError, OverflowError):
            continue
