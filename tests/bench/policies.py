"""Policies of many statements, of which the last alone approves: none can be passed over."""

from passrole.policy import CompiledPolicy, Condition, Effect, PolicyStatement, Responses

_TO_LAMBDA = Condition("StringEquals", "iam:PassedToService", ("lambda.amazonaws.com",))
_ROLES = "arn:*:iam::*:role"


def approving_last(count: int) -> CompiledPolicy:
    """So many statements for other roles, tags and passers, every fifth of them a Deny for all roles."""
    statements = [_deny(number) if number % 5 == 4 else _allow(number) for number in range(count - 1)]
    team = Condition("StringEquals", "role:Tag/team", ("web",))
    last = PolicyStatement(
        "last", Effect.ALLOW, resources=(f"{_ROLES}/application_role/*",), conditions=(team, _TO_LAMBDA)
    )
    return CompiledPolicy((*statements, last), Responses())


def _allow(number: int) -> PolicyStatement:
    team = Condition("StringLike", "role:Tag/team", (f"team-{number}-*",))
    return PolicyStatement(
        f"allow {number}",
        Effect.ALLOW,
        resources=(f"{_ROLES}/team-{number}/*",),
        conditions=(team, _TO_LAMBDA),
    )


def _deny(number: int) -> PolicyStatement:
    old = Condition("NumericGreaterThan", "role:AgeDays", (str(9000 + number),))
    return PolicyStatement(f"deny {number}", Effect.DENY, conditions=(old,))
