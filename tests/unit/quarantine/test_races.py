"""Containment among others: people, deployments and intruders who act, and descriptions that lag behind."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from passrole.clock import iso
from passrole.finding import Change, Finding, State
from passrole.finding.life import feed
from passrole.ledger import ContainmentState, Ledger
from passrole.quarantine.errors import TryAgainError
from passrole.quarantine.modules.lambda_function import LambdaFunction
from passrole.quarantine.people import NotDoneError, exempt
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
from tests.unit.samples import finding_of, pass_of


def present(world: World, finding: Finding) -> Finding:
    found = world.ledger().finding(finding.id)
    assert found is not None
    return found


def passed_again(world: World, finding: Finding, at: datetime) -> Finding:
    """The finding, fed by another pass of its role."""
    before = present(world, finding)
    fresh = replace(before, event_time=iso(at), updated_at=iso(at))
    assert world.ledger().record_change(feed(before, fresh))
    return present(world, finding)


def refuse_once(world: World, operation: str, code: str) -> None:
    answers = [ClientError({"Error": {"Code": code}}, operation)]

    def refuse(**_: Any) -> None:
        if answers:
            raise answers.pop()

    world.client("lambda").meta.events.register(f"before-call.lambda.{operation}", refuse)


def test_a_role_that_a_published_version_still_holds_is_not_taken_for_replaced(world: World) -> None:
    """A version keeps its role when that of the function is replaced, and can be invoked."""
    bad = make_role("deployer")
    function = make_function(bad)
    client = boto3.client("lambda")
    client.publish_version(FunctionName="orders")
    client.update_function_configuration(FunctionName="orders", Role=make_role("approved"))
    finding = function_finding(world.ledger(), function, bad)

    world.container().contain(finding.id, "one")

    assert (present(world, finding).state, function_state()["concurrency"]) == (State.CONTAINED, 0)


def test_a_mapping_that_cannot_be_paused_now_delays_no_other_act(world: World) -> None:
    """A mapping that is being created refuses every change: the function is stopped all the same."""
    role = make_role("deployer")
    finding = function_finding(world.ledger(), make_function(role), role)
    refuse_once(world, "UpdateEventSourceMapping", "ResourceInUseException")

    with pytest.raises(ClientError):
        world.container().contain(finding.id, "one")

    assert function_state()["concurrency"] == 0
    world.container().contain(finding.id, "two")
    assert set(function_state()["mappings"].values()) == {"Disabled"}
    assert world.topic.news == ["opened", "contained"]


def test_a_pass_that_does_not_show_yet_is_not_taken_for_one_that_was_undone(world: World) -> None:
    """For a while after the pass, another role in a description proves nothing."""
    role = make_role("deployer")
    make_role("admin")
    instance = make_instance("admin-profile")
    finding = instance_finding(world.ledger(), instance, role)

    with pytest.raises(TryAgainError, match="does not show"):
        world.container().contain(finding.id, "one")
    world.clock.go_on(minutes=1)
    world.container().contain(finding.id, "two")

    assert present(world, finding).state is State.RESOLVED


def test_a_profile_given_again_that_does_not_show_yet_is_not_taken_for_contained(world: World) -> None:
    role = make_role("deployer")
    instance = make_instance("deployer-profile")
    finding = instance_finding(world.ledger(), instance, role)
    world.container().contain(finding.id, "one")
    world.clock.go_on(minutes=5)
    passed_again(world, finding, world.clock.now)

    with pytest.raises(TryAgainError, match="does not show"):
        world.container().contain(finding.id, "two")

    boto3.client("ec2").associate_iam_instance_profile(
        IamInstanceProfile={"Name": "deployer-profile"}, InstanceId=instance.rpartition("/")[2]
    )
    world.container().contain(finding.id, "three")
    assert profile_of(instance) is None


def test_a_pass_after_the_resource_was_looked_at_opens_the_finding_again(world: World) -> None:
    """What is resolved is what was seen: a pass between the look and the note is later than the look."""
    role = make_role("deployer")
    finding = function_finding(world.ledger(), make_function(make_role("approved")), role)
    world.clock.go_on(minutes=1)
    looked_at = world.clock.now

    def take_long(**_: Any) -> None:
        world.clock.go_on(seconds=3)

    world.client("lambda").meta.events.register("before-call.lambda.ListEventSourceMappings", take_long)

    world.container().contain(finding.id, "one")

    assert present(world, finding).state is State.RESOLVED
    assert passed_again(world, finding, looked_at + timedelta(seconds=1)).state is State.OPEN


def test_a_pass_that_comes_while_the_finding_is_resolved_has_the_resource_looked_at_again(
    world: World,
) -> None:
    role = make_role("deployer")
    finding = function_finding(world.ledger(), make_function(make_role("approved")), role)
    world.clock.go_on(minutes=1)
    counting = _count_at(world, finding, "ListEventSourceMappings")

    with pytest.raises(TryAgainError):
        world.container().contain(finding.id, "one")

    assert counting == []
    assert present(world, finding).state is State.OPEN


def test_a_pass_that_is_counted_meanwhile_does_not_undo_the_report(world: World) -> None:
    role = make_role("deployer")
    finding = function_finding(world.ledger(), make_function(role), role)
    _count_at(world, finding, "PutFunctionConcurrency")

    world.container().contain(finding.id, "one")

    assert (present(world, finding).state, present(world, finding).passes) == (State.CONTAINED, 2)
    assert world.topic.news == ["opened", "contained"]


def test_an_act_that_fails_to_the_last_is_told(world: World) -> None:
    """A function with provisioned concurrency refuses to have none: no further attempt would mend that."""
    role = make_role("deployer")
    finding = function_finding(world.ledger(), make_function(role), role)
    for owner, is_last, told in (
        ("one", False, ["opened"]),
        ("five", True, ["opened", "containment_failed"]),
    ):
        refuse_once(world, "PutFunctionConcurrency", "InvalidParameterValueException")

        with pytest.raises(ClientError):
            world.container().contain(finding.id, owner, is_last=is_last)

        assert [step.news for step in world.ledger().history(finding.id)] == told
    why = world.ledger().history(finding.id)[-1].why
    assert "PutFunctionConcurrency failed: InvalidParameterValueException" in why


def test_a_fault_of_the_guard_itself_is_told_when_nothing_comes_after_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    role = make_role("deployer")
    finding = function_finding(world.ledger(), make_function(role), role)

    def misread(*_: Any) -> None:
        raise KeyError("password=secret")

    monkeypatch.setattr(LambdaFunction, "describe", misread)

    with pytest.raises(KeyError):
        world.container().contain(finding.id, "six", is_last=True)

    assert world.ledger().history(finding.id)[-1].why == "KeyError; it is not tried again"


def test_a_resource_that_is_gone_is_held_by_nothing(world: World) -> None:
    """What is made later under its name is another resource, with a state of its own to be saved."""
    role = make_role("deployer")
    function = make_function(role, concurrency=7)
    finding = function_finding(world.ledger(), function, role)
    world.container().contain(finding.id, "one")
    boto3.client("lambda").delete_function(FunctionName="orders")
    world.clock.go_on(minutes=5)
    passed_again(world, finding, world.clock.now)
    world.clock.go_on(minutes=5)

    world.container().contain(finding.id, "two")

    assert present(world, finding).state is State.RESOLVED
    saved = world.ledger().containment(function)
    assert saved is not None
    assert (saved.state, saved.holds) == (ContainmentState.RELEASED, ())


def _count_at(world: World, finding: Finding, operation: str) -> list[str]:
    """Has detection count another pass of the finding when the operation is called."""
    other, once = Ledger("ledger", boto3.client("dynamodb")), ["yet to be counted"]

    def count(**_: Any) -> None:
        if once and once.pop():
            before = other.finding(finding.id)
            assert before is not None
            fresh = finding_of(pass_of(event_id="2", resources=(finding.resource or "",)), arn=finding.role)
            assert other.record_change(Change(feed(before, fresh).finding, None, before))

    world.client("lambda").meta.events.register(f"before-call.lambda.{operation}", count)
    return once


def test_a_pass_after_a_contained_resource_was_looked_at_opens_the_finding_again(world: World) -> None:
    role = make_role("deployer")
    finding = function_finding(world.ledger(), make_function(role), role)
    world.container().contain(finding.id, "one")
    client = boto3.client("lambda")
    client.update_function_configuration(FunctionName="orders", Role=make_role("approved"))
    client.delete_function_concurrency(FunctionName="orders")
    world.clock.go_on(minutes=11)
    looked_at = world.clock.now
    world.client("lambda").meta.events.register(
        "before-call.lambda.ListEventSourceMappings", lambda **_: world.clock.go_on(seconds=3)
    )

    world.container().contain(finding.id, "two")

    assert present(world, finding).state is State.RESOLVED
    assert passed_again(world, finding, looked_at + timedelta(seconds=1)).state is State.OPEN


def test_a_second_delivery_does_not_take_an_act_that_does_not_show_yet_for_undone(world: World) -> None:
    role = make_role("deployer")
    finding = function_finding(world.ledger(), make_function(role), role)
    world.container().contain(finding.id, "one")
    client = boto3.client("lambda")
    client.delete_function_concurrency(FunctionName="orders")  # as an answer that lags behind tells it

    again = world.container().contain(finding.id, "two")

    assert again is not None
    assert (again.state, again.check_at) == (State.CONTAINED, "2026-11-22T12:10:05.000Z")
    assert world.topic.news == ["opened", "contained"]
    world.clock.go_on(minutes=10)
    world.container().contain(finding.id, "three")
    assert world.topic.news == ["opened", "contained", "undone", "contained"]


def test_nothing_is_exempted_while_it_is_being_contained(world: World) -> None:
    """Else it would be contained, and everybody would be told that it may keep its role."""
    role = make_role("deployer")
    finding = function_finding(world.ledger(), make_function(role), role)
    other, refused = Ledger("ledger", boto3.client("dynamodb")), []

    def exempt_it(**_: Any) -> None:
        until = world.clock.now + timedelta(days=9)
        with pytest.raises(NotDoneError) as error:
            exempt(other, world.topic, present(world, finding), "sam", "moves", until, world.clock.now)
        refused.append(str(error.value))

    world.client("lambda").meta.events.register_first(
        "before-call.lambda.GetFunctionConfiguration", exempt_it
    )

    world.container().contain(finding.id, "one")

    assert "being contained or released by another: try again shortly" in refused[0]
    assert present(world, finding).state is State.CONTAINED


def test_a_pass_that_is_counted_meanwhile_does_not_stop_a_release(world: World) -> None:
    role = make_role("deployer")
    finding = function_finding(world.ledger(), make_function(role), role)
    world.container().contain(finding.id, "one")
    _count_at(world, finding, "PutFunctionConcurrency")
    releaser = world.releaser()

    released = releaser.release(releaser.plan(finding.id), who="sam", why="fine")

    assert (released.state, released.passes) == (State.RELEASED, 2)
