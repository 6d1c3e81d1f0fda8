"""The policy: what is approved, what is done about the rest, and the verdict on a pass."""

from passrole.language import Condition, Effect
from passrole.policy.compiled import (
    CompiledPolicy,
    Exemption,
    PolicyStatement,
    Responses,
    Severity,
    Stage,
    gravest,
    load_deployed,
)
from passrole.policy.evaluate import evaluate, without_exemptions
from passrole.policy.quarantine_rules import QuarantineRules
from passrole.policy.response import stage_for, stage_of_existing
from passrole.policy.verdict import Decision, Verdict

__all__ = [
    "CompiledPolicy",
    "Condition",
    "Decision",
    "Effect",
    "Exemption",
    "PolicyStatement",
    "QuarantineRules",
    "Responses",
    "Severity",
    "Stage",
    "Verdict",
    "evaluate",
    "gravest",
    "load_deployed",
    "stage_for",
    "stage_of_existing",
    "without_exemptions",
]
