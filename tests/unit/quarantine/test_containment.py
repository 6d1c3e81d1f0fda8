"""Containment: a resource is contained once, by what the ledger says, and its state is saved first."""

from dataclasses import replace
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from passrole.finding import State
from passrole.ledger import ContainmentState
from passrole.passes import Outcome
from passrole.policy import Decision, Stage
from passrole.quarantine.errors import TryAgainError
from tests.unit.quarantine.world import (
    World,
    function_finding,
    function_state,
    instance_finding,
    make_function,
    make_instance,
    make_role,
    open_finding,
    profile_of,
)
from tests.unit.samples import finding_of, pass_of


def test_a_function_gets_no_concurrency_and_its_event_sources_are_paused(world: World) -> None:
    role = make_role("deployer")
    function = make_function(role, concurrency=7)
    finding = function_finding(world.ledger(), function, role)

    contained = world.container().contain(finding.id, "one")

    assert contained is not None
    assert contained.state is State.CONTAINED
    assert function_state()["concurrency"] == 0
    assert set(function_state()["mappings"].values()) == {"Disabled"}
    assert world.topic.news == ["opened", "contained"]
    saved = world.ledger().containment(function)
    assert saved is not None
    assert (saved.prior["concurrency"], saved.holds, saved.state) == (
        7,
        (finding.id,),
        ContainmentState.CONTAINED,
    )


def test_an_instance_loses_its_instance_profile(world: World) -> None:
    role = make_role("deployer")
    instance = make_instance("deployer-profile")
    finding = instance_finding(world.ledger(), instance, role)

    world.container().contain(finding.id, "one")

    assert profile_of(instance) is None
    step = world.ledger().history(finding.id)[-1]
    assert (step.news, step.who) == ("contained", "passrole-guardrail")
    assert "credentials that it fetched before stay valid" in step.why


def test_a_redelivery_contains_nothing_more_and_tells_nothing_more(world: World) -> None:
    role = make_role("deployer")
    finding = function_finding(world.ledger(), make_function(role), role)

    for owner in ("one", "two", "three"):
        world.container().contain(finding.id, owner)

    assert world.topic.news == ["opened", "contained"]


def test_a_pointer_to_nothing_does_nothing(world: World) -> None:
    assert world.container().contain("feedfeedfeedfeed", "one") is None


@pytest.mark.parametrize(
    "other",
    [
        {"response": Stage.ALERT},
        {"state": State.RELEASED},
        {"decision": Decision.UNDETERMINED},
        {"outcome": Outcome.DENIED},
    ],
    ids=["only to be alerted", "released", "undetermined", "denied"],
)
def test_the_ledger_decides_whether_a_finding_is_contained(world: World, other: dict[str, Any]) -> None:
    role = make_role("deployer")
    function = make_function(role)
    finding = finding_of(pass_of(resources=(function,)), arn=role)
    open_finding(world.ledger(), replace(finding, **other))

    world.container().contain(finding.id, "one")

    assert function_state()["concurrency"] == 7


def test_a_function_that_holds_another_role_now_is_left_alone(world: World) -> None:
    role = make_role("deployer")
    finding = function_finding(world.ledger(), make_function(make_role("approved")), role)

    world.clock.go_on(minutes=1)
    resolved = world.container().contain(finding.id, "one")

    assert resolved is not None
    assert resolved.state is State.RESOLVED
    assert function_state()["concurrency"] == 7


def test_a_resource_that_is_gone_resolves_the_finding(world: World) -> None:
    role = make_role("deployer")
    function = make_function(role)
    finding = function_finding(world.ledger(), function, role)
    boto3.client("lambda").delete_function(FunctionName="orders")
    with pytest.raises(TryAgainError):
        world.container().contain(finding.id, "at once: it may just not show yet")

    world.clock.go_on(minutes=1)
    resolved = world.container().contain(finding.id, "one")

    assert resolved is not None
    assert (resolved.state, world.topic.news[-1]) == (State.RESOLVED, "resolved")


def test_a_terminated_instance_resolves_the_finding(world: World) -> None:
    role = make_role("deployer")
    instance = make_instance("deployer-profile")
    finding = instance_finding(world.ledger(), instance, role)
    boto3.client("ec2").terminate_instances(InstanceIds=[instance.rpartition("/")[2]])

    world.clock.go_on(minutes=1)
    resolved = world.container().contain(finding.id, "one")

    assert resolved is not None
    assert resolved.state is State.RESOLVED


