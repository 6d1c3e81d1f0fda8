"""CodeBuild projects: roles of batch builds, builds in progress, and what is not read."""
# ruff: noqa: N803 - parameters are named as the API names them

import json
from datetime import timedelta
from typing import Any

import pytest

from passrole.arn import Arn
from passrole.clock import utc_now
from passrole.quarantine.module import Aws, CannotRestoreError
from passrole.quarantine.modules.codebuild_project import CodeBuildProject
from tests.unit.quarantine.fakes.api import FakeApi
from tests.unit.quarantine.modules.case import QUARANTINE_ROLE
from tests.unit.samples import ACCOUNT, NOW, REGION, ROLE

PROJECT = Arn("aws", "codebuild", REGION, ACCOUNT, "project/shop")
OTHER = f"arn:aws:iam::{ACCOUNT}:role/other"
BATCH = {"serviceRole": ROLE, "combineArtifacts": True, "timeoutInMins": 33}
A_PAGE = 2


class FakeCodeBuild(FakeApi):
    service = "codebuild"

    def __init__(self) -> None:
        self.project: dict[str, Any] = {
            "name": "shop",
            "created": NOW,
            "serviceRole": ROLE,
            "environment": {
                "type": "LINUX_CONTAINER",
                "image": "aws/codebuild/standard:7.0",
                "computeType": "BUILD_GENERAL1_SMALL",
                "environmentVariables": [{"name": "TOKEN", "value": "hunter2"}],
            },
        }
        self.builds: dict[str, dict[str, Any]] = {}
        self.batches = {"shop:batch-1": "IN_PROGRESS", "shop:batch-0": "SUCCEEDED"}
        self.pages_read = 0

    def batch_get_projects(self, names: list[str]) -> Any:
        return {"projects": [self.project] if names == ["shop"] else []}

    def update_project(self, name: str, **changes: Any) -> None:
        self.project |= changes

    def list_builds_for_project(
        self, projectName: str, sortOrder: str = "DESCENDING", nextToken: str = "0"
    ) -> Any:
        self.pages_read += 1
        start, ids = int(nextToken), sorted(self.builds, reverse=sortOrder == "DESCENDING")
        more = {"nextToken": str(start + A_PAGE)} if start + A_PAGE < len(ids) else {}
        return {"ids": ids[start : start + A_PAGE], **more}

    def batch_get_builds(self, ids: list[str]) -> Any:
        return {"builds": [{"id": id_, **self.builds[id_]} for id_ in ids]}

    def stop_build(self, id: str) -> None:  # noqa: A002
        self.builds[id]["buildStatus"] = "STOPPED"

    def list_build_batches_for_project(self, projectName: str, filter: dict[str, str]) -> Any:  # noqa: A002
        return {"ids": [id_ for id_, status in self.batches.items() if status == filter["status"]]}

    def stop_build_batch(self, id: str) -> None:  # noqa: A002
        self.batches[id] = "STOPPED"


@pytest.fixture
def codebuild() -> FakeCodeBuild:
    return FakeCodeBuild()


@pytest.fixture
def acting(aws: None, codebuild: FakeCodeBuild) -> Aws:
    return Aws(lambda _service, region: codebuild.client(region), QUARANTINE_ROLE)


def described(acting: Aws) -> Any:
    now = CodeBuildProject().describe(acting, PROJECT)
    assert now is not None
    return now


def test_a_role_of_batch_builds_alone_is_replaced_and_its_settings_stay(
    codebuild: FakeCodeBuild, acting: Aws
) -> None:
    module = CodeBuildProject()
    codebuild.project |= {"serviceRole": OTHER, "buildBatchConfig": BATCH}
    now = described(acting)
    assert module.holds(now, ROLE)

    module.contain(acting, PROJECT, now, ROLE)

    assert codebuild.project["serviceRole"] == OTHER
    assert codebuild.project["buildBatchConfig"] == BATCH | {"serviceRole": QUARANTINE_ROLE}
    assert module.is_contained(acting, described(acting), ROLE)
    assert module.gives_back(now) == (OTHER, ROLE)

    module.release(acting, PROJECT, now)

    assert codebuild.project["buildBatchConfig"] == BATCH


def test_a_role_in_both_places_is_replaced_in_both(codebuild: FakeCodeBuild, acting: Aws) -> None:
    module = CodeBuildProject()
    codebuild.project["buildBatchConfig"] = BATCH
    now = described(acting)

    module.contain(acting, PROJECT, now, ROLE)

    assert codebuild.project["serviceRole"] == QUARANTINE_ROLE
    assert codebuild.project["buildBatchConfig"]["serviceRole"] == QUARANTINE_ROLE
    assert module.gives_back(now) == (ROLE,)


def test_a_release_leaves_settings_of_batch_builds_that_others_changed(
    codebuild: FakeCodeBuild, acting: Aws
) -> None:
    module = CodeBuildProject()
    codebuild.project["buildBatchConfig"] = BATCH
    now = described(acting)
    module.contain(acting, PROJECT, now, ROLE)
    codebuild.project["buildBatchConfig"] |= {"timeoutInMins": 99}

    module.release(acting, PROJECT, now)

    assert codebuild.project["buildBatchConfig"] == BATCH | {"timeoutInMins": 99}


def test_a_release_overwrites_no_role_that_others_put_there(codebuild: FakeCodeBuild, acting: Aws) -> None:
    module, now = CodeBuildProject(), described(acting)
    module.contain(acting, PROJECT, now, ROLE)
    codebuild.project["serviceRole"] = OTHER

    with pytest.raises(CannotRestoreError, match="role/other"):
        module.release(acting, PROJECT, now)

    assert codebuild.project["serviceRole"] == OTHER


def test_environment_variables_are_not_saved(acting: Aws) -> None:
    assert "hunter2" not in json.dumps(described(acting))


def test_builds_in_progress_are_stopped_on_every_page(codebuild: FakeCodeBuild, acting: Aws) -> None:
    statuses = ("IN_PROGRESS", "SUCCEEDED", "FAILED", "IN_PROGRESS", "SUCCEEDED", "IN_PROGRESS")
    for number, status in enumerate(statuses):
        codebuild.builds[f"shop:{number}"] = {"buildStatus": status, "startTime": utc_now()}

    CodeBuildProject().stop_running(acting, PROJECT)

    after = [build["buildStatus"] for build in codebuild.builds.values()]
    assert after == ["STOPPED", "SUCCEEDED", "FAILED", "STOPPED", "SUCCEEDED", "STOPPED"]
    assert codebuild.batches == {"shop:batch-1": "STOPPED", "shop:batch-0": "SUCCEEDED"}


def test_builds_that_must_have_ended_are_not_looked_up(codebuild: FakeCodeBuild, acting: Aws) -> None:
    for number in range(10):
        long_ago = utc_now() - timedelta(days=9 - number)
        codebuild.builds[f"shop:{number}"] = {"buildStatus": "SUCCEEDED", "startTime": long_ago}

    CodeBuildProject().stop_running(acting, PROJECT)

    assert codebuild.pages_read == 2
