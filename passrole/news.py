"""The pointer that travels over the topic: which finding has news. Receivers reload the finding itself."""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from passrole.finding import Finding, News, Step

if TYPE_CHECKING:
    from mypy_boto3_sns.client import SNSClient
    from mypy_boto3_sqs.client import SQSClient

VERSION = 1


@dataclass(frozen=True, slots=True)
class Pointer:
    """Says that a finding took a step; carries nothing that a receiver would act on."""

    finding_id: str
    revision: int
    news: News

    def to_message(self) -> str:
        return json.dumps(
            {"version": VERSION, "finding_id": self.finding_id, "revision": self.revision, "news": self.news}
        )

    @classmethod
    def from_message(cls, text: str) -> "Pointer":
        """Reads what ``to_message`` wrote.

        Raises:
            ValueError: anything else.
        """
        data = json.loads(text)
        if not isinstance(data, dict) or data.get("version") != VERSION:
            raise ValueError(f"not a pointer of version {VERSION}")
        finding_id, revision = data.get("finding_id"), data.get("revision")
        if not isinstance(finding_id, str) or not isinstance(revision, int):
            raise ValueError("a pointer needs a finding_id and a revision")
        return cls(finding_id, revision, News(str(data.get("news"))))


class Topic(Protocol):
    """Where pointers are published."""

    def publish(self, message: str, attributes: dict[str, str]) -> None:
        """Sends one message with string attributes."""


class PointerQueue(Protocol):
    """The queue of a function, for pointers that do not come over the topic."""

    def send(self, message: str) -> None:
        """Puts one message into it."""


class Outbox(Protocol):
    """What publishing needs of the ledger."""

    def unpublished_steps(self, finding: Finding) -> tuple[Step, ...]:
        """The steps after ``finding.published``, oldest first."""

    def mark_published(self, finding: Finding) -> None:
        """Notes that all steps up to ``finding.revision`` were published."""


def publish_news(outbox: Outbox, topic: Topic, finding: Finding) -> None:
    """Publishes each step that the topic was not told of, then marks them.

    A crash in between publishes again at the next delivery; receivers act once all the same.
    """
    if not finding.has_news:
        return
    for step in outbox.unpublished_steps(finding):
        pointer = Pointer(finding.id, step.revision, step.news)
        topic.publish(pointer.to_message(), attributes_of(finding, step.news))
    outbox.mark_published(finding)


def attributes_of(finding: Finding, news: News) -> dict[str, str]:
    """Message attributes for filter policies of subscriptions."""
    return {
        "news": news,
        "response": finding.response,
        "severity": finding.severity,
        "verdict": finding.decision,
        "service": finding.services[0]
        if len(finding.services) == 1
        else "several"
        if finding.services
        else "unknown",
        "account": finding.account or "unknown",
        "region": finding.region or "unknown",
    }


class SnsTopic:
    """The topic ``findings``."""

    def __init__(self, topic_arn: str, sns: "SNSClient") -> None:
        self._topic_arn = topic_arn
        self._sns = sns

    def publish(self, message: str, attributes: dict[str, str]) -> None:
        """Sends one message with string attributes."""
        self._sns.publish(
            TopicArn=self._topic_arn,
            Message=message,
            MessageAttributes={
                name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()
            },
        )


class SqsPointers:
    """A function's queue."""

    def __init__(self, queue_url: str, sqs: "SQSClient") -> None:
        self._queue_url = queue_url
        self._sqs = sqs

    def send(self, message: str) -> None:
        """Puts one message into it."""
        self._sqs.send_message(QueueUrl=self._queue_url, MessageBody=message)
