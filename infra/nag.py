"""Acknowledged cdk-nag findings: each names one resource, one finding, and why it stays."""

from aws_cdk import Acknowledgment, Aws, Validations
from constructs import IConstruct

_PSEUDO = {
    Aws.PARTITION: "<AWS::Partition>",
    Aws.REGION: "<AWS::Region>",
    Aws.ACCOUNT_ID: "<AWS::AccountId>",
    Aws.STACK_NAME: "<AWS::StackName>",
}


def acknowledge(construct: IConstruct, rule: str, reason: str) -> None:
    """Accepts one finding on the one resource that a construct is about.

    ``rule`` is the id that the report of the synthesis prints.
    """
    resource = construct.node.default_child or construct
    Validations.of(resource).acknowledge(Acknowledgment(id=rule, reason=reason))


def acknowledge_wildcard(construct: IConstruct, resource: str, reason: str) -> None:
    """Accepts that a policy names a resource with a wildcard, and no other wildcard beside it."""
    for token, text in _PSEUDO.items():
        resource = resource.replace(token, text)
    acknowledge(construct, f"AwsSolutions-IAM5[Resource::{resource}]", reason)
