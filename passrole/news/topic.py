"""The news of findings: what travels over the topic, and to the queues of functions.

Functions of the guard read a message as a pointer, and reload the finding itself from the ledger. The rest of
it is for subscribers of the user's own.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from passrole.finding import Finding, News, Step
from passrole.names import shown
from passrole.news.message import VERSION, json_size, message_of
from passrole.policy import Stage

if TYPE_CHECKING:
    from mypy_boto3_sns.client import SNSClient
    from mypy_boto3_sns.type_defs import MessageAttributeValueTypeDef
    from mypy_boto3_sqs.client import SQSClient

# SNS takes 256 KiB, of which the attributes are 60 at most.
_LONGEST_VALUE = 256
_MOST_VALUES = 30


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
    """Where news is published."""

    def publish(self, message: str, attributes: Mapping[str, Sequence[str]]) -> None:
        """Sends one message with its attributes: the values of each."""


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
        topic.publish(json.dumps(message_of(finding, step)), attributes_of(finding, step.news))
    outbox.mark_published(finding)


def attributes_of(finding: Finding, news: News) -> dict[str, tuple[str, ...]]:
    """Message attributes for filter policies of subscriptions; a filter needs to match one of the values."""
    return {
        "news": (news,),
        "response": _responses(finding, news),
        "severity": (finding.severity,),
        "verdict": (finding.decision,),
        "service": finding.services or ("unknown",),
        "account": (finding.account or "unknown",),
        "region": (finding.region or "unknown",),
        "check": finding.checks or ("none",),
    }


def _responses(finding: Finding, news: News) -> tuple[str, ...]:
    """With ``alert`` where people were told of what is only observed by now, and hear what becomes of it.

    That it is open again, they do not hear: the policy now says so.
    """
    is_followed = finding.was_told and finding.response is Stage.OBSERVE
    is_again = news in (News.REOPENED, News.EXEMPTION_ENDED)
    return (finding.response, Stage.ALERT) if is_followed and not is_again else (finding.response,)


def sns_attributes(
    attributes: Mapping[str, Sequence[str]],
) -> "dict[str, MessageAttributeValueTypeDef]":
    """Attributes as SNS takes them: one value is a text, several are an array."""
    return {name: _attribute(values) for name, values in attributes.items()}


def _attribute(values: Sequence[str]) -> "MessageAttributeValueTypeDef":
    # SNS refuses empty values and control characters; account, region and service come from the record.
    texts = [shown(value, _LONGEST_VALUE, json_size) or "unknown" for value in values[:_MOST_VALUES]]
    if len(texts) == 1:
        return {"DataType": "String", "StringValue": texts[0]}
    return {"DataType": "String.Array", "StringValue": json.dumps(texts)}


class SnsTopic:
    """The topic ``findings``."""

    def __init__(self, topic_arn: str, sns: "SNSClient") -> None:
        self._topic_arn = topic_arn
        self._sns = sns

    def publish(self, message: str, attributes: Mapping[str, Sequence[str]]) -> None:
        """Sends one message with its attributes."""
        self._sns.publish(
            TopicArn=self._topic_arn, Message=message, MessageAttributes=sns_attributes(attributes)
        )


class SqsPointers:
    """A function's queue."""

    def __init__(self, queue_url: str, sqs: "SQSClient") -> None:
        self._queue_url = queue_url
        self._sqs = sqs

    def send(self, message: str) -> None:
        """Puts one message into it."""
        self._sqs.send_message(QueueUrl=self._queue_url, MessageBody=message)
