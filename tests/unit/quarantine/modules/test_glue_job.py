"""Glue jobs: an update replaces the whole job, and refuses what GetJob tells."""
# ruff: noqa: N803 - parameters are named as the API names them

import json
from typing import Any

import boto3
import pytest

from passrole.arn import Arn
from passrole.catalogue.loader import load_catalogue
from passrole.clock import iso
from passrole.passes import Direction, Passer
from passrole.quarantine.module import Aws, CannotRestoreError
from passrole.quarantine.modules.glue_job import STEP_ROLES, GlueJob
from tests.unit.quarantine.fakes.api import FakeApi, RefusedError
from tests.unit.quarantine.modules.case import QUARANTINE_ROLE
from tests.unit.quarantine.modules.cases.glue_job import GlueJobCase
from tests.unit.quarantine.world import CONTAIN, OPERATOR, World, open_finding
from tests.unit.samples import ACCOUNT, NOW, REGION, ROLE, RecordedTopic, create_ledger_table, pass_of

JOB = Arn("aws", "glue", REGION, ACCOUNT, "job/orders")
OF_AWS = {"Name": "orders", "CreatedOn": NOW, "LastModifiedOn": NOW, "ProfileName": "careful"}
SETTINGS: dict[str, Any] = {
    "Role": ROLE,
    "Command": {"Name": "glueetl", "ScriptLocation": "s3://scripts/orders.py"},
    "DefaultArguments": {"--stage": "test"},
    "Timeout": 77,
    "GlueVersion": "5.0",
    "ExecutionProperty": {"MaxConcurrentRuns": 4},
}
A_PAGE = 20


class FakeGlue(FakeApi):
    service = "glue"

    def __init__(self) -> None:
        self.job: dict[str, Any] = dict(SETTINGS)
        self.told: dict[str, Any] = {}
        self.runs: dict[str, str] = {}
        self.refuses: set[str] = set()

    def client(self, region: str = REGION) -> Any:
        client = super().client(region)
        # Glue writes its patterns of texts for Java: Python cannot read them.
        for shape in client.meta.service_model._service_description["shapes"].values():
            shape.pop("pattern", None)
        return client

    def get_job(self, JobName: str) -> Any:
        return {"Job": {**OF_AWS, **self.job, **self.told}}

    def update_job(self, JobName: str, JobUpdate: dict[str, Any]) -> Any:
        ways = ({"AllocatedCapacity"}, {"MaxCapacity"}, {"WorkerType", "NumberOfWorkers"})
        if sum(bool(way & set(JobUpdate)) for way in ways) > 1:
            raise RefusedError("InvalidInputException", "Please set only one way of capacity")
        kept = {"GlueVersion": self.job["GlueVersion"]} if "GlueVersion" in self.job else {}
        self.job = {**kept, **JobUpdate}
        return {"JobName": JobName}

    def get_job_runs(self, JobName: str, NextToken: str = "0") -> Any:
        start = int(NextToken)
        runs = [{"Id": id_, "JobRunState": state} for id_, state in self.runs.items()]
        more = {"NextToken": str(start + A_PAGE)} if start + A_PAGE < len(runs) else {}
        return {"JobRuns": runs[start : start + A_PAGE], **more}

    def batch_stop_job_run(self, JobName: str, JobRunIds: list[str]) -> Any:
        assert 1 <= len(JobRunIds) <= 25
        for id_ in set(JobRunIds) - self.refuses:
            self.runs[id_] = "STOPPING"
        errors = [{"JobName": JobName, "JobRunId": id_} for id_ in JobRunIds if id_ in self.refuses]
        return {"Errors": errors}


@pytest.fixture
def glue() -> FakeGlue:
    return FakeGlue()


@pytest.fixture
def acting(aws: None, glue: FakeGlue) -> Aws:
    def client(service: str, region: str) -> Any:
        make: Any = boto3.client
        return glue.client(region) if service == "glue" else make(service, region_name=region)

    return Aws(client, QUARANTINE_ROLE)


def described(acting: Aws) -> Any:
    now = GlueJob().describe(acting, JOB)
    assert now is not None
    return now


