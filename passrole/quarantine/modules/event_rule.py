"""Containment of an EventBridge rule: it is disabled.

Source: EventBridge's API reference for DisableRule, EnableRule and PutRule (which replaces all attributes of
a rule but its tags, and alone can set the third state); the Service Authorization Reference (ARNs of rules).
"""

from botocore.exceptions import ClientError

from passrole.arn import Arn
from passrole.grants import Grant
from passrole.quarantine.grants import give_back_role
from passrole.quarantine.module import AllOrNothingModule, Aws, Prior, State, code_of

_SERVICE = "events.amazonaws.com"
_DISABLED, _ENABLED = "DISABLED", "ENABLED"
_RULES = "arn:{partition}:events:*:{account}:rule/*"
_WHY_ANY_RULE = "a violation can be in any rule of the account"
# What PutRule sets besides the state: its parameter -> what messages call it.
_ATTRIBUTES = {
    "EventPattern": "event pattern",
    "ScheduleExpression": "schedule",
    "Description": "description",
    "RoleArn": "role",
}


class EventRule(AllOrNothingModule):
    """An EventBridge rule that holds a role, itself or for one of its targets."""

    name = "event-rule"
    resource_type = "events:rule"
    places = ("role", "target role")
    services = (_SERVICE,)
    does = "rule disabled: it matches no events, and runs on no schedule"
    still_runs = (
        "events that match within a short time may still reach the targets, and deliveries to targets are "
        "retried; what the targets started runs on"
    )
    saves = "the rule's state, and what a release sets along with it: pattern, schedule, description, role"
    loses = "events that the rule would match in the meantime"
    describe_grants = (
        Grant(
            actions=("events:DescribeRule", "events:ListTargetsByRule"),
            resources=(_RULES,),
            reason=_WHY_ANY_RULE,
        ),
    )
    contain_grants = (Grant(actions=("events:DisableRule",), resources=(_RULES,), reason=_WHY_ANY_RULE),)
    release_grants = (
        Grant(actions=("events:EnableRule", "events:PutRule"), resources=(_RULES,), reason=_WHY_ANY_RULE),
        give_back_role(_SERVICE),
    )

    def describe(self, aws: Aws, resource: Arn) -> State | None:
        """``state``, ``roles`` (the rule's and its targets'), ``attributes`` as PutRule takes them, and the
        service that manages the rule (``managed_by``, or None). AWS does not tell when a rule was made."""
        client, (name, bus) = aws.clients("events", resource.region), _name_and_bus(resource)
        try:
            rule = client.describe_rule(Name=name, **bus)
            pages = client.get_paginator("list_targets_by_rule").paginate(Rule=name, **bus)
            roles = {target.get("RoleArn") for page in pages for target in page["Targets"]}
        except ClientError as error:
            if code_of(error) == "ResourceNotFoundException":
                return None
            raise
        return {
            "state": rule["State"],
            "roles": sorted(role for role in roles | {rule.get("RoleArn")} if role),
            "attributes": {member: rule[member] for member in _ATTRIBUTES if rule.get(member)},
            "managed_by": rule.get("ManagedBy") or None,
        }

    def holds(self, now: State, role: str) -> bool:
        return role in now["roles"]

    def objection(self, now: State, role: str) -> str | None:
        if now["managed_by"]:
            return f"{now['managed_by']} manages the rule: nobody else can disable it"
        return None

    def is_contained(self, aws: Aws, now: State, role: str) -> bool:
        return bool(now["state"] == _DISABLED)

    def contain(self, aws: Aws, resource: Arn, now: State, role: str) -> None:
        name, bus = _name_and_bus(resource)
        aws.clients("events", resource.region).disable_rule(Name=name, **bus)

    def puts_back(self, prior: Prior) -> tuple[str, ...]:
        return (f"state: {prior['state']}",)

    def gives_back(self, prior: Prior) -> tuple[str, ...]:
        held = prior["attributes"].get("RoleArn")
        return (held,) if held and _needs_put(prior) else ()

    def changed_since(self, aws: Aws, now: State, prior: Prior) -> tuple[str, ...]:
        lines = []
        if now["state"] not in (_DISABLED, prior["state"]):
            lines.append(f"the state is {now['state']}, containment left {_DISABLED}")
        for name, what in _ATTRIBUTES.items():
            was, is_ = prior["attributes"].get(name), now["attributes"].get(name)
            # Another role, which may be the remedy, is no hindrance where a release does not set it.
            if was != is_ and (name != "RoleArn" or _needs_put(prior)):
                lines.append(f"the {what} is {is_ or 'none'}, containment left {was or 'none'}")
        return tuple(lines)

    def is_released(self, now: State, prior: Prior) -> bool:
        return bool(now["state"] == prior["state"])

    def put_back(self, aws: Aws, resource: Arn, now: State, prior: Prior) -> None:
        client, (name, bus) = aws.clients("events", resource.region), _name_and_bus(resource)
        if _needs_put(prior):
            client.put_rule(Name=name, **bus, State=prior["state"], **prior["attributes"])
        else:
            client.enable_rule(Name=name, **bus)


def _needs_put(prior: Prior) -> bool:
    """Whether only PutRule can set the state that the rule had."""
    return prior["state"] not in (_DISABLED, _ENABLED)


def _name_and_bus(resource: Arn) -> tuple[str, dict[str, str]]:
    """The rule's name in an ARN, and the requests' member for its event bus, if that is not the default one.

    The ARN ends in ``rule/name`` on the default bus, in ``rule/bus/name`` on another.
    """
    bus, _, name = resource.resource.removeprefix("rule/").rpartition("/")
    return name, {"EventBusName": bus} if bus else {}
