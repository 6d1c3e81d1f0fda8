"""What the launcher corrects in MiniStack, seen from outside, with IAM enforced."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from passrole.emulator import ACCOUNT, Credentials, Emulator


@pytest.fixture(scope="module")
def enforcing() -> Iterator[Emulator]:
    with Emulator(enforce_iam=True) as running:
        yield running


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


@pytest.fixture(scope="module")
def session(enforcing: Emulator) -> Credentials:
    """A session of the role `/app/publisher`, which may publish to every topic."""
    iam = enforcing.client("iam")
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": ACCOUNT}}
    role = iam.create_role(RoleName="publisher", Path="/app/", AssumeRolePolicyDocument=policy(trust))
    allow = {"Effect": "Allow", "Action": "sns:Publish", "Resource": "*"}
    iam.put_role_policy(RoleName="publisher", PolicyName="publish", PolicyDocument=policy(allow))
    iam.create_user(UserName="person")  # the root user can assume no role
    may_assume = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}
    iam.put_user_policy(UserName="person", PolicyName="assume", PolicyDocument=policy(may_assume))
    person = Credentials.from_response(iam.create_access_key(UserName="person"))
    sts = enforcing.client("sts", credentials=person)
    return Credentials.from_response(sts.assume_role(RoleArn=role["Role"]["Arn"], RoleSessionName="shift"))


def topic_that_denies(emulator: Emulator, name: str, condition: dict[str, Any]) -> str:
    sns = emulator.client("sns")
    arn: str = sns.create_topic(Name=name)["TopicArn"]
    deny = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "sns:Publish",
        "Resource": arn,
        "Condition": condition,
    }
    sns.set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=policy(deny))
    return arn


def test_a_call_over_loopback_passes_a_policy_that_asks_for_tls(
    enforcing: Emulator, session: Credentials
) -> None:
    topic = topic_that_denies(enforcing, "tls-only", {"Bool": {"aws:SecureTransport": "false"}})

    answer = enforcing.client("sns", credentials=session).publish(TopicArn=topic, Message="x")

    assert answer["MessageId"]


@pytest.mark.parametrize(
    ("publisher", "allowed"),
    [
        (f"arn:aws:iam::{ACCOUNT}:role/app/publisher", True),
        (f"arn:aws:iam::{ACCOUNT}:role/app/another", False),
    ],
)
def test_the_principal_of_a_session_is_its_role(
    enforcing: Emulator, session: Credentials, publisher: str, allowed: bool
) -> None:
    condition = {"ArnNotEquals": {"aws:PrincipalArn": publisher}}
    topic = topic_that_denies(enforcing, f"only-{allowed}", condition)
    sns = enforcing.client("sns", credentials=session)

    if allowed:
        assert sns.publish(TopicArn=topic, Message="x")["MessageId"]
    else:
        with pytest.raises(ClientError, match="explicit deny"):
            sns.publish(TopicArn=topic, Message="x")


def test_a_call_that_iam_refuses_is_refused(enforcing: Emulator, session: Credentials) -> None:
    with pytest.raises(ClientError, match="is not authorized to perform: lambda:ListFunctions"):
        enforcing.client("lambda", credentials=session).list_functions()


@pytest.mark.parametrize("verb", ["Get", "Delete"])
def test_who_may_not_set_a_concurrency_may_look_at_it_all_the_same(
    enforcing: Emulator, session: Credentials, verb: str
) -> None:
    call = getattr(enforcing.client("lambda", credentials=session), f"{verb.lower()}_function_concurrency")

    with pytest.raises(ClientError, match=f"is not authorized to perform: lambda:{verb}FunctionConcurrency"):
        call(FunctionName="orders")


def test_a_compute_environment_is_found_by_its_arn(emulator: Emulator) -> None:
    batch = emulator.client("batch")
    arn = batch.create_compute_environment(computeEnvironmentName="nightly", type="UNMANAGED")[
        "computeEnvironmentArn"
    ]

    [found] = batch.describe_compute_environments(computeEnvironments=[arn])["computeEnvironments"]

    assert found["computeEnvironmentName"] == "nightly"


def test_a_right_on_one_alarm_is_none_on_another(enforcing: Emulator) -> None:
    iam = enforcing.client("iam")
    iam.create_user(UserName="watcher")
    own = f"arn:aws:cloudwatch:{enforcing.region}:{ACCOUNT}:alarm:own"
    allow = {"Effect": "Allow", "Action": "cloudwatch:DisableAlarmActions", "Resource": own}
    iam.put_user_policy(UserName="watcher", PolicyName="own", PolicyDocument=policy(allow))
    watcher = Credentials.from_response(iam.create_access_key(UserName="watcher"))
    cloudwatch = enforcing.client("cloudwatch", credentials=watcher)

    cloudwatch.disable_alarm_actions(AlarmNames=["own"])
    with pytest.raises(ClientError, match="is not authorized to perform: cloudwatch:DisableAlarmActions"):
        cloudwatch.disable_alarm_actions(AlarmNames=["another"])
