"""What each recorded-shape event yields: the passes in it, and nothing else."""

import pytest

from passrole.passes import Pass
from passrole.trail import passes_of
from tests.fixtures import EVENT_NAMES, record

ACCOUNT = "111122223333"
ROLES = f"arn:aws:iam::{ACCOUNT}:role/"
PROFILES = f"arn:aws:iam::{ACCOUNT}:instance-profile/"
FUNCTIONS = f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:"
INSTANCES = f"arn:aws:ec2:eu-west-1:{ACCOUNT}:instance/"
ORDER_FLOW = f"arn:aws:states:eu-west-1:{ACCOUNT}:stateMachine:order-flow"
LAMBDA, EC2, ECS = "lambda.amazonaws.com", "ec2.amazonaws.com", "ecs-tasks.amazonaws.com"

# outcome, path, value, kind, place, services, resources
Row = tuple[str, str, str | None, str | None, str, tuple[str, ...], tuple[str, ...]]


def function(
    role: str, *names: str, outcome: str = "succeeded", partition: str = "aws", region: str = "eu-west-1"
) -> Row:
    """The row of a function that is given a role by its member `role`."""
    value = f"arn:{partition}:iam::{ACCOUNT}:role/{role}"
    resources = tuple(f"arn:{partition}:lambda:{region}:{ACCOUNT}:function:{name}" for name in names)
    return outcome, "requestParameters.role", value, "role_arn", "execution role", (LAMBDA,), resources


def instances(path: str, profile: str, *ids: str, outcome: str = "succeeded") -> Row:
    """The row of instances that are given an instance profile, by ARN or by name."""
    kind = "instance_profile_arn" if profile.startswith("arn:") else "instance_profile_name"
    resources = tuple(INSTANCES + each for each in ids)
    return outcome, path, profile, kind, "instance profile", (EC2,), resources


def named_by_message(role: str | None, place: str = "role", services: tuple[str, ...] = ()) -> Row:
    """The row of a denied call of which only the error message tells."""
    kind = "role_arn" if role else None
    return "denied", "errorMessage", ROLES + role if role else None, kind, place, services, ()


