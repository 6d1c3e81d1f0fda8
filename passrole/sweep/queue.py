"""The queue of tasks."""

from typing import TYPE_CHECKING

from passrole.sweep.tasks import Task, message_of

if TYPE_CHECKING:
    from mypy_boto3_sqs.client import SQSClient


class SqsTasks:
    """Puts tasks into a queue of SQS."""

    def __init__(self, queue_url: str, sqs: "SQSClient") -> None:
        self._queue_url = queue_url
        self._sqs = sqs

    def put(self, task: Task, delay: int = 0) -> None:
        """Puts a task into it, to be done in so many seconds: 900 at most."""
        self._sqs.send_message(QueueUrl=self._queue_url, MessageBody=message_of(task), DelaySeconds=delay)
