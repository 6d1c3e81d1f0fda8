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
    r"(?:.*\.)?(?:[A-Za-z]*AccessDenied|Unauthorized|NotAuthorized|AuthorizationError|Forbidden)[A-Za-z]*"
)
_REFUSED = re.compile(r"not authorized to perform: iam:PassRole(?: on resource: (\S+))?")
_ACTION = "iam:PassRole"
_CROSS_ACCOUNT = "Cross-account pass role is not allowed"


@dataclass(frozen=True, slots=True)
class DeniedRole:
    """A role that a denial speaks of; ``value`` is None where the message does not name it."""

    value: str | None


def outcome_of(record: dict[str, Any]) -> Outcome:
    """How the call ended. A dry run of EC2 is a failed call: nothing was made.

    The error code tells, or a message that says that the pass was refused: some services report that as an
    error of validation.
    """
    code = text(record.get("errorCode"))
    if code is None:
        return Outcome.SUCCEEDED
    if _DENIED.fullmatch(code) or _REFUSED.search(text(record.get("errorMessage")) or ""):
        return Outcome.DENIED
    return Outcome.FAILED


def denied_role(record: dict[str, Any]) -> DeniedRole | None:
    """The role whose passing the error message says was denied; None if it speaks of no such pass."""
    code, message = text(record.get("errorCode")), text(record.get("errorMessage"))
    if code is None or message is None:
        return None
    if refused := _REFUSED.search(message):
        return DeniedRole(refused[1])
    speaks_of_passing = _ACTION in message or _CROSS_ACCOUNT in message
    return DeniedRole(None) if speaks_of_passing and outcome_of(record) is Outcome.DENIED else None
