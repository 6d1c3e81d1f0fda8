"""Events of real calls to a running emulator, as a queue behind a rule gets them."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from botocore.exceptions import ClientError

from passrole.emulator import ACCOUNT, Credentials, Emulator
from passrole.emulator.events import EventRefusedError

TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "*"}}],
    }
)
CODE = """
import boto3
def handler(event, context):
    functions = boto3.client("lambda")
    functions.put_function_concurrency(FunctionName=event["name"], ReservedConcurrentExecutions=0)
"""


class Inbox:
    """Envelopes that a rule on the default bus sent to a queue."""

    def __init__(self, emulator: Emulator, region: str | None = None) -> None:
        name = f"inbox-{time.monotonic_ns()}"
        region = region or emulator.region
        self._sqs = emulator.client("sqs", region)
        self._url = self._sqs.create_queue(QueueName=name)["QueueUrl"]
        self._events = emulator.client("events", region)
        self._rule = name
        self._events.put_rule(Name=name, EventPattern=json.dumps({"account": [ACCOUNT]}))
        target = f"arn:aws:sqs:{region}:{ACCOUNT}:{name}"
        self._events.put_targets(Rule=name, Targets=[{"Id": "inbox", "Arn": target}])

    def close(self) -> None:
        self._events.remove_targets(Rule=self._rule, Ids=["inbox"])
        self._events.delete_rule(Name=self._rule)
        self._sqs.delete_queue(QueueUrl=self._url)

    def wait_for(self, wanted: Callable[[dict[str, Any]], bool], seconds: float = 10) -> dict[str, Any]:
        deadline = time.monotonic() + seconds
        seen = []
        while time.monotonic() < deadline:
            answer = self._sqs.receive_message(QueueUrl=self._url, MaxNumberOfMessages=10, WaitTimeSeconds=1)
            for message in answer.get("Messages", []):
                self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])
                envelope: dict[str, Any] = json.loads(message["Body"])
                if wanted(envelope):
                    return envelope
                seen.append((envelope["source"], envelope["detail"].get("eventName")))
        raise AssertionError(f"not among the events that came: {seen}")


def named(event_name: str, error_code: str | None = None) -> Callable[[dict[str, Any]], bool]:
    return lambda envelope: (
        envelope["detail"].get("eventName") == event_name
        and envelope["detail"].get("errorCode") == error_code
    )


def archive(code: str = "") -> bytes:
    buffer = BytesIO()
    with ZipFile(buffer, "w") as file:
        file.writestr("f.py", code)
    return buffer.getvalue()


@pytest.fixture
def inbox(emulator: Emulator) -> Iterator[Inbox]:
    box = Inbox(emulator)
    yield box
    box.close()


@pytest.fixture(scope="module")
def role(emulator: Emulator) -> str:
    made = emulator.client("iam").create_role(RoleName="runner", Path="/app/", AssumeRolePolicyDocument=TRUST)
    arn: str = made["Role"]["Arn"]
    return arn


@pytest.fixture(scope="module")
def developer(emulator: Emulator) -> Credentials:
    """A user who may pass no role."""
    iam = emulator.client("iam")
    iam.create_user(UserName="dev", Path="/people/")
    return Credentials.from_response(iam.create_access_key(UserName="dev"))


@pytest.fixture
def make_function(emulator: Emulator, role: str) -> Iterator[Callable[..., str]]:
    made = []

    def make(credentials: Credentials | None = None, code: str = "", role_arn: str = role) -> str:
        name = f"f{time.monotonic_ns()}"
        made.append(name)
        emulator.client("lambda", credentials=credentials).create_function(
            FunctionName=name,
            Runtime="python3.13",
            Role=role_arn,
            Handler="f.handler",
            Code={"ZipFile": archive(code)},
        )
        return name

    yield make
    for name in made:
        with suppress(ClientError):
            emulator.client("lambda").delete_function(FunctionName=name)


def test_a_call_comes_to_the_bus_of_its_account_as_cloudtrail_sends_it(
    inbox: Inbox, make_function: Callable[..., str], role: str
) -> None:
    name = make_function()

    envelope = inbox.wait_for(named("CreateFunction20150331"))

    assert envelope["source"] == "aws.lambda"
    assert envelope["detail-type"] == "AWS API Call via CloudTrail"
    assert envelope["account"] == envelope["detail"]["recipientAccountId"] == ACCOUNT
    assert envelope["detail"]["requestParameters"]["role"] == role
    assert envelope["detail"]["responseElements"]["functionArn"].endswith(f":{name}")
    assert envelope["detail"]["userIdentity"]["type"] == "Root"


def test_a_call_comes_to_the_bus_of_its_region(emulator: Emulator, role: str) -> None:
    inbox = Inbox(emulator, "eu-west-1")
    emulator.client("glue", "eu-west-1").create_job(Name="j", Role="runner", Command={"Name": "glueetl"})

    envelope = inbox.wait_for(named("CreateJob"))

    inbox.close()
    assert envelope["region"] == envelope["detail"]["awsRegion"] == "eu-west-1"
    assert envelope["detail"]["requestParameters"]["role"] == "runner"


def test_a_rule_forwards_to_the_bus_of_another_region(emulator: Emulator, inbox: Inbox, role: str) -> None:
    far = emulator.client("events", "ap-south-1")
    home = f"arn:aws:events:{emulator.region}:{ACCOUNT}:event-bus/default"
    far.put_rule(Name="forward", EventPattern=json.dumps({"source": ["aws.ecs"]}))
    far.put_targets(Rule="forward", Targets=[{"Id": "home", "Arn": home, "RoleArn": role}])

    emulator.put_event({"eventSource": "ecs.amazonaws.com", "eventName": "Far", "awsRegion": "ap-south-1"})

    assert inbox.wait_for(named("Far"))["region"] == "ap-south-1"


def test_a_pass_without_the_right_to_it_is_refused_and_recorded(
    inbox: Inbox, make_function: Callable[..., str], developer: Credentials, role: str
) -> None:
    with pytest.raises(ClientError) as refused:
        make_function(developer)

    message = (
        f"User: arn:aws:iam::{ACCOUNT}:user/people/dev is not authorized to perform: iam:PassRole "
        f"on resource: {role} because no identity-based policy allows the iam:PassRole action"
    )
    assert refused.value.response["Error"] == {"Code": "AccessDeniedException", "Message": message}
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
    record = inbox.wait_for(named("CreateFunction20150331", "AccessDenied"))["detail"]
    assert record["errorMessage"] == message
    assert record["requestParameters"] is None
    assert record["userIdentity"]["userName"] == "dev"
    assert record["userIdentity"]["arn"] == f"arn:aws:iam::{ACCOUNT}:user/people/dev"


def test_a_pass_is_allowed_to_the_service_that_the_policy_names_only(
    emulator: Emulator, make_function: Callable[..., str], role: str
) -> None:
    iam = emulator.client("iam")
    iam.create_user(UserName="limited")
    policy = {
        "Effect": "Allow",
        "Action": "iam:PassRole",
        "Resource": role,
        "Condition": {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}},
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": [policy]})
    iam.put_user_policy(UserName="limited", PolicyName="pass", PolicyDocument=document)
    limited = Credentials.from_response(iam.create_access_key(UserName="limited"))

    make_function(limited)
    with pytest.raises(ClientError, match="AccessDeniedException"):
        emulator.client("stepfunctions", credentials=limited).create_state_machine(
            name="s", definition="{}", roleArn=role
        )


def test_a_role_of_another_account_cannot_be_passed(make_function: Callable[..., str]) -> None:
    with pytest.raises(ClientError, match="Cross-account pass role is not allowed"):
        make_function(role_arn="arn:aws:iam::999988887777:role/theirs")


def test_a_launch_is_refused_by_the_role_inside_its_profile(
    emulator: Emulator, inbox: Inbox, developer: Credentials, role: str
) -> None:
    iam = emulator.client("iam")
    iam.create_instance_profile(InstanceProfileName="box")
    iam.add_role_to_instance_profile(InstanceProfileName="box", RoleName="runner")

    with pytest.raises(ClientError, match="UnauthorizedOperation"):
        emulator.client("ec2", credentials=developer).run_instances(
            ImageId="ami-1", MinCount=1, MaxCount=1, IamInstanceProfile={"Name": "box"}
        )

    record = inbox.wait_for(named("RunInstances", "Client.UnauthorizedOperation"))["detail"]
    assert record["requestParameters"]["iamInstanceProfile"] == {"name": "box"}
    assert f"iam:PassRole on resource: {role}" in record["errorMessage"]


def test_a_session_is_recorded_with_the_role_that_issued_it(
    emulator: Emulator, inbox: Inbox, role: str
) -> None:
    answer = emulator.client("sts").assume_role(RoleArn=role, RoleSessionName="ci")
    session = Credentials.from_response(answer)

    emulator.client("ec2", credentials=session).run_instances(ImageId="ami-1", MinCount=1, MaxCount=1)

    identity = inbox.wait_for(named("RunInstances"))["detail"]["userIdentity"]
    assert identity["type"] == "AssumedRole"
    assert identity["arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/runner/ci"
    issuer = identity["sessionContext"]["sessionIssuer"]
    assert (issuer["type"], issuer["arn"], issuer["userName"]) == ("Role", role, "runner")
    assert identity["principalId"] == f"{issuer['principalId']}:ci"


def test_a_function_calls_as_its_role(
    emulator: Emulator, inbox: Inbox, make_function: Callable[..., str], role: str
) -> None:
    bundled = "import sys; sys.path[:0] = " + repr(_client_library()) + CODE
    caller, target = make_function(code=bundled), make_function()

    emulator.client("lambda").invoke(FunctionName=caller, Payload=json.dumps({"name": target}))

    record = inbox.wait_for(named("PutFunctionConcurrency20171031"))["detail"]
    assert record["userIdentity"]["sessionContext"]["sessionIssuer"]["arn"] == role
    assert record["requestParameters"] == {"functionName": target, "reservedConcurrentExecutions": 0}


def _client_library() -> list[str]:
    """Where boto3 is; a real bundle carries its own."""
    import boto3

    return [boto3.__file__.rpartition("/boto3/")[0]]


def test_a_record_is_put_on_the_bus_as_aws_does_it(emulator: Emulator, inbox: Inbox) -> None:
    record = {"eventSource": "ecs.amazonaws.com", "eventName": "RegisterTaskDefinition", "marker": 1}

    emulator.put_event(record)

    envelope = inbox.wait_for(named("RegisterTaskDefinition"))
    assert envelope["source"] == "aws.ecs"
    assert envelope["detail"] == record


def test_nobody_else_can_use_a_source_of_aws(emulator: Emulator) -> None:
    with pytest.raises(EventRefusedError, match="NotAuthorizedForSourceException"):
        emulator.put_raw_event("aws.lambda", {"eventName": "CreateFunction20150331"})


def test_a_customer_s_event_comes_with_the_customer_s_source(emulator: Emulator, inbox: Inbox) -> None:
    emulator.put_raw_event("my.lambda", {"eventName": "Forged"})

    assert inbox.wait_for(named("Forged"))["source"] == "my.lambda"


def test_changes_of_a_role_come_to_the_one_region_of_iam(emulator: Emulator, inbox: Inbox) -> None:
    elsewhere = Inbox(emulator, "eu-west-1")
    iam = emulator.client("iam", "eu-west-1")
    iam.create_role(RoleName="changing", AssumeRolePolicyDocument=TRUST)
    iam.tag_role(RoleName="changing", Tags=[{"Key": "team", "Value": "data"}])

    event = inbox.wait_for(named("TagRole"))

    assert (event["region"], event["detail"]["awsRegion"]) == ("us-east-1", "us-east-1")
    assert event["detail"]["requestParameters"] == {
        "roleName": "changing",
        "tags": [{"key": "team", "value": "data"}],
    }
    with pytest.raises(AssertionError, match="not among"):
        elsewhere.wait_for(named("TagRole"), seconds=1)
    elsewhere.close()


def test_a_policy_gets_another_default_version(emulator: Emulator, inbox: Inbox) -> None:
    iam = emulator.client("iam")
    statement = {"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    arn = iam.create_policy(PolicyName="versions", PolicyDocument=document)["Policy"]["Arn"]
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=document)

    iam.set_default_policy_version(PolicyArn=arn, VersionId="v2")

    assert iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"] == "v2"
    event = inbox.wait_for(named("SetDefaultPolicyVersion"))
    assert event["detail"]["requestParameters"] == {"policyArn": arn, "versionId": "v2"}


def test_what_cloudformation_does_inside_is_no_event(emulator: Emulator, inbox: Inbox) -> None:
    cloudformation = emulator.client("cloudformation")
    template = json.dumps({"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}})
    cloudformation.create_stack(StackName="inside", TemplateBody=template)
    cloudformation.get_waiter("stack_create_complete").wait(StackName="inside", WaiterConfig={"Delay": 1})

    assert inbox.wait_for(named("CreateStack"))["source"] == "aws.cloudformation"
    with pytest.raises(AssertionError, match="not among"):
        inbox.wait_for(named("CreateTopic"), seconds=1)


def test_the_traffic_of_a_queue_is_no_event_and_its_settings_are(emulator: Emulator, inbox: Inbox) -> None:
    sqs = emulator.client("sqs")
    url = sqs.create_queue(QueueName="watched")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="x")
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "1"})

    assert inbox.wait_for(named("SetQueueAttributes"))["source"] == "aws.sqs"
    with pytest.raises(AssertionError, match="not among"):
        inbox.wait_for(named("SendMessage"), seconds=1)
