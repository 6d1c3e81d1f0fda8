"""Scopes, services and passers that one statement speaks of."""

from dataclasses import dataclass

from passrole.suggest.roles import RoleFacts
from passrole.suggest.scope import Scope
from passrole.suggest.who import Who


@dataclass(frozen=True, slots=True)
class Block:
    """Each of the scopes to each of the services by each of the passers."""

    scopes: frozenset[Scope]
    services: frozenset[str]
    whos: frozenset[Who]

    def covers(self, role: RoleFacts) -> bool:
        """Whether a role is certainly in one of the scopes."""
        # Most blocks of many scopes name single roles.
        return Scope(arn=role.arn) in self.scopes or any(
            scope.covers(role) for scope in self.scopes if not scope.arn
        )

    @property
    def order(self) -> tuple[object, ...]:
        """Sorts blocks."""
        scopes = sorted(scope.order for scope in self.scopes)
        return (scopes, sorted(self.services), sorted(self.whos))


def block_of(scope: Scope, service: str, who: Who) -> Block:
    return Block(frozenset((scope,)), frozenset((service,)), frozenset((who,)))
