"""Sends alerts as e-mails, through the SNS topic that people subscribe to."""

import json
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
)

from passrole.alerts import text, text_digest
from passrole.alerts.alert import Alert
from passrole.alerts.channels.base import DeliveryError, DigestingChannel
from passrole.alerts.digest import Digest, Page
from passrole.alerts.text import Email
from passrole.channel import ChannelName
from passrole.names import shown
from passrole.news import attributes_of

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sns.type_defs import MessageAttributeValueTypeDef

# SNS takes 256 KiB with the attributes: of longer lists, what is most frequent stands in them.
_MOST_VALUES = 50


class SnsEmail(DigestingChannel):
    """The topic ``alerts``. Its attributes are those of the topic ``findings``, for subscribers' filters."""

    name = ChannelName.EMAIL

    def __init__(self, topic_arn: str, sns: "SNSClient") -> None:
        self._topic_arn = topic_arn
        self._sns = sns

    def send(self, message: Alert) -> None:
        """Publishes subject and body.

        Raises:
            DeliveryError: SNS did not accept it, or did not answer.
        """
        self._publish(text.email(message), _attributes([message]))

    def pages(self, digest: Digest) -> Sequence[Page]:
        """The e-mails that a digest takes."""
        return text_digest.pages(digest)

    def send_page(self, page: Page, *, repeat: bool) -> None:
        """Publishes one e-mail of a digest; a filter lets it through if it would any of its news.

        Raises:
            DeliveryError: SNS did not accept it, or did not answer.
        """
        self._publish(text_digest.email(page, repeat=repeat), _attributes(page.alerts))

    def _publish(self, email: Email, attributes: "dict[str, MessageAttributeValueTypeDef]") -> None:
        try:
            self._sns.publish(
                TopicArn=self._topic_arn,
                Subject=email.subject,
                Message=email.body,
                MessageAttributes=attributes,
            )
        except (EndpointConnectionError, ConnectTimeoutError) as error:
            raise DeliveryError(f"SNS was not reached: {error}") from error
        except HTTPClientError as error:
            raise DeliveryError(f"SNS did not answer: {error}", may_have_arrived=True) from error
        except (ClientError, BotoCoreError) as error:
            raise DeliveryError(f"SNS did not accept the alert: {error}") from error


def _attributes(alerts: Sequence[Alert]) -> "dict[str, MessageAttributeValueTypeDef]":
    """The attributes of each alert; where they differ, an array, of which a filter needs to match one."""
    values: dict[str, Counter[str]] = {}
    for alert in alerts:
        for key, value in attributes_of(alert.finding, alert.step.news).items():
            # SNS refuses an empty value; account, region and service come from the record.
            values.setdefault(key, Counter())[shown(value, 256) or "unknown"] += 1
    return {key: _attribute([value for value, _ in c.most_common(_MOST_VALUES)]) for key, c in values.items()}


def _attribute(values: Sequence[str]) -> "MessageAttributeValueTypeDef":
    if len(values) == 1:
        return {"DataType": "String", "StringValue": values[0]}
    return {"DataType": "String.Array", "StringValue": json.dumps(values)}
