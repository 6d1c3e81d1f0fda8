"""Policies with exemptions, and what they make of a pass."""

from passrole.evidence import Evidence
from passrole.passes import Pass
from passrole.policy import CompiledPolicy, Decision, Exemption, PolicyStatement, Responses, Verdict, evaluate
from tests.unit.policy.builders import ACCOUNT, AT, a_pass, a_role

EXPIRES = "2027-04-01T00:00:00Z"
OK, EXEMPT, NO, OPEN = Decision.APPROVED, Decision.EXEMPT, Decision.VIOLATION, Decision.UNDETERMINED
OTHER = f"arn:aws:iam::{ACCOUNT}:role/other/x"


def policy(*statements: PolicyStatement, exemptions: tuple[Exemption, ...]) -> CompiledPolicy:
    return CompiledPolicy(statements, Responses(), exemptions=exemptions)


def judge(
    policy: CompiledPolicy, pass_: Pass | None = None, role: Evidence | None = None, at: str = AT
) -> Verdict:
    return evaluate(policy, pass_ or a_pass(), role or a_role(tags={"team": "web"}), at)