def test_a_role_that_could_not_be_read_is_not_taken_for_one_that_was_replaced(world: World) -> None:
    make_role("deployer")
    instance = make_instance("deployer-profile")
    finding = instance_finding(world.ledger(), instance, role="deployer-profile", role_id="unknown")

    refused = world.container().contain(finding.id, "one")

    assert refused is not None
    assert (refused.state, world.topic.news[-1]) == (State.OPEN, "containment_refused")
    assert profile_of(instance) is not None


def test_a_second_finding_joins_the_hold_and_keeps_the_saved_state(world: World) -> None:
    first_role, second_role = make_role("deployer"), make_role("admin")
    instance = make_instance("deployer-profile")
    first = instance_finding(world.ledger(), instance, first_role)
    world.container().contain(first.id, "one")
    boto3.client("ec2").associate_iam_instance_profile(
        IamInstanceProfile={"Name": "admin-profile"}, InstanceId=instance.rpartition("/")[2]
    )
    second = instance_finding(world.ledger(), instance, second_role, role_id="AROAOTHER")

    world.container().contain(second.id, "two")

    saved = world.ledger().containment(instance)
    assert saved is not None
    assert (saved.prior["role"], saved.holds) == (first_role, (first.id, second.id))
    assert profile_of(instance) is None


def test_the_cap_refuses_further_acts_and_says_so(world: World) -> None:
    role = make_role("deployer")
    findings = [instance_finding(world.ledger(), make_instance("deployer-profile"), role) for _ in range(3)]

    results = [world.container(acts_per_hour=2).contain(f.id, f.id) for f in findings]

    assert [f.state for f in results if f] == [State.CONTAINED, State.CONTAINED, State.OPEN]
    why = world.ledger().history(findings[2].id)[-1].why
    assert why.startswith("the cap of 2 acts an hour is reached")


def test_the_guards_own_function_is_never_contained(world: World) -> None:
    role = make_role("guard")
    function = make_function(role)
    finding = function_finding(world.ledger(), function, role)

    world.container(own=frozenset({function})).contain(finding.id, "one")

    assert function_state()["concurrency"] == 7
    assert world.ledger().history(finding.id)[-1].why == f"{function} is the guardrail's own"


def test_a_resource_without_a_reversible_act_is_refused_with_the_reason(world: World) -> None:
    pass_ = pass_of(resource_type="glue:crawler", place="role", services=("glue.amazonaws.com",))
    finding = open_finding(world.ledger(), finding_of(pass_))

    world.container().contain(finding.id, "one")

    assert world.topic.news[-1] == "containment_refused"
    assert (
        "no reversible act is known for the role of glue:crawler"
        in world.ledger().history(finding.id)[-1].why
    )


def test_a_denied_act_is_told_and_not_tried_forever(world: World) -> None:
    role = make_role("deployer")
    finding = function_finding(world.ledger(), make_function(role), role)

    def deny(**_: Any) -> None:
        raise ClientError({"Error": {"Code": "AccessDeniedException"}}, "PutFunctionConcurrency")

    world.client("lambda").meta.events.register("before-call.lambda.PutFunctionConcurrency", deny)

    world.container().contain(finding.id, "one")

    assert world.topic.news[-1] == "containment_failed"
    assert "PutFunctionConcurrency was refused" in world.ledger().history(finding.id)[-1].why


def test_a_throttled_act_is_left_to_the_next_delivery(world: World) -> None:
    role = make_role("deployer")
    finding = function_finding(world.ledger(), make_function(role), role)
    throttled = [True]

    def throttle(**_: Any) -> None:
        if throttled.pop() if throttled else False:
            raise ClientError({"Error": {"Code": "TooManyRequestsException"}}, "PutFunctionConcurrency")

    world.client("lambda").meta.events.register("before-call.lambda.PutFunctionConcurrency", throttle)

    with pytest.raises(ClientError):
        world.container().contain(finding.id, "one")
    world.container().contain(finding.id, "two")

    saved = world.ledger().containment(finding.resource or "")
    assert saved is not None
    assert saved.prior["concurrency"] == 7
    assert sum(saved.prior["mappings"].values()) == 1, "the mapping that was on before the first attempt"
    assert world.topic.news == ["opened", "contained"]
