"""Whom a role's trust policy lets assume it: pure, and raises on no document.

Source: "AWS JSON policy elements: Principal" of the IAM User Guide. Only what is allowed counts; conditions
and denials are not looked at, so that the answer is never too narrow.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from passrole.arn import Arn

_ACCOUNT = re.compile(r"[0-9]{12}")
EVERYONE = "*"


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


def trust_of(document: Mapping[str, Any]) -> Trust:
    """Whom the trust policy allows, each once, in its order."""
    services: dict[str, None] = {}
    accounts: dict[str, None] = {}
    for kind, name in _principals(document):
        if kind == "Service":
            services[name] = None
        elif kind == "AWS":
            accounts[_account(name)] = None
    return Trust(tuple(services), tuple(accounts))


def _principals(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for statement in _listed(document.get("Statement")):
        if not isinstance(statement, Mapping) or statement.get("Effect") != "Allow":
            continue
        if "NotPrincipal" in statement:
            yield "AWS", EVERYONE
        principal = statement.get("Principal")
        if principal == EVERYONE:
            yield "AWS", EVERYONE
        elif isinstance(principal, Mapping):
            for kind, names in principal.items():
                yield from ((kind, name) for name in _listed(names) if isinstance(name, str))


def _account(principal: str) -> str:
    if _ACCOUNT.fullmatch(principal):
        return principal
    arn = Arn.parse(principal)
    return arn.account if arn else principal


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
