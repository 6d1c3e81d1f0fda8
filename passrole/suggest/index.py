"""Roles, found fast by what scopes ask for: an account has thousands of roles, of paths and of tags."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from passrole.suggest.roles import RoleFacts, Tag
from passrole.suggest.scope import Scope


class Index:
    """Some roles.

    Attributes:
        roles: all of them, in their order.
        below: by path, those in it or below.
    """

    def __init__(self, roles: Iterable[RoleFacts]) -> None:
        self.roles = tuple(roles)
        self.below: dict[str, list[RoleFacts]] = defaultdict(list)
        self._tagged: dict[Tag, list[RoleFacts]] = defaultdict(list)
        for role in self.roles:
            for prefix in role.prefixes:
                self.below[prefix].append(role)
            for tag in role.tags or ():
                self._tagged[tag].append(role)

    def within(self, scope: Scope) -> list[RoleFacts]:
        """Those that a scope covers, in their order."""
        some: Sequence[RoleFacts] = self.roles
        if scope.prefix:
            some = self.below.get(scope.prefix, ())
        elif scope.tags:
            some = self._tagged.get(scope.tags[0], ())
        return [role for role in some if scope.covers(role)]