@pytest.mark.parametrize(
    ("set_", "told"),
    [
        ({"WorkerType": "G.2X", "NumberOfWorkers": 3}, {"AllocatedCapacity": 6, "MaxCapacity": 6.0}),
        ({"MaxCapacity": 0.0625}, {"AllocatedCapacity": 0}),
        ({"AllocatedCapacity": 5}, {}),
    ],
)
def test_the_capacity_is_given_back_in_the_one_way_that_it_was_set(
    glue: FakeGlue, acting: Aws, set_: dict[str, Any], told: dict[str, Any]
) -> None:
    module = GlueJob()
    glue.job |= set_
    glue.told = told
    now = described(acting)

    module.contain(acting, JOB, now, ROLE)
    assert glue.job == SETTINGS | set_ | {"Role": QUARANTINE_ROLE}

    module.release(acting, JOB, json.loads(json.dumps(now)))
    assert glue.job == SETTINGS | set_


def test_a_version_that_glue_chooses_is_left_to_it(glue: FakeGlue, acting: Aws) -> None:
    glue.told = {"AutoUpgradeMetadata": {"Status": "OBSERVING", "SourceVersion": "4.0"}}

    assert "GlueVersion" not in described(acting)["job"]


def test_a_role_that_is_named_without_its_path_is_found_and_given_back_as_it_was(
    glue: FakeGlue, acting: Aws
) -> None:
    module = GlueJob()
    boto3.client("iam").create_role(RoleName="deployer", Path="/dev/", AssumeRolePolicyDocument="{}")
    glue.job["Role"] = "deployer"
    now = described(acting)
    assert module.holds(now, ROLE)
    assert module.gives_back(now) == (ROLE,)

    module.contain(acting, JOB, now, ROLE)
    assert glue.job["Role"] == QUARANTINE_ROLE

    module.release(acting, JOB, now)
    assert glue.job["Role"] == "deployer"


def test_a_role_that_is_gone_is_held_by_no_arn(glue: FakeGlue, acting: Aws) -> None:
    glue.job["Role"] = "nobody"

    assert described(acting)["role"] is None
    assert GlueJob().gives_back(described(acting)) == ()


def test_what_others_set_after_the_look_stays(glue: FakeGlue, acting: Aws) -> None:
    now = described(acting)
    glue.job["Timeout"] = 5

    GlueJob().contain(acting, JOB, now, ROLE)

    assert glue.job["Timeout"] == 5
    assert GlueJob().changed_since(acting, described(acting), now) == (
        "Timeout is not what containment left",
    )


def test_a_role_that_others_put_there_after_the_look_stays(glue: FakeGlue, acting: Aws) -> None:
    now = described(acting)
    glue.job["Role"] = f"arn:aws:iam::{ACCOUNT}:role/other"

    GlueJob().contain(acting, JOB, now, ROLE)

    assert glue.job["Role"] == f"arn:aws:iam::{ACCOUNT}:role/other"


def test_a_release_overwrites_nothing_that_others_changed_and_tells_no_argument(
    glue: FakeGlue, acting: Aws
) -> None:
    module, now = GlueJob(), described(acting)
    module.contain(acting, JOB, now, ROLE)
    glue.job["DefaultArguments"] = {"--password": "hunter2"}

    with pytest.raises(CannotRestoreError, match="DefaultArguments") as refusal:
        module.release(acting, JOB, now)

    assert "hunter2" not in str(refusal.value)
    assert glue.job["Role"] == QUARANTINE_ROLE


def test_a_personal_access_token_is_not_saved_and_stands_against_an_update(
    glue: FakeGlue, acting: Aws
) -> None:
    glue.job["SourceControlDetails"] = {"AuthStrategy": "PERSONAL_ACCESS_TOKEN", "AuthToken": "hunter2"}

    now = described(acting)

    assert "hunter2" not in json.dumps(now)
    assert "personal access token" in str(GlueJob().objection(now, ""))


