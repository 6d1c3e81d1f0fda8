"""An account in memory whose every call is written down, and which can be told to refuse some."""

import json
from dataclasses import replace
from typing import Any

import boto3

from passrole.passes import Pass, Passer
from tests.unit.evidence.passes import ACCOUNT, ROLES, pass_of_arn

TRUST_OF_LAMBDA = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}
EVERYTHING = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
LOGS = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "logs:*", "Resource": "*"}]}
ADMINISTRATOR_ACCESS = "arn:aws:iam::aws:policy/AdministratorAccess"
WORKER = f"{ROLES}/app/orders-worker"
POLICIES = f"arn:aws:iam::{ACCOUNT}:policy"


class Account:
    """One role, ``orders-worker``, without policies. To be made within moto.

    Attributes:
        calls: operations in the order of the calls.
        refusals: operation -> error code.
        answers: operation -> what it answers in place of moto; of several answers, each once.
    """

    def __init__(self) -> None:
        self.iam: Any = boto3.client("iam", region_name="us-east-1")
        self.make_role("orders-worker", "/app/")
        self.calls: list[str] = []
        self.refusals: dict[str, str] = {}
        self.answers: dict[str, Any] = {}
        self.iam.meta.events.register("before-call.iam", self._called)

    def make_role(self, name: str, path: str = "/", trust: Any = None, **fields: Any) -> str:
        """A new role; its id."""
        trust = json.dumps(trust or TRUST_OF_LAMBDA)
        made = self.iam.create_role(RoleName=name, Path=path, AssumeRolePolicyDocument=trust, **fields)
        return str(made["Role"]["RoleId"])

    def make_policy(self, name: str, document: Any) -> str:
        """A new managed policy; its ARN."""
        made = self.iam.create_policy(PolicyName=name, PolicyDocument=json.dumps(document))
        return str(made["Policy"]["Arn"])

    def attach(self, name: str, document: Any) -> None:
        """A new managed policy of the worker."""
        self.iam.attach_role_policy(RoleName="orders-worker", PolicyArn=self.make_policy(name, document))

    def embed(self, name: str, document: Any) -> None:
        """A new inline policy of the worker."""
        document = json.dumps(document)
        self.iam.put_role_policy(RoleName="orders-worker", PolicyName=name, PolicyDocument=document)

    def bound(self, document: Any) -> None:
        """A permissions boundary for the worker."""
        arn = self.make_policy("boundary", document)
        self.iam.put_role_permissions_boundary(RoleName="orders-worker", PermissionsBoundary=arn)

    def _called(self, model: Any, **_: Any) -> Any:
        self.calls.append(model.name)
        if model.name in self.refusals:
            error = {"Error": {"Code": self.refusals[model.name], "Message": "a long story"}}
            return _Response(403), error
        if model.name in self.answers:
            answer = self.answers[model.name]
            return _Response(200), answer.pop(0) if isinstance(answer, list) else answer
        return None


class _Response:
    def __init__(self, status_code: int) -> None:
        self.status_code = status_code


def pass_by(passer: Passer, event_time: str | None = "2099-01-01T00:00:00Z", role: str = WORKER) -> Pass:
    """A pass of a role by somebody."""
    return replace(pass_of_arn(role, event_time=event_time), passer=passer)
