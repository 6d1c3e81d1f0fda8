"""Events into the intake queue, as its rules would have put them there.

Source: the SQS API reference, SendMessageBatch: ten messages at most, of 1 MiB together, each of which may
fail by itself.
"""

import json
import time
from collections.abc import Callable, Sequence
from typing import Any

from passrole.catalogue.rules import DETAIL_TYPE
from passrole.trail.values import text

_MOST_MESSAGES, _MOST_BYTES = 10, 1_048_576
_PAUSES = (1, 5, 15)  # seconds
_DOMAIN = ".amazonaws.com"


class SendError(RuntimeError):
    """SQS did not take a message; the message says why."""


class Intake:
    """Sends events in batches.

    Attributes:
        sent: how many the queue has.
        too_large: how many no queue can take.
    """

    def __init__(self, client: Any, queue_url: str, sleep: Callable[[float], None] = time.sleep) -> None:
        self._client = client
        self._queue_url = queue_url
        self._sleep = sleep
        self._waiting: list[str] = []
        self._size = 0
        self.sent = 0
        self.too_large = 0

    @property
    def waiting(self) -> int:
        """How many wait to be sent with the next ones."""
        return len(self._waiting)

    def put(self, body: str) -> None:
        """Sends an event, with the next ones or with those before it.

        Raises:
            SendError: SQS did not take one.
            ClientError, BotoCoreError: AWS refused, or did not answer.
        """
        size = len(body.encode())
        if size > _MOST_BYTES:
            self.too_large += 1
            return
        if len(self._waiting) == _MOST_MESSAGES or self._size + size > _MOST_BYTES:
            self.flush()
        self._waiting.append(body)
        self._size += size

    def flush(self) -> None:
        """Sends what waits. Raises as `put` does."""
        waiting, pauses = self._waiting, iter(_PAUSES)
        while waiting:
            failed = self._send(waiting)
            self.sent += len(waiting) - len(failed)
            waiting = [waiting[int(entry["Id"])] for entry in failed]
            pause = next(pauses, None)
            if failed and (pause is None or any(entry["SenderFault"] for entry in failed)):
                raise SendError(
                    f"SendMessageBatch failed: {failed[0]['Code']}: {failed[0].get('Message', 'no message')}"
                )
            if failed and pause is not None:
                self._sleep(pause)
        self._waiting, self._size = [], 0

    def _send(self, bodies: Sequence[str]) -> Sequence[dict[str, Any]]:
        entries = [{"Id": str(number), "MessageBody": body} for number, body in enumerate(bodies)]
        answer = self._client.send_message_batch(QueueUrl=self._queue_url, Entries=entries)
        failed: Sequence[dict[str, Any]] = answer.get("Failed", ())
        return failed


def envelope_around(record: dict[str, Any], account: str, region: str) -> str:
    """The event that EventBridge makes of a record: its user guide, "AWS service events delivered via AWS
    CloudTrail".
    """
    source = (text(record.get("eventSource")) or "").removesuffix(_DOMAIN)
    envelope: dict[str, Any] = {
        "version": "0",
        "id": text(record.get("eventID")),
        "detail-type": DETAIL_TYPE,
        "source": f"aws.{source}",
        "account": account,
        "time": text(record.get("eventTime")),
        "region": text(record.get("awsRegion")) or region,
        "resources": [],
        "detail": record,
    }
    return json.dumps(envelope)
