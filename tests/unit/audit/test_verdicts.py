"""However often a question was asked before, the verdict is that of `evaluate`, with its reasons."""

from pathlib import Path

import pytest

from passrole.audit.verdicts import Verdicts
from passrole.evidence.snapshot import NoIam
from passrole.evidence.wanted import Wanted
from passrole.policy import CompiledPolicy, evaluate
from passrole.policy.load import load_guardrail
from passrole.trail import passes_of
from tests.fixtures import EVENT_NAMES, record
from tests.unit.catalogue.proofs import covered, records_of
from tests.unit.samples import evidence_of

PASSES = [
    pass_
    for told in (
        *(record(name) for name in EVENT_NAMES),
        *(each for call in covered() for each in records_of(call)),
    )
    for pass_ in passes_of(told)
][::3]
AT = "2026-11-22T12:00:00Z"
BY_MUCH = """
version: 1
approved:
  - {name: deployers, roles: ["/application_role/*"], services: [lambda.amazonaws.com]}
statements:
  - Effect: Deny
    Resource: "*"
    Condition: {IpAddress: {aws:SourceIp: 203.0.113.0/24}}
  - Effect: Allow
    Resource: arn:aws:iam::*:role/${aws:PrincipalAccount}/*
  - Effect: Allow
    Resource: "*"
    Condition: {ArnLike: {"aws:PrincipalArn": "arn:aws:iam::*:role/deploy*"}}
  - Effect: Allow
    Resource: "*"
    Condition: {StringEquals: {"role:Tag/team": "${aws:PrincipalTag/team}"}}
exemptions:
  - {name: old, owner: a@example.com, reason: "moves", expires: "2027-03-31", roles: ["/dev/*"]}
"""


@pytest.fixture(params=["the project's own", "by much"])
def policy(request: pytest.FixtureRequest, tmp_path: Path) -> CompiledPolicy:
    path = Path(__file__).parents[3] / "guardrail.yaml"
    if request.param == "by much":
        path = tmp_path / "guardrail.yaml"
        path.write_text(BY_MUCH)
    return load_guardrail(path).compiled


def test_each_verdict_is_that_of_the_pass_itself(policy: CompiledPolicy) -> None:
    verdicts, source = Verdicts(policy, AT), NoIam(wanted=Wanted.of(policy.keys))
    for _ in range(2):
        for pass_ in PASSES:
            for evidence in (
                source.evidence(pass_),
                evidence_of(pass_.role.arn or "arn:aws:iam::1:role/x", {"team": "a"}),
            ):
                told, expected = verdicts.verdict(pass_, evidence), evaluate(policy, pass_, evidence, AT)
                assert (told.decision, told.reasons, told.checks, told.denials) == (
                    expected.decision,
                    expected.reasons,
                    expected.checks,
                    expected.denials,
                )
