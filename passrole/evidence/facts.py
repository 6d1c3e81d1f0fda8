"""What is known about a role: each fact is known, absent, or unknown with the reason why."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Known(Generic[T_co]):
    """A fact that was read."""

    value: T_co


@dataclass(frozen=True, slots=True)
class Absent:
    """The role was read, and it has no such thing."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """A fact that could not be read.

    Attributes:
        reason: says why, in words for a person.
        lasting: reading it again later cannot tell more.
        failed: AWS did not answer the question, rather than that it cannot be answered.
        gone: AWS says that there is no such thing now.
    """

    reason: str
    lasting: bool = False
    failed: bool = False
    gone: bool = False


Fact = Known[T] | Absent | Unknown
ABSENT = Absent()
NOT_ASKED = Unknown("it was not asked for: no condition of the policy needed it", lasting=True)


def known(fact: "Fact[T]") -> T | None:
    """The value of a known fact, else None."""
    return fact.value if isinstance(fact, Known) else None


@dataclass(frozen=True, slots=True)
class Evidence:
    """Facts about a passed role and its passer, as read at ``observed_at`` (ISO 8601; IAM tells the present).

    Attributes:
        arn, name, path: ``path`` begins and ends with a slash.
        role_id: IAM's unique id (``AROA…``): another for a role that was deleted and made anew.
        tags: the role's tags; an empty mapping if it has none.
        trust_policy: the decoded document.
        permissions_boundary: ARN of the boundary policy.
        created_at: ISO 8601, UTC.
        last_used_at: ISO 8601, UTC; absent for a role that was never used, as far as IAM remembers.
        administrator: whether its policies allow every action on every resource.
        passer_tags: the tags of the passer as IAM's conditions see them.
    """

    arn: Fact[str]
    name: Fact[str]
    path: Fact[str]
    role_id: Fact[str]
    tags: Fact[Mapping[str, str]]
    trust_policy: Fact[Mapping[str, Any]]
    permissions_boundary: Fact[str]
    created_at: Fact[str]
    observed_at: str
    last_used_at: Fact[str] = NOT_ASKED
    administrator: Fact[bool] = NOT_ASKED
    passer_tags: Fact[Mapping[str, str]] = NOT_ASKED

    @classmethod
    def unknown(cls, reason: str, observed_at: str, *, lasting: bool = False) -> "Evidence":
        """Evidence of a role of which nothing could be read."""
        return cls.of_unknown(Unknown(reason, lasting), observed_at)

    @classmethod
    def of_unknown(cls, nothing: Unknown, observed_at: str) -> "Evidence":
        """The same, with what is to be said of each fact."""
        return cls(
            arn=nothing,
            name=nothing,
            path=nothing,
            role_id=nothing,
            tags=nothing,
            trust_policy=nothing,
            created_at=nothing,
            permissions_boundary=nothing,
            observed_at=observed_at,
            last_used_at=nothing,
            administrator=nothing,
        )

    @property
    def may_change(self) -> bool:
        """Whether a fact is unknown that may be known when it is read again later."""
        facts = (getattr(self, name) for name in self.__dataclass_fields__)
        return any(isinstance(fact, Unknown) and not fact.lasting for fact in facts)

    @property
    def is_unanswered(self) -> bool:
        """Whether a fact is unknown because AWS did not answer."""
        facts = (getattr(self, name) for name in self.__dataclass_fields__)
        return any(isinstance(fact, Unknown) and fact.failed for fact in facts)

    @property
    def is_of_no_role(self) -> bool:
        """Whether IAM says that the role does not exist now."""
        return isinstance(self.role_id, Unknown) and self.role_id.gone

    def made_after(self, reason: str) -> "Evidence":
        """Its name and path, with the rest unknown: another role bore the name when the pass was made."""
        nothing = Unknown(reason, lasting=True)  # the role that was passed does not come back
        return replace(
            self,
            role_id=nothing,
            tags=nothing,
            trust_policy=nothing,
            permissions_boundary=nothing,
            created_at=nothing,
            last_used_at=nothing,
            administrator=nothing,
        )
