"""Who passes which roles to which services: the greatest flows, and all others taken together."""

from dataclasses import dataclass
from typing import Literal, get_args

import duckdb

from passrole.audit.summary.terms import SERVICE, kind_of, rows, wrong_kind

Column = Literal["passer", "role", "service"]
COLUMNS: tuple[Column, ...] = get_args(Column)
_MOST = 8
_MOST_WRONG = 3  # that have most violations, and so would be in no figure if only the greatest were


@dataclass(frozen=True, slots=True)
class Names:
    """Names of one column, the greatest first.

    Attributes:
        shown: those with a place of their own; None stands for passes of which the name is not known.
        others: how many names there are beside.
    """

    shown: tuple[str | None, ...]
    others: int


@dataclass(frozen=True, slots=True)
class Flow:
    """Passes that went the same way.

    Attributes:
        way: passer, role and service as places in `Names.shown`; None is one of the others.
        kind: their verdict, or without a policy their outcome.
    """

    way: tuple[int | None, int | None, int | None]
    kind: str
    passes: int


@dataclass(frozen=True, slots=True)
class Flows:
    """All passes as flows: no matter how many there are, a few hundred at most."""

    passers: Names
    roles: Names
    services: Names
    flows: tuple[Flow, ...]


def count_flows(connection: duckdb.DuckDBPyConnection, is_judged: bool) -> Flows:
    """Counts the passes by passer, role and service."""
    source = _source(is_judged)
    top = {column: _top(column) for column in COLUMNS}
    passers, roles, services = (_names(connection, source, column, top[column]) for column in COLUMNS)
    places = ", ".join(f"top_{column}.place" for column in COLUMNS)
    joins = " ".join(
        f"LEFT JOIN top_{column} ON flows.{column} IS NOT DISTINCT FROM top_{column}.name"
        for column in COLUMNS
    )
    tables = ", ".join(f"top_{column} AS ({top[column]})" for column in COLUMNS)
    found = rows(
        connection,
        f"WITH flows AS ({source}), {tables} SELECT {places}, kind, count(*) FROM flows {joins} "
        "GROUP BY ALL ORDER BY ALL",
    )
    flows = tuple(Flow((one, two, three), kind, n) for one, two, three, kind, n in found)
    return Flows(passers, roles, services, flows)


def _source(is_judged: bool) -> str:
    kind, wrong = kind_of(is_judged), wrong_kind(is_judged)
    return (
        f"SELECT passer, role, {SERVICE} AS service, {kind} AS kind, {kind} = '{wrong}' AS wrong "
        f"FROM passes WHERE {kind} IS NOT NULL"
    )


def _top(column: Column) -> str:
    names = (
        f"SELECT {column} AS name, count(*) AS passes, count(*) FILTER (wrong) AS wrong "
        "FROM flows GROUP BY ALL"
    )
    chosen = (
        f"SELECT name, passes FROM ({names}) "
        f"QUALIFY row_number() OVER (ORDER BY passes DESC, name) <= {_MOST} "
        f"OR (wrong > 0 AND row_number() OVER (ORDER BY wrong DESC, name) <= {_MOST_WRONG})"
    )
    return f"SELECT name, row_number() OVER (ORDER BY passes DESC, name) - 1 AS place FROM ({chosen})"


def _names(connection: duckdb.DuckDBPyConnection, source: str, column: Column, top: str) -> Names:
    found = rows(connection, f"WITH flows AS ({source}) SELECT name, place FROM ({top}) ORDER BY place")
    [(number,)] = rows(connection, f"SELECT count(*) FROM (SELECT DISTINCT {column} FROM ({source}))")
    return Names(tuple(name for name, _ in found), number - len(found))
