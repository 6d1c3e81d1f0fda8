"""A change of IAM leads to what holds the role: by its name, by its policy, or by its instance profile."""

import json
from dataclasses import replace
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from passrole.passes import Origin
from passrole.sweep.position import Place
from passrole.sweep.role_changes import RoleChange
from passrole.sweep.tasks import JudgeRole, LookAtProfile, Task
from passrole.sweep.work import MOST_FAULTS
from tests.unit.samples import ACCOUNT, FUNCTION, REGION, ROLE
from tests.unit.sweep.pages import HERE, PagingApi, listing_of
from tests.unit.sweep.running import ELSEWHERE, RefusingApi, Running
from tests.unit.sweep.world import World

POLICY = f"arn:aws:iam::{ACCOUNT}:policy/deploy"
PROFILE = f"arn:aws:iam::{ACCOUNT}:instance-profile/web"
AT = "2026-11-22T12:00:00Z"


class FilteredApi(PagingApi):
    """Lists instances of one profile; ``filters`` are those that it was asked by."""

    filters: list[Any]

    def list_all(self, Token: str | None = None, Filters: Any = None) -> dict[str, Any]:  # noqa: N803
        self.filters = [*getattr(self, "filters", []), Filters]
        return super().list_all(Token)


@pytest.fixture
def iam(aws: None) -> Any:
    client = boto3.client("iam")
    for name in ("deployer", "other"):
        client.create_role(RoleName=name, AssumeRolePolicyDocument="{}")
    allowed = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
    document = {"Version": "2012-10-17", "Statement": [allowed]}
    client.create_policy(PolicyName="deploy", PolicyDocument=json.dumps(document))
    client.attach_role_policy(RoleName="deployer", PolicyArn=POLICY)
    client.create_instance_profile(InstanceProfileName="web")
    return client


@pytest.fixture
def running(world: World, iam: Any) -> Running:
    made = Running(world, (REGION, ELSEWHERE), (listing_of(type="ec2:instance"),), iam=iam)
    made.clients = {HERE.name: api_of(world), ELSEWHERE: api_of(World())}
    return made


def api_of(world: World) -> FilteredApi:
    return FilteredApi(PagingApi.pages_of(world.functions))


def change(**fields: Any) -> RoleChange:
    return RoleChange("the role deployer lost tags (UntagRole)", "dana", AT, **fields)


def test_a_role_is_judged_by_a_task(running: Running) -> None:
    running.runner.take_change(change(role="deployer"))

    [(task, delay)] = running.queue.waiting
    assert isinstance(task, JudgeRole)
    assert (task.role, task.is_deleted, delay) == ("deployer", False, 0)
    assert (task.cause.origin, task.cause.who, task.cause.as_of) == (Origin.ROLE_CHANGE, "dana", AT)


def test_that_a_role_is_deleted_is_said(running: Running) -> None:
    running.runner.take_change(change(role="deployer", is_deleted=True))

    [(task, _)] = running.queue.waiting
    assert isinstance(task, JudgeRole)
    assert task.is_deleted


def test_a_change_without_a_time_counts_as_of_now(running: Running) -> None:
    running.runner.take_change(RoleChange("it lost tags", "dana", "", role="deployer"))

    [(task, _)] = running.queue.waiting
    assert isinstance(task, JudgeRole)
    assert task.cause.as_of == "2026-11-22T12:00:05.000Z"


def test_the_roles_with_a_policy_are_judged(running: Running) -> None:
    running.runner.take_change(change(policy_arn=POLICY))

    assert [task.role for task in running.queue.take() if isinstance(task, JudgeRole)] == ["deployer"]


def test_a_policy_that_is_gone_by_now_concerns_nobody(running: Running) -> None:
    running.runner.take_change(change(policy_arn=f"{POLICY}-gone"))

    assert running.queue.waiting == []


def looks(running: Running) -> list[Task]:
    """What a change of the profile leads to."""
    running.runner.take_change(change(profile="web"))
    return running.queue.take()


