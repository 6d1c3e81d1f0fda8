"""Rows as audits make them, each with the columns that a test cares about."""

from itertools import count
from typing import Any

from passrole.audit.row import Row
from tests.unit.samples import ACCOUNT, REGION

_numbers = count(1)
LAMBDA, EC2, GLUE = "lambda.amazonaws.com", "ec2.amazonaws.com", "glue.amazonaws.com"


def role_arn(name: str) -> str:
    """The ARN of a role: ``dev/deployer``."""
    return f"arn:aws:iam::{ACCOUNT}:role/{name}"


def row(role: str | None = "app/orders", passer: str = "deploy", service: str = LAMBDA, **others: Any) -> Row:
    """A pass that succeeded; without ``verdict`` no policy judged it."""
    number = next(_numbers)
    return {
        "event_time": "2026-03-01T12:00:00Z",
        "event_id": f"00000000-0000-4000-8000-{number:012d}",
        "path": "requestParameters.role",
        "account": ACCOUNT,
        "region": REGION,
        "event_source": service,
        "event_name": "CreateFunction20150331",
        "action": "lambda:CreateFunction",
        "outcome": "succeeded",
        "direction": "passes",
        "coverage": "covered",
        "role": role_arn(role) if role else None,
        "role_name": role.rpartition("/")[2] if role else None,
        "services": [service],
        "resource": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:f-{number}",
        "passer": role_arn(passer),
        "passer_type": "AssumedRole",
        "passer_account": ACCOUNT,
        "reasons": [],
        "checks": [],
    } | others


def violation(
    role: str = "admin/BreakGlass", passer: str = "alice", service: str = LAMBDA, **others: Any
) -> Row:
    """A violation, of severity high unless told otherwise."""
    judged = {
        "verdict": "violation",
        "severity": "high",
        "response": "alert",
        "reasons": [f"no statement approves {role}"],
    }
    return row(role, passer, service, **(judged | others))
