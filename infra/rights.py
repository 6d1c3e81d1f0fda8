"""IAM statements from declared grants: exact actions, and a written reason for every wildcard."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence

from aws_cdk import Aws
from aws_cdk import aws_iam as iam
from constructs import IConstruct

from infra.nag import acknowledge_wildcard
from passrole.grants import Grant

# A managed policy has 6,144 characters at most, without its spaces (IAM's quotas); what stands for names here
# becomes longer.
_POLICY_SIZE = 4_500


def add_grants(role: iam.Role, prefix: str, grants: Iterable[Grant]) -> None:
    """Adds one statement a grant to the role, and acknowledges the grant's wildcards with its reason."""
    found = list(grants)
    for number, grant in enumerate(found, start=1):
        role.add_to_principal_policy(_statement(grant, {}, sid=f"{prefix}{number}"))
    _acknowledge(policy_of(role), found, {})


def add_managed_grants(
    role: iam.Role,
    prefix: str,
    grants: Sequence[Grant],
    names: Mapping[str, str] | None = None,
    purpose: str = "rights of quarantine modules",
) -> None:
    """The same in managed policies: those in the role itself share 10,240 characters.

    ``names`` are what the grants' resources may name besides partition, region and account.
    """
    for number, part in enumerate(_parts(grants), start=1):
        policy = iam.ManagedPolicy(
            role,
            f"{prefix}{number}",
            description=f"PassRole Guardrail: {purpose}",
            statements=[_statement(grant, names or {}) for grant in part],
            roles=[role],
        )
        _acknowledge(policy, part, names or {})


def policy_of(role: iam.Role) -> IConstruct:
    """The inline policy that CDK makes of a role's statements."""
    return role.node.find_child("DefaultPolicy")


def _parts(grants: Sequence[Grant]) -> Iterator[list[Grant]]:
    part: list[Grant] = []
    size = 0
    for grant in grants:
        length = len(json.dumps([grant.actions, grant.resources, dict(grant.conditions)])) + 60
        if part and size + length > _POLICY_SIZE:
            yield part
            part, size = [], 0
        part.append(grant)
        size += length
    if part:
        yield part


def _statement(grant: Grant, names: Mapping[str, str], sid: str | None = None) -> iam.PolicyStatement:
    return iam.PolicyStatement(
        sid=sid,
        actions=list(grant.actions),
        resources=[_resolve(resource, names) for resource in grant.resources],
        conditions={
            operator: {key: _resolve(value, names) for key, value in keys.items()}
            for operator, keys in grant.conditions.items()
        }
        or None,
    )


def _acknowledge(policy: IConstruct, grants: Iterable[Grant], names: Mapping[str, str]) -> None:
    reasons: dict[str, list[str]] = {}
    for grant in grants:
        for resource in grant.resources:
            if "*" in resource:
                reasons.setdefault(_resolve(resource, names), []).append(grant.reason)
    for resource, texts in reasons.items():
        acknowledge_wildcard(policy, resource, " ".join(dict.fromkeys(texts)))


def _resolve(text: str, names: Mapping[str, str]) -> str:
    return text.format(partition=Aws.PARTITION, region=Aws.REGION, account=Aws.ACCOUNT_ID, **names)
