"""Reading API requests off the wire."""

import dataclasses
from functools import cache, lru_cache
from typing import Any

import botocore.session
import pytest

from passrole.emulator.server import services
from passrole.emulator.server.calls import Request, read_call
from passrole.emulator.server.services import is_recorded

from .wire import call_for, request_for

ROLE = "arn:aws:iam::111122223333:role/app/runner"


@pytest.mark.parametrize(
    ("service", "operation", "parameters"),
    [
        ("lambda", "CreateFunction", {"FunctionName": "f", "Role": ROLE, "Tags": {"Team": "a"}}),
        ("lambda", "UpdateFunctionConfiguration", {"FunctionName": "f", "Role": ROLE}),
        ("lambda", "PutFunctionConcurrency", {"FunctionName": "f", "ReservedConcurrentExecutions": 0}),
        ("lambda", "UntagResource", {"Resource": "arn:aws:lambda:x:1:function:f", "TagKeys": ["a", "b"]}),
        ("ecs", "RegisterTaskDefinition", {"family": "f", "taskRoleArn": ROLE, "executionRoleArn": ROLE}),
        ("glue", "CreateJob", {"Name": "j", "Role": "runner", "DefaultArguments": {"--Key": "v"}}),
        ("states", "CreateStateMachine", {"name": "s", "definition": "{}", "roleArn": ROLE}),
        ("iam", "CreateRole", {"RoleName": "r", "Path": "/a/", "Tags": [{"Key": "k", "Value": "v"}]}),
        ("iam", "UpdateAccessKey", {"UserName": "u", "AccessKeyId": "AKIA", "Status": "Inactive"}),
        (
            "ec2",
            "RunInstances",
            {
                "ImageId": "ami-1",
                "MinCount": 1,
                "MaxCount": 2,
                "EbsOptimized": True,
                "IamInstanceProfile": {"Name": "p"},
                "SecurityGroupIds": ["sg-1", "sg-2"],
                "TagSpecifications": [{"ResourceType": "instance", "Tags": [{"Key": "k", "Value": "v"}]}],
            },
        ),
        ("ec2", "AssociateIamInstanceProfile", {"InstanceId": "i-1", "IamInstanceProfile": {"Arn": "arn"}}),
        ("ec2", "StopInstances", {"InstanceIds": ["i-1"], "Force": True}),
        ("scheduler", "DeleteSchedule", {"Name": "s", "GroupName": "g"}),
        (
            "monitoring",
            "PutMetricAlarm",
            {
                "AlarmName": "a",
                "Threshold": 0.5,
                "Period": 300,
                "ActionsEnabled": True,
                "Dimensions": [{"Name": "service", "Value": "sweep"}],
            },
        ),
        ("sqs", "SetQueueAttributes", {"QueueUrl": "u", "Attributes": {"Policy": "{}"}}),
        (
            "sns",
            "Subscribe",
            {"TopicArn": "t", "Protocol": "https", "Attributes": {"RawMessageDelivery": "true"}},
        ),
        ("kms", "PutKeyPolicy", {"KeyId": "k", "PolicyName": "default", "Policy": "{}"}),
        ("cloudtrail", "StopLogging", {"Name": "t"}),
        ("cloudformation", "DeleteStack", {"StackName": "s"}),
        ("iot", "CreateTopicRule", {"ruleName": "r", "topicRulePayload": {"sql": "s", "actions": []}}),
    ],
)
def test_a_call_is_read_as_the_client_made_it(
    service: str, operation: str, parameters: dict[str, Any]
) -> None:
    call = call_for(service, operation, parameters)

    read = {
        name: value for name, value in call.parameters.items() if name not in ("clientToken", "ClientToken")
    }
    assert (call.name, read) == (operation, parameters)


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({"x-amz-target": "GraniteServiceVersion20100801.DeleteAlarms"}, b'{"AlarmNames": ["a", "b"]}'),
        ({}, b"Action=DeleteAlarms&Version=2010-08-01&AlarmNames.member.1=a&AlarmNames.member.2=b"),
    ],
)
def test_older_clients_of_cloudwatch_speak_other_protocols(headers: dict[str, str], body: bytes) -> None:
    request = Request(services.SERVICES["monitoring"], "POST", "/", headers, body)

    call = read_call(request)

    assert call is not None
    assert (call.name, call.parameters) == ("DeleteAlarms", {"AlarmNames": ["a", "b"]})


