"""Messages taken out of a queue one by one: where SQS moves none, because no queue gives up to it."""

from collections.abc import Callable, Iterator
from typing import Any

_AT_ONCE = 10  # SQS's limit
# Longer than ten messages take, and soon over if we die amid them.
_HIDDEN_SECONDS = 60
# Above 0 SQS asks all of its servers, so that no message is overlooked.
_WAIT_SECONDS = 1


def take(client: Any, url: str, hand_on: Callable[[str], object]) -> Iterator[str]:
    """Hands on the body of each message, and only then deletes it: a crash repeats one and loses none.

    Yields:
        Each body that was handed on.

    Raises:
        ClientError, BotoCoreError: AWS did not answer; what was not yielded is still in the queue.
    """
    while messages := client.receive_message(
        QueueUrl=url,
        MaxNumberOfMessages=_AT_ONCE,
        VisibilityTimeout=_HIDDEN_SECONDS,
        WaitTimeSeconds=_WAIT_SECONDS,
    ).get("Messages"):
        for message in messages:
            hand_on(message["Body"])
            client.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            yield message["Body"]
