"""CodePipeline's pipelines and the transitions between their stages.

Source: CodePipeline's API reference (GetPipelineState, DisableStageTransition, EnableStageTransition) and
"Working with stage transitions" of its user guide.
"""
# ruff: noqa: N803 - parameters are named as the API names them

from typing import Any

from tests.unit.quarantine.fakes.api import FakeApi, RefusedError
from tests.unit.samples import ACCOUNT, NOW, REGION


class CodePipelineApi(FakeApi):
    """CodePipeline; transitions lead into every stage but the first, and are enabled at first."""

    service = "codepipeline"

    def __init__(self) -> None:
        self._pipelines: dict[str, dict[str, Any]] = {}
        self._disabled: dict[tuple[str, str], str] = {}

    def create_pipeline(self, pipeline: dict[str, Any]) -> dict[str, Any]:
        self._pipelines[pipeline["name"]] = pipeline | {"version": 1}
        return {"pipeline": self._pipelines[pipeline["name"]]}

    def update_pipeline(self, pipeline: dict[str, Any]) -> dict[str, Any]:
        version = self._pipeline(pipeline["name"], of_update=True)["version"]
        self._pipelines[pipeline["name"]] = pipeline | {"version": version + 1}
        return {"pipeline": self._pipelines[pipeline["name"]]}

    def delete_pipeline(self, name: str) -> None:
        self._pipelines.pop(name, None)

    def get_pipeline(self, name: str) -> dict[str, Any]:
        arn = f"arn:aws:codepipeline:{REGION}:{ACCOUNT}:{name}"
        metadata = {"pipelineArn": arn, "created": NOW, "updated": NOW}
        return {"pipeline": self._pipeline(name), "metadata": metadata}

    def get_pipeline_state(self, name: str) -> dict[str, Any]:
        first, *others = (stage["name"] for stage in self._pipeline(name)["stages"])
        states = [{"stageName": other, "inboundTransitionState": self._into(name, other)} for other in others]
        return {"pipelineName": name, "stageStates": [{"stageName": first}, *states]}

    def disable_stage_transition(
        self,
        pipelineName: str,
        stageName: str,
        transitionType: str,
        reason: str,
    ) -> None:
        self._check_transition(pipelineName, stageName, transitionType)
        self._disabled[pipelineName, stageName] = reason

    def enable_stage_transition(
        self,
        pipelineName: str,
        stageName: str,
        transitionType: str,
    ) -> None:
        self._check_transition(pipelineName, stageName, transitionType)
        self._disabled.pop((pipelineName, stageName), None)

    def _pipeline(self, name: str, *, of_update: bool = False) -> dict[str, Any]:
        if name not in self._pipelines:
            code = "ValidationException" if of_update else "PipelineNotFoundException"
            raise RefusedError(code, f"Account does not have a pipeline with name '{name}'")
        return self._pipelines[name]

    def _into(self, pipeline: str, stage: str) -> dict[str, Any]:
        reason = self._disabled.get((pipeline, stage))
        if reason is None:
            return {"enabled": True}
        return {"enabled": False, "disabledReason": reason, "lastChangedBy": ACCOUNT, "lastChangedAt": NOW}

    def _check_transition(self, pipeline: str, stage: str, kind: str) -> None:
        first, *others = (s["name"] for s in self._pipeline(pipeline)["stages"])
        if stage not in (first, *others):
            raise RefusedError("StageNotFoundException", f"Stage {stage} does not exist in {pipeline}")
        assert kind == "Inbound", "the fake knows transitions by the stage that they lead into"
        if stage == first:  # whether CodePipeline takes one there is not documented
            raise RefusedError("ValidationException", f"No transition leads into the first stage, {stage}")
