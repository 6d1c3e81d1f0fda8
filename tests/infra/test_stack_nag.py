"""cdk-nag (AwsSolutions) is part of every synthesis; what it may find is written down here."""

from pathlib import Path

import pytest
from aws_cdk import Stack
from aws_cdk import aws_sqs as sqs

from infra.assembly import new_app
from tests.infra.granted import contain_grants, patterns, release_grants
from tests.infra.stack_template import StackTemplate

_STACK = "arn:<AWS::Partition>:cloudformation:*:<AWS::AccountId>:stack/<AWS::StackName>"
_ROLES = "arn:<AWS::Partition>:iam::<AWS::AccountId>:role/*"
_PROFILES = "arn:<AWS::Partition>:iam::<AWS::AccountId>:instance-profile/*"
# What makes an administrator of a role.
_POLICIES = (
    "arn:<AWS::Partition>:iam::<AWS::AccountId>:policy/*",
    "arn:<AWS::Partition>:iam::aws:policy/*",
)
# What a call can refer to in place of a role.
_REFERRED = tuple(
    f"arn:<AWS::Partition>:{service}:*:<AWS::AccountId>:{resource}*"
    for service, resource in (
        ("cloudformation", "stack/"),
        ("config", "remediation-configuration/"),
        ("emr-containers", "/jobtemplates/"),
        ("imagebuilder", "infrastructure-configuration/"),
        ("rds", "cluster:"),
        ("rds", "db:"),
        ("rolesanywhere", "profile/"),
        ("sagemaker", "pipeline/"),
    )
)

# What is acknowledged, by the construct that it is acknowledged on. A new line here is a decision.
ACKNOWLEDGED = {
    ("Detection", "AwsSolutions-L1"),
    ("Quarantine", "AwsSolutions-L1"),
    ("Notification", "AwsSolutions-L1"),
    ("Sweeping", "AwsSolutions-L1"),
    ("Intake", "AwsSolutions-SQS3"),
    ("Detection", f"AwsSolutions-IAM5[Resource::{_ROLES}]"),
    ("Detection", f"AwsSolutions-IAM5[Resource::{_PROFILES}]"),
    *(("Detection", f"AwsSolutions-IAM5[Resource::{policies}]") for policies in _POLICIES),
    ("Detection", "AwsSolutions-IAM5[Resource::*]"),
    *(("Sweeping", f"AwsSolutions-IAM5[Resource::{iam}]") for iam in (_ROLES, _PROFILES, *_POLICIES)),
    ("Sweeping", "AwsSolutions-IAM5[Resource::*]"),
    *(("Sweeping", f"AwsSolutions-IAM5[Resource::{_STACK}{end}]") for end in ("/*", "-*/*")),
    *(("Detection", f"AwsSolutions-IAM5[Resource::{resource}]") for resource in _REFERRED),
}
# What conditions can ask for: the users that pass roles.
_USERS = "arn:<AWS::Partition>:iam::<AWS::AccountId>:user/*"
ACKNOWLEDGED_IF_ASKED_FOR = {
    (construct, f"AwsSolutions-IAM5[Resource::{_USERS}]") for construct in ("Detection", "Sweeping")
}
# Patterns of resources that quarantine modules declare, where the policy enables them: nothing else.
ACKNOWLEDGED_IF_QUARANTINED = {
    (construct, f"AwsSolutions-IAM5[Resource::{arn.replace('${', '<').replace('}', '>')}]")
    for construct, grants in (("Quarantine", contain_grants()), ("Operator", release_grants()))
    for arn in patterns(grants)
}


def test_what_is_acknowledged_is_known_and_has_a_reason(guard: StackTemplate, plain: StackTemplate) -> None:
    everything = ACKNOWLEDGED | ACKNOWLEDGED_IF_ASKED_FOR | ACKNOWLEDGED_IF_QUARANTINED
    for stack, known in ((guard, everything), (plain, ACKNOWLEDGED)):
        found = {(_construct(name), rule) for name, rule, _ in stack.acknowledged()}
        assert found == known
        assert all(len(reason) > 20 for _, _, reason in stack.acknowledged())


def test_findings_are_acknowledged_on_the_resource_that_has_them(guard: StackTemplate) -> None:
    kinds = {
        "AwsSolutions-IAM5": {"AWS::IAM::ManagedPolicy", "AWS::IAM::Policy"},
        "AwsSolutions-L1": {"AWS::Lambda::Function"},
        "AwsSolutions-SQS3": {"AWS::SQS::Queue"},
    }
    for name, rule, _ in guard.acknowledged():
        assert guard.template["Resources"][name]["Type"] in kinds[rule.split("[")[0]]


def test_forwarding_stacks_need_one_acknowledgement(forwarders: dict[str, StackTemplate]) -> None:
    for stack in forwarders.values():
        assert {rule for _, rule, _ in stack.acknowledged()} == {"AwsSolutions-SQS3"}


def test_the_synthesis_fails_on_what_nobody_acknowledged(root: Path, tmp_path: Path) -> None:
    # Given an app with a queue that takes requests without TLS
    app = new_app(root, tmp_path)
    sqs.Queue(Stack(app, "Careless"), "Queue")
    # When it is synthesized, then it fails
    with pytest.raises(RuntimeError, match="ValidationFailed"):
        app.synth()


def _construct(name: str) -> str:
    capabilities = sorted({c for c, _ in ACKNOWLEDGED | ACKNOWLEDGED_IF_QUARANTINED})
    return next((c for c in capabilities if name.startswith(c)), name)
