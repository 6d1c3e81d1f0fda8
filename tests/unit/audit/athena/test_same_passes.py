"""What the query finds, and what is made of it, are the passes that the records themselves make."""

import dataclasses
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from passrole.audit.athena.rows import record_of
from passrole.audit.athena.sql import Question, select
from passrole.audit.athena.table import Table
from passrole.catalogue import load_catalogue
from passrole.passes import Coverage, Outcome, Pass
from passrole.trail import passes_of
from tests.unit.audit.athena.corpus import records
from tests.unit.audit.athena.hive import IDENTITY, WITH_SOURCE_IDENTITY, HiveTable

TABLE = Table.parse("logs.cloudtrail")
ALL = dataclasses.replace(TABLE, lacks=frozenset())


@pytest.fixture(scope="module")
def corpus() -> list[dict[str, Any]]:
    return records()


def found(
    folder: Path, corpus: Iterable[dict[str, Any]], identity: str, table: Table
) -> list[dict[str, Any]]:
    hive = HiveTable(folder, ("timestamp",), identity)
    hive.deliver((told, {"timestamp": "2026/11/22"}) for told in corpus)
    return [record_of(row) for row in hive.answer(select(table, Question()))]


def passes(told: Iterable[dict[str, Any]]) -> list[Pass]:
    return sorted((pass_ for one in told for pass_ in passes_of(one)), key=lambda pass_: pass_.id)


def test_the_passes_are_the_same(tmp_path: Path, corpus: list[dict[str, Any]]) -> None:
    of_records = passes(corpus)

    assert passes(found(tmp_path, corpus, WITH_SOURCE_IDENTITY, ALL)) == of_records
    assert len(of_records) > 2000
    assert {pass_.coverage for pass_ in of_records} >= {Coverage.COVERED, Coverage.UNCATALOGUED}
    assert {pass_.outcome for pass_ in of_records} == set(Outcome)
    assert {pass_.passer.source_identity for pass_ in of_records} > {"alice", None}
    calls = {(pass_.event_source, pass_.action) for pass_ in of_records}
    missing = {
        c.action for c in load_catalogue().calls() if c.passes_roles and (c.source, c.action) not in calls
    }
    assert len(missing) < 60, missing  # those whose role comes by a reference alone


def test_of_the_table_that_aws_documents_only_the_source_identity_is_missing(
    tmp_path: Path, corpus: list[dict[str, Any]]
) -> None:
    def without(pass_: Pass) -> Pass:
        return dataclasses.replace(pass_, passer=dataclasses.replace(pass_.passer, source_identity=None))

    assert passes(found(tmp_path, corpus, IDENTITY, TABLE)) == [without(pass_) for pass_ in passes(corpus)]


def test_what_passes_nothing_stays_where_it_is(tmp_path: Path, corpus: list[dict[str, Any]]) -> None:
    names = [one["eventName"] for one in found(tmp_path, corpus, IDENTITY, TABLE)]

    assert len(names) < len(corpus) - 2000
    assert not {"DescribeInstances", "GetObject", "AssumeRole", "CreateRole", "Decrypt"} & set(names)
