"""The e-mail channel, with moto's SNS and a queue as the subscriber."""

import json
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError

from passrole.alerts import DeliveryError, SnsEmail
from passrole.alerts.renderings import text, text_digest
from tests.unit.alerts.samples import ALERTS, DIGESTS, alert
from tests.unit.samples import ACCOUNT, REGION


class Inbox:
    """A topic and a queue that is subscribed to it."""

    def __init__(self) -> None:
        self.sns = boto3.client("sns")
        self.sqs = boto3.client("sqs")
        self.topic = self.sns.create_topic(Name="alerts")["TopicArn"]
        self.queue = self.sqs.create_queue(QueueName="inbox")["QueueUrl"]
        arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:inbox"
        self.sns.subscribe(TopicArn=self.topic, Protocol="sqs", Endpoint=arn)

    def mails(self) -> list[dict[str, Any]]:
        answer = self.sqs.receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10)
        return [json.loads(message["Body"]) for message in answer.get("Messages", [])]


@pytest.fixture
def inbox(aws: None) -> Inbox:
    return Inbox()


def _answer(operation: str, status: int) -> ClientError:
    answer: Any = {"Error": {"Code": "A"}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(answer, operation)


class BrokenSns:
    def __init__(self, error: Exception) -> None:
        self._error = error

    def publish(self, **_: Any) -> None:
        raise self._error


@pytest.mark.parametrize("name", ALERTS)
def test_every_news_arrives_with_subject_and_body(inbox: Inbox, name: str) -> None:
    SnsEmail(inbox.topic, inbox.sns).send(ALERTS[name])

    mail = text.email(ALERTS[name])
    assert [(m["Subject"], m["Message"]) for m in inbox.mails()] == [(mail.subject, mail.body)]


def test_attributes_allow_filters(inbox: Inbox) -> None:
    SnsEmail(inbox.topic, inbox.sns).send(ALERTS["contained"])

    attributes = {k: v["Value"] for k, v in inbox.mails()[0]["MessageAttributes"].items()}
    assert attributes == {
        "news": "contained",
        "response": "quarantine",
        "severity": "high",
        "verdict": "violation",
        "service": "lambda.amazonaws.com",
        "account": "111122223333",
        "region": "eu-west-1",
        "check": "none",
    }


def test_digest_arrives_and_passes_every_filter_that_one_of_its_news_would(inbox: Inbox) -> None:
    email = SnsEmail(inbox.topic, inbox.sns)
    [page] = email.pages(DIGESTS["digest-several-groups"])

    email.send_page(page, repeat=False)

    [mail] = inbox.mails()
    assert mail["Message"] == text_digest.email(page, repeat=False).body
    kinds = {k: v["Type"] for k, v in mail["MessageAttributes"].items()}
    assert (kinds["account"], kinds["severity"]) == ("String", "String.Array")
    assert set(json.loads(mail["MessageAttributes"]["severity"]["Value"])) == {"critical", "high", "medium"}


def test_record_with_an_empty_service_or_control_characters_is_told_all_the_same(inbox: Inbox) -> None:
    SnsEmail(inbox.topic, inbox.sns).send(alert(services=("",), region="eu\x00\nwest"))

    attributes = inbox.mails()[0]["MessageAttributes"]
    assert attributes["service"]["Value"] == "unknown"
    assert attributes["region"]["Value"] == "eu\\x00\\nwest"


def test_refusal_did_not_arrive() -> None:
    refusal = ClientError({"Error": {"Code": "Throttling", "Message": "slow down"}}, "Publish")

    with pytest.raises(DeliveryError, match="did not accept") as caught:
        SnsEmail("arn:aws:sns:eu-west-1:1:alerts", BrokenSns(refusal)).send(ALERTS["opened"])  # type: ignore[arg-type]

    assert not caught.value.may_have_arrived


@pytest.mark.parametrize(
    ("error", "may_have_arrived"),
    [
        (EndpointConnectionError(endpoint_url="https://sns"), False),
        (ConnectTimeoutError(endpoint_url="https://sns"), False),
        (ReadTimeoutError(endpoint_url="https://sns"), True),
        (_answer("Publish", 400), False),
        (_answer("Publish", 500), True),
        (_answer("Publish", 503), False),
        (_answer("Publish", 504), True),
    ],
)
def test_lost_answer_may_have_arrived(error: Exception, may_have_arrived: bool) -> None:
    with pytest.raises(DeliveryError) as caught:
        SnsEmail("arn:aws:sns:eu-west-1:1:alerts", BrokenSns(error)).send(ALERTS["opened"])  # type: ignore[arg-type]

    assert caught.value.may_have_arrived is may_have_arrived


def test_topic_that_does_not_exist_is_a_delivery_error(inbox: Inbox) -> None:
    with pytest.raises(DeliveryError, match="NotFound"):
        SnsEmail(f"arn:aws:sns:{REGION}:{ACCOUNT}:nothing", inbox.sns).send(ALERTS["opened"])
