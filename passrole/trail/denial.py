"""Calls that did not succeed: how a call ended, and the role that only the error message names.

More than half of the records of denied calls have no request parameters; the role then stands in the message
alone ("... is not authorized to perform: iam:PassRole on resource: arn:aws:iam::...:role/x ...").
"""

import re
from dataclasses import dataclass
from typing import Any

from passrole.passes import Outcome
from passrole.trail.values import text

# EC2 writes ``Client.UnauthorizedOperation``, others ``AccessDenied`` or ``AccessDeniedException``.
_DENIED = re.compile(
    r"(?:.*\.)?(?:AccessDenied(?:Exception)?|UnauthorizedOperation|NotAuthorized(?:Exception)?)"
)
_NAMED = re.compile(r"is not authorized to perform: iam:PassRole on resource: (\S+)")
_CROSS_ACCOUNT = "Cross-account pass role is not allowed"


@dataclass(frozen=True, slots=True)
class DeniedRole:
    """A role that a denial speaks of; ``value`` is None where the message does not name it."""

    value: str | None


def outcome_of(record: dict[str, Any]) -> Outcome:
    """How the call ended, by its error code. A dry run of EC2 is a failed call: nothing was made."""
    code = text(record.get("errorCode"))
    if code is None:
        return Outcome.SUCCEEDED
    return Outcome.DENIED if _DENIED.fullmatch(code) else Outcome.FAILED


def denied_role(record: dict[str, Any]) -> DeniedRole | None:
    """The role whose passing the record's error message says was denied; None if it speaks of no pass."""
    message = text(record.get("errorMessage"))
    if message is None or text(record.get("errorCode")) is None:
        return None
    if named := _NAMED.search(message):
        return DeniedRole(named[1])
    return DeniedRole(None) if _CROSS_ACCOUNT in message else None
