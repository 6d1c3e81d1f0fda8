"""The shapes of CloudTrail records, by the public records of real calls."""

import json
from typing import Any

import pytest

from passrole.emulator.server import cbor
from passrole.emulator.server.records import Answer, Origin, make_record

from .wire import call_for

ROLE = "arn:aws:iam::111122223333:role/app/runner"
ORIGIN = Origin(
    identity={"type": "Root"},
    account="111122223333",
    region="eu-west-1",
    address="127.0.0.1",
    user_agent="test",
    request_id="a-b-c",
)


def record(
    service: str,
    operation: str,
    parameters: dict[str, Any],
    body: bytes | str | None = None,
    status: int = 200,
) -> dict[str, Any]:
    answer = body.encode() if isinstance(body, str) else body or b"{}"
    return make_record(call_for(service, operation, parameters), Answer(status, {}, answer), ORIGIN)


def test_a_created_function_is_recorded_without_its_code_and_environment() -> None:
    made = record(
        "lambda",
        "CreateFunction",
        {
            "FunctionName": "f",
            "Role": ROLE,
            "Code": {"S3Bucket": "b", "S3Key": "k"},
            "Environment": {"Variables": {"TOKEN": "hunter2"}},
            "Tags": {"Team": "Data"},
        },
        json.dumps(
            {
                "FunctionArn": "arn:aws:lambda:eu-west-1:111122223333:function:f",
                "Role": ROLE,
                "Environment": {"Variables": {"TOKEN": "hunter2"}},
                "Layers": [{"Arn": "arn:layer", "CodeSize": 1}],
            }
        ),
        status=201,
    )

    assert made["eventName"] == "CreateFunction20150331"
    assert made["eventSource"] == "lambda.amazonaws.com"
    assert made["awsRegion"] == "eu-west-1"
    assert made["requestParameters"] == {
        "functionName": "f",
        "role": ROLE,
        "code": {"s3Bucket": "b", "s3Key": "k"},
        "environment": {},
        "tags": {"Team": "Data"},
    }
    assert made["responseElements"] == {
        "functionArn": "arn:aws:lambda:eu-west-1:111122223333:function:f",
        "role": ROLE,
        "environment": {},
        "layers": [{"arn": "arn:layer", "codeSize": 1}],
    }


def test_an_uploaded_archive_is_left_out() -> None:
    made = record("lambda", "CreateFunction", {"FunctionName": "f", "Code": {"ZipFile": b"PK"}})

    assert made["requestParameters"]["code"] == {}


def test_a_denied_call_keeps_the_role_in_its_message_only() -> None:
    message = f"User: u is not authorized to perform: iam:PassRole on resource: {ROLE} because …"
    body = json.dumps({"__type": "AccessDeniedException", "message": message})

    made = record("lambda", "CreateFunction", {"FunctionName": "f", "Role": ROLE}, body, status=403)

    assert made["errorCode"] == "AccessDenied"
    assert made["errorMessage"] == message
    assert made["requestParameters"] is None
    assert made["responseElements"] is None


def test_a_failed_call_keeps_its_parameters() -> None:
    body = json.dumps({"Type": "User", "message": "no", "__type": "ResourceConflictException"})

    made = record("lambda", "CreateFunction", {"FunctionName": "f", "Role": ROLE}, body, status=409)

    assert made["errorCode"] == "ResourceConflictException"
    assert made["requestParameters"] == {"functionName": "f", "role": ROLE}


def test_a_denied_launch_keeps_its_parameters() -> None:
    body = (
        "<Response><Errors><Error><Code>UnauthorizedOperation</Code>"
        "<Message>a &lt; b</Message></Error></Errors></Response>"
    )

    made = record("ec2", "RunInstances", {"ImageId": "ami-1", "MinCount": 1, "MaxCount": 1}, body, status=403)

    assert made["errorCode"] == "Client.UnauthorizedOperation"
    assert made["errorMessage"] == "a < b"
    assert made["requestParameters"]["instancesSet"]["items"][0]["imageId"] == "ami-1"


def test_a_launch_has_the_shape_of_older_calls() -> None:
    answer = """<RunInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">
      <requestId>r</requestId><ownerId>111122223333</ownerId><groupSet/><instancesSet><item>
        <instanceId>i-1</instanceId><instanceState><code>0</code><name>pending</name></instanceState>
        <launchTime>2023-07-10T11:55:21.000Z</launchTime><ebsOptimized>false</ebsOptimized>
        <iamInstanceProfile><arn>arn:aws:iam::111122223333:instance-profile/p</arn><id>AIPA</id></iamInstanceProfile>
      </item></instancesSet></RunInstancesResponse>"""

    made = record(
        "ec2",
        "RunInstances",
        {
            "ImageId": "ami-1",
            "MinCount": 1,
            "MaxCount": 1,
            "IamInstanceProfile": {"Name": "p"},
            "UserData": "secret",
            "TagSpecifications": [{"ResourceType": "instance", "Tags": [{"Key": "k", "Value": "v"}]}],
        },
        answer,
    )

    parameters = made["requestParameters"]
    assert parameters["instancesSet"] == {"items": [{"imageId": "ami-1", "minCount": 1, "maxCount": 1}]}
    assert parameters["iamInstanceProfile"] == {"name": "p"}
    assert parameters["userData"] == "<sensitiveDataRemoved>"
    assert parameters["tagSpecificationSet"] == {
        "items": [{"resourceType": "instance", "tags": [{"key": "k", "value": "v"}]}]
    }
    assert made["responseElements"] == {
        "requestId": "r",
        "ownerId": "111122223333",
        "groupSet": {},
        "instancesSet": {
            "items": [
                {
                    "instanceId": "i-1",
                    "instanceState": {"code": 0, "name": "pending"},
                    "launchTime": 1688990121000,
                    "ebsOptimized": False,
                    "iamInstanceProfile": {
                        "arn": "arn:aws:iam::111122223333:instance-profile/p",
                        "id": "AIPA",
                    },
                }
            ]
        },
    }


