"""A role and its policies, as live IAM or a snapshot tells them. All of them must be readable.

Where one was not read, the refined policy would silently lack its rights.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from passrole.arn import IamArn, parse_role_arn
from passrole.evidence.described import made_at, moment_of
from passrole.evidence.documents import document_of
from passrole.evidence.facts import ABSENT, Fact, Known, Unknown
from passrole.evidence.source import Description
from passrole.refine.policy import RolePolicy

if TYPE_CHECKING:
    from mypy_boto3_iam.client import IAMClient


class RoleSource(Protocol):
    """The part of `passrole.evidence.source.IamSource` that tells of one role."""

    def role(self, name: str) -> Description | Unknown: ...
    def attached_policies(self, role: str) -> Sequence[str] | Unknown: ...
    def inline_policies(self, role: str) -> Sequence[str] | Unknown: ...
    def managed_policy(self, arn: str) -> object: ...
    def inline_policy(self, role: str, name: str) -> object: ...


class UnreadError(Exception):
    """Something of the role could not be read; the message says what, and why."""


@dataclass(frozen=True, slots=True)
class Role:
    """A role.

    Attributes:
        last_used: absent if it was not used as far as IAM remembers, unknown if a snapshot does not tell.
    """

    arn: IamArn
    created: datetime | None
    last_used: Fact[datetime]
    trust: Mapping[str, Any]
    policies: tuple[RolePolicy, ...]


def read_role(source: RoleSource, name: str) -> Role:
    """The role of that name, with its policies.

    Raises:
        UnreadError: it, its trust policy, or one of its policies could not be read.
    """
    described = _read(source.role(name), f"the role {name}")
    arn = parse_role_arn(described["Arn"])
    if arn is None:
        raise UnreadError(f"{described['Arn']!r} is no role's ARN")
    trust = _document(described.get("AssumeRolePolicyDocument"), "the trust policy")
    return Role(
        arn,
        made_at(described),
        _last_used(described),
        trust,
        tuple(_policies(source, name)),
    )


class LiveRole:
    """Answers of live IAM. Errors of the client are the caller's."""

    def __init__(self, iam: "IAMClient") -> None:
        self._iam = iam

    def role(self, name: str) -> Description:
        # What GetRole does not tell of the last use, IAM does not know.
        return {"RoleLastUsed": {}, **self._iam.get_role(RoleName=name)["Role"]}

    def attached_policies(self, role: str) -> Sequence[str]:
        pages = self._iam.get_paginator("list_attached_role_policies").paginate(RoleName=role)
        return [policy["PolicyArn"] for page in pages for policy in page["AttachedPolicies"]]

    def inline_policies(self, role: str) -> Sequence[str]:
        pages = self._iam.get_paginator("list_role_policies").paginate(RoleName=role)
        return [name for page in pages for name in page["PolicyNames"]]

    def managed_policy(self, arn: str) -> object:
        version = self._iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
        return self._iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]

    def inline_policy(self, role: str, name: str) -> object:
        return self._iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]


def _last_used(described: Description) -> Fact[datetime]:
    if described.get("RoleLastUsed") is None:
        return Unknown("the description of the role does not tell it", lasting=True)
    moment = moment_of(described["RoleLastUsed"].get("LastUsedDate"))
    return Known(moment) if moment else ABSENT


def _policies(source: RoleSource, role: str) -> Iterator[RolePolicy]:
    for name in _read(source.inline_policies(role), "its inline policies"):
        document = _document(source.inline_policy(role, name), f"the inline policy {name}")
        yield RolePolicy(name, document)
    for arn in _read(source.attached_policies(role), "its managed policies"):
        yield RolePolicy(arn, _document(source.managed_policy(arn), f"the policy {arn}"))


def _read(value: Any, what: str) -> Any:
    if isinstance(value, Unknown):
        raise UnreadError(f"{what} could not be read: {value.reason}")
    return value


def _document(value: object, what: str) -> Mapping[str, Any]:
    document = document_of(_read(value, what))
    if document is None:
        raise UnreadError(f"{what} is no JSON document")
    return document
