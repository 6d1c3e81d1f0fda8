"""CloudTrail records in a table as Athena has them, in an embedded database that takes Athena's dialect.

What Athena's reader of CloudTrail's files does is done here: names are in lower case, requests and answers
are text, and all else is text, too, or a struct of it.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import duckdb
import sqlglot

IDENTITY = (
    "STRUCT(type VARCHAR, principalid VARCHAR, arn VARCHAR, accountid VARCHAR, invokedby VARCHAR, "
    "accesskeyid VARCHAR, username VARCHAR, onbehalfof STRUCT(userid VARCHAR, identitystorearn VARCHAR), "
    "sessioncontext STRUCT(attributes STRUCT(mfaauthenticated VARCHAR, creationdate VARCHAR), "
    "sessionissuer STRUCT(type VARCHAR, principalid VARCHAR, arn VARCHAR, accountid VARCHAR, "
    "username VARCHAR), ec2roledelivery VARCHAR))"
)
WITH_SOURCE_IDENTITY = IDENTITY.replace(
    "ec2roledelivery VARCHAR", "ec2roledelivery VARCHAR, sourceidentity VARCHAR"
)
_UNFOLDED = ("requestparameters", "responseelements", "additionaleventdata")
_TEXTS = (
    *("eventversion", "eventtime", "eventsource", "eventname", "awsregion", "sourceipaddress", "useragent"),
    *("errorcode", "errormessage", "requestid", "eventid", "readonly", "eventtype", "recipientaccountid"),
    *("vpcendpointid", "eventcategory"),
    *_UNFOLDED,
)

Delivered = tuple[Mapping[str, Any], Mapping[str, str]]
"""A record with the values of the partition that it lies in."""


class HiveTable:
    """The table ``logs.cloudtrail``.

    Args:
        folder: for files.
        partitions: the columns that it is parted by.
    """

    def __init__(self, folder: Path, partitions: tuple[str, ...] = (), identity: str = IDENTITY) -> None:
        self._folder = folder
        self._columns = dict.fromkeys((*_TEXTS, *partitions), "VARCHAR") | {"useridentity": identity}
        self._connection = duckdb.connect()
        self._connection.execute("CREATE SCHEMA logs")
        columns = ", ".join(f'"{name}" {kind}' for name, kind in self._columns.items())
        self._connection.execute(f"CREATE TABLE logs.cloudtrail ({columns})")

    def deliver(self, records: Iterable[Delivered]) -> None:
        """Puts records in."""
        file = self._folder / "records.jsonl"
        lines = (json.dumps(_row(record) | dict(partition)) for record, partition in records)
        file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        columns = ", ".join(f"'{name}': '{kind}'" for name, kind in self._columns.items())
        self._connection.execute(
            "INSERT INTO logs.cloudtrail BY NAME SELECT * FROM "  # noqa: S608 - all of it is made here
            f"read_json('{file}', format = 'newline_delimited', columns = {{{columns}}})"
        )

    def answer(self, query: str) -> list[tuple[str | None, ...]]:
        """The rows that a query of Athena's yields, and nothing if it is none."""
        (statement,) = sqlglot.parse(query, dialect="athena")
        assert statement is not None
        return self._connection.execute(statement.sql(dialect="duckdb")).fetchall()


def _row(record: Mapping[str, Any]) -> dict[str, Any]:
    lowered = {name.lower(): value for name, value in record.items()}
    row = {name: _text(lowered.get(name), name in _UNFOLDED) for name in _TEXTS}
    return row | {"useridentity": _struct(lowered.get("useridentity"))}


def _struct(value: Any) -> Any:
    if isinstance(value, dict):
        return {name.lower(): _struct(below) for name, below in value.items()}
    return _text(value, False)


def _text(value: Any, is_unfolded: bool) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, separators=(",", ":"))
