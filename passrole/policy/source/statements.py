"""From approved entries to IAM statements for ``iam:PassRole``.

A path or ARN pattern becomes a resource. A bare name becomes a condition on the role's name and never a
resource pattern: a wildcard in a resource spans slashes, so that ``role/deploy-*`` would also match whatever
role somebody makes in a path that begins so.
"""

from collections.abc import Iterable, Iterator

from passrole.language import Condition, Effect
from passrole.language.variables import template
from passrole.language.wildcards import Wild
from passrole.policy.compiled import ANY_ROLE, PolicyStatement
from passrole.policy.source.models import ApprovedEntry
from passrole.policy.source.syntax import BY_NAME, resource_of


def statements_of(entry: ApprovedEntry) -> tuple[PolicyStatement, ...]:
    """The Allow statements that an approved entry means: one, or two if it mixes paths or ARNs with names."""
    resources = tuple(resource_of(p) for p in entry.roles if "/" in p)
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


def _conditions(entry: ApprovedEntry) -> tuple[Condition, ...]:
    conditions = [_condition(f"role:Tag/{key}", values) for key, values in (entry.role_tags or {}).items()]
    conditions += [
        _condition(f"aws:PrincipalTag/{key}", values) for key, values in (entry.passer_tags or {}).items()
    ]
    for operator, key, given in (
        ("StringEquals", "iam:PassedToService", entry.services),
        ("ArnLike", "iam:AssociatedResourceArn", entry.resources),
        ("ArnLike", "aws:PrincipalArn", entry.passers),
        ("StringEquals", "aws:ResourceAccount", entry.accounts),
        ("StringEquals", "aws:RequestedRegion", entry.regions),
    ):
        if given:
            conditions.append(Condition(operator, key, tuple(given)))
    return tuple(conditions)


def _condition(key: str, values: Iterable[str]) -> Condition:
    listed = tuple(values)
    has_wildcards = any(isinstance(token, Wild) for value in listed for token in _texts(value))
    return Condition("StringLike" if has_wildcards else "StringEquals", key, listed)


def _texts(value: str) -> Iterator[str | Wild]:
    """The texts and wildcards of a value; its variables are neither."""
    for token in template(value, wildcards=True, variables=True).tokens:
        if isinstance(token, tuple):
            yield from token
