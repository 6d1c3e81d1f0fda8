"""A pass with what a policy says about it."""

from dataclasses import dataclass
from typing import Any

from passrole.passes import Pass
from passrole.policy import Severity, Stage, Verdict


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
