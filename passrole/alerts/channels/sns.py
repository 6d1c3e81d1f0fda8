"""Publishing alerts to an SNS topic that people, or their chat, get them from."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from passrole.alerts.alert import Alert
from passrole.alerts.channels.aws_failures import ERRORS, failure
from passrole.news import attributes_of, sns_attributes

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sns.type_defs import MessageAttributeValueTypeDef


class AlertTopic:
    """A topic. Its attributes are those of the topic ``findings``, for subscribers' filters."""

    def __init__(self, topic_arn: str, sns: "SNSClient") -> None:
        self._topic_arn = topic_arn
        self._sns = sns

    def publish(self, subject: str, message: str, alerts: Sequence[Alert]) -> None:
        """Publishes what tells some alerts; a filter lets it through if it would any of them.

        Raises:
            DeliveryError: SNS did not accept it, or did not answer.
        """
        try:
            self._sns.publish(
                TopicArn=self._topic_arn,
                Subject=subject,
                Message=message,
                MessageAttributes=_attributes(alerts),
            )
        except ERRORS as error:
            raise failure("SNS", "accept the alert", error) from error


def _attributes(alerts: Sequence[Alert]) -> "dict[str, MessageAttributeValueTypeDef]":
    """The attributes of all alerts, the most frequent values first: of longer lists, those stand in them."""
    found: dict[str, Counter[str]] = {}
    for alert in alerts:
        for name, values in attributes_of(alert.finding, alert.step.news).items():
            found.setdefault(name, Counter()).update(values)
    return sns_attributes({name: [v for v, _ in values.most_common()] for name, values in found.items()})