EXPECTED: dict[str, list[Row]] = {
    "autoscaling_create_group_denied": [
        (
            *named_by_message("admin/jump-host", services=("autoscaling.amazonaws.com",))[:-1],
            ("arn:aws:autoscaling:eu-west-1:111122223333:autoScalingGroup:autoScalingGroupName/jump-hosts",),
        )
    ],
    "cloudformation_create_stack_cross_account_denied": [
        named_by_message(None, services=("cloudformation.amazonaws.com",))
    ],
    "ec2_associate_profile": [
        instances(
            "requestParameters.AssociateIamInstanceProfileRequest.IamInstanceProfile.Name",
            "web-frontend",
            "i-0f1e2d3c4b5a69788",
        )
    ],
    "ec2_replace_profile": [
        instances(
            "requestParameters.ReplaceIamInstanceProfileAssociationRequest.IamInstanceProfile.Arn",
            PROFILES + "admin/admin-jump-host",
            "i-0f1e2d3c4b5a69788",
        )
    ],
    "ec2_run_instances_by_launch_template": [
        instances(
            "responseElements.instancesSet.items.0.iamInstanceProfile.arn",
            PROFILES + "batch-workers",
            "i-07d06021b0da55115",
            "i-07d06021b0da55116",
        )
    ],
    "ec2_run_instances_by_profile_arn": [
        instances(
            "requestParameters.iamInstanceProfile.arn", PROFILES + "web/web-frontend", "i-03c7a9e5d1b284f60"
        )
    ],
    "ec2_run_instances_by_profile_name": [
        instances("requestParameters.iamInstanceProfile.name", "web-frontend", "i-0d2f6b8a4c1e39577")
    ],
    "ec2_run_instances_denied_encoded": [
        instances("requestParameters.iamInstanceProfile.name", "admin-jump-host", outcome="denied")
    ],
    "ec2_run_instances_denied_named": [named_by_message("admin/jump-host", "instance profile", (EC2,))],
    "ec2_run_instances_dry_run": [
        instances("requestParameters.iamInstanceProfile.name", "admin-jump-host", outcome="failed")
    ],
    "ec2_run_instances_failed": [
        instances("requestParameters.iamInstanceProfile.name", "web-fronted", outcome="failed")
    ],
    "ec2_run_instances_several": [
        instances(
            "requestParameters.iamInstanceProfile.name",
            "web-frontend",
            "i-0aa1b2c3d4e5f6071",
            "i-0bb1b2c3d4e5f6072",
            "i-0cc1b2c3d4e5f6073",
        )
    ],
    "ec2_run_instances_without_profile": [],
    "ecs_register_task_definition": [
        (
            "succeeded",
            f"requestParameters.{member}",
            ROLES + role,
            "role_arn",
            place,
            (ECS,),
            (f"arn:aws:ecs:eu-west-1:{ACCOUNT}:task-definition/checkout:17",),
        )
        for member, role, place in (
            ("taskRoleArn", "application_role/checkout-task", "task role"),
            ("executionRoleArn", "ecsTaskExecutionRole", "execution role"),
        )
    ],
    "eks_create_pod_identity_association_denied": [
        named_by_message("admin/cluster-backup", services=("pods.eks.amazonaws.com",))
    ],
    **{
        f"glue_create_job_by_role_{kind.removeprefix('role_')}": [
            (
                "succeeded",
                "requestParameters.role",
                value,
                kind,
                "job role",
                ("glue.amazonaws.com",),
                (f"arn:aws:glue:eu-west-1:{ACCOUNT}:job/nightly-orders-export",),
            )
        ]
        for value, kind in (
            ("AWSGlueServiceRole-orders", "role_name"),
            (ROLES + "application_role/orders-etl", "role_arn"),
        )
    },
    "lambda_create_function": [function("application_role/orders-worker", "orders-worker")],
    "lambda_create_function_20141111": [function("lambda_basic_execution", "thumbnails")],
    "lambda_create_function_by_cloudformation": [function("application_role/orders-api", "orders-api")],
    "lambda_create_function_china": [
        function("application_role/shipment-sync", "shipment-sync", partition="aws-cn", region="cn-north-1")
    ],
    "lambda_create_function_cross_account": [named_by_message(None, "execution role", (LAMBDA,))],
    "lambda_create_function_denied": [named_by_message("admin/break-glass", "execution role", (LAMBDA,))],
    "lambda_create_function_failed": [function("billing/invoice-mailer", "invoice-mailer", outcome="failed")],
    "lambda_create_function_published": [function("application_role/orders-worker", "resize-image-function")],
    "lambda_create_function_undated": [function("finance/ledger-export", "ledger-export")],
    "lambda_create_function_us_gov": [
        function(
            "application_role/case-intake", "case-intake", partition="aws-us-gov", region="us-gov-west-1"
        )
    ],
    "lambda_list_functions_denied": [],
    "lambda_update_function_by_arn_with_alias": [
        function("application_role/orders-worker", "resize-image-function", outcome="failed")
    ],
    "lambda_update_function_by_partial_arn": [function("application_role/orders-worker", "orders-worker")],
    "lambda_update_function_memory": [],
    "lambda_update_function_role": [function("admin/break-glass", "orders-worker")],
    "states_create_state_machine": [
        (
            "succeeded",
            "requestParameters.roleArn",
            ROLES + "application_role/order-flow",
            "role_arn",
            "execution role",
            ("states.amazonaws.com",),
            (ORDER_FLOW,),
        )
    ],
    "states_update_state_machine_definition": [],
    "states_update_state_machine_role": [
        (
            "succeeded",
            "requestParameters.roleArn",
            ROLES + "admin/break-glass",
            "role_arn",
            "execution role",
            ("states.amazonaws.com",),
            (ORDER_FLOW,),
        )
    ],
}


def row(pass_: Pass) -> Row:
    role = pass_.role
    return (
        pass_.outcome,
        pass_.path,
        role.value,
        role.kind,
        pass_.place,
        pass_.services,
        pass_.resources,
    )


@pytest.mark.parametrize("name", EVENT_NAMES)
def test_an_event_yields_these_passes_and_no_others(name: str) -> None:
    assert [row(pass_) for pass_ in passes_of(record(name))] == EXPECTED[name]


def test_each_event_is_expected_to_yield_something_or_nothing() -> None:
    assert set(EXPECTED) == set(EVENT_NAMES)


@pytest.mark.parametrize("name", EVENT_NAMES)
def test_a_pass_carries_what_the_record_says_of_the_call(name: str) -> None:
    told = record(name)
    for pass_ in passes_of(told):
        assert pass_.id == f"{told['eventID']}#{pass_.path}"
        assert pass_.event_time == told["eventTime"]
        assert (pass_.event_source, pass_.event_name) == (told["eventSource"], told["eventName"])
        assert (pass_.account, pass_.region) == (told["recipientAccountId"], told["awsRegion"])
        assert pass_.error_code == told.get("errorCode")


@pytest.mark.parametrize("name", EVENT_NAMES)
def test_a_pass_survives_being_written_and_read(name: str) -> None:
    for pass_ in passes_of(record(name)):
        assert Pass.from_json(pass_.to_json()) == pass_


def test_a_role_arn_is_told_apart_into_path_and_name() -> None:
    (pass_,) = passes_of(record("lambda_create_function"))
    assert pass_.role.arn == ROLES + "application_role/orders-worker"
    assert pass_.role.name == "orders-worker"


def test_an_instance_profile_is_not_taken_for_a_role() -> None:
    (pass_,) = passes_of(record("ec2_run_instances_by_profile_arn"))
    assert (pass_.role.arn, pass_.role.name) == (None, None)
