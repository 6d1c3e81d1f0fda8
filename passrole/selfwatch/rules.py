"""The two kinds of EventBridge rules that watch the guard, and each other.

``change_rules`` bring all calls that could change the guard to the code that decides. ``direct_rules`` tell
people by themselves: they work while functions, queues and the other rules do not. They take only what was
done and is decisive, of things with the guard's names.

Sources: "Amazon EventBridge event patterns" ("Comparison operators": `anything-but` matches no member that
is absent; `$or`) and "quotas" (2,048 characters a pattern; 30 rules with wildcards a bus, which cannot be
raised: the direct rules have some, as has the catalogue's rule of denials).
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from passrole.catalogue.rules import DETAIL_TYPE, MAX_PATTERN, RulePattern
from passrole.finding.guard import Trouble
from passrole.selfwatch.calls import STACK, WATCHED, Watched, names_with_suffixes

DEPLOYMENT_RULE = "StackAlarm"
DIRECT_RULES = ("GuardAlarm", "RightsAlarm", "BlindAlarm", DEPLOYMENT_RULE)
_CHANGES = "GuardChanges"  # and a number: in further regions a rule's name has room for 14 characters
_DECISIVE = (
    "DeleteQueue",
    "DeleteRule",
    "DeleteTable",
    "DeleteTopic",
    "DisableKey",
    "DisableRule",
    "PurgeQueue",
    "PutKeyPolicy",
    "PutTargets",
    "RemoveTargets",
    "ScheduleKeyDeletion",
    "SetQueueAttributes",
    "SetSubscriptionAttributes",
    "SetTopicAttributes",
    "Unsubscribe",
)
_DECISIVE_OF_LAMBDA = (  # what the names begin with
    "DeleteEventSourceMapping",
    "DeleteFunction",
    "PutFunctionConcurrency",
    "UpdateEventSourceMapping",
    "UpdateFunctionCo",
)
_OF_ROLES = (
    "AttachRolePolicy",
    "DeleteRole",
    "DeleteRolePolicy",
    "DetachRolePolicy",
    "PutRolePermissionsBoundary",
    "PutRolePolicy",
    "UpdateAssumeRolePolicy",
)
_OF_POLICIES = ("CreatePolicyVersion", "DeletePolicy", "SetDefaultPolicyVersion")
_OF_ALARMS = ("DeleteAlarms", "DisableAlarmActions", "PutAlarmMuteRule", "PutMetricAlarm", "SetAlarmState")
_BY_OTHERS = [{"exists": False}, {"anything-but": "cloudformation.amazonaws.com"}]


@dataclass(frozen=True, slots=True)
class Names:
    """How the guard's things are named where a rule stands; each may be what CloudFormation fills in.

    Attributes:
        region: where the rule stands.
        stack: name of the stack in the home region.
        key: id of the key.
        self_role: ARN of the role that puts a rule of the guard by design; None if none does.
    """

    region: str
    stack: str
    key: str
    self_role: str | None = None


def change_rules() -> tuple[RulePattern, ...]:
    """As few rules as the size of patterns allows; sources times names: the code drops what is not meant."""
    packed: list[list[Watched]] = [[]]
    for source in dict.fromkeys(row.source for row in WATCHED):
        rows = [row for row in WATCHED if row.source == source]
        if len(_text(_changes_pattern([*packed[-1], *rows]))) > MAX_PATTERN:
            packed.append([])
        packed[-1] += rows
    return tuple(
        RulePattern(f"{_CHANGES}{number}", _changes_pattern(rows))
        for number, rows in enumerate(packed, start=1)
    )


def direct_rules(names: Names) -> tuple[RulePattern, ...]:
    """The rules that tell people without any code: of changes of the guard, and of what blinds it as a whole.

    They take the events of their own region alone: what comes from another was told there.
    """
    trails = _calls([row for row in WATCHED if row.kind is Trouble.TRAIL_BLINDED])
    in_arn = ({"wildcard": f"*:stack/{names.stack}{end}*"} for end in "/-")
    stack = [names.stack, {"prefix": f"{names.stack}-"}, *in_arn]
    of_stack = [row for row in WATCHED if row.part == STACK and row.members == ("stackName",)]
    deleted, deployed = (
        {
            **_calls([row for row in of_stack if row.is_deployment is is_deployment]),
            "requestParameters": {"stackName": stack},
        }
        for is_deployment in (False, True)
    )
    changed: dict[str, Any] = {
        "eventSource": _sources("dynamodb", "events", "kms", "lambda", "sns", "sqs"),
        "$or": _decisive(names),
    }
    rights: dict[str, Any] = {
        "eventSource": _sources("cloudcontrolapi", "dynamodb", "iam", "lambda", "monitoring", "sns", "sqs"),
        "userIdentity": {"invokedBy": _BY_OTHERS},
        "$or": _stopping(names),
    }
    details = (changed, rights, {"$or": [trails, deleted, _bus_updated()]}, deployed)
    named = zip(DIRECT_RULES, details, strict=True)
    return tuple(RulePattern(name, _done(names, detail)) for name, detail in named)


def _decisive(names: Names) -> list[dict[str, Any]]:
    """Calls and names apart, for their size: each of these calls to what has a name of the guard's."""
    own = f"{names.stack}-"
    named, in_arn = {"prefix": own}, {"wildcard": f"*:{own}*"}
    requests = [
        {"name": [named]},
        {"rule": [named]},
        {"functionName": [named, in_arn]},
        {"queueUrl": [{"wildcard": f"*/{own}*"}]},
        {"topicArn": [in_arn]},
        {"subscriptionArn": [in_arn]},
        {"tableName": [named, {"wildcard": f"*:table/{own}*"}]},
        {"keyId": [{"suffix": names.key}]},
    ]
    return [
        {
            "eventName": [*_DECISIVE, *({"prefix": name} for name in _DECISIVE_OF_LAMBDA)],
            "userIdentity": {"invokedBy": _BY_OTHERS},
            "$or": [
                {"requestParameters": {"$or": requests}},
                {"responseElements": {"functionArn": [in_arn]}},
            ],
        },
        {
            "eventName": ["PutRule"],
            "userIdentity": _but(names.self_role),
            "requestParameters": {"name": [named]},
        },
    ]


