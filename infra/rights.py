"""IAM statements from declared grants: exact actions, and a written reason for every wildcard."""

from collections.abc import Iterable

from aws_cdk import Aws
from aws_cdk import aws_iam as iam
from constructs import IConstruct

from infra.nag import acknowledge_wildcard
from passrole.quarantine.grants import Grant


def add_grants(role: iam.Role, prefix: str, grants: Iterable[Grant]) -> None:
    """Adds one statement a grant, and acknowledges the grant's wildcards with its reason."""
    reasons: dict[str, list[str]] = {}
    for number, grant in enumerate(grants, start=1):
        resources = [_resolve(resource) for resource in grant.resources]
        role.add_to_principal_policy(
            iam.PolicyStatement(
                sid=f"{prefix}{number}",
                actions=list(grant.actions),
                resources=resources,
                conditions=_conditions(grant),
            )
        )
        for resource in resources:
            if "*" in resource:
                reasons.setdefault(resource, []).append(grant.reason)
    for resource, texts in reasons.items():
        acknowledge_wildcard(policy_of(role), resource, " ".join(dict.fromkeys(texts)))


def policy_of(role: iam.Role) -> IConstruct:
    """The inline policy that CDK makes of a role's statements."""
    return role.node.find_child("DefaultPolicy")


def _conditions(grant: Grant) -> dict[str, dict[str, str]] | None:
    resolved = {
        operator: {key: _resolve(value) for key, value in keys.items()}
        for operator, keys in grant.conditions.items()
    }
    return resolved or None


def _resolve(text: str) -> str:
    return text.format(partition=Aws.PARTITION, region=Aws.REGION, account=Aws.ACCOUNT_ID)
