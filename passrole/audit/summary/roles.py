"""Roles that deserve a look: of several services or many passers, with broad rights, open to outsiders."""

from dataclasses import dataclass

import duckdb

from passrole.audit.summary.groups import MOST, Top
from passrole.audit.summary.terms import rows

MANY_PASSERS = 3
_SERVICES = 12  # that are named; no role of a sane account goes to more


@dataclass(frozen=True, slots=True)
class RoleUse:
    """How a role is used.

    Attributes:
        services: to which it was passed, in order of the alphabet; only where a call alone tells the service.
        service_count: how many those are, named or not.
        passers: how many principals passed it.
        last: when it was passed last, ISO 8601.
        is_administrator, is_external: None if unknown.
    """

    role: str
    passes: int
    services: tuple[str, ...]
    service_count: int
    passers: int
    last: str | None
    is_administrator: bool | None
    is_external: bool | None


@dataclass(frozen=True, slots=True)
class Roles:
    """The roles that deserve a look, each list for its reason."""

    of_several_services: Top[RoleUse]
    of_many_passers: Top[RoleUse]
    broad: Top[RoleUse]


def count_roles(connection: duckdb.DuckDBPyConnection) -> Roles:
    """Counts how roles are used."""
    return Roles(
        _roles(connection, "service_count > 1", "service_count DESC, passes DESC"),
        _roles(connection, f"passers >= {MANY_PASSERS}", "passers DESC, passes DESC"),
        _roles(
            connection,
            "coalesce(is_administrator, false) OR coalesce(is_external, false)",
            "is_administrator DESC NULLS LAST, is_external DESC NULLS LAST, passes DESC",
        ),
    )


_USES = (
    "SELECT role, count(*) AS passes, "
    "coalesce(list_sort(list(DISTINCT services[1]) FILTER (len(services) = 1)), []) AS certain, "
    "len(certain) AS service_count, count(DISTINCT passer) AS passers, max(event_time) AS last, "
    "bool_or(is_administrator) AS is_administrator, bool_or(is_external) AS is_external "
    "FROM passes WHERE role IS NOT NULL GROUP BY role"
)


def _roles(connection: duckdb.DuckDBPyConnection, which: str, order: str) -> Top[RoleUse]:
    found = rows(
        connection,
        f"SELECT role, passes, certain[:{_SERVICES}], service_count, passers, last, is_administrator, "
        f"is_external, count(*) OVER () FROM ({_USES}) WHERE {which} ORDER BY {order}, role LIMIT {MOST}",
    )
    uses = (RoleUse(role, passes, tuple(services), *rest) for role, passes, services, *rest, _ in found)
    return Top(tuple(uses), found[0][-1] if found else 0)
