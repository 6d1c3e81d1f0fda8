"""From approved entries to IAM statements for ``iam:PassRole``.

A path or ARN pattern becomes a resource. A bare name becomes a condition on the role's name and never a
resource pattern: a wildcard in a resource spans slashes, so that ``role/deploy-*`` would also match whatever
role somebody makes in a path that begins so.
"""

from passrole.policy.compiled import ANY_ROLE, PolicyStatement
from passrole.policy.language import Condition, Effect
from passrole.policy.source.models import ApprovedEntry
from passrole.policy.source.syntax import BY_NAME


def statements_of(entry: ApprovedEntry) -> tuple[PolicyStatement, ...]:
    """The Allow statements that an approved entry means: one, or two if it mixes paths or ARNs with names."""
    resources = tuple(_resource(p) for p in entry.roles if "/" in p)
    names = tuple(p for p in entry.roles if "/" not in p)
    conditions = _conditions(entry)
    statements = []
    if resources:
        statements.append(_allow(entry.name, resources, conditions))
    if names:
        sid = entry.name + (BY_NAME if resources else "")
        by_name = (_condition("role:Name", names), *conditions)
        statements.append(_allow(sid, (f"{ANY_ROLE}*",), by_name))
    return tuple(statements)


def _allow(sid: str, resources: tuple[str, ...], conditions: tuple[Condition, ...]) -> PolicyStatement:
    return PolicyStatement(sid, Effect.ALLOW, resources=resources, conditions=conditions)


def _resource(pattern: str) -> str:
    return ANY_ROLE + pattern.removeprefix("/") if pattern.startswith("/") else pattern


def _conditions(entry: ApprovedEntry) -> tuple[Condition, ...]:
    tags = (entry.role_tags or {}).items()
    conditions = [_condition(f"role:Tag/{key}", tuple(values)) for key, values in tags]
    if entry.services:
        conditions.append(Condition("StringEquals", "iam:PassedToService", tuple(entry.services)))
    return tuple(conditions)


def _condition(key: str, values: tuple[str, ...]) -> Condition:
    has_wildcards = any("*" in value or "?" in value for value in values)
    return Condition("StringLike" if has_wildcards else "StringEquals", key, values)