def _stopping(names: Names) -> list[dict[str, Any]]:
    """What takes their rights from the functions, from what sends to them, or from the alarms their voice.

    The code cannot tell of it then: it is what the rules of changes bring these events to.
    """
    own = f"{names.stack}-"
    named, in_arn = {"prefix": own}, {"wildcard": f"*:{own}*"}
    table = [named, {"wildcard": f"*:table/{own}*"}]
    targets = [
        {"queueUrl": [{"wildcard": f"*/{own}*"}]},
        {"topicArn": [in_arn]},
        {"functionName": [named, in_arn]},
    ]
    alarms = [{"alarmName": [named]}, {"alarmNames": [named]}, {"muteTargets": {"alarmNames": [named]}}]
    calls: tuple[tuple[Sequence[Any], dict[str, Any]], ...] = (
        # IAM tells no two names apart by their case alone.
        (_OF_ROLES, {"roleName": [{"prefix": {"equals-ignore-case": own}}]}),
        (_OF_POLICIES, {"policyArn": [{"wildcard": f"*/{own}*"}]}),
        ([{"prefix": "RemovePermission"}], {"$or": targets}),
        (("PutResourcePolicy", "UpdateTable"), {"$or": [{"resourceArn": table}, {"tableName": table}]}),
        (_OF_ALARMS, {"$or": alarms}),
        (("DeleteResource", "UpdateResource"), {"identifier": [{"wildcard": f"*{own}*"}]}),
    )
    return [{"eventName": list(made), "requestParameters": of} for made, of in calls]


def _bus_updated() -> dict[str, Any]:
    """The default bus, which all rules are on, with another key than AWS's own."""
    default = [{"exists": False}, "default", {"suffix": ":event-bus/default"}]
    return {
        "eventSource": _sources("events"),
        "eventName": ["UpdateEventBus"],
        "requestParameters": {"name": default},
    }


def _sources(*services: str) -> list[str]:
    return [f"{service}.amazonaws.com" for service in services]


def _but(role: str | None) -> dict[str, Any]:
    """Anybody but CloudFormation and one role."""
    if role is None:
        return {"invokedBy": _BY_OTHERS}
    issuer = [{"exists": False}, {"anything-but": role}]
    return {"invokedBy": _BY_OTHERS, "sessionContext": {"sessionIssuer": {"arn": issuer}}}


def _done(names: Names, detail: Mapping[str, Any]) -> dict[str, Any]:
    return {**_envelope({"errorCode": [{"exists": False}], **detail}), "region": [names.region]}


def _changes_pattern(rows: Iterable[Watched]) -> dict[str, Any]:
    return _envelope(_calls(list(rows)))


def _calls(rows: Sequence[Watched]) -> dict[str, Any]:
    sources = sorted({row.source for row in rows})
    plain = {name for row in rows if not names_with_suffixes(row.source) for name in row.names}
    begun = {name for row in rows if names_with_suffixes(row.source) for name in row.names}
    # What begins with another begins with that one's own beginning: one prefix serves both.
    shortest = sorted(n for n in begun if not any(n != other and n.startswith(other) for other in begun))
    return {"eventSource": sources, "eventName": [*sorted(plain), *({"prefix": name} for name in shortest)]}


def _envelope(detail: Mapping[str, Any]) -> dict[str, Any]:
    return {"source": [{"prefix": "aws."}], "detail-type": [DETAIL_TYPE], "detail": dict(detail)}


def _text(pattern: Mapping[str, Any]) -> str:
    return json.dumps(pattern, separators=(",", ":"))