def test_a_token_in_secrets_manager_is_no_objection(glue: FakeGlue, acting: Aws) -> None:
    glue.job["SourceControlDetails"] = {"AuthStrategy": "AWS_SECRETS_MANAGER", "AuthToken": "git-token"}

    now = described(acting)

    assert GlueJob().objection(now, "") is None
    assert now["job"]["SourceControlDetails"] == glue.job["SourceControlDetails"]


NODES = {
    "source": {
        "RedshiftSource": {
            "Name": "orders",
            "Database": "shop",
            "Table": "orders",
            "TmpDirIAMRole": f"arn:aws:iam::{ACCOUNT}:role/dev/unload",
        }
    },
    "target": {"AmazonRedshiftTarget": {"Name": "copy", "Data": {"IamRole": {"Value": "copy"}}}},
    "gone": {"AmazonRedshiftTarget": {"Name": "gone", "Data": {"IamRole": {"Value": "gone"}}}},
}
"""Steps of a job of Glue Studio: their roles are named by ARN or by name."""


def test_roles_that_an_update_of_a_visual_job_passes_again_are_announced(
    glue: FakeGlue, acting: Aws, topic: RecordedTopic
) -> None:
    # Given a job whose steps name roles of their own
    iam = boto3.client("iam")
    iam.create_role(RoleName="deployer", Path="/dev/", AssumeRolePolicyDocument="{}")
    copy = iam.create_role(RoleName="copy", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    glue.job["CodeGenConfigurationNodes"] = NODES
    world = World(topic, new_client=acting.clients)
    create_ledger_table(world.client("dynamodb"))
    finding = open_finding(world.ledger(), GlueJobCase().finding(str(JOB), ROLE))
    world.clock.go_on(minutes=2)

    # When it is contained, and released
    world.container().contain(finding.id, "one")
    contained = announced(world, CONTAIN, "unload", QUARANTINE_ROLE, copy)
    releaser = world.releaser()
    releaser.release(releaser.plan(finding.id), who="sam", why="fine")
    released = announced(world, OPERATOR, "unload", ROLE, copy)

    # Then each pass in the records of both updates was announced
    assert contained == [True, True, True]
    assert released == [True, True, True]
    assert glue.job["CodeGenConfigurationNodes"] == NODES


def announced(world: World, who: str, tmp: str, *roles: str) -> list[bool]:
    """Whether an update of the job that passes these roles now is the one that the guard announced."""
    update = pass_of(
        event_id=f"44444444-4444-4444-8444-{len(who):012}",
        event_time=iso(world.clock()),
        resources=(str(JOB),),
        passer=Passer(type="AssumedRole", role_arn=who, account=ACCOUNT),
    )
    passed = (f"arn:aws:iam::{ACCOUNT}:role/dev/{tmp}", *roles)
    return [world.ledger().match_intent(update, role, {who}) is not None for role in passed]


def test_every_step_whose_role_is_passed_is_read() -> None:
    call = load_catalogue().call_of("glue.amazonaws.com", "UpdateJob")
    assert call is not None
    passed = [role for role in call.roles if role.direction is Direction.PASSES]

    paths = {path.removeprefix("jobUpdate.").lower() for role in passed for path in role.paths}

    assert paths == {"role", *(path.lower() for path in STEP_ROLES)}


def test_runs_that_run_or_wait_are_stopped_on_every_page(glue: FakeGlue, acting: Aws) -> None:
    states = ("RUNNING", "SUCCEEDED", "WAITING", "STARTING", "STOPPED")
    glue.runs = {f"jr_{number}": states[number % 5] for number in range(100)}

    GlueJob().stop_running(acting, JOB)

    assert list(glue.runs.values()) == ["STOPPING", "SUCCEEDED", "STOPPING", "STOPPING", "STOPPED"] * 20


def test_a_run_that_cannot_be_stopped_is_told(glue: FakeGlue, acting: Aws) -> None:
    glue.runs, glue.refuses = {"jr_1": "RUNNING", "jr_2": "RUNNING"}, {"jr_1"}

    with pytest.raises(RuntimeError, match="jr_1"):
        GlueJob().stop_running(acting, JOB)

    assert glue.runs["jr_2"] == "STOPPING"
