"""``passrole findings release``: what was quarantined is put back by a person who says why."""

from typing import Any

import boto3
import pytest

from passrole.cli.deployment import become_operator
from passrole.finding import Finding
from tests.unit.cli.conftest import Cloud, Run
from tests.unit.quarantine.world import (
    World,
    function_finding,
    function_state,
    instance_finding,
    make_function,
    make_instance,
    make_role,
    profile_of,
)
from tests.unit.samples import RecordedTopic

pytestmark = pytest.mark.usefixtures("deployed")


@pytest.fixture
def world(dynamodb: Any, topic: RecordedTopic) -> World:
    return World(topic)


@pytest.fixture
def contained(world: World) -> Finding:
    role = make_role("deployer")
    finding = function_finding(world.ledger(), make_function(role), role)
    world.container().contain(finding.id, "one")
    return finding


def test_a_release_puts_the_prior_state_back_and_records_who_and_why(
    run: Run, world: World, contained: Finding
) -> None:
    ran = run("findings", "release", contained.id[:8], "--reason", "reviewed with dana", "--yes")

    assert ran.status == 0
    assert "concurrency: 7" in ran.out
    assert f"✓ finding {contained.id} is released" in ran.out
    assert function_state()["concurrency"] == 7
    step = world.ledger().history(contained.id)[-1]
    assert step.who == boto3.client("sts").get_caller_identity()["Arn"]
    assert step.why == "reviewed with dana"


def test_a_person_is_shown_what_will_happen_and_asked_why_and_whether(
    run: Run, world: World, contained: Finding
) -> None:
    ran = run("findings", "release", contained.id, stdin="it was approved\ny\n")

    assert ran.status == 0
    assert (
        ran.out.index("concurrency: 7") < ran.out.index("Why is it released?") < ran.out.index("Release it?")
    )
    assert world.ledger().history(contained.id)[-1].why == "it was approved"


def test_who_says_no_changes_nothing(run: Run, world: World, contained: Finding) -> None:
    ran = run("findings", "release", contained.id, "--reason", "hm", stdin="n\n")

    assert (ran.status, ran.err) == (1, "Nothing was changed.\n")
    assert function_state()["concurrency"] == 0


@pytest.mark.parametrize("stdin", ["", "because\n"])
def test_where_nobody_answers_nothing_is_changed(run: Run, contained: Finding, stdin: str) -> None:
    ran = run("findings", "release", contained.id, stdin=stdin)

    assert ran.status == 2
    assert "nobody answers here; give --yes and --reason\n" in ran.err
    assert function_state()["concurrency"] == 0


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--yes"], "without questions it needs a --reason"),
        (["--yes", "--reason", " \n"], "the reason is empty"),
        (["--yes", "--reason", "x" * 501], "the reason has 501 characters"),
    ],
)
def test_a_release_needs_a_reason(run: Run, contained: Finding, options: list[str], says: str) -> None:
    ran = run("findings", "release", contained.id, *options)

    assert ran.status == 2
    assert ran.err.startswith(says)
    assert function_state()["concurrency"] == 0


def test_what_is_not_contained_is_not_released(run: Run, world: World) -> None:
    role = make_role("deployer")
    finding = function_finding(world.ledger(), make_function(role), role)

    ran = run("findings", "release", finding.id, "--yes", "--reason", "why not")

    assert (ran.status, ran.out) == (1, "")
    assert ran.err == f"not released: finding {finding.id} is open: there is nothing to release\n"


def test_what_others_changed_meanwhile_is_not_overwritten(run: Run, contained: Finding) -> None:
    boto3.client("lambda").put_function_concurrency(FunctionName="orders", ReservedConcurrentExecutions=3)

    ran = run("findings", "release", contained.id, "--yes", "--reason", "reviewed")

    assert ran.status == 1
    assert "changed since the containment" in ran.err
    assert function_state()["concurrency"] == 3


def test_what_others_changed_meanwhile_can_be_left_as_it_is(run: Run, contained: Finding) -> None:
    boto3.client("lambda").put_function_concurrency(FunctionName="orders", ReservedConcurrentExecutions=3)

    ran = run("findings", "release", contained.id, "--as-is", "--yes", "--reason", "the team wants 3")

    assert ran.status == 0
    assert "leaves    the resource as it is now" in ran.out
    assert function_state()["concurrency"] == 3


def test_an_instance_gets_its_profile_back_with_an_intent_in_the_ledger(run: Run, world: World) -> None:
    role = make_role("deployer")
    instance = make_instance("deployer-profile")
    before = profile_of(instance)
    finding = instance_finding(world.ledger(), instance, role)
    world.container().contain(finding.id, "one")

    ran = run("findings", "release", finding.id, "--yes", "--reason", "reviewed")

    assert ran.status == 0
    assert profile_of(instance) == before
    items = boto3.client("dynamodb").scan(TableName="ledger")["Items"]
    assert any(item["sk"]["S"].startswith(f"INTENT#{role}#") for item in items)


def test_the_release_is_published_on_the_deployed_topic(run: Run, contained: Finding) -> None:
    sns, sqs = boto3.client("sns"), boto3.client("sqs")
    url = sqs.create_queue(QueueName="listener")["QueueUrl"]
    queue = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    topic = sns.list_topics()["Topics"][0]["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue, Attributes={"RawMessageDelivery": "true"})

    run("findings", "release", contained.id, "--yes", "--reason", "reviewed")

    assert '"news": "released"' in sqs.receive_message(QueueUrl=url)["Messages"][0]["Body"]


def test_all_is_done_with_the_operator_roles_credentials(aws: None) -> None:
    operator = become_operator("PassRoleGuardrail", None)

    arn = operator.clients("sts", "us-east-1").get_caller_identity()["Arn"]

    assert ":assumed-role/operator/" in arn
    assert operator.caller != arn


def test_who_may_not_take_the_operator_role_is_told_what_it_takes(run: Run, deployed: Cloud) -> None:
    deployed.denied.add("AssumeRole")

    ran = run("findings", "list")

    assert ran.status == 2
    assert ran.err.startswith("AssumeRole failed: AccessDenied: you may not; ")
    assert "operators in guardrail.yaml" in ran.err
