"""The policy: what is approved, what is done about the rest, and the verdict on a pass."""

from passrole.policy.compiled import CompiledPolicy, Condition, Responses, Stage, Statement, load_deployed
from passrole.policy.evaluate import evaluate
from passrole.policy.response import stage_for
from passrole.policy.verdict import Decision, Verdict

__all__ = [
    "CompiledPolicy",
    "Condition",
    "Decision",
    "Responses",
    "Stage",
    "Statement",
    "Verdict",
    "evaluate",
    "load_deployed",
    "stage_for",
]