def test_the_instances_with_a_profile_are_looked_at_in_all_regions(running: Running) -> None:
    for task in looks(running):
        running.run_all(task)

    finding = running.world.finding()
    assert (finding.origin, finding.resource) == (Origin.ROLE_CHANGE, FUNCTION)
    [step] = running.world.ledger.history(finding.id)
    assert step.who == "dana"
    only = [{"Name": "iam-instance-profile.arn", "Values": [PROFILE]}]
    assert [running.clients[region].filters for region in running.regions] == [[only], [only]]


def test_a_profile_that_is_gone_by_now_concerns_nobody(running: Running) -> None:
    running.runner.take_change(change(profile="gone"))

    assert list(running.world.ledger.findings()) == []


def test_a_region_that_refuses_keeps_no_other_from_being_looked_at(running: Running) -> None:
    running.clients = {REGION: RefusingApi("UnauthorizedOperation"), ELSEWHERE: api_of(running.world)}

    for task in looks(running):
        running.run_all(task)

    assert running.world.finding().role == ROLE


def test_a_profile_with_more_instances_than_there_is_time_for_goes_on_where_it_was(running: Running) -> None:
    running.world.functions = {f"{FUNCTION}-{n}": [ROLE] for n in range(7)}
    api = api_of(running.world)
    running.clients = {REGION: api}
    running.most_answers = 2

    done = running.run_all(looks(running)[0])

    assert len(done) > 3
    assert sum(each.opened for each in done) == 7
    assert api.calls.count((0, (), None)) <= 2, "the first page is not asked for at each go"


def test_a_busy_api_is_asked_again_where_it_was(running: Running) -> None:
    task = looks(running)[0]
    running.clients = {REGION: RefusingApi("RequestLimitExceeded", status=503)}

    done = running.run(task)

    assert "RequestLimitExceeded" in (done.fault or "")
    [(again, pause)] = running.queue.waiting
    assert isinstance(again, LookAtProfile)
    assert (again.faults, pause) == (1, 30)
    running.clients = {REGION: api_of(running.world)}
    assert running.run(again).opened == 1


def test_who_is_busy_for_ever_is_left_to_the_next_sweep(running: Running) -> None:
    task = looks(running)[0]
    running.clients = {REGION: RefusingApi("RequestLimitExceeded", status=503)}

    assert len(running.run_all(task)) == MOST_FAULTS + 1
    assert isinstance(task, LookAtProfile)
    assert len(running.run_all(replace(task, position=(Place("1"),)))) == MOST_FAULTS + 1


def test_a_token_that_has_ended_makes_the_look_begin_anew(running: Running) -> None:
    task = looks(running)[0]
    assert isinstance(task, LookAtProfile)
    running.clients = {REGION: RefusingApi("InvalidParameterValue")}

    running.run(replace(task, position=(Place("old"),)))

    assert running.queue.take() == [replace(task, restarts=1)]


def test_where_tokens_end_each_time_the_look_ends_too(running: Running) -> None:
    """The queue may be so long that no page is asked for before its token has ended."""
    running.world.functions = {f"{FUNCTION}-{n}": [ROLE] for n in range(7)}

    class Forgetful(FilteredApi):
        """Knows a token only in the go that it was told in."""

        def list_all(self, Token: str | None = None, Filters: Any = None) -> dict[str, Any]:  # noqa: N803
            if Token is not None and running.asked == 0:
                raise ClientError({"Error": {"Code": "InvalidParameterValue", "Message": ""}}, "ListAll")
            return super().list_all(Token, Filters)

    running.clients = {REGION: Forgetful(PagingApi.pages_of(running.world.functions))}
    running.most_answers = 4

    assert len(running.run_all(looks(running)[0])) < 20


def test_what_iam_does_not_answer_comes_again(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    def throttled(**given: Any) -> None:
        raise ClientError({"Error": {"Code": "Throttling", "Message": ""}}, "GetInstanceProfile")

    monkeypatch.setattr(running.iam, "get_instance_profile", throttled)

    with pytest.raises(ClientError):
        running.runner.take_change(change(profile="web"))
