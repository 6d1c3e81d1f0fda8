"""Sends alerts as e-mails, through the SNS topic that people subscribe to."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from passrole.alerts.alert import Alert
from passrole.alerts.channels.base import DigestingChannel
from passrole.alerts.channels.sns import AlertTopic
from passrole.alerts.digest import Digest, Page
from passrole.alerts.renderings import text, text_digest
from passrole.channel import ChannelName

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient


class SnsEmail(DigestingChannel):
    """The topic ``alerts``."""

    name = ChannelName.EMAIL

    def __init__(self, topic_arn: str, sns: "SNSClient") -> None:
        self._topic = AlertTopic(topic_arn, sns)

    def send(self, message: Alert) -> None:
        """Publishes subject and body.

        Raises:
            DeliveryError: SNS did not accept it, or did not answer.
        """
        email = text.email(message)
        self._topic.publish(email.subject, email.body, [message])

    def pages(self, digest: Digest) -> Sequence[Page]:
        """The e-mails that a digest takes."""
        return text_digest.pages(digest)

    def send_page(self, page: Page, *, repeat: bool) -> None:
        """Publishes one e-mail of a digest; a filter lets it through if it would any of its news.

        Raises:
            DeliveryError: SNS did not accept it, or did not answer.
        """
        email = text_digest.email(page, repeat=repeat)
        self._topic.publish(email.subject, email.body, page.alerts)
