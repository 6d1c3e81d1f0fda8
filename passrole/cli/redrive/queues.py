"""The dead-letter queues of a deployment: their names, what lies in them, and where it was meant to go."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from passrole.cli.errors import InputError

RULE = "rule"
SWEEP = "sweep"
_INTAKE = "intake"
_URL = "QueueUrl"
_DEAD_LETTER_URL = f"DeadLetter{_URL}"
_WORD_BEGINS = re.compile(r"(?<=[a-z])(?=[A-Z])")
_COUNTS = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")


@dataclass(frozen=True, slots=True)
class DeadLetterQueue:
    """One dead-letter queue of the stack.

    Attributes:
        name: as people are told it: ``second_looks``; a channel's is the channel's own.
        meant_for: name of the queue that its messages were meant for; None of the sweep's, which are runs
            that failed: they cannot be returned, and the next run does their work.
        destination: that queue's URL.
    """

    name: str
    url: str
    meant_for: str | None = None
    destination: str | None = None


@dataclass(frozen=True, slots=True)
class Content:
    """What SQS tells of a queue.

    Attributes:
        arn: the queue's own.
        messages: how many lie in it, those included that somebody has just received; SQS counts roughly.
    """

    arn: str
    messages: int


def dead_letter_queues(outputs: Mapping[str, str]) -> Sequence[DeadLetterQueue]:
    """All that the stack's outputs name, by name.

    Raises:
        InputError: an output is missing that says where one's messages were meant to go.
    """
    names = {output: name_of(output) for output in sorted(outputs)}
    return [_queue(name, outputs[output], outputs) for output, name in names.items() if name]


def name_of(output: str) -> str | None:
    """What people call the dead-letter queue whose URL is in an output; None if that holds something else."""
    if not output.endswith(_DEAD_LETTER_URL):
        return None
    return _WORD_BEGINS.sub("_", output.removesuffix(_DEAD_LETTER_URL)).lower()


def content_of(client: Any, queue: DeadLetterQueue) -> Content:
    """Asks SQS.

    Raises:
        ClientError, BotoCoreError: AWS did not answer.
    """
    told = client.get_queue_attributes(QueueUrl=queue.url, AttributeNames=[*_COUNTS, "QueueArn"])
    attributes = told["Attributes"]
    return Content(attributes["QueueArn"], sum(int(attributes[name]) for name in _COUNTS))


def counted(number: int) -> str:
    """``1 message``, ``1,200 messages``"""
    return "1 message" if number == 1 else f"{number:,} messages"


def _queue(name: str, url: str, outputs: Mapping[str, str]) -> DeadLetterQueue:
    if name == SWEEP:
        return DeadLetterQueue(name, url)
    # What a rule could not deliver was meant for the intake; every other queue has one of its own.
    meant_for = _INTAKE if name == RULE else name
    wanted = f"{''.join(word.capitalize() for word in meant_for.split('_'))}{_URL}"
    if wanted not in outputs:
        raise InputError(
            f"the stack has no output {wanted}, for the dead letters of {name}: deploy this version"
        )
    return DeadLetterQueue(name, url, meant_for, outputs[wanted])
