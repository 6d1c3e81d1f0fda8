"""The query over a table of CloudTrail's logs: all records of which the catalogue may make a pass.

It is written for Athena's engine version 3, which is Trino. What it finds is what `passes_of` would: calls of
the catalogue, refused passes by any call, and roles in calls that are not known. It may find more, and never
less. Sources: "Service Quotas" of the Athena user guide: a query has at most 262,144 bytes.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby

from passrole.audit.athena.fields import FIELDS, READ_ONLY, REQUEST
from passrole.audit.athena.table import Partitions, Table, quoted
from passrole.catalogue import load_catalogue
from passrole.trail.uncatalogued import NO_PASSES, ROLE_MEMBER_SPELLINGS

MOST_BYTES = 262_144
# The date of a folder is that of the delivery: after the call, at times by hours.
_MARGIN = timedelta(days=1)
_REFUSED = ("iam:PassRole", "Cross-account pass role is not allowed")
_ACCOUNT = re.compile(r"[0-9]{12}")
_REGION = re.compile(r"[a-z0-9-]{1,40}")
_SECOND = "%Y-%m-%dT%H:%M:%S"


@dataclass(frozen=True, slots=True)
class Question:
    """Which records are asked for; what is None or empty bounds nothing.

    Attributes:
        since, until: when the calls were made, both seconds in it.
        accounts: ids of those that the records are of.
    """

    since: datetime | None = None
    until: datetime | None = None
    accounts: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for account in self.accounts:
            if not _ACCOUNT.fullmatch(account):
                raise ValueError(f"{account!r} is no id of an account; expected twelve digits")
        for region in self.regions:
            if not _REGION.fullmatch(region):
                raise ValueError(f"{region!r} is no region; expected one such as eu-west-1")


def select(table: Table, question: Question) -> str:
    """The query.

    Raises:
        ValueError: it would be longer than Athena takes.
    """
    columns = ",\n".join(f"  {column}" for column in _columns(table))
    conditions = [*_bounds(table.partitions, question), _candidates()]
    where = "\n  AND ".join(conditions)
    query = f"SELECT\n{columns}\nFROM {table.sql}\nWHERE {where}\n"
    if (size := len(query.encode())) > MOST_BYTES:
        raise ValueError(
            f"the query has {size:,} bytes, and Athena takes {MOST_BYTES:,}: name fewer accounts or regions"
        )
    return query


def _columns(table: Table) -> Iterator[str]:
    for field in FIELDS:
        told = ".".join(field.column) if field.column not in table.lacks else "CAST(NULL AS varchar)"
        yield told if told == field.alias else f"{told} AS {field.alias}"


def _bounds(partitions: Partitions, question: Question) -> Iterator[str]:
    yield from _days(partitions, question)
    if question.accounts:
        of_record = "coalesce(recipientaccountid, useridentity.accountid)"
        account = quoted(partitions.account) if partitions.account else of_record
        yield f"{account} IN ({_texts(question.accounts)})"
    if question.regions:
        region = quoted(partitions.region) if partitions.region else "awsregion"
        yield f"{region} IN ({_texts(question.regions)})"
    for moment, operator in ((question.since, ">="), (question.until, "<=")):
        if moment is not None:
            told = moment.astimezone(UTC).strftime(_SECOND)
            yield f"(eventtime IS NULL OR substr(eventtime, 1, {len(told)}) {operator} {_text(told)})"


def _days(partitions: Partitions, question: Question) -> Iterator[str]:
    """Bounds of the folders' dates: of the years by themselves, too, which need no look at each folder."""
    first, last = _shifted(question.since, -_MARGIN), _shifted(question.until, _MARGIN)
    for moment, operator in ((first, ">="), (last, "<=")):
        if moment is None or not partitions.date:
            continue
        if len(partitions.date) == 1:
            yield f"{quoted(partitions.date[0])} {operator} {_text(moment.strftime(partitions.form))}"
            continue
        year, month, day = map(quoted, partitions.date)
        whole = f"({year} || lpad({month}, 2, '0') || lpad({day}, 2, '0'))"
        yield f"{year} {operator} {_text(moment.strftime('%Y'))}"
        yield f"{whole} {operator} {_text(moment.strftime('%Y%m%d'))}"


def _shifted(moment: datetime | None, by: timedelta) -> datetime | None:
    return moment.astimezone(UTC) + by if moment else None


def _candidates() -> str:
    """Records of which a pass may be made."""
    speaks_of_passing = "\n    ".join(f"OR errormessage LIKE {_text(f'%{told}%')}" for told in _REFUSED)
    return (
        # One list of texts is one look into a set; pairs, or a list for each source, would be compiled.
        f"(\n    (eventsource || '/' || eventname) IN (\n{_calls()}\n    )\n"
        f"    {speaks_of_passing}\n"
        f"    OR {_unknown()}\n  )"
    )


def _calls() -> str:
    """The calls that pass roles, a line for each service."""
    pairs = sorted(
        (call.source, name) for call in load_catalogue().calls() if call.passes_roles for name in call.names
    )
    by_source = groupby(pairs, key=lambda pair: pair[0])
    return ",\n".join(
        "      " + ", ".join(_text(f"{source}/{name}") for source, name in group)
        for source, group in by_source
    )


def _unknown() -> str:
    """Requests that name a role where calls do, whatever the call; what only reads passes none."""
    members = "|".join(sorted(ROLE_MEMBER_SPELLINGS))
    pattern = _text(rf'"({members})"\s*:\s*"arn:aws')
    (request,), (read_only,) = REQUEST.column, READ_ONLY.column
    return (
        f"(regexp_like({request}, {pattern})\n"
        f"      AND eventsource NOT IN ({_texts(NO_PASSES)})\n"
        f"      AND ({read_only} IS NULL OR {read_only} <> 'true'))"
    )


def _texts(values: Iterable[str]) -> str:
    return ", ".join(map(_text, values))


def _text(value: str) -> str:
    """A literal: the only character with a meaning in it is the quote."""
    doubled = value.replace("'", "''")
    return f"'{doubled}'"
