"""Passes that are alike, told together: violations by role and service, denied attempts by passer."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import duckdb

from passrole.audit.summary.terms import RANK, SERVICE, rows, severity_of
from passrole.passes import Outcome
from passrole.policy import Decision, Severity

MOST = 12

Item = TypeVar("Item", covariant=True)


@dataclass(frozen=True, slots=True)
class Top(Generic[Item]):
    """The first of a list, and how long the whole list is."""

    items: tuple[Item, ...]
    total: int

    @property
    def left_out(self) -> int:
        return self.total - len(self.items)


@dataclass(frozen=True, slots=True)
class Violations:
    """Violations with the same role and service.

    Attributes:
        succeeded: how many of the passes succeeded; the others were denied or failed.
        passers: how many made them.
        passer, resource, reasons, last: of the latest of them.
    """

    role: str | None
    service: str | None
    severity: Severity | None
    passes: int
    succeeded: int
    passers: int
    passer: str | None
    resource: str | None
    reasons: tuple[str, ...]
    last: str | None


@dataclass(frozen=True, slots=True)
class Denied:
    """Attempts of a passer to pass a role to a service that IAM denied; times are ISO 8601."""

    passer: str | None
    role: str | None
    service: str | None
    attempts: int
    first: str | None
    last: str | None


def count_violations(connection: duckdb.DuckDBPyConnection) -> Top[Violations]:
    """Violations by role and service: the gravest first, then those with most passes that succeeded."""
    found = rows(
        connection,
        f"SELECT role, {SERVICE} AS service, max({RANK}) AS rank, count(*) AS passes, "
        "count(*) FILTER (outcome = ?) AS succeeded, count(DISTINCT passer), arg_max(passer, rowid), "
        "arg_max(resource, rowid), arg_max(reasons, rowid), max(event_time), count(*) OVER () "
        "FROM passes WHERE verdict = ? GROUP BY ALL "
        f"ORDER BY rank DESC, succeeded DESC, passes DESC, role, service LIMIT {MOST}",
        Outcome.SUCCEEDED.value,
        Decision.VIOLATION.value,
    )
    return Top(tuple(_violations(values) for *values, _ in found), found[0][-1] if found else 0)


def _violations(values: Sequence[Any]) -> Violations:
    role, service, rank, passes, succeeded, passers, passer, resource, reasons, last = values
    return Violations(
        role=role,
        service=service,
        severity=severity_of(rank),
        passes=passes,
        succeeded=succeeded,
        passers=passers,
        passer=passer,
        resource=resource,
        reasons=tuple(reasons or ()),
        last=last,
    )


def count_denied(connection: duckdb.DuckDBPyConnection) -> Top[Denied]:
    """Denied attempts by passer, role and service: the most frequent first."""
    found = rows(
        connection,
        f"SELECT passer, role, {SERVICE} AS service, count(*) AS attempts, min(event_time), max(event_time), "
        "count(*) OVER () FROM passes WHERE outcome = ? GROUP BY ALL "
        f"ORDER BY attempts DESC, passer, role, service LIMIT {MOST}",
        Outcome.DENIED.value,
    )
    return Top(tuple(Denied(*values) for *values, _ in found), found[0][-1] if found else 0)
