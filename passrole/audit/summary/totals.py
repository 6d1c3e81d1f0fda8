"""How many passes there are, of how many roles, by whom; and how much of them is not known."""

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

from passrole.audit.summary.terms import TIME, rows
from passrole.passes import Coverage, Direction


@dataclass(frozen=True, slots=True)
class Totals:
    """Counts over all passes.

    Attributes:
        roles, passers, services, resources, accounts, regions: how many different ones.
        outcomes, verdicts, severities: passes by each. Without a policy there are no verdicts.
        first, last: the times of the first pass and the last, ISO 8601; None if no pass has a time.
    """

    passes: int
    roles: int
    passers: int
    services: int
    resources: int
    accounts: int
    regions: int
    outcomes: Mapping[str, int]
    verdicts: Mapping[str, int]
    severities: Mapping[str, int]
    first: str | None
    last: str | None


@dataclass(frozen=True, slots=True)
class Unknowns:
    """What the records and the snapshot do not tell.

    Attributes:
        roles_not_shown: passes of which no record shows the role.
        several_services: passes that may have gone to any of several services.
        no_service: passes of which no service is known.
        undated: passes without a time that can be one.
        uncatalogued: passes by calls that the catalogue does not know.
        chained: roles that were named to be assumed through a passed one.
        administrator, external, tags: roles of which that is not known.
    """

    roles_not_shown: int
    several_services: int
    no_service: int
    undated: int
    uncatalogued: int
    chained: int
    administrator: int
    external: int
    tags: int


def count_totals(connection: duckdb.DuckDBPyConnection) -> Totals:
    """Counts all passes."""
    [(passes, roles, passers, resources, accounts, regions, first, last)] = rows(
        connection,
        "SELECT count(*), count(DISTINCT role), count(DISTINCT passer), count(DISTINCT resource), "
        f"count(DISTINCT account), count(DISTINCT region), min(event_time) FILTER ({TIME} IS NOT NULL), "
        f"max(event_time) FILTER ({TIME} IS NOT NULL) FROM passes",
    )
    [(services,)] = rows(
        connection, "SELECT count(DISTINCT service) FROM (SELECT unnest(services) AS service FROM passes)"
    )
    return Totals(
        passes=passes,
        roles=roles,
        passers=passers,
        services=services,
        resources=resources,
        accounts=accounts,
        regions=regions,
        outcomes=_counts(connection, "outcome"),
        verdicts=_counts(connection, "verdict"),
        severities=_counts(connection, "severity"),
        first=first,
        last=last,
    )


def _counts(connection: duckdb.DuckDBPyConnection, column: str) -> dict[str, int]:
    found = rows(
        connection,
        f"SELECT {column}, count(*) FROM passes WHERE {column} IS NOT NULL GROUP BY ALL ORDER BY 1",
    )
    return dict(found)


def count_unknowns(connection: duckdb.DuckDBPyConnection) -> Unknowns:
    """Counts what is not known of passes and roles."""
    [of_passes] = rows(
        connection,
        "SELECT count(*) FILTER (role IS NULL), count(*) FILTER (len(services) > 1), "
        f"count(*) FILTER (coalesce(len(services), 0) = 0), count(*) FILTER ({TIME} IS NULL), "
        "count(*) FILTER (coverage = ?), count(*) FILTER (direction = ?) FROM passes",
        Coverage.UNCATALOGUED.value,
        Direction.CHAINED.value,
    )
    [of_roles] = rows(
        connection,
        "SELECT count(*) FILTER (NOT administrator), count(*) FILTER (NOT external), "
        "count(*) FILTER (NOT tags) FROM (SELECT bool_or(is_administrator IS NOT NULL) AS administrator, "
        "bool_or(is_external IS NOT NULL) AS external, bool_or(role_tags IS NOT NULL) AS tags "
        "FROM passes WHERE role IS NOT NULL GROUP BY role)",
    )
    return Unknowns(*of_passes, *of_roles)
