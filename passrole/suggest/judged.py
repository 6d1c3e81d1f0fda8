"""What a suggested policy says of the passes that it comes from, by the evaluation that judges all passes."""

from collections.abc import Iterator
from dataclasses import dataclass

from passrole.passes import Pass
from passrole.policy import CompiledPolicy, Decision, Verdict, evaluate
from passrole.suggest.observed import Case, Observed


@dataclass(frozen=True, slots=True)
class JudgedCase:
    """Passes that are alike, with the verdict on the latest of them."""

    case: Case
    count: int
    latest: Pass
    verdict: Verdict

    @property
    def is_approved(self) -> bool:
        return self.verdict.decision is Decision.APPROVED


def judged_cases(policy: CompiledPolicy, observed: Observed) -> Iterator[JudgedCase]:
    """Each case that was seen, judged."""
    for case, (count, latest) in observed.cases.items():
        evidence = observed.evidence(latest)
        yield JudgedCase(case, count, latest, evaluate(policy, latest, evidence, evidence.observed_at))
