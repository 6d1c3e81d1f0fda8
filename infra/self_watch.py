"""The guard watches itself: rules that bring changes of it to the code, and rules that tell people.

Both stand in each region, and each kind sees it when somebody stops the other.
"""

import json
from collections.abc import Iterable

from aws_cdk import Aws
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sqs as sqs
from constructs import Construct, IDependable

from infra.nag import acknowledge_wildcard
from infra.rights import policy_of
from infra.rules import MAX_AGE_SECONDS, MAX_RETRIES, add_rules
from infra.topics import AlertsTopic
from passrole.selfwatch.rules import DEPLOYMENT_RULE, Names, change_rules, direct_rules

# What a record names the changed thing by: each has one of them. EventBridge leaves out what is not there.
_RESOURCES = {
    "name": "name",
    "trail": "trailName",
    "rule": "rule",
    "stack": "stackName",
    "function": "functionName",
    "mapping": "uUID",
    "queue": "queueUrl",
    "topic": "topicArn",
    "subscription": "subscriptionArn",
    "table": "tableName",
    "key": "keyId",
    "role": "roleName",
    "policy": "policyArn",
    "of": "resourceArn",
    "alarm": "alarmName",
    "alarms": "alarmNames[0]",
    "muted": "muteTargets.alarmNames[0]",
    "resource": "identifier",
}
_DETAILS = {
    "source": "$.detail.eventSource",
    "call": "$.detail.eventName",
    "who": "$.detail.userIdentity.arn",
    "service": "$.detail.userIdentity.invokedBy",
    "from": "$.detail.sourceIPAddress",
    "when": "$.detail.eventTime",
    "region": "$.detail.awsRegion",
    "account": "$.account",
    "event": "$.detail.eventID",
}
_CHANGED = "[CRITICAL] The PassRole Guardrail, or the CloudTrail that it hears by, was changed"
_DEPLOYED = "[MEDIUM] The stack of the PassRole Guardrail is being changed, as each deployment of it does"
# Each line in quotation marks: EventBridge takes no other text ("Amazon EventBridge input transformation").
_LINES = (
    "What: <source> <call>",
    f"Of: {' '.join(f'<{name}>' for name in _RESOURCES)}",
    "Who: <who> <service>",
    "From: <from>",
    "When: <when>",
    "Where: <account> <region>",
    "Event: <event>",
    "If nobody meant it, revoke that principal's access first. Then see what is missing: passrole doctor",
    "An EventBridge rule tells you this by itself: the guardrail's own message may not come.",
)


def add_self_watch(
    scope: Construct,
    names: Names,
    alerts: AlertsTopic,
    *,
    target_arn: str,
    dead_letters: sqs.Queue,
    after: Iterable[IDependable],
    role: iam.Role | None = None,
) -> None:
    """Makes the rules of one region.

    Args:
        target_arn: where changes go to be judged: the queue of `sweep`, or the home region's bus.
        dead_letters: for what either kind cannot deliver.
        after: what must exist before the first event comes.
        role: what EventBridge sends there with, if it needs one.
    """
    prerequisites = (*after, alerts.topic, alerts.rule_role)
    add_rules(
        scope,
        change_rules(),
        target_arn=target_arn,
        dead_letters=dead_letters,
        role=role,
        after=prerequisites,
    )
    for rule in direct_rules(names):
        made = events.CfnRule(
            scope,
            rule.name,
            description=f"PassRole Guardrail: {rule.name}",
            event_pattern=rule.pattern,
            state=rule.state,
            targets=[_people(alerts, dead_letters, _DEPLOYED if rule.name == DEPLOYMENT_RULE else _CHANGED)],
        )
        made.node.add_dependency(*prerequisites)


def names_in(stack: str, key: str, self_role: str | None = None) -> Names:
    """The guard's names in the region of the stack that they are asked for.

    Args:
        stack: name of the home region's stack.
        key: id of this region's key.
        self_role: ARN of the role that puts the canary's rule, where that stands here.
    """
    return Names(Aws.REGION, stack, key, self_role)


def let_ask_for_deployments(role: iam.Role) -> None:
    """Lets a role see when the guard's stacks, in whatever region, were changed."""
    stacks = f"arn:{Aws.PARTITION}:cloudformation:*:{Aws.ACCOUNT_ID}:stack/{Aws.STACK_NAME}"
    resources = [f"{stacks}/*", f"{stacks}-*/*"]
    role.add_to_principal_policy(
        iam.PolicyStatement(
            sid="SeeDeployments", actions=["cloudformation:DescribeStackEvents"], resources=resources
        )
    )
    for resource in resources:
        acknowledge_wildcard(
            policy_of(role),
            resource,
            "The guard's stacks, in each region: their ids end in what AWS makes up.",
        )


def _people(alerts: AlertsTopic, dead_letters: sqs.Queue, head: str) -> events.CfnRule.TargetProperty:
    paths = {name: f"$.detail.requestParameters.{member}" for name, member in _RESOURCES.items()}
    return events.CfnRule.TargetProperty(
        id="People",
        arn=alerts.topic.topic_arn,
        role_arn=alerts.rule_role.role_arn,
        input_transformer=events.CfnRule.InputTransformerProperty(
            input_paths_map={**paths, **_DETAILS}, input_template="\n".join(map(json.dumps, (head, *_LINES)))
        ),
        retry_policy=events.CfnRule.RetryPolicyProperty(
            maximum_event_age_in_seconds=MAX_AGE_SECONDS, maximum_retry_attempts=MAX_RETRIES
        ),
        dead_letter_config=events.CfnRule.DeadLetterConfigProperty(arn=dead_letters.queue_arn),
    )
