"""Sources that AWS searches for us: CloudTrail's event history, and a table in Athena."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from passrole.cli.aws import open_session
from passrole.cli.errors import InputError
from passrole.clock import parse_time, utc_now

if TYPE_CHECKING:
    from passrole.audit.athena.query import AthenaQuery, QueryState
    from passrole.audit.athena.sql import Question
    from passrole.audit.athena.table import Table
    from passrole.audit.pages import PageReader
    from passrole.cli.progress import Progress

HISTORY = "lookup-events"
_TABLE = "default.cloudtrail_logs"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of Athena or the history; all that is empty bounds nothing.

    Attributes:
        since, until: ISO 8601; ``given`` is what the person gave, as ``90d``.
        regions: of the history, the one of the session where none is given.
        table: ``DATABASE.TABLE``.
        output: ``s3://bucket/prefix`` for the result of a query.
    """

    since: str | None
    until: str | None
    given: tuple[str | None, str | None] = (None, None)
    accounts: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    table: str | None = None
    workgroup: str | None = None
    output: str | None = None


def sql_of(asked: Asked, tell: Callable[[str], None]) -> str:
    """The query; without a table, for one that was made as AWS documents it, and without asking AWS.

    Raises:
        InputError: a name, account or region is none.
        SourceError, BotoCoreError: AWS refuses, or does not answer.
    """
    return _select(asked, _table(asked, tell))


def _table(asked: Asked, tell: Callable[[str], None]) -> "Table":
    from passrole.audit.athena.described import described
    from passrole.audit.athena.table import Table

    try:
        table = Table.parse(asked.table or _TABLE)
    except ValueError as error:
        raise InputError(str(error)) from None
    if asked.table:
        table = described(open_session(None).client("athena"), table)
        _warn(asked, table, tell)
    return table


def question_of(asked: Asked) -> "Question":
    """What bounds the passes, whatever is read.

    Raises:
        InputError: an account or region is none.
    """
    from passrole.audit.athena.sql import Question

    since, until = (parse_time(given) if given else None for given in (asked.since, asked.until))
    try:
        return Question(since, until, asked.accounts, asked.regions)
    except ValueError as error:
        raise InputError(str(error)) from None


def _select(asked: Asked, table: "Table") -> str:
    from passrole.audit.athena.sql import select

    question = question_of(asked)
    try:
        return select(table, question)
    except ValueError as error:
        raise InputError(str(error)) from None


def _warn(asked: Asked, table: "Table", tell: Callable[[str], None]) -> None:
    """Says what the table cannot do."""
    if asked.since and not table.partitions.date:
        tell(f"table {table} has no partition of the date that is understood: the query reads all of it")
    if table.lacks:
        names = ", ".join(sorted(".".join(column) for column in table.lacks))
        tell(f"table {table} has no {names}: what a policy asks of that is unknown")


def caller_of(asked: Asked) -> tuple[str, str]:
    """The account and the region that AWS searches for the caller.

    Raises:
        InputError: no region is given anywhere.
        BotoCoreError, ClientError: AWS refuses, or does not answer.
    """
    session = open_session(asked.regions[0] if asked.regions else None)
    return session.client("sts").get_caller_identity()["Account"], session.region_name


def read_athena(asked: Asked, reader: "PageReader", progress: "Progress") -> None:
    """Runs the query, unless it ran before an interruption, and takes in what it finds.

    Raises:
        KeyboardInterrupt: the query was stopped before.
        SourceError, BotoCoreError: AWS refuses, or does not answer.
    """
    from passrole.audit.athena.query import AthenaQuery, Settings

    query = AthenaQuery(open_session(None).client("athena"), Settings(asked.workgroup, asked.output))
    table = _table(asked, progress.tell)
    reader = replace(reader, auditor=reader.auditor.told_less(table.untold))
    known = reader.state("athena")
    running = str(known["query"]) if known else _ran(query, _select(asked, table), progress.show)
    reader.note("athena", {"query": running})
    for number, records in enumerate(query.records(running)):
        name = f"athena-{number:06d}"
        if not reader.has(name):
            reader.take(name, records)


def _ran(query: "AthenaQuery", sql: str, show: Callable[[str], None]) -> str:
    def told(state: "QueryState") -> None:
        show(f"Athena: {state.state.lower()}, {state.scanned / 1e9:,.2f} GB scanned")

    return query.run(sql, told)


def read_history(asked: Asked, reader: "PageReader") -> None:
    """Takes in what CloudTrail keeps of the last 90 days, region by region.

    Raises:
        SourceError, BotoCoreError: AWS refuses, or does not answer.
    """
    from passrole.audit.sources.history import HistorySource, Position
    from passrole.trail.lookup import KEPT, EventHistory

    now = utc_now()
    until = min(parse_time(asked.until), now) if asked.until else now
    since = max(parse_time(asked.since), now - KEPT) if asked.since else now - KEPT
    session = open_session(asked.regions[0] if asked.regions else None)
    make: Any = session.client  # its type knows each service by name
    source = HistorySource(EventHistory(lambda service, region: make(service, region_name=region)))
    for region in asked.regions or (session.region_name,):
        name = f"history-{region}"
        known = reader.state(name)
        at = Position.from_json(dict(known["position"])) if known else None
        number = known["pages"] if known else 0
        for page in source.pages(region, since, until, at):
            reader.take(f"{name}-{number:06d}", page.records, page.unreadable)
            number += 1
            reader.note(name, {"position": page.after.to_json(), "pages": number})
