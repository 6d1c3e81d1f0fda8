"""What was new: a role that was passed for the first time at all, to a service, or by a passer."""

from dataclasses import dataclass
from typing import Literal

import duckdb

from passrole.audit.summary.groups import MOST, Top
from passrole.audit.summary.terms import SERVICE, TIME, rows
from passrole.passes import Outcome

News = Literal["role", "service", "passer"]


@dataclass(frozen=True, slots=True)
class First:
    """A pass that was the first of its kind.

    Attributes:
        time: ISO 8601.
        new: what had not been seen before: the role, or this service or this passer with the role.
        verdict: None without a policy.
    """

    time: str
    passer: str | None
    role: str
    service: str | None
    event_name: str | None
    new: tuple[News, ...]
    verdict: str | None


def count_firsts(connection: duckdb.DuckDBPyConnection) -> Top[First]:
    """Finds the passes that were first, the latest of them first. Only those that succeeded count.

    A role that is new is told as such: its first service and its first passer are not told beside.
    """
    firsts = " UNION ALL ".join(
        f"SELECT min(rowid) AS pass, '{new}' AS new FROM seen GROUP BY {keys}"
        for new, keys in (("role", "role"), ("service", "role, service"), ("passer", "role, passer"))
    )
    found = rows(
        connection,
        f"WITH seen AS (SELECT rowid, role, passer, {SERVICE} AS service FROM passes "
        f"WHERE role IS NOT NULL AND outcome = ? AND {TIME} IS NOT NULL), "
        f"firsts AS (SELECT pass, list(DISTINCT new) AS new, count(*) OVER () AS total FROM ({firsts}) "
        f"GROUP BY pass ORDER BY pass DESC LIMIT {MOST}) "
        f"SELECT event_time, passer, role, {SERVICE}, event_name, new, verdict, total "
        "FROM firsts JOIN passes ON passes.rowid = firsts.pass ORDER BY pass DESC",
        Outcome.SUCCEEDED.value,
    )
    return Top(
        tuple(
            First(time, passer, role, service, event_name, _told(new), verdict)
            for time, passer, role, service, event_name, new, verdict, _ in found
        ),
        found[0][-1] if found else 0,
    )


def _told(new: list[News]) -> tuple[News, ...]:
    return ("role",) if "role" in new else tuple(sorted(new, reverse=True))
