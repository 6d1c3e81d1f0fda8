"""Containment of a CodePipeline pipeline: no execution gets from one stage into the next.

Source: CodePipeline's API reference for DisableStageTransition and GetPipelineState; "Working with stage
transitions" of its user guide: a transition links two stages, so that none leads into the first.
"""

from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from passrole.arn import Arn
from passrole.clock import iso
from passrole.grants import Grant
from passrole.quarantine.module import Aws, CannotRestoreError, Prior, QuarantineModule, State, code_of

# CodePipeline takes letters, digits, blanks and !@().*?- only.
REASON = "Quarantined by PassRole Guardrail"
_PIPELINES = "arn:{partition}:codepipeline:*:{account}:*"
_STAGES = "arn:{partition}:codepipeline:*:{account}:*/*"
_WHY_ANY_PIPELINE = "a violation can be in any pipeline of the account"


class CodePipeline(QuarantineModule):
    """A pipeline that holds a role, with which its actions run."""

    name = "code-pipeline"
    resource_type = "codepipeline:pipeline"
    places = ("pipeline role",)
    services = ("codepipeline.amazonaws.com",)
    does = "transitions into all stages but the first disabled: no execution enters another stage"
    still_runs = (
        "executions start, and the first stage (the source) runs with the role; "
        "a stage that an execution has entered runs to its end"
    )
    saves = "which transitions were disabled before, and their reasons"
    loses = "executions that newer ones overtake while they wait, and those that wait longer than 30 days"
    describe_grants = (
        Grant(
            actions=("codepipeline:GetPipeline", "codepipeline:GetPipelineState"),
            resources=(_PIPELINES,),
            reason=_WHY_ANY_PIPELINE,
        ),
    )
    contain_grants = (
        Grant(
            actions=("codepipeline:DisableStageTransition",),
            resources=(_STAGES,),
            reason=_WHY_ANY_PIPELINE,
        ),
    )
    release_grants = (
        Grant(
            actions=("codepipeline:EnableStageTransition",),
            resources=(_STAGES,),
            reason=_WHY_ANY_PIPELINE,
        ),
    )

    def describe(self, aws: Aws, resource: Arn) -> State | None:
        """``role``, and ``disabled``: stage -> why the transition into it is disabled; None if it is not."""
        client = aws.clients("codepipeline", resource.region)
        try:
            found = client.get_pipeline(name=resource.resource)
            stages = client.get_pipeline_state(name=resource.resource)["stageStates"]
        except ClientError as error:
            if code_of(error) == "PipelineNotFoundException":
                return None
            raise
        first, created = found["pipeline"]["stages"][0]["name"], found["metadata"].get("created")
        return {
            "made": iso(created) if created else None,
            "role": found["pipeline"]["roleArn"],
            "disabled": {s["stageName"]: _why_disabled(s) for s in stages if s["stageName"] != first},
        }

    def holds(self, now: State, role: str) -> bool:
        return bool(now["role"] == role)

    def is_contained(self, aws: Aws, now: State, role: str) -> bool:
        return None not in now["disabled"].values()

    def contain(self, aws: Aws, resource: Arn, now: State, role: str) -> None:
        client = aws.clients("codepipeline", resource.region)
        for stage, why in now["disabled"].items():
            if why is None:
                client.disable_stage_transition(
                    pipelineName=resource.resource, stageName=stage, transitionType="Inbound", reason=REASON
                )

    def puts_back(self, prior: Prior) -> tuple[str, ...]:
        return tuple(f"transition into {stage}: enabled" for stage in _enabled(prior))

    def changed_since(self, aws: Aws, now: State, prior: Prior) -> tuple[str, ...]:
        enabled = (
            f"the transition into {stage} is enabled, before it was disabled: {why}"
            for stage, why in prior["disabled"].items()
            if why is not None and now["disabled"].get(stage, why) is None
        )
        return (*_disabled_by_others(now, prior), *enabled)

    def is_released(self, now: State, prior: Prior) -> bool:
        ours = [stage for stage, why in now["disabled"].items() if _is_ours(stage, why, prior)]
        left = [stage for stage in _enabled(prior) if now["disabled"].get(stage) is not None]
        return not ours and not left

    def release(self, aws: Aws, resource: Arn, prior: Prior) -> None:
        now = self.describe(aws, resource)
        if now is None:
            return
        for refusal in _disabled_by_others(now, prior):
            raise CannotRestoreError(refusal)
        client = aws.clients("codepipeline", resource.region)
        for stage, why in now["disabled"].items():
            if _is_ours(stage, why, prior):
                client.enable_stage_transition(
                    pipelineName=resource.resource, stageName=stage, transitionType="Inbound"
                )


def _why_disabled(stage: Any) -> str | None:
    """The reason that is given for the transition into a stage, maybe empty; None if it is enabled."""
    transition = stage.get("inboundTransitionState", {})
    reason: str = transition.get("disabledReason", "")
    return None if transition.get("enabled", True) else reason


def _enabled(prior: Prior) -> list[str]:
    return [stage for stage, why in prior["disabled"].items() if why is None]


def _is_ours(stage: str, why: str | None, prior: Prior) -> bool:
    """Whether containment disabled it: also that into a stage which somebody added since."""
    return why == REASON and prior["disabled"].get(stage) is None


def _disabled_by_others(now: State, prior: Prior) -> Iterator[str]:
    for stage in _enabled(prior):
        why = now["disabled"].get(stage)
        if why is not None and why != REASON:
            yield f"the transition into {stage} is disabled for another reason: {why or 'none is given'}"
