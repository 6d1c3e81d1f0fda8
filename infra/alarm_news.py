"""The rule that brings changes of the guard's alarms to `sweep`, which makes findings of them."""

from collections.abc import Iterable, Sequence

from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sqs as sqs
from constructs import Construct, IDependable

from infra.rules import add_rules
from passrole.catalogue.rules import RulePattern
from passrole.selfwatch.alarms import DETAIL_TYPE, IS_WELL, RINGS, SOURCE


def add_alarm_rule(
    scope: Construct,
    stacks: Sequence[str],
    *,
    target_arn: str,
    dead_letters: sqs.Queue,
    after: Iterable[IDependable],
    role: iam.Role | None = None,
) -> events.CfnRule:
    """Makes the rule.

    Args:
        stacks: names of the stacks whose alarms it takes. CloudFormation begins an alarm's name with its
            stack's and its logical id.
    """
    pattern = {
        "source": [SOURCE],
        "detail-type": [DETAIL_TYPE],
        "detail": {
            "alarmName": [{"prefix": f"{stack}-Monitoring"} for stack in stacks],
            "state": {"value": [RINGS, IS_WELL]},
        },
    }
    (rule,) = add_rules(
        scope,
        (RulePattern("AlarmChanges", pattern),),
        target_arn=target_arn,
        dead_letters=dead_letters,
        after=after,
        role=role,
    )
    return rule
