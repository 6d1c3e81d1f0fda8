"""What a check says, and how one that cannot be made says so."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from passrole.cli.aws import code_of, explain

Clients = Callable[[str, str], Any]
"""A boto3 client for a service and a region."""

_DENIED = ("AccessDenied", "AccessDeniedException", "AuthorizationError", "UnauthorizedOperation")


class Status(StrEnum):
    """How a thing is."""

    FINE = "fine"
    DOUBTFUL = "doubtful"
    WRONG = "wrong"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the doctor's: ``about`` what, what was found, and what to do about it."""

    about: str
    status: Status
    found: str
    advice: str | None = None

    def to_json(self) -> dict[str, Any]:
        return {"check": self.about, "status": self.status, "found": self.found, "advice": self.advice}


def fine(about: str, found: str) -> Check:
    return Check(about, Status.FINE, found)


def doubtful(about: str, found: str, advice: str | None = None) -> Check:
    return Check(about, Status.DOUBTFUL, found, advice)


def wrong(about: str, found: str, advice: str | None = None) -> Check:
    return Check(about, Status.WRONG, found, advice)


def guarded(about: str, checks: Iterable[Check]) -> Iterator[Check]:
    """The checks up to one that AWS does not answer: that one, and what would have followed, is unknown."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield from checks
    except (ClientError, BotoCoreError) as error:
        yield unknown(about, error)


def unknown(about: str, error: Exception) -> Check:
    """A check that AWS, or the way to it, did not answer."""
    call = getattr(error, "operation_name", "the call")
    if code_of(error) in _DENIED:
        return Check(about, Status.UNKNOWN, f"not allowed to see it ({call})", f"ask for the right to {call}")
    return Check(about, Status.UNKNOWN, explain(error))
