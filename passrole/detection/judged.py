"""A pass with what a policy says about it, as the commands tell it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from passrole.evidence import Evidence
from passrole.finding.severity import severity_of
from passrole.passes import Pass
from passrole.policy import Decision, Severity, Stage, Verdict, evaluate, stage_for

if TYPE_CHECKING:
    from passrole.detection.detector import EvidenceSource
    from passrole.policy import CompiledPolicy

_OF_NO_CONCERN = (Decision.APPROVED, Decision.EXEMPT)


@dataclass(frozen=True, slots=True)
class Judged:
    """A pass with its verdict; severity and response are None where there is nothing to respond to."""

    pass_: Pass
    verdict: Verdict
    severity: Severity | None
    response: Stage | None

    def to_json(self) -> dict[str, Any]:
        """The contract of ``passrole check --json``."""
        verdict = self.verdict.to_json()
        return {
            **self.pass_.to_json(),
            "verdict": verdict["verdict"],
            "severity": self.severity,
            "response": self.response,
            "reasons": verdict["reasons"],
            "policy_hash": verdict["policy_hash"],
        }


def judge(
    policy: "CompiledPolicy",
    pass_: Pass,
    known: Evidence,
    source: "EvidenceSource",
    stage: "Callable[[CompiledPolicy, Pass, Verdict], Stage]" = stage_for,
) -> Judged:
    """The verdict on a pass, with severity and response where there is something to respond to.

    Args:
        known: what is known of its role.
        source: where what only a finding wants comes from.
    """
    return judged_as(policy, pass_, evaluate(policy, pass_, known, known.observed_at), known, source, stage)


def judged_as(
    policy: "CompiledPolicy",
    pass_: Pass,
    verdict: Verdict,
    known: Evidence,
    source: "EvidenceSource",
    stage: "Callable[[CompiledPolicy, Pass, Verdict], Stage]" = stage_for,
) -> Judged:
    """The same, where the verdict is there already."""
    if verdict.decision in _OF_NO_CONCERN:
        return Judged(pass_, verdict, None, None)
    severity = severity_of(pass_, verdict, source.with_administrator(pass_, known))
    return Judged(pass_, verdict, severity, stage(policy, pass_, verdict))
