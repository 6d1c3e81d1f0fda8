"""Containment of a rule of AWS IoT: it is disabled, with all of its actions.

Source: IoT's API reference for GetTopicRule, DisableTopicRule and EnableTopicRule.
"""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from passrole.arn import Arn
from passrole.clock import iso
from passrole.grants import Grant
from passrole.quarantine.module import EVERY_PLACE, AllOrNothingModule, Aws, Prior, State, code_of

_ROLE = "roleArn"
_WORK = ("sql", "awsIotSqlVersion", "actions", "errorAction")
_RULES = "arn:{partition}:iot:*:{account}:rule/*"
_WHY_ANY_RULE = "a violation can be in any rule of the account"


class IotRule(AllOrNothingModule):
    """A rule of AWS IoT, one of whose actions holds a role."""

    name = "iot-rule"
    resource_type = "iot:rule"
    places = EVERY_PLACE
    services = ("iot.amazonaws.com",)
    does = "rule disabled: none of its actions is run"
    still_runs = "nothing but actions on messages that came before"
    saves = "whether it was enabled"
    loses = "messages that come meanwhile are not acted on, nor afterwards"
    describe_grants = (
        Grant(actions=("iot:GetTopicRule",), resources=(_RULES,), reason=_WHY_ANY_RULE),
        Grant(
            actions=("iot:ListTopicRules",),
            resources=("*",),
            reason="the action takes no resource; it tells a rule that is gone from one that may not be read",
        ),
    )
    contain_grants = (Grant(actions=("iot:DisableTopicRule",), resources=(_RULES,), reason=_WHY_ANY_RULE),)
    release_grants = (Grant(actions=("iot:EnableTopicRule",), resources=(_RULES,), reason=_WHY_ANY_RULE),)

    def describe(self, aws: Aws, resource: Arn) -> State | None:
        """``enabled``, ``roles``, and ``work``: a digest of what the rule does, which may hold secrets."""
        client, name = aws.clients("iot", resource.region), _name(resource)
        try:
            rule = client.get_topic_rule(ruleName=name)["rule"]
        except ClientError as error:
            # IoT answers the same for a rule that is gone and for one that may not be read.
            if code_of(error) == "UnauthorizedException" and not _is_listed(client, name):
                return None
            raise
        work = {key: rule.get(key) for key in _WORK}
        return {
            "made": iso(rule["createdAt"]),
            "enabled": not rule.get("ruleDisabled", False),
            "roles": sorted(set(_roles_in(work))),
            "work": hashlib.sha256(json.dumps(_without_roles(work), sort_keys=True).encode()).hexdigest(),
        }

    def holds(self, now: State, role: str) -> bool:
        return role in now["roles"]

    def is_contained(self, aws: Aws, now: State, role: str) -> bool:
        return not now["enabled"]

    def contain(self, aws: Aws, resource: Arn, now: State, role: str) -> None:
        if now["enabled"]:
            aws.clients("iot", resource.region).disable_topic_rule(ruleName=_name(resource))

    def puts_back(self, prior: Prior) -> tuple[str, ...]:
        return ("rule: enabled",) if prior["enabled"] else ("nothing: it was disabled",)

    def changed_since(self, aws: Aws, now: State, prior: Prior) -> tuple[str, ...]:
        # Other roles, which may be the remedy, are no hindrance: a release does not touch them.
        if now["work"] != prior["work"]:
            return ("the rule's query or its actions are others than those that were contained",)
        if now["enabled"] and not prior["enabled"]:
            return ("the rule is enabled, containment left it disabled",)
        return ()

    def is_released(self, now: State, prior: Prior) -> bool:
        return bool(now["enabled"] == prior["enabled"])

    def put_back(self, aws: Aws, resource: Arn, now: State, prior: Prior) -> None:
        aws.clients("iot", resource.region).enable_topic_rule(ruleName=_name(resource))


def _name(resource: Arn) -> str:
    return resource.resource.removeprefix("rule/")


def _is_listed(client: Any, name: str) -> bool:
    pages = client.get_paginator("list_topic_rules").paginate()
    return any(rule["ruleName"] == name for page in pages for rule in page["rules"])


def _roles_in(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == _ROLE and isinstance(inner, str):
                yield inner
            else:
                yield from _roles_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _roles_in(inner)


def _without_roles(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_roles(inner) for key, inner in value.items() if key != _ROLE}
    if isinstance(value, list):
        return [_without_roles(inner) for inner in value]
    return value
