"""Release: the prior state comes back as it was, once, and the guard does not catch its own release."""

from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from passrole.finding import State
from passrole.ledger import ContainmentState
from passrole.passes import PassedRole, Passer, RoleKind
from passrole.quarantine.people import NotDoneError
from tests.unit.quarantine.world import (
    OPERATOR,
    World,
    function_finding,
    function_state,
    instance_finding,
    make_function,
    make_instance,
    make_role,
    profile_of,
)
from tests.unit.samples import ACCOUNT, pass_of


@pytest.mark.parametrize("concurrency", [None, 7], ids=["none reserved", "7 reserved"])
def test_a_function_gets_exactly_its_prior_state_back(world: World, concurrency: int | None) -> None:
    role = make_role("deployer")
    function = make_function(role, concurrency)
    before = function_state()
    finding = function_finding(world.ledger(), function, role)
    world.container().contain(finding.id, "one")
    assert function_state() != before

    releaser = world.releaser()
    released = releaser.release(releaser.plan(finding.id), who="sam", why="it was a drill")

    assert function_state() == before
    assert released.state is State.RELEASED
    assert world.topic.news == ["opened", "contained", "released"]
    step = world.ledger().history(finding.id)[-1]
    assert (step.who, step.why) == ("sam", "it was a drill")


def test_an_instance_gets_its_profile_back_under_an_announced_intent(world: World) -> None:
    role = make_role("deployer")
    instance = make_instance("deployer-profile")
    before = profile_of(instance)
    finding = instance_finding(world.ledger(), instance, role)
    world.container().contain(finding.id, "one")

    releaser = world.releaser()
    releaser.release(releaser.plan(finding.id), who="sam", why="approved meanwhile")

    assert profile_of(instance) == before
    given_back = pass_of(
        event_id="44444444-4444-4444-8444-444444444444",
        event_time="2026-11-22T12:00:06Z",
        resources=(instance,),
        role=PassedRole("deployer-profile", RoleKind.INSTANCE_PROFILE_NAME, None, None),
        passer=Passer(type="AssumedRole", role_arn=OPERATOR, account=ACCOUNT),
    )
    assert world.ledger().match_intent(given_back, role, {OPERATOR}) is not None


def test_the_plan_says_what_is_put_back(world: World) -> None:
    role = make_role("deployer")
    finding = function_finding(world.ledger(), make_function(role, 7), role)
    world.container().contain(finding.id, "one")

    plan = world.releaser().plan(finding.id)

    assert plan.puts_back[0] == "concurrency: 7"
    assert len(plan.puts_back) == 2, "the concurrency, and the one mapping that was on"


def test_the_resource_stays_contained_until_the_last_hold_ends(world: World) -> None:
    first_role, second_role = make_role("deployer"), make_role("admin")
    instance = make_instance("deployer-profile")
    first = instance_finding(world.ledger(), instance, first_role)
    world.container().contain(first.id, "one")
    boto3.client("ec2").associate_iam_instance_profile(
        IamInstanceProfile={"Name": "admin-profile"}, InstanceId=instance.rpartition("/")[2]
    )
    second = instance_finding(world.ledger(), instance, second_role, role_id="AROAOTHER")
    world.container().contain(second.id, "two")
    releaser = world.releaser()

    released = releaser.release(releaser.plan(first.id), who="sam", why="fine")
    assert (released.state, profile_of(instance)) == (State.RELEASED, None)

    releaser.release(releaser.plan(second.id), who="sam", why="fine")
    assert (profile_of(instance) or "").endswith("/deployer-profile"), "the first saved state"
    saved = world.ledger().containment(instance)
    assert saved is not None
    assert (saved.state, saved.holds) == (ContainmentState.RELEASED, ())


def test_what_changed_meanwhile_refuses_the_release_and_changes_nothing(world: World) -> None:
    role = make_role("deployer")
    finding = function_finding(world.ledger(), make_function(role, 7), role)
    world.container().contain(finding.id, "one")
    boto3.client("lambda").put_function_concurrency(FunctionName="orders", ReservedConcurrentExecutions=3)
    releaser = world.releaser()

    with pytest.raises(NotDoneError, match="reserved concurrency is 3, containment left 0"):
        releaser.release(releaser.plan(finding.id), who="sam", why="fine")

    assert function_state()["concurrency"] == 3
    present = world.ledger().finding(finding.id)
    assert present is not None
    assert present.state is State.CONTAINED


