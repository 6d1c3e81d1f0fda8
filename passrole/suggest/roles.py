"""What a suggestion needs to know of a role."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Self

from passrole.arn import parse_role_arn
from passrole.evidence import Evidence, known
from passrole.evidence.trust import trust_of
from passrole.language import fold

Tag = tuple[str, str]


@dataclass(frozen=True, slots=True)
class RoleFacts:
    """A role, with what is known about it; None is not known.

    Attributes:
        path: begins and ends with a slash.
        tags: keys folded, as IAM compares them.
        administrator: whether its policies make it an administrator.
        external: whether somebody outside of its account may take it.
    """

    arn: str
    partition: str
    account: str
    path: str
    name: str
    tags: frozenset[Tag] | None = None
    administrator: bool | None = None
    external: bool | None = None

    @classmethod
    def of(cls, arn: str, evidence: Evidence) -> Self | None:
        """The facts about the role of an ARN; None if it is none."""
        parsed = parse_role_arn(arn)
        if parsed is None:
            return None
        tags, trust = known(evidence.tags), known(evidence.trust_policy)
        return cls(
            arn,
            parsed.partition,
            parsed.account,
            parsed.path,
            parsed.name,
            None if tags is None else frozenset((fold(key), value) for key, value in tags.items()),
            known(evidence.administrator),
            None if trust is None else trust_of(trust).lets_in_from_beyond(parsed.account),
        )

    @property
    def is_set_apart(self) -> bool:
        """Whether nobody may approve it without looking at it."""
        return self.administrator is True or self.external is True

    @property
    def prefixes(self) -> tuple[str, ...]:
        """The path at each of its levels, the deepest last; never the root alone."""
        return tuple(self.path[: at + 1] for at, sign in enumerate(self.path) if sign == "/" and at)


def gone(roles: Mapping[str, RoleFacts]) -> frozenset[str]:
    """The roles that exist no more as they were passed: others of their account are told of, they are not."""
    told = {role.account for role in roles.values() if role.tags is not None}
    return frozenset(arn for arn, role in roles.items() if role.tags is None and role.account in told)


def typical_tags(roles: Iterable[RoleFacts], share: float) -> frozenset[Tag]:
    """The tags that at least this share of some roles have, and two of them."""
    listed = list(roles)
    counts: dict[Tag, int] = {}
    for role in listed:
        for tag in role.tags or ():
            counts[tag] = counts.get(tag, 0) + 1
    return frozenset(tag for tag, count in counts.items() if count >= max(2, share * len(listed)))
