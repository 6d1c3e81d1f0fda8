"""What a table has, as Athena's catalog tells it: older ones have fewer columns, and each its own partitions.

Sources: "GetTableMetadata" of the Athena API reference; "Supported types for partition projection" of the
Athena user guide.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from botocore.exceptions import ClientError

from passrole.audit.athena.fields import FIELDS, REQUEST
from passrole.audit.athena.table import Partitions, Table
from passrole.audit.sources.errors import SourceError, refusal

CATALOG = "AwsDataCatalog"
_ACCOUNTS = ("account", "accountid", "account_id", "aws_account_id")
_REGIONS = ("region", "aws_region", "regionname", "region_name")
_DAY = ("year", "month", "day")
_FORMS = {"yyyy/MM/dd": "%Y/%m/%d", "yyyy-MM-dd": "%Y-%m-%d", "yyyyMMdd": "%Y%m%d"}
# What the query's conditions are about; every version of AWS's own statement for the table has them.
NEEDED = (
    "eventsource",
    "eventname",
    "eventtime",
    "awsregion",
    "recipientaccountid",
    "useridentity",
    "errorcode",
    "errormessage",
    "readonly",
    "requestparameters",
)
_TEXTS = re.compile(r"string|varchar(\(\d+\))?")
_PART = re.compile(r"[<>,:]|[^<>,:\s]+")

Type = str | Mapping[str, "Type"]
"""Of a column: a struct's members by name, or what else it is."""


def described(client: Any, table: Table) -> Table:
    """The table, with the columns that it is parted by and those that it lacks.

    Raises:
        SourceError: it is not there, is no table of CloudTrail's logs, or may not be described.
        BotoCoreError: AWS did not answer.
    """
    *catalog, database, name = table.names
    try:
        told = client.get_table_metadata(
            CatalogName=catalog[0] if catalog else CATALOG, DatabaseName=database, TableName=name
        )["TableMetadata"]
    except ClientError as error:
        raise refusal(f"table {table}", error) from None
    columns = {column["Name"].lower(): type_of(column.get("Type", "")) for column in told["Columns"]}
    if missing := [name for name in NEEDED if name not in columns]:
        raise SourceError(f"table {table} is none of CloudTrail's logs: it has no column {missing[0]}")
    (request,) = REQUEST.column
    if not _is_text(columns[request]):
        raise SourceError(f"table {table}: column {request} is no text; expected a string of JSON")
    lacks = frozenset(field.column for field in FIELDS if not _has(columns, field.column))
    parted = partitions_of(told.get("PartitionKeys", ()), told.get("Parameters", {}))
    return replace(table, partitions=parted, lacks=lacks)


def partitions_of(keys: Sequence[Mapping[str, Any]], parameters: Mapping[str, str]) -> Partitions:
    """The columns that a table is parted by, as far as it tells what they hold: a date of unknown form is
    left aside, since to compare it with another one would lose records.

    Args:
        parameters: of the table, which tell what is projected.
    """
    names = {key["Name"].lower(): key["Name"] for key in keys if _is_text(key.get("Type", "string"))}

    def first(of: Sequence[str]) -> str | None:
        return next((names[name] for name in of if name in names), None)

    account, region = first(_ACCOUNTS), first(_REGIONS)
    if all(part in names for part in _DAY):
        return Partitions(account, region, tuple(names[part] for part in _DAY))
    for name in names:
        if form := _FORMS.get(parameters.get(f"projection.{name}.format", "")):
            return Partitions(account, region, (names[name],), form)
    return Partitions(account, region)


def type_of(told: str) -> Type:
    """A type as Glue writes it: ``struct<type:string,sessioncontext:struct<…>>``."""
    return _type(iter(_PART.findall(told.lower())))


def _type(parts: Iterator[str]) -> Type:
    name = next(parts, "")
    if name != "struct":
        return name
    return _members(parts)


def _members(parts: Iterator[str]) -> Mapping[str, Type]:
    members: dict[str, Type] = {}
    depth, before = 0, ""
    for part in parts:
        depth += (part == "<") - (part == ">")
        if depth == 0:
            break
        if depth == 1 and part == ":":
            members[before] = _type(parts)
        before = part
    return members


def _has(columns: Mapping[str, Type], path: Sequence[str]) -> bool:
    part: Type | None = columns
    for name in path:
        part = part.get(name) if isinstance(part, Mapping) else None
    return part is not None


def _is_text(told: Type) -> bool:
    return isinstance(told, str) and _TEXTS.fullmatch(told.lower()) is not None
