"""CodePipeline pipelines, in a fake."""

from typing import Any

from passrole.quarantine.modules.code_pipeline import CodePipeline
from tests.unit.quarantine.fakes.api import FakeApi
from tests.unit.quarantine.fakes.codepipeline import CodePipelineApi
from tests.unit.quarantine.modules.case import Case, Clients
from tests.unit.samples import ACCOUNT, REGION

STAGES = ("Source", "Build", "Approve", "Deploy")


class CodePipelineCase(Case):
    module = CodePipeline()
    place = "pipeline role"
    event = ("codepipeline.amazonaws.com", "CreatePipeline")
    faked = ("codepipeline",)
    denied_act = "disable_stage_transition"

    def fake(self, service: str) -> FakeApi:
        return CodePipelineApi()

    def make(self, clients: Clients, role: str) -> str:
        clients("codepipeline").create_pipeline(pipeline=pipeline_with(role))
        disable(clients, "Deploy", "Not before the holidays are over")
        return f"arn:aws:codepipeline:{REGION}:{ACCOUNT}:orders"

    def snapshot(self, clients: Clients, arn: str) -> Any:
        client = clients("codepipeline")
        return [client.get_pipeline(name="orders")["pipeline"], _transitions(clients)]

    def works(self, clients: Clients, arn: str) -> bool:
        return any(transition.get("enabled") for transition in _transitions(clients).values())

    def give_other_role(self, clients: Clients, arn: str, role: str) -> None:
        clients("codepipeline").update_pipeline(pipeline=pipeline_with(role))

    def meddle(self, clients: Clients, arn: str) -> None:
        enable(clients, "Build")
        disable(clients, "Build", "The compiler is broken")

    def remove(self, clients: Clients, arn: str) -> None:
        clients("codepipeline").delete_pipeline(name="orders")


def pipeline_with(role: str, stages: tuple[str, ...] = STAGES) -> dict[str, Any]:
    """A pipeline that has one manual action in each stage but the first."""
    approval = {"category": "Approval", "owner": "AWS", "provider": "Manual", "version": "1"}
    source = {"category": "Source", "owner": "AWS", "provider": "S3", "version": "1"}
    return {
        "name": "orders",
        "roleArn": role,
        "artifactStore": {"type": "S3", "location": "artifacts"},
        "stages": [
            {
                "name": stage,
                "actions": [{"name": stage, "actionTypeId": approval if number else source}],
            }
            for number, stage in enumerate(stages)
        ],
    }


def disable(clients: Clients, stage: str, reason: str) -> None:
    clients("codepipeline").disable_stage_transition(
        pipelineName="orders", stageName=stage, transitionType="Inbound", reason=reason
    )


def enable(clients: Clients, stage: str) -> None:
    clients("codepipeline").enable_stage_transition(
        pipelineName="orders", stageName=stage, transitionType="Inbound"
    )


def _transitions(clients: Clients) -> dict[str, Any]:
    stages = clients("codepipeline").get_pipeline_state(name="orders")["stageStates"]
    return {stage["stageName"]: stage.get("inboundTransitionState", {}) for stage in stages}
