"""The terms that all countings share, in SQL over the table ``passes``; and the values that they give."""

from collections.abc import Sequence
from typing import Any

import duckdb

from passrole.passes import Outcome
from passrole.policy import Decision, Severity

# Of a pass that may have gone to several services, the call alone does not tell which: all are one name.
SERVICE = "CASE WHEN len(services) > 0 THEN array_to_string(services, ' or ') END"
# Records tell times in ISO 8601 and UTC. What lies beyond is nobody's time: CloudTrail began in 2013.
TIME = (
    "CASE WHEN TRY_CAST(event_time AS TIMESTAMP) BETWEEN TIMESTAMP '2010-01-01' AND TIMESTAMP '2100-01-01' "
    "THEN TRY_CAST(event_time AS TIMESTAMP) END"
)
RANK = f"coalesce(list_position({[severity.value for severity in Severity]}, severity), 0)"


def kind_of(is_judged: bool) -> str:
    """What passes are told apart by: their verdict, or without a policy how the call ended."""
    return "verdict" if is_judged else "outcome"


def kinds_of(is_judged: bool) -> tuple[str, ...]:
    """All values of that, from what is well to what is not."""
    if is_judged:
        return (Decision.APPROVED, Decision.EXEMPT, Decision.UNDETERMINED, Decision.VIOLATION)
    return (Outcome.SUCCEEDED, Outcome.FAILED, Outcome.DENIED)


def wrong_kind(is_judged: bool) -> str:
    """The value that calls for attention."""
    return kinds_of(is_judged)[-1]


def severity_of(rank: int) -> Severity | None:
    """The severity that `RANK` stands for."""
    return tuple(Severity)[rank - 1] if rank else None


def rows(connection: duckdb.DuckDBPyConnection, sql: str, *values: Any) -> Sequence[tuple[Any, ...]]:
    """What a query gives: small, since it counts or has a limit."""
    return connection.execute(sql, list(values)).fetchall()
