"""Redrives: people in the operator role, and no other IAM principal, put messages into the queues.

Where a function of ours puts messages into a queue, it is named besides.
"""

from collections.abc import Mapping, Sequence

from aws_cdk import aws_iam as iam
from aws_cdk import aws_sqs as sqs

from infra.queues import WorkQueue


def leave_to_operators(
    operator: iam.Role,
    works: Sequence[WorkQueue],
    rule_dead_letters: sqs.Queue,
    sweep_dead_letters: sqs.Queue,
    senders: Mapping[WorkQueue, iam.Role],
) -> None:
    """Lets operators return dead letters, and denies sending to every other principal of the account.

    What lies in a dead-letter queue comes back by a redrive, so nobody else sends there either.

    Args:
        sweep_dead_letters: they are not returned, only looked at and deleted.
        senders: the roles that put work into a queue themselves; others get theirs from AWS services.
    """
    dead_letters = [work.dead_letters for work in works]
    for work in works:
        _restrict_senders(work.queue, *filter(None, (operator, senders.get(work))))
    for queue in (*dead_letters, rule_dead_letters):
        _restrict_senders(queue, operator)
    # One statement a role: its name must not stand twice in a policy.
    for role in dict.fromkeys(senders.values()):
        queues = [work.queue for work, sender in senders.items() if sender is role]
        _allow(role, "SendWork", ("sqs:SendMessage",), queues)
    # SQS moves messages by itself only from the dead-letter queues of queues: not from that of the rules.
    _allow(
        operator,
        "MoveDeadLetters",
        ("sqs:CancelMessageMoveTask", "sqs:ListMessageMoveTasks", "sqs:StartMessageMoveTask"),
        dead_letters,
    )
    _allow(
        operator,
        "TakeDeadLetters",
        ("sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"),
        (*dead_letters, rule_dead_letters, sweep_dead_letters),
    )
    _allow(operator, "SendAgain", ("sqs:SendMessage",), [work.queue for work in works])


def _restrict_senders(queue: sqs.Queue, *senders: iam.Role) -> None:
    """Denies sending to IAM principals, root included; services come with a principal of their own.

    All three conditions must hold. `ArnNotEquals` alone also holds where the key is absent; and AWS documents
    that a service's request says `aws:PrincipalIsAWSService`, but not that it has no `aws:PrincipalArn`:
    either lets the rules and the topic in. A service that uses somebody's role is that role here.
    """
    queue.add_to_resource_policy(
        iam.PolicyStatement(
            sid="OnlyServicesAndOperatorsSend",
            effect=iam.Effect.DENY,
            principals=[iam.AnyPrincipal()],
            actions=["sqs:SendMessage"],
            resources=[queue.queue_arn],
            conditions={
                "ArnNotEquals": {"aws:PrincipalArn": [role.role_arn for role in senders]},
                "Null": {"aws:PrincipalArn": "false"},
                "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
            },
        )
    )


def _allow(role: iam.Role, sid: str, actions: Sequence[str], queues: Sequence[sqs.Queue]) -> None:
    role.add_to_principal_policy(
        iam.PolicyStatement(sid=sid, actions=list(actions), resources=[queue.queue_arn for queue in queues])
    )
