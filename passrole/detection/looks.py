"""Further looks: an event with an undetermined pass waits in a queue, and is judged again after a while.

IAM is eventually consistent, reads are throttled, and rights are mended: what could not be read when the
event came may be readable a minute later. The event waits as it came; the number of its look is an attribute
of the message, so that each look judges the same text by the same code.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_sqs.client import SQSClient

FIRST = 1  # the look that an event gets when it comes
ATTRIBUTE = "look"
DELAYS = (30, 90, 180)  # seconds before the second look, the third, the fourth: five minutes in all
_LONGEST_DELAY = 900  # of a message: SQS API reference, SendMessage, DelaySeconds
# What a queue takes that was made before SQS took messages of 1 MiB, with room for the attribute.
_MOST_BYTES = 256 * 1024 - 100


class SqsLooks:
    """The queue in which events wait.

    Args:
        queue_url: None where nothing waits.
        delays: seconds before each further look; there are as many as delays.
    """

    def __init__(self, queue_url: str | None, delays: Sequence[int], sqs: "SQSClient") -> None:
        self._queue_url = queue_url
        self._delays = tuple(delays)
        self._sqs = sqs

    def takes(self, event: str, look: int) -> bool:
        """Whether there is a look after this one, and room for the event until then."""
        if self._queue_url is None or look > len(self._delays):
            return False
        return len(event.encode("utf-8", "surrogatepass")) <= _MOST_BYTES

    def put(self, event: str, look: int) -> None:
        """Has an event looked at again, if it ``takes`` it.

        Args:
            event: the EventBridge envelope as it came.
            look: the number of the look that it had last.
        """
        self._sqs.send_message(
            QueueUrl=self._queue_url or "",
            MessageBody=event,
            DelaySeconds=self._delays[look - 1],
            MessageAttributes={ATTRIBUTE: {"DataType": "Number", "StringValue": str(look + 1)}},
        )


def parse_look(text: str | None) -> int:
    """The number of a look, from a message's attribute; what has none comes for the first time.

    Raises:
        ValueError: the text is no such number.
    """
    if text is None:
        return FIRST
    if not (text.isascii() and text.isdigit() and len(text) < 4 and int(text) >= FIRST):
        raise ValueError(f"the attribute {ATTRIBUTE} is no number of a look")
    return int(text)


def parse_delays(text: str) -> tuple[int, ...]:
    """Delays as a setting has them: whole seconds, separated by commas.

    Raises:
        ValueError: the text is no such list.
    """
    delays = tuple(int(part) if part.strip().isdecimal() else -1 for part in text.split(","))
    if not all(0 <= delay <= _LONGEST_DELAY for delay in delays):
        raise ValueError(f"{text!r}: expected whole seconds from 0 to {_LONGEST_DELAY}, separated by commas")
    return delays
