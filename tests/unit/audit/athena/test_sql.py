"""The query itself: one that Athena takes, bounded by partitions, and by names that nobody can misuse."""

import dataclasses
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlglot
from sqlglot import exp

from passrole.audit.athena.rows import ALIASES
from passrole.audit.athena.sql import MOST_BYTES, Question, select
from passrole.audit.athena.table import ORGANIZATION, PROJECTED, Partitions, Table
from tests.unit.audit.athena.corpus import ROLE, call_record
from tests.unit.audit.athena.hive import HiveTable

TABLE = Table.parse("logs.cloudtrail")
OF_ORGANIZATION = Table.parse("logs.cloudtrail", ORGANIZATION)
MARCH = Question(datetime(2026, 3, 10, 6, tzinfo=UTC), datetime(2026, 3, 12, 18, tzinfo=UTC))
ONE_PLACE = dataclasses.replace(MARCH, accounts=("111122223333",), regions=("eu-west-1",))
HOSTILE = [
    'x" WHERE 1=1 --',
    "logs.t;DROP TABLE t",
    'logs."t"',
    "logs.t t2, other",
    "logs.t`",
    "logs.t\n",
    "logs.t\u0430ble",
    "logs.",
    ".t",
    "t",
    "a.b.c.d",
    "logs.t'--",
    "",
]


def parsed(query: str, dialect: str = "athena") -> exp.Select:
    (statement,) = sqlglot.parse(query, dialect=dialect)
    assert isinstance(statement, exp.Select)
    return statement


def conditions(query: str) -> list[exp.Expression]:
    """What all rows must fulfil."""
    where = parsed(query).find(exp.Where)
    assert where is not None
    return list(where.this.flatten())


@pytest.mark.parametrize("dialect", ["athena", "trino"])
@pytest.mark.parametrize("table", [TABLE, OF_ORGANIZATION, Table.parse("catalog.my-logs.cloudtrail_2026")])
@pytest.mark.parametrize("question", [Question(), MARCH, ONE_PLACE])
def test_it_is_one_select_of_one_table_with_a_column_for_each_field(
    dialect: str, table: Table, question: Question
) -> None:
    statement = parsed(select(table, question), dialect)

    assert tuple(column.alias_or_name for column in statement.selects) == ALIASES
    (found,) = statement.find_all(exp.Table)
    assert tuple(part.name for part in found.parts) == table.names
    assert not list(statement.find_all(exp.Subquery, exp.Join, exp.Union))


def test_it_is_shorter_than_athena_takes() -> None:
    accounts = tuple(f"{number:012}" for number in range(5000))

    assert len(select(OF_ORGANIZATION, ONE_PLACE).encode()) < MOST_BYTES / 4
    assert len(select(OF_ORGANIZATION, Question(accounts=accounts)).encode()) <= MOST_BYTES
    with pytest.raises(
        ValueError, match=r"the query has .* bytes, and Athena takes 262,144: name fewer accounts"
    ):
        select(OF_ORGANIZATION, Question(accounts=accounts * 4))


def test_the_limit_is_athenas() -> None:
    import botocore.session

    service = botocore.session.get_session().get_service_model("athena")
    assert service.shape_for("QueryString").metadata["max"] == MOST_BYTES


def bounds(query: str, column: str) -> set[tuple[str, str]]:
    """The comparisons of a plain column with a text that all rows must fulfil."""
    return {
        (type(found).__name__, found.expression.name)
        for found in conditions(query)
        if isinstance(found, exp.Binary) and isinstance(found.this, exp.Column) and found.this.name == column
    }


def test_the_date_of_a_projected_table_is_bounded_with_a_day_on_either_side() -> None:
    assert bounds(select(TABLE, MARCH), "timestamp") == {("GTE", "2026/03/09"), ("LTE", "2026/03/13")}


def test_dates_of_another_form_are_bounded_in_it() -> None:
    table = Table.parse("logs.cloudtrail", Partitions(date=("dt",), form="%Y-%m-%d"))

    assert bounds(select(table, MARCH), "dt") == {("GTE", "2026-03-09"), ("LTE", "2026-03-13")}


def test_an_organizations_table_is_bounded_by_account_region_and_date() -> None:
    query = select(OF_ORGANIZATION, ONE_PLACE)
    lists = {
        found.this.name: [each.name for each in found.expressions]
        for found in conditions(query)
        if isinstance(found, exp.In)
    }

    assert lists == {"account": ["111122223333"], "region": ["eu-west-1"]}
    assert bounds(query, "year") == {("GTE", "2026"), ("LTE", "2026")}


def test_nothing_is_bounded_that_was_not_asked_for() -> None:
    assert len(conditions(select(OF_ORGANIZATION, Question()))) == 1


def record(time: str, account: str = "111122223333", region: str = "eu-west-1") -> dict[str, Any]:
    told = call_record("lambda.amazonaws.com", "CreateFunction20150331", {"role": ROLE})
    return told | {"eventID": time, "eventTime": time, "recipientAccountId": account, "awsRegion": region}


