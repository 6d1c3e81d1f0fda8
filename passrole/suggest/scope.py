"""Which roles a statement is for: those in a path, with tags, of a stack, or a single one."""

from dataclasses import dataclass
from enum import IntEnum

from passrole.arn import parse_role_arn
from passrole.suggest.identities import Stem
from passrole.suggest.roles import RoleFacts, Tag


class Kind(IntEnum):
    """Kinds of scopes; of two that explain as much, the earlier one is taken."""

    PATH = 0
    TAGGED_PATH = 1
    TAGS = 2
    VERY_PATH = 3
    STACK = 4
    ROLE = 5


@dataclass(frozen=True, slots=True)
class Scope:
    """Roles.

    Attributes:
        prefix: the path that they are in or below; empty for any.
        is_exact: whether those below it are left out.
        tags: all of which they have; keys folded.
        stem: what they are called; None if that does not matter.
        arn: of the only one; empty if there may be more.
    """

    prefix: str = ""
    tags: tuple[Tag, ...] = ()
    is_exact: bool = False
    stem: Stem | None = None
    arn: str = ""

    @property
    def kind(self) -> Kind:
        if self.arn:
            return Kind.ROLE
        if self.stem:
            return Kind.STACK
        if not self.prefix:
            return Kind.TAGS
        if self.is_exact:
            return Kind.VERY_PATH
        return Kind.TAGGED_PATH if self.tags else Kind.PATH

    def covers(self, role: RoleFacts) -> bool:
        """Whether a role is certainly one of them."""
        if self.arn:
            return role.arn == self.arn
        if self.stem:
            parsed = parse_role_arn(role.arn)
            return parsed is not None and self.stem.names(parsed)
        if not role.path.startswith(self.prefix) or (self.is_exact and role.path != self.prefix):
            return False
        return not self.tags or (role.tags is not None and role.tags.issuperset(self.tags))

    @property
    def shown(self) -> str:
        """To people."""
        tags = " with " + ", ".join(f"{key}={value}" for key, value in self.tags) if self.tags else ""
        if self.arn:
            return self.arn.partition(":role")[2]
        if self.stem:
            return f"{self.stem.path}{self.stem.beginning}*"
        if self.is_exact:
            return f"roles directly in {self.prefix}{tags}"
        return (f"{self.prefix}*" if self.prefix else "roles") + tags

    @property
    def order(self) -> tuple[int, str, int, tuple[Tag, ...], str]:
        """Sorts scopes."""
        stem = repr(self.stem) if self.stem else ""
        return (self.kind, self.prefix, len(self.tags), self.tags, self.arn or stem)
