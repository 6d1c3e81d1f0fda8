"""Which resource a call gave its role to, however the record names it."""

from typing import Any

import pytest

from passrole.trail import passes_of
from tests.fixtures import record

FUNCTIONS = "arn:aws:lambda:eu-west-1:111122223333:function:"
STACKS = "arn:aws:cloudformation:eu-west-1:111122223333:stack/"
JOBS = "arn:aws:glue:eu-west-1:111122223333:job/"
RULES = "arn:aws:events:eu-west-1:111122223333:rule/"
BUSES = "arn:aws:events:eu-west-1:111122223333:event-bus/"


def resources(told: dict[str, Any]) -> tuple[str, ...]:
    (pass_,) = passes_of(told)
    return pass_.resources


def update_of(function_name: Any) -> dict[str, Any]:
    """A role was set on a function, and the record has no response."""
    told = record("lambda_update_function_role")
    told["requestParameters"]["functionName"] = function_name
    told["responseElements"] = None
    return told


@pytest.mark.parametrize(
    ("function_name", "function"),
    [
        ("orders", "orders"),
        ("orders:live", "orders"),
        ("orders:$LATEST", "orders"),
        ("orders-function:live", "orders-function"),
        ("function:live", "live"),  # Lambda's pattern takes `function:` for the tail of an ARN
        ("function", "function"),
        ("function:function:live", "function"),
        ("111122223333:function:orders", "orders"),
        ("111122223333:function:orders-function:live", "orders-function"),
        ("eu-west-1:111122223333:function:orders:7", "orders"),
        (FUNCTIONS + "orders", "orders"),
        (FUNCTIONS + "orders:live", "orders"),
        (FUNCTIONS + "orders-function:live", "orders-function"),
        (FUNCTIONS + "function:live", "function"),
    ],
)
def test_a_function_is_found_by_name_partial_arn_or_arn_with_or_without_a_qualifier(
    function_name: str, function: str
) -> None:
    assert resources(update_of(function_name)) == (FUNCTIONS + function,)


@pytest.mark.parametrize(
    ("function_name", "arn"),
    [
        (
            "arn:aws:lambda:us-east-1:444455556666:function:orders:live",
            "arn:aws:lambda:us-east-1:444455556666:function:orders",
        ),
        ("444455556666:function:orders", "arn:aws:lambda:eu-west-1:444455556666:function:orders"),
        (
            "us-east-1:444455556666:function:orders",
            "arn:aws:lambda:us-east-1:444455556666:function:orders",
        ),
    ],
)
def test_a_function_elsewhere_is_not_taken_for_ours_of_the_same_name(function_name: str, arn: str) -> None:
    assert resources(update_of(function_name)) == (arn,)


@pytest.mark.parametrize(
    "function_name",
    [
        None,
        "",
        7,
        ["orders"],
        {"name": "orders"},
        "orders\n",
        "órders",
        "x" * 3000,
        "arn:aws:s3:::orders",
        "arn:aws:lambda:eu-west-1:111122223333:layer:orders",
    ],
)
def test_a_function_that_is_not_named_is_no_resource(function_name: Any) -> None:
    assert resources(update_of(function_name)) == ()


def test_a_name_that_looks_like_a_placeholder_stays_a_name() -> None:
    assert resources(update_of("{account}")) == (FUNCTIONS + "{account}",)


def test_a_record_without_a_recipient_is_of_the_account_that_called() -> None:
    told = update_of("orders")
    del told["recipientAccountId"]

    (pass_,) = passes_of(told)

    assert pass_.account == "111122223333"
    assert pass_.resources == (FUNCTIONS + "orders",)


@pytest.mark.parametrize("name", ["nightly/job/export", "job/export", JOBS + "payroll", "a:b"])
def test_a_name_that_may_hold_anything_is_taken_as_it_is(name: str) -> None:
    """A Glue job may be called like the ARN of another job: its pass is not the other's."""
    told = record("glue_create_job_by_role_arn")
    told["requestParameters"]["name"] = told["responseElements"]["name"] = name

    assert resources(told) == (JOBS + name,)


@pytest.mark.parametrize(
    ("request_name", "response", "resource"),
    [
        ("orders", {"stackId": STACKS + "orders/1b2c"}, "orders/1b2c"),
        (STACKS + "orders/1b2c", None, "orders/1b2c"),
        ("orders", None, "orders"),
    ],
)
def test_the_id_of_a_stack_is_its_arn(request_name: str, response: Any, resource: str) -> None:
    told = {
        "eventSource": "cloudformation.amazonaws.com",
        "eventName": "UpdateStack",
        "awsRegion": "eu-west-1",
        "recipientAccountId": "111122223333",
        "requestParameters": {"stackName": request_name, "roleARN": "arn:aws:iam::111122223333:role/orders"},
        "responseElements": response,
    }

    assert resources(told) == (STACKS + resource,)