def test_a_percent_encoded_path_is_read_as_the_name_that_it_stands_for() -> None:
    call = call_for("lambda", "DeleteFunction", {"FunctionName": "arn:aws:lambda:us-east-1:1:function:f"})

    assert call.parameters == {"FunctionName": "arn:aws:lambda:us-east-1:1:function:f"}


@pytest.mark.parametrize("service", ["lambda", "ec2", "glue"])
def test_a_request_for_an_operation_that_no_model_knows_is_no_call(service: str) -> None:
    request = request_for("glue", "CreateJob", {"Name": "j"})
    stranger = dataclasses.replace(
        request,
        service=request_for(service, _ANY[service], {}).service,
        headers={},
        path="/",
        body=b"Action=No",
    )

    assert read_call(stranger) is None


_ANY = {"lambda": "ListFunctions", "ec2": "DescribeInstances", "glue": "ListJobs"}


def test_a_body_that_is_no_json_object_leaves_the_parameters_empty() -> None:
    request = dataclasses.replace(request_for("glue", "CreateJob", {"Name": "j"}), body=b'["x"')

    call = read_call(request)

    assert call is not None
    assert call.parameters == {}


@pytest.mark.parametrize(
    ("operation", "recorded"),
    [
        ("CreateFunction", True),
        ("RunInstances", True),
        ("DescribeInstances", False),
        ("Invoke", False),
        ("SetQueueAttributes", True),
        ("PurgeQueue", True),
        ("SendMessage", False),
        ("DeleteMessageBatch", False),
        ("Publish", False),
        ("Subscribe", True),
        ("TransactWriteItems", False),
        ("UpdateTable", True),
        ("Decrypt", False),
        ("GenerateDataKey", False),
        ("DisableKey", True),
        ("CreateLogStream", True),
        ("PutLogEvents", False),
        ("PutMetricData", False),
        ("DisableAlarmActions", True),
        ("SignalResource", True),
        ("GetSecretValue", False),
        ("StopLogging", True),
    ],
)
def test_only_management_events_that_write_are_recorded(operation: str, recorded: bool) -> None:
    assert is_recorded(operation) is recorded


def test_a_call_on_a_bucket_keeps_the_names_of_its_document() -> None:
    rule = {"ID": "r", "Status": "Enabled", "Destination": {"Bucket": "arn:aws:s3:::there"}}
    replication = {"Role": ROLE, "Rules": [rule, rule]}

    call = call_for("s3", "PutBucketReplication", {"Bucket": "here", "ReplicationConfiguration": replication})

    assert call.name == "PutBucketReplication"
    assert call.parameters == {
        "bucketName": "here",
        "Host": "s3.amazonaws.com",
        "replication": "",
        "ReplicationConfiguration": {
            "xmlns": "http://s3.amazonaws.com/doc/2006-03-01/",
            "Role": ROLE,
            "Rule": [rule, rule],
        },
    }


def test_calls_on_objects_are_no_management_events() -> None:
    request = request_for("s3", "PutObject", {"Bucket": "here", "Key": "there", "Body": b"x"})

    assert read_call(request) is None


def test_what_clients_make_of_a_shared_model_changes_no_call(monkeypatch: pytest.MonkeyPatch) -> None:
    """A client of S3 takes the bucket out of the paths of the model that it loaded."""
    shared = lru_cache(botocore.session.create_loader)
    monkeypatch.setattr(botocore.session, "create_loader", shared)
    monkeypatch.setattr(services, "_session", cache(services._session.__wrapped__))
    monkeypatch.delitem(vars(services.SERVICES["s3"]), "model", raising=False)
    model = botocore.session.Session().get_service_model("s3")
    model.operation_model("PutBucketReplication").http["requestUri"] = "/?replication"

    call = call_for("s3", "PutBucketReplication", {"Bucket": "here", "ReplicationConfiguration": {}})

    assert call.name == "PutBucketReplication"
