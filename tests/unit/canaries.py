"""The canary as tests know it, and CloudTrail's record of its call."""

import json
from typing import Any

from passrole.detection.canary import DESCRIPTION, PATTERN, STATE, Canary
from tests.unit.samples import ACCOUNT, REGION, envelope_of

RULE = f"arn:aws:events:{REGION}:{ACCOUNT}:rule/Guard-CanaryRule-1A2B3C"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/passrole-guardrail/Guard-CanaryRole-1A2B3C"
SWEEP = f"arn:aws:iam::{ACCOUNT}:role/passrole-guardrail/Guard-SweepRole-1A2B3C"
CANARY = Canary(RULE, ROLE, SWEEP)


def put_rule_record(
    rule: str = RULE, role: str | None = ROLE, by: str = SWEEP, **fields: Any
) -> dict[str, Any]:
    """CloudTrail's record of `PutRule` in a session of a role."""
    name = by.rpartition("/")[2]
    parameters = {
        "name": rule.rpartition("/")[2],
        "eventPattern": json.dumps(PATTERN),
        "state": STATE,
        "description": DESCRIPTION,
        "roleArn": role,
    }
    record = {
        "eventVersion": "1.11",
        "userIdentity": {
            "type": "AssumedRole",
            "principalId": "AROAEXAMPLE:Guard-Sweep",
            "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/{name}/Guard-Sweep",
            "accountId": ACCOUNT,
            "sessionContext": {"sessionIssuer": {"type": "Role", "arn": by, "accountId": ACCOUNT}},
        },
        "eventTime": "2026-11-22T12:00:00Z",
        "eventSource": "events.amazonaws.com",
        "eventName": "PutRule",
        "awsRegion": REGION,
        "requestParameters": {key: value for key, value in parameters.items() if value},
        "responseElements": {"ruleArn": rule},
        "eventID": "44444444-4444-4444-8444-444444444444",
        "recipientAccountId": ACCOUNT,
    }
    return record | fields


def canary_event(**fields: Any) -> str:
    """The envelope around its record."""
    return envelope_of(put_rule_record(**fields), source="aws.events")
