"""What a table in Athena lacks is unknown to a policy, never absent."""

import copy
from typing import Any

import pytest

from passrole.audit.athena.described import NEEDED
from passrole.audit.athena.fields import FIELDS, SOURCE_IDENTITY, Field
from passrole.audit.athena.table import Table
from passrole.evidence import Evidence, Known, Unknown
from passrole.passes import Pass
from passrole.policy import Decision, evaluate
from passrole.policy.keys import KEYS, Subject
from passrole.policy.load import load_guardrail
from passrole.trail import passes_of
from tests.unit.audit.athena.corpus import records
from tests.unit.samples import create_function_record, evidence_of

EVIDENCE: Evidence = evidence_of("arn:aws:iam::111122223333:role/app/x", {})
SESSION = {
    "type": "AssumedRole",
    "arn": "arn:aws:sts::111122223333:assumed-role/deploy/ci",
    "accountId": "111122223333",
    "sessionContext": {"attributes": {"mfaAuthenticated": "true", "creationDate": "2026-11-22T10:00:00Z"}},
}
CALLED = create_function_record(userIdentity=SESSION | {"invokedBy": "cloudformation.amazonaws.com"})
THROUGH = create_function_record(vpcEndpointId="vpce-1", sourceIPAddress="10.0.0.7")
LACKING = [field for field in FIELDS if field.column[0] not in NEEDED or len(field.column) > 1]


def without(record: dict[str, Any], field: Field) -> dict[str, Any]:
    less = copy.deepcopy(record)
    *above, last = field.path
    part = less
    for name in above:
        part = part.get(name) or {}
    part.pop(last, None)
    return less


def read(pass_: Pass) -> dict[str, Any]:
    subject = Subject(pass_, EVIDENCE, Known(pass_.services[0]))
    return {key.name: key.read(subject, "team") for key in KEYS}


@pytest.mark.parametrize("field", LACKING, ids=lambda field: field.alias)
def test_no_key_takes_what_a_table_lacks_for_something_else(field: Field) -> None:
    asked = [told for told in records() if (told.get("userIdentity") or {}).get("type")][::5]
    seen = 0
    for record in (*asked, CALLED, THROUGH):
        for whole, less in zip(passes_of(record), passes_of(without(record, field)), strict=True):
            if not whole.services or whole == less:
                continue
            seen += 1
            facts = read(whole)
            for name, fact in read(less).items():
                is_same = fact == facts[name] or isinstance(fact, Unknown)
                assert is_same or name in field.keys, (name, facts[name], fact)
    assert seen or not field.keys


def test_a_policy_that_asks_for_it_is_undetermined(tmp_path: Any) -> None:
    path = tmp_path / "guardrail.yaml"
    path.write_text(
        "version: 1\napproved: []\nstatements:\n  - {Effect: Allow, Resource: '*'}\n"
        "  - {Effect: Deny, Resource: '*', Condition: {StringEquals: {'aws:SourceIdentity': mallory}}}\n"
    )
    policy = load_guardrail(path).compiled
    [pass_] = passes_of(create_function_record())
    table = Table.parse("logs.cloudtrail")
    unknown = Unknown("no column tells it", lasting=True)

    verdict = evaluate(policy, pass_, EVIDENCE, "2026-11-22T12:00:00Z", {"aws:sourceidentity": unknown})

    assert table.untold == SOURCE_IDENTITY.keys == ("aws:SourceIdentity",)
    assert verdict.decision is Decision.UNDETERMINED
    assert "no column tells it" in " ".join(verdict.reasons)
    assert evaluate(policy, pass_, EVIDENCE, "2026-11-22T12:00:00Z").decision is Decision.APPROVED
