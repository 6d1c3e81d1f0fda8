"""A row holds all that is told of a pass, and no two that differ in anything have one identity."""

import json
from pathlib import Path
from typing import Any

import pytest

from passrole.audit.auditor import Auditor, How
from passrole.audit.contract import contract_of
from passrole.audit.lines import line_of
from passrole.audit.store import Store
from passrole.detection.judged import judge
from passrole.evidence.snapshot import NoIam
from passrole.evidence.wanted import Wanted
from passrole.policy.load import load_guardrail
from passrole.trail import passes_of
from tests.fixtures import EVENT_NAMES, record
from tests.unit.catalogue.proofs import covered, records_of
from tests.unit.samples import create_function_record

RECORDS = [record(name) for name in EVENT_NAMES] + [told for call in covered() for told in records_of(call)]
ROOT = Path(__file__).resolve().parents[3]
POLICY = load_guardrail(ROOT / "guardrail.yaml").compiled


def told_by(records: list[dict[str, Any]], policy: bool) -> list[dict[str, Any]]:
    """What an audit of the records writes as JSON, in its order."""
    auditor = Auditor(How(POLICY.to_json() if policy else None))
    with Store.of_rows(auditor.rows_of(records)) as store:
        return list(map(contract_of, store.rows()))


def as_text(passes: list[dict[str, Any]]) -> list[str]:
    return sorted(map(json.dumps, passes))


def test_an_audit_tells_what_extract_tells() -> None:
    expected = {json.dumps(pass_.to_json()): None for each in RECORDS for pass_ in passes_of(each)}

    assert as_text(told_by(RECORDS, policy=False)) == sorted(expected)


def test_an_audit_tells_what_check_tells() -> None:
    source = NoIam(wanted=Wanted.of(POLICY.keys))
    expected = {
        json.dumps(judge(POLICY, pass_, source.evidence(pass_), source).to_json()): None
        for each in RECORDS
        for pass_ in passes_of(each)
    }

    assert as_text(told_by(RECORDS, policy=True)) == sorted(expected)


@pytest.mark.parametrize(
    "change",
    [
        {"userAgent": "another"},
        {"sourceIPAddress": "203.0.113.7"},
        {"vpcEndpointId": "vpce-1"},
        {"errorCode": "ValidationException"},
        {"requestParameters": {"functionName": "other", "role": "arn:aws:iam::111122223333:role/other"}},
        {"userIdentity": {"type": "IAMUser", "accessKeyId": "AKIAIOSFODNN7EXAMPLE"}},
    ],
    ids=lambda change: next(iter(change)),
)
def test_records_of_one_id_that_tell_different_things_are_two(change: dict[str, Any]) -> None:
    one = create_function_record()

    assert len(told_by([one, one, one | change, one], policy=False)) == 2


def test_halves_of_characters_are_told_as_such() -> None:
    [told] = told_by([create_function_record(userAgent="a\ud800b\x00é😀")], policy=False)

    assert told["passer"]["user_agent"] == "a\ufffdb\x00é😀"


def test_a_role_with_half_a_character_in_its_name_stays_none() -> None:
    record = create_function_record("arn:aws:iam::111122223333:role/a\ud800b/name")

    [told] = told_by([record], policy=False)

    assert told["role"] == {
        "value": "arn:aws:iam::111122223333:role/a\ufffdb/name",
        "kind": "role_arn",
        "arn": None,
        "name": None,
    }


def test_tags_that_differ_in_half_a_character_alone_are_one() -> None:
    tags = {f"a{half}": half for half in ("\ud800", "\udfff")}

    with Store.of_rows([{"role_tags": tags}]) as store:
        [row] = store.rows()

    assert row["role_tags"] == {"a\ufffd": "\ufffd"}


def test_a_row_longer_than_any_real_one_is_cut() -> None:
    row = {"reasons": ["x" * 5_000_000], "role": "y" * 1_001, "services": [f"s{n}" for n in range(200)]}

    told = json.loads(line_of(row))

    assert told["reasons"] == ["x" * 1_000 + "…"]
    assert told["role"] == "y" * 1_000 + "…"
    assert len(told["services"]) == 101
