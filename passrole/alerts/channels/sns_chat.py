"""Sends alerts to Amazon Q Developer in chat applications, through the SNS topic that it subscribes to."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from passrole.alerts.alert import Alert
from passrole.alerts.channels.base import DigestingChannel
from passrole.alerts.channels.sns import AlertTopic
from passrole.alerts.digest import Digest, Page
from passrole.alerts.renderings import chat, chat_digest
from passrole.channel import ChannelName

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient

# Amazon Q reads the message alone; whoever else subscribes sees what it is.
_SUBJECT = "PassRole Guardrail"


class SnsChat(DigestingChannel):
    """The topic ``chat``. Amazon Q makes the threads, by the finding's id in each message."""

    name = ChannelName.CHAT

    def __init__(self, topic_arn: str, sns: "SNSClient") -> None:
        self._topic = AlertTopic(topic_arn, sns)

    def send(self, message: Alert) -> None:
        """Publishes the alert as a custom notification.

        Raises:
            DeliveryError: SNS did not accept it, or did not answer.
        """
        self._publish(chat.notification(message), [message])

    def pages(self, digest: Digest) -> Sequence[Page]:
        """The messages that a digest takes."""
        return chat_digest.pages(digest)

    def send_page(self, page: Page, *, repeat: bool) -> None:
        """Publishes one message of a digest; a filter lets it through if it would any of its news.

        Raises:
            DeliveryError: SNS did not accept it, or did not answer.
        """
        self._publish(chat_digest.notification(page, repeat=repeat), page.alerts)

    def _publish(self, notification: chat.Notification, alerts: Sequence[Alert]) -> None:
        self._topic.publish(_SUBJECT, json.dumps(notification), alerts)
