"""Sends alerts as e-mails, through the SNS topic that people subscribe to."""

from typing import TYPE_CHECKING

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
)

from passrole.alerts import text
from passrole.alerts.alert import Alert
from passrole.alerts.channels.base import DeliveryError
from passrole.alerts.names import shown
from passrole.news import attributes_of

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient


class SnsEmail:
    """The topic ``alerts``. Its attributes are those of the topic ``findings``, for subscribers' filters."""

    name = "email"

    def __init__(self, topic_arn: str, sns: "SNSClient") -> None:
        self._topic_arn = topic_arn
        self._sns = sns

    def send(self, message: Alert) -> None:
        """Publishes subject and body.

        Raises:
            DeliveryError: SNS did not accept it, or did not answer.
        """
        email = text.email(message)
        attributes = attributes_of(message.finding, message.step.news)
        try:
            self._sns.publish(
                TopicArn=self._topic_arn,
                Subject=email.subject,
                Message=email.body,
                MessageAttributes={
                    # SNS refuses an empty value; account, region and service come from the record.
                    key: {"DataType": "String", "StringValue": shown(value, 256) or "unknown"}
                    for key, value in attributes.items()
                },
            )
        except (EndpointConnectionError, ConnectTimeoutError) as error:
            raise DeliveryError(f"SNS was not reached: {error}") from error
        except HTTPClientError as error:
            raise DeliveryError(f"SNS did not answer: {error}", may_have_arrived=True) from error
        except (ClientError, BotoCoreError) as error:
            raise DeliveryError(f"SNS did not accept the alert: {error}") from error
