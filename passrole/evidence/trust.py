"""Whom a role's trust policy lets assume it: pure, and raises on no document.

Source: "AWS JSON policy elements: Principal" of the IAM User Guide. Only what is allowed counts; conditions
and denials are not looked at, so that the answer is never too narrow.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from passrole.arn import Arn
from passrole.evidence.documents import allow_statements, texts_of
from passrole.language.context import fold

_ACCOUNT = re.compile(r"[0-9]{12}")
EVERYONE = "*"
_DELETED = ("AIDA", "AROA")  # begin the unique ids that users and roles leave behind


@dataclass(frozen=True, slots=True)
class Trust:
    """Whom a role trusts.

    Attributes:
        services: service principals.
        accounts: account ids; ``*`` is everyone. Principals that were deleted stand as their unique ids.
    """

    services: tuple[str, ...]
    accounts: tuple[str, ...]

    def reaches_beyond(self, account: str) -> bool:
        """Whether somebody outside the account may assume the role."""
        return any(trusted != account for trusted in self.accounts)

    def lets_in_from_beyond(self, account: str) -> bool:
        """Whether somebody can do so now: users and roles that were deleted cannot, and never come back."""
        return any(trusted != account and not trusted.startswith(_DELETED) for trusted in self.accounts)


def trust_of(document: Mapping[str, Any]) -> Trust:
    """Whom the trust policy allows, each once, in its order."""
    services: dict[str, None] = {}
    accounts: dict[str, None] = {}
    for kind, name in _principals(document):
        if kind == "service":
            services[name] = None
        elif kind == "aws":
            accounts[_account(name)] = None
    return Trust(tuple(services), tuple(accounts))


def _principals(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for statement in allow_statements(document):
        if "notprincipal" in statement:
            yield "aws", EVERYONE
        principal = statement.get("principal")
        if principal == EVERYONE:
            yield "aws", EVERYONE
        elif isinstance(principal, Mapping):
            for kind, names in principal.items():
                yield from ((fold(str(kind)), name) for name in texts_of(names))


def _account(principal: str) -> str:
    if _ACCOUNT.fullmatch(principal):
        return principal
    arn = Arn.parse(principal)
    return arn.account if arn else principal