def times(hive: HiveTable, table: Table, question: Question) -> list[str]:
    return sorted(str(row[0]) for row in hive.answer(select(table, question)))


def test_the_calls_within_the_times_are_found_in_the_days_that_can_hold_them(tmp_path: Path) -> None:
    hive = HiveTable(tmp_path, ("timestamp",))
    told = [
        ("2026-03-10T05:59:59Z", "2026/03/10"),
        ("2026-03-10T06:00:00Z", "2026/03/10"),
        ("2026-03-12T18:00:00Z", "2026/03/13"),  # delivered a day later
        ("2026-03-12T18:00:01Z", "2026/03/12"),
        ("2026-03-11T00:00:00Z", "2026/03/14"),  # no such folder is read
        ("2026-03-11T00:00:01Z", "2026/03/08"),
    ]
    hive.deliver((record(time), {"timestamp": day}) for time, day in told)

    assert times(hive, TABLE, MARCH) == ["2026-03-10T06:00:00Z", "2026-03-12T18:00:00Z"]
    assert len(times(hive, TABLE, Question())) == len(told)


@pytest.mark.parametrize("padded", [True, False])
def test_days_in_three_columns_are_bounded_the_same(tmp_path: Path, padded: bool) -> None:
    hive = HiveTable(tmp_path, ("account", "region", "year", "month", "day"))
    question = Question(datetime(2025, 12, 31, 12, tzinfo=UTC), datetime(2026, 1, 2, 12, tzinfo=UTC))
    days = ["2025/12/29", "2025/12/30", "2025/12/31", "2026/01/01", "2026/01/03", "2026/01/04", "2026/02/01"]
    hive.deliver((record("2026-01-01T00:00:00Z") | {"eventID": day}, parted(day, padded)) for day in days)

    assert times(hive, OF_ORGANIZATION, question) == ["2025/12/30", "2025/12/31", "2026/01/01", "2026/01/03"]


def parted(day: str, padded: bool) -> dict[str, str]:
    year, month, day = day.split("/")
    whole = {"account": "111122223333", "region": "eu-west-1", "year": year, "month": month, "day": day}
    return whole if padded else whole | {"month": month.lstrip("0"), "day": day.lstrip("0")}


def test_accounts_and_regions_are_bounded_by_partition_or_by_record(tmp_path: Path) -> None:
    places = [("111122223333", "eu-west-1"), ("111122223333", "us-east-1"), ("444455556666", "eu-west-1")]
    records = [record(f"2026-03-11T00:00:0{n}Z", *place) for n, place in enumerate(places)]
    of_organization = HiveTable(tmp_path, ("account", "region", "year", "month", "day"))
    of_organization.deliver(
        (told, parted("2026/03/11", True) | {"account": account, "region": region})
        for told, (account, region) in zip(records, places, strict=True)
    )
    whole = HiveTable(tmp_path, ("timestamp",))
    whole.deliver((told, {"timestamp": "2026/03/11"}) for told in records)

    for hive, table in ((of_organization, OF_ORGANIZATION), (whole, TABLE)):
        assert times(hive, table, ONE_PLACE) == ["2026-03-11T00:00:00Z"]
        assert len(times(hive, table, MARCH)) == len(places)


def test_a_call_without_a_time_is_kept(tmp_path: Path) -> None:
    hive = HiveTable(tmp_path, ("timestamp",))
    hive.deliver([(record("x") | {"eventTime": None}, {"timestamp": "2026/03/11"})])

    assert times(hive, TABLE, MARCH) == ["x"]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"is no name of a table; expected DATABASE\.TABLE"):
        Table.parse(name)


@pytest.mark.parametrize("name", ['day" OR 1=1 --', "a b", "a'b", ""])
def test_names_of_columns_are_refused_the_same(name: str) -> None:
    for partitions in ({"account": name}, {"region": name}, {"date": (name,)}, {"date": ("y", "m", name)}):
        with pytest.raises(ValueError, match="is no name; expected letters"):
            Partitions(**partitions)
    with pytest.raises(ValueError, match="expected the column of the date, or year, month and day"):
        Partitions(date=("year", "month"))


@pytest.mark.parametrize("value", ["1' OR '1'='1", "11112222333", "1111222233334", "", "a", "\uff11" * 12])
def test_accounts_and_regions_that_are_none_are_refused(value: str) -> None:
    with pytest.raises(ValueError, match="is no id of an account"):
        Question(accounts=(value,))
    if "'" in value or not value:
        with pytest.raises(ValueError, match="is no region"):
            Question(regions=(value,))


def test_times_of_other_zones_are_the_same_moments() -> None:
    since = datetime.fromisoformat("2026-03-10T01:00:00+02:00")

    assert bounds(select(TABLE, Question(since=since)), "timestamp") == {("GTE", "2026/03/08")}


def test_the_documented_partitions_are_the_defaults() -> None:
    assert TABLE.partitions == PROJECTED == Partitions(date=("timestamp",))