def test_an_associated_profile_has_the_shape_of_newer_calls() -> None:
    answer = """<AssociateIamInstanceProfileResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">
      <requestId>r</requestId><iamInstanceProfileAssociation><associationId>iip-assoc-1</associationId>
      <instanceId>i-1</instanceId></iamInstanceProfileAssociation></AssociateIamInstanceProfileResponse>"""

    made = record(
        "ec2",
        "AssociateIamInstanceProfile",
        {"InstanceId": "i-1", "IamInstanceProfile": {"Name": "p"}},
        answer,
    )

    assert made["requestParameters"] == {
        "AssociateIamInstanceProfileRequest": {"IamInstanceProfile": {"Name": "p"}, "InstanceId": "i-1"}
    }
    assert made["responseElements"] == {
        "AssociateIamInstanceProfileResponse": {
            "xmlns": "http://ec2.amazonaws.com/doc/2016-11-15/",
            "requestId": "r",
            "iamInstanceProfileAssociation": {"associationId": "iip-assoc-1", "instanceId": "i-1"},
        }
    }


def test_members_of_a_list_are_numbered_in_newer_calls_and_one_stands_alone() -> None:
    parameters = {
        "ResourceIds": ["vpc-1", "vpc-2"],
        "ResourceType": "VPC",
        "DeliverLogsPermissionArn": ROLE,
        "TagSpecifications": [{"ResourceType": "vpc-flow-log", "Tags": [{"Key": "k", "Value": "true"}]}],
    }

    made = record("ec2", "CreateFlowLogs", parameters, "<CreateFlowLogsResponse/>")

    assert made["requestParameters"]["CreateFlowLogsRequest"] == {
        "ResourceId": [{"tag": 1, "content": "vpc-1"}, {"tag": 2, "content": "vpc-2"}],
        "ResourceType": "VPC",
        "DeliverLogsPermissionArn": ROLE,
        "TagSpecification": {
            "ResourceType": "vpc-flow-log",
            "tag": 1,
            "Tag": {"Key": "k", "Value": True, "tag": 1},
        },
    }


def test_secrets_in_containers_are_hidden() -> None:
    container = {"name": "c", "environment": [{"name": "TOKEN", "value": "hunter2"}]}

    made = record("ecs", "RegisterTaskDefinition", {"family": "f", "containerDefinitions": [container]})

    assert "hunter2" not in json.dumps(made)


def test_an_iam_answer_is_read_from_its_xml() -> None:
    answer = """<CreateRoleResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><CreateRoleResult><Role>
      <Path>/app/</Path><RoleName>r</RoleName><Arn>arn</Arn><CreateDate>2023-07-10T23:05:09Z</CreateDate>
      <Tags><member><Key>k</Key><Value>v</Value></member></Tags></Role></CreateRoleResult></CreateRoleResponse>"""

    made = record("iam", "CreateRole", {"RoleName": "r", "Path": "/app/"}, answer)

    assert made["awsRegion"] == "us-east-1"
    assert made["requestParameters"] == {"roleName": "r", "path": "/app/"}
    assert made["responseElements"]["role"] == {
        "path": "/app/",
        "roleName": "r",
        "arn": "arn",
        "createDate": "Jul 10, 2023, 11:05:09 PM",
        "tags": [{"key": "k", "value": "v"}],
    }


@pytest.mark.parametrize("body", [b"not json", b"<not xml"])
@pytest.mark.parametrize(
    ("service", "operation"), [("glue", "CreateJob"), ("iam", "CreateUser"), ("ec2", "RunInstances")]
)
def test_an_answer_that_cannot_be_read_leaves_the_elements_empty(
    service: str, operation: str, body: bytes
) -> None:
    assert record(service, operation, {}, body)["responseElements"] is None


def test_an_alarm_is_recorded_in_camel_case() -> None:
    parameters = {"AlarmName": "a", "OKActions": ["t"], "Dimensions": [{"Name": "service", "Value": "sweep"}]}

    made = record("monitoring", "PutMetricAlarm", parameters, b"")

    assert made["eventSource"] == "monitoring.amazonaws.com"
    assert made["requestParameters"] == {
        "alarmName": "a",
        "oKActions": ["t"],
        "dimensions": [{"name": "service", "value": "sweep"}],
    }


def test_a_refusal_in_cbor_is_read() -> None:
    call = call_for("monitoring", "DeleteAlarms", {"AlarmNames": ["a"]})
    body = cbor.dumps({"__type": "AccessDeniedException", "message": "no"})

    made = make_record(call, Answer(403, {"Content-Type": "application/cbor"}, body), ORIGIN)

    assert (made["errorCode"], made["errorMessage"]) == ("AccessDenied", "no")


def test_a_queue_keeps_the_names_of_its_attributes() -> None:
    made = record("sqs", "SetQueueAttributes", {"QueueUrl": "u", "Attributes": {"Policy": "{}"}}, b"")

    assert made["requestParameters"] == {"queueUrl": "u", "attributes": {"Policy": "{}"}}
