"""A role that lambda may take, with two policies, and what it used of them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.unit.cli.conftest import Ran
from tests.unit.refine.recorded import ROLE, service_answer
from tests.unit.samples import ACCOUNT

File = Callable[..., Path]
LATELY = "2026-11-20T10:00:00Z"
OF_LAMBDA = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}
OPEN = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::444455556666:root"},
            "Action": "sts:AssumeRole",
        }
    ],
}
WORK = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "Work",
            "Effect": "Allow",
            "Action": ["kms:*", "sqs:SendMessage", "iam:PassRole"],
            "Resource": "*",
        }
    ],
}
LOGS = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "logs:Put*", "Resource": "*"}}
MANAGED = f"arn:aws:iam::{ACCOUNT}:policy/logs"
KMS = service_answer("kms", LATELY, {"ListKeys": LATELY, "CreateKey": None})
SQS, IAM, LOGS_USED = service_answer("sqs"), service_answer("iam"), service_answer("logs", LATELY)


def in_json(ran: Ran) -> Any:
    [row] = ran.rows
    return row


DETAILS = {
    "RoleDetailList": [
        {
            "RoleName": "orders",
            "Arn": ROLE,
            "Path": "/app/",
            "CreateDate": "2025-01-02T00:00:00Z",
            "AssumeRolePolicyDocument": OF_LAMBDA,
            "RolePolicyList": [{"PolicyName": "work", "PolicyDocument": WORK}],
            "AttachedManagedPolicies": [{"PolicyName": "logs", "PolicyArn": MANAGED}],
        }
    ],
    "Policies": [{"Arn": MANAGED, "PolicyVersionList": [{"IsDefaultVersion": True, "Document": LOGS}]}],
}
