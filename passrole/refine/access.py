"""Who beyond the account may take a role, on which conditions, and what is wrong with that.

Pure, and raises on no trust policy. Sources: "AWS JSON policy elements: Principal", "The confused deputy
problem", and "Access to AWS accounts owned by third parties" of the IAM User Guide. Denials are not looked
at, so that the answer is never too narrow.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from passrole.arn import Arn
from passrole.evidence.documents import allow_statements, names_action, texts_of
from passrole.language.context import fold
from passrole.refine.conditions import Condition, conditions_of, demanded
from passrole.refine.oidc import problem_of_oidc

_ACCOUNT = re.compile(r"[0-9]{12}")
_DELETED = re.compile(r"A(?:IDA|ROA)[A-Z0-9]+")
_EVERYONE = "*"
_ORGANIZATION = ("aws:principalorgid", "aws:principalorgpaths")
_NAMED = ("aws:principalaccount", "aws:principalarn")
_EXTERNAL_ID = "sts:externalid"
_WILD = ("*", "?")


class Kind(StrEnum):
    """What a principal of a trust policy is."""

    EVERYONE = "everyone"
    ACCOUNT = "account"
    ROLE = "role"
    USER = "user"
    SESSION = "session"
    DELETED = "deleted principal"
    SAML = "SAML provider"
    OIDC = "OIDC provider"
    SERVICE = "service"
    OTHER = "principal"


_TAKES = {Kind.SAML: "sts:assumerolewithsaml", Kind.OIDC: "sts:assumerolewithwebidentity"}
_OF_RESOURCE = {
    "root": Kind.ACCOUNT,
    "role": Kind.ROLE,
    "user": Kind.USER,
    "assumed-role": Kind.SESSION,
    "federated-user": Kind.SESSION,
}


@dataclass(frozen=True, slots=True)
class Access:
    """One principal beyond the account that one statement lets take the role.

    Attributes:
        principal: as the trust policy names it; ``*`` is everyone.
        account: of whom that is; None if it names none.
        conditions: those of the statement; all must hold.
        problem: what is wrong with it; None if nothing is.
    """

    kind: Kind
    principal: str
    account: str | None
    conditions: tuple[Condition, ...]
    problem: str | None

    def to_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "kind": str(self.kind),
            "principal": self.principal,
            "account": self.account,
            "conditions": [condition.to_json() for condition in self.conditions],
            "problem": self.problem,
        }


def accesses_of(document: Mapping[str, Any], account: str) -> tuple[Access, ...]:
    """The principals beyond ``account`` that the trust policy lets in, in its order."""
    return tuple(
        Access(kind, name, owner, conditions, _problem(kind, name, conditions))
        for statement in allow_statements(document)
        for conditions in [conditions_of(statement.get("condition"))]
        for kind, name, owner in _principals(statement)
        if owner != account and names_action(statement, _TAKES.get(kind, "sts:assumerole"))
    )


def _principals(statement: Mapping[str, Any]) -> Iterator[tuple[Kind, str, str | None]]:
    if "notprincipal" in statement:
        yield Kind.EVERYONE, _EVERYONE, None
    principal = statement.get("principal")
    if principal == _EVERYONE:
        yield Kind.EVERYONE, _EVERYONE, None
    elif isinstance(principal, Mapping):
        for type_, names in principal.items():
            yield from (_principal(fold(str(type_)), name) for name in texts_of(names))


def _principal(type_: str, name: str) -> tuple[Kind, str, str | None]:
    if type_ == "service":
        return Kind.SERVICE, name, None
    arn = Arn.parse(name)
    if type_ == "federated":
        # The provider is the account's own; those whom it vouches for are not.
        is_saml = arn is not None and arn.resource.startswith("saml-provider/")
        return (Kind.SAML if is_saml else Kind.OIDC), name, None
    if type_ != "aws":
        return Kind.OTHER, name, None
    if name == _EVERYONE:
        return Kind.EVERYONE, name, None
    if _ACCOUNT.fullmatch(name):
        return Kind.ACCOUNT, name, name
    if _DELETED.fullmatch(name):
        return Kind.DELETED, name, None
    if arn is None:
        return Kind.OTHER, name, None
    return _OF_RESOURCE.get(arn.resource.partition("/")[0], Kind.OTHER), name, arn.account


def _problem(kind: Kind, name: str, conditions: tuple[Condition, ...]) -> str | None:
    if kind is Kind.DELETED:
        return "it was deleted and never comes back: nobody needs this"
    if kind is Kind.OIDC:
        return problem_of_oidc(name, conditions)
    if kind in (Kind.SERVICE, Kind.SAML) or _is_of_organization(conditions):
        return None
    if kind is Kind.EVERYONE:
        return None if _names_somebody(conditions) else "anybody with an AWS account can take the role"
    if demanded(conditions, _EXTERNAL_ID):
        return None
    return (
        "neither sts:ExternalId nor aws:PrincipalOrgID is asked for: "
        "whoever it works for can have it take this role for them"
    )


def _is_of_organization(conditions: tuple[Condition, ...]) -> bool:
    return any(demanded(conditions, key) for key in _ORGANIZATION)


def _names_somebody(conditions: tuple[Condition, ...]) -> bool:
    """Whether the conditions let in those of certain accounts alone."""
    accounts, arns = (demanded(conditions, key) for key in _NAMED)
    if accounts:
        return not any(wild in account for account in accounts for wild in _WILD)
    owners = [arn.split(":", 5)[4:5] for arn in arns]
    return bool(owners) and all(owner and _ACCOUNT.fullmatch(owner[0]) for owner in owners)