def event_of_rule(event_name: str, **request: Any) -> dict[str, Any]:
    """A role was set on an EventBridge rule, and the record has no response."""
    role = "arn:aws:iam::111122223333:role/orders"
    passed = {"targets": [{"roleArn": role}]} if event_name == "PutTargets" else {"roleArn": role}
    return {
        "eventSource": "events.amazonaws.com",
        "eventName": event_name,
        "awsRegion": "eu-west-1",
        "recipientAccountId": "111122223333",
        "requestParameters": passed | request,
        "responseElements": None,
    }


def rules_on(bus: Any, rule: str = "nightly") -> set[tuple[str, ...]]:
    """The rules of that name that calls are found to give a role to."""
    calls = (("PutTargets", {"rule": rule}), ("PutRule", {"name": rule}))
    return {resources(event_of_rule(name, **named, eventBusName=bus)) for name, named in calls}


@pytest.mark.parametrize(
    ("bus", "rule"),
    [
        (None, RULES + "nightly"),
        ("default", RULES + "nightly"),
        (BUSES + "default", RULES + "nightly"),
        ("orders", RULES + "orders/nightly"),
        (BUSES + "orders", RULES + "orders/nightly"),
        ("aws.partner/example.com/7", RULES + "aws.partner/example.com/7/nightly"),
        (BUSES + "aws.partner/example.com/7", RULES + "aws.partner/example.com/7/nightly"),
        (
            "arn:aws:events:eu-central-1:444455556666:event-bus/orders",
            "arn:aws:events:eu-central-1:444455556666:rule/orders/nightly",
        ),
        (
            "arn:aws:events:eu-central-1:444455556666:event-bus/default",
            "arn:aws:events:eu-central-1:444455556666:rule/nightly",
        ),
    ],
)
def test_a_rule_is_found_on_its_bus(bus: Any, rule: str) -> None:
    assert rules_on(bus) == {(rule,)}


@pytest.mark.parametrize(
    "bus",
    [
        "",
        7,
        ["orders"],
        {"name": "orders"},
        "orders\n",
        "órders",
        "x" * 3000,
        BUSES,
        RULES + "orders",
        "arn:aws:s3:::orders",
        "arn:aws:lambda:eu-west-1:111122223333:event-bus/orders",
    ],
)
def test_a_rule_on_a_bus_that_is_not_named_is_no_resource(bus: Any) -> None:
    """Above all, it is not the rule of that name on the default bus."""
    assert rules_on(bus) == {()}


@pytest.mark.parametrize("bus", [None, "default", "orders"])
@pytest.mark.parametrize("rule", ["other/nightly", "/nightly", RULES + "nightly"])
def test_the_name_of_a_rule_brings_no_bus_of_its_own(bus: Any, rule: str) -> None:
    assert rules_on(bus, rule) == {()}


def test_a_rule_is_the_one_that_the_response_names() -> None:
    told = event_of_rule("PutRule", name="nightly", eventBusName=7)
    told["responseElements"] = {"ruleArn": RULES + "orders/nightly"}

    assert resources(told) == (RULES + "orders/nightly",)


def addon_of(event_name: str, **request: Any) -> dict[str, Any]:
    """A call of an add-on's: it calls the cluster `name`, as the records of EKS do."""
    return {
        "eventID": "e-1",
        "eventTime": "2026-03-02T10:15:00Z",
        "eventSource": "eks.amazonaws.com",
        "eventName": event_name,
        "awsRegion": "eu-west-1",
        "recipientAccountId": "111122223333",
        "requestParameters": {"serviceAccountRoleArn": "arn:aws:iam::111122223333:role/cni"} | request,
        "responseElements": None,
    }


def test_an_addon_is_the_same_where_it_is_made_and_where_it_is_changed() -> None:
    made = addon_of("CreateAddon", name="prod", addonName="vpc-cni")
    made["responseElements"] = {
        "addon": {"addonArn": "arn:aws:eks:eu-west-1:111122223333:addon/prod/vpc-cni/8ec1"}
    }

    named = {resources(made), resources(addon_of("UpdateAddon", name="prod", addonName="vpc-cni"))}

    assert named == {("arn:aws:eks:eu-west-1:111122223333:addon/prod/vpc-cni",)}


def test_an_addon_of_a_cluster_that_is_not_named_is_no_resource() -> None:
    assert resources(addon_of("UpdateAddon", addonName="vpc-cni")) == ()


def test_each_instance_is_named_once() -> None:
    told = record("ec2_run_instances_several")
    items = told["responseElements"]["instancesSet"]["items"]
    items.append(items[0])

    assert len(resources(told)) == 3


def test_a_list_of_one_that_was_collapsed_into_its_element_is_understood() -> None:
    told = record("ec2_run_instances_by_launch_template")
    instances = told["responseElements"]["instancesSet"]
    instances["items"] = instances["items"][0]

    (pass_,) = passes_of(told)

    assert pass_.path == "responseElements.instancesSet.items.iamInstanceProfile.arn"
    assert pass_.resources == ("arn:aws:ec2:eu-west-1:111122223333:instance/i-07d06021b0da55115",)


def test_an_empty_list_written_as_an_object_holds_nothing() -> None:
    told = record("ec2_run_instances_by_launch_template")
    told["responseElements"]["instancesSet"] = {"items": {}}

    assert passes_of(told) == ()
