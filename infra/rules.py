"""EventBridge rules from the catalogue's patterns, put in verbatim."""

from collections.abc import Iterable

from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sqs as sqs
from constructs import Construct, IDependable

from passrole.catalogue.rules import RulePattern

# EventBridge's own limits: what cannot be delivered for a day goes to the target's dead-letter queue.
MAX_AGE_SECONDS = 24 * 60 * 60
MAX_RETRIES = 185


def add_rules(
    scope: Construct,
    patterns: Iterable[RulePattern],
    *,
    target_arn: str,
    dead_letters: sqs.Queue,
    after: Iterable[IDependable],
    role: iam.Role | None = None,
) -> list[events.CfnRule]:
    """Makes a rule a pattern, all with one target.

    ``after`` is what must exist before the first event comes: the target's permissions.
    """
    prerequisites = list(after)
    rules = []
    for pattern in patterns:
        rule = events.CfnRule(
            scope,
            pattern.name,
            description=f"PassRole Guardrail: {pattern.name}",
            event_pattern=pattern.pattern,
            state=pattern.state,
            targets=[
                events.CfnRule.TargetProperty(
                    id="Guard",
                    arn=target_arn,
                    role_arn=role.role_arn if role else None,
                    retry_policy=events.CfnRule.RetryPolicyProperty(
                        maximum_event_age_in_seconds=MAX_AGE_SECONDS, maximum_retry_attempts=MAX_RETRIES
                    ),
                    dead_letter_config=events.CfnRule.DeadLetterConfigProperty(arn=dead_letters.queue_arn),
                )
            ],
        )
        rule.node.add_dependency(*prerequisites)
        rules.append(rule)
    return rules
