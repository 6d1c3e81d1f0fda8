"""``passrole redrive`` on the stack as it is: which queue is which, and the rights that its calls need."""

import pytest

from passrole.channel import ChannelName
from passrole.cli.redrive.queues import RULE, SWEEP, DeadLetterQueue, dead_letter_queues
from tests.infra.stack_template import StackTemplate, text


@pytest.fixture(name="queues")
def _queues(guard: StackTemplate) -> list[DeadLetterQueue]:
    outputs = {name: text(output["Value"]) for name, output in guard.template["Outputs"].items()}
    return list(dead_letter_queues(outputs))


def test_each_dead_letter_queue_is_known_by_its_name(queues: list[DeadLetterQueue]) -> None:
    own = {"intake", RULE, "second_looks", "contain", SWEEP, "tasks", "self_watch"}
    assert {q.name for q in queues} == {*own, *ChannelName}


def test_messages_go_to_the_queue_that_gave_them_up(
    guard: StackTemplate, queues: list[DeadLetterQueue]
) -> None:
    gives_up_to = {
        f"${{{name}}}": text(queue["RedrivePolicy"]["deadLetterTargetArn"])
        for name, queue in guard.of_type("AWS::SQS::Queue").items()
        if "RedrivePolicy" in queue
    }
    for queue in queues:
        if queue.name == SWEEP:
            assert queue.destination is None
        else:
            assert queue.destination is not None
            assert (gives_up_to[queue.destination] == arn(queue.url)) == (queue.name != RULE)
    # Only for those does SQS move messages, and what a rule gave up was meant for the intake.
    by_name = {queue.name: queue for queue in queues}
    assert by_name[RULE].destination == by_name["intake"].destination


def test_operators_have_the_right_to_each_call_and_no_others(
    guard: StackTemplate, queues: list[DeadLetterQueue]
) -> None:
    rights = {
        (action, resource)
        for statement in guard.statements("Operator")
        for action in statement.actions
        for resource in statement.resources
        if action.startswith("sqs:")
    }
    moved = [queue for queue in queues if queue.name not in (RULE, SWEEP)]
    # A task receives and deletes in the name of who starts it, and sends to the other queue.
    taking = ("sqs:GetQueueAttributes", "sqs:ReceiveMessage", "sqs:DeleteMessage")
    tasks = ("sqs:StartMessageMoveTask", "sqs:ListMessageMoveTasks", "sqs:CancelMessageMoveTask")
    assert rights == {
        *((action, arn(queue.url)) for queue in queues for action in taking),
        *((action, arn(queue.url)) for queue in moved for action in tasks),
        *(("sqs:SendMessage", arn(queue.destination)) for queue in queues if queue.destination),
    }


def arn(url: str) -> str:
    """A queue's ARN in the template, by its URL there."""
    return url.replace("}", ".Arn}")