def test_what_others_changed_can_be_left_as_it_is(world: World) -> None:
    role = make_role("deployer")
    finding = function_finding(world.ledger(), make_function(role, 7), role)
    world.container().contain(finding.id, "one")
    boto3.client("lambda").put_function_concurrency(FunctionName="orders", ReservedConcurrentExecutions=3)
    releaser = world.releaser()

    released = releaser.release(releaser.plan(finding.id), who="sam", why="the team wants 3", as_is=True)

    assert (released.state, function_state()["concurrency"]) == (State.RELEASED, 3)
    assert world.ledger().history(finding.id)[-1].why == "the team wants 3; the resource was left as it is"
    saved = world.ledger().containment(finding.resource or "")
    assert saved is not None
    assert (saved.state, saved.holds) == (ContainmentState.RELEASED, ())


def test_a_function_whose_role_was_replaced_works_again_after_its_release(world: World) -> None:
    role = make_role("deployer")
    finding = function_finding(world.ledger(), make_function(role, 7), role)
    world.container().contain(finding.id, "one")
    remedy = make_role("approved")
    boto3.client("lambda").update_function_configuration(FunctionName="orders", Role=remedy)
    releaser = world.releaser()

    releaser.release(releaser.plan(finding.id), who="sam", why="the role was replaced")

    assert (function_state()["concurrency"], function_state()["role"]) == (7, remedy)


def test_a_profile_that_holds_another_role_now_is_not_given_back(world: World) -> None:
    role = make_role("deployer")
    make_role("admin")
    instance = make_instance("deployer-profile")
    finding = instance_finding(world.ledger(), instance, role)
    world.container().contain(finding.id, "one")
    iam = boto3.client("iam")
    iam.remove_role_from_instance_profile(InstanceProfileName="deployer-profile", RoleName="deployer")
    iam.add_role_to_instance_profile(InstanceProfileName="deployer-profile", RoleName="admin")
    releaser = world.releaser()

    with pytest.raises(NotDoneError, match="holds another role now"):
        releaser.release(releaser.plan(finding.id), who="sam", why="fine")

    assert profile_of(instance) is None


def test_only_a_contained_finding_can_be_released(world: World) -> None:
    role = make_role("deployer")
    finding = function_finding(world.ledger(), make_function(role), role)

    with pytest.raises(NotDoneError, match="is open: there is nothing to release"):
        world.releaser().plan(finding.id)
    with pytest.raises(NotDoneError, match="is not in the ledger"):
        world.releaser().plan("feedfeedfeedfeed")


def test_a_deleted_function_is_released_without_an_act(world: World) -> None:
    role = make_role("deployer")
    finding = function_finding(world.ledger(), make_function(role), role)
    world.container().contain(finding.id, "one")
    boto3.client("lambda").delete_function(FunctionName="orders")
    releaser = world.releaser()

    released = releaser.release(releaser.plan(finding.id), who="sam", why="deleted")

    assert released.state is State.RELEASED


def test_a_mapping_that_was_deleted_since_does_not_keep_the_function_contained(world: World) -> None:
    role = make_role("deployer")
    function = make_function(role, 7)
    client = boto3.client("lambda")
    for mapping in client.list_event_source_mappings(FunctionName="orders")["EventSourceMappings"]:
        client.update_event_source_mapping(UUID=mapping["UUID"], Enabled=True)
    finding = function_finding(world.ledger(), function, role)
    world.container().contain(finding.id, "one")
    saved = world.ledger().containment(function)
    assert saved is not None
    first, second = saved.prior["mappings"]
    client.delete_event_source_mapping(UUID=first)
    in_release = world.client("lambda")

    def answer_as_aws_does(params: dict[str, Any], **_: Any) -> None:  # moto takes the call
        if params["url_path"].endswith(first):
            error = {"Error": {"Code": "ResourceNotFoundException"}}
            raise in_release.exceptions.ResourceNotFoundException(error, "UpdateEventSourceMapping")

    in_release.meta.events.register("before-call.lambda.UpdateEventSourceMapping", answer_as_aws_does)
    releaser = world.releaser()

    released = releaser.release(releaser.plan(finding.id), who="sam", why="fine")

    assert released.state is State.RELEASED
    assert function_state()["concurrency"] == 7
    assert client.get_event_source_mapping(UUID=second)["State"] == "Enabled"


def test_a_containment_that_failed_half_way_can_be_released(world: World) -> None:
    """The mappings were paused, then the act was denied: the finding is open, and holds the function."""
    role = make_role("deployer")
    function = make_function(role)
    before = function_state()
    finding = function_finding(world.ledger(), function, role)

    def deny(**_: Any) -> None:
        raise ClientError({"Error": {"Code": "AccessDeniedException"}}, "PutFunctionConcurrency")

    world.client("lambda").meta.events.register("before-call.lambda.PutFunctionConcurrency", deny)
    world.container().contain(finding.id, "one")
    world.client("lambda").meta.events.unregister("before-call.lambda.PutFunctionConcurrency", deny)
    assert function_state() != before
    releaser = world.releaser()

    released = releaser.release(releaser.plan(finding.id), who="sam", why="fine")

    assert released.state is State.RELEASED
    assert function_state() == before
