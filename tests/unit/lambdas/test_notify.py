"""The entry point of notify: a batch of pointers, told or delivered again, over a ledger in memory."""

import importlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from lambdas.notify.channels import Post
from passrole.alerts import Alert, Channel, Deliverer, DeliveryError
from passrole.channel import ChannelName
from passrole.clock import utc_now
from passrole.digests import DigestPointer
from passrole.finding import Change, Finding, News, State, Step, advance, feed
from passrole.ledger import Held, HeldNews, Ledger
from passrole.news import Pointer
from passrole.policy import Stage
from tests.unit.alerts.inbox import Inbox, MachineInbox
from tests.unit.samples import ACCOUNT, REGION, finding_of


@dataclass
class Context:
    function_name: str = "notify"
    memory_limit_in_mb: int = 128
    invoked_function_arn: str = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:notify"
    aws_request_id: str = "33333333-3333-4333-8333-333333333333"
    remaining: int = 60_000

    def get_remaining_time_in_millis(self) -> int:
        return self.remaining


@pytest.fixture
def notify(aws: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The entry point's module."""
    monkeypatch.setenv("AWS_REGION", REGION)
    module: Any = importlib.import_module("lambdas.notify.handler")
    monkeypatch.setattr(module.metrics, "namespace", "PassRoleGuardrail")
    monkeypatch.setattr(module.metrics, "service", "notify")
    wiring = module.posts_by_queue
    wiring.cache_clear()
    yield module
    wiring.cache_clear()


@pytest.fixture
def inbox(notify: Any, ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> Inbox:
    inbox = Inbox()
    _post(notify, monkeypatch, ledger, {"notify": inbox})
    return inbox


def _post(
    notify: Any, monkeypatch: pytest.MonkeyPatch, ledger: Ledger, channels: Mapping[str, Channel]
) -> None:
    """Has each channel told by the queue of that name."""
    found = {
        queue: Post(ledger, Deliverer(ledger, channel), _queue_url(queue))
        for queue, channel in channels.items()
    }
    monkeypatch.setattr(notify, "posts_by_queue", lambda: found)


def _queue_url(name: str) -> str:
    return f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{name}"


@pytest.fixture
def counted(capsys: pytest.CaptureFixture[str]) -> Callable[[str], float]:
    def count(name: str) -> float:
        """The sum of a metric over what was printed since the last look, in CloudWatch's embedded format."""
        lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]
        return sum(sum(line[name]) for line in lines if "_aws" in line and name in line)

    return count


def _opened(ledger: Ledger, response: Stage = Stage.QUARANTINE) -> Finding:
    change = feed(None, finding_of(response=response))
    assert ledger.record_change(change)
    return change.finding


def _pointer(finding: Finding, revision: int = 1, news: News = News.OPENED) -> str:
    return Pointer(finding.id, revision, news).to_message()


def _event(*bodies: str, queue: str = "notify") -> dict[str, Any]:
    return {
        "Records": [
            {
                "messageId": f"message-{index}",
                "body": body,
                "eventSource": "aws:sqs",
                "eventSourceARN": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{queue}",
                "attributes": {"ApproximateReceiveCount": "1"},
                "messageAttributes": {},
                "awsRegion": REGION,
                "receiptHandle": "handle",
                "md5OfBody": "",
            }
            for index, body in enumerate(bodies)
        ]
    }


def _failed(answer: dict[str, Any]) -> list[str]:
    return [item["itemIdentifier"] for item in answer["batchItemFailures"]]


def test_news_is_told_once_over_redeliveries(
    notify: Any, ledger: Ledger, inbox: Inbox, counted: Callable[[str], float]
) -> None:
    finding = _opened(ledger)

    answers = [notify.handler(_event(_pointer(finding)), Context()) for _ in range(3)]

    assert [_failed(answer) for answer in answers] == [[], [], []]
    assert inbox.arrived == [Alert(finding, Step(1, finding.opened_at, News.OPENED, _dana(), _why()))]
    assert counted("AlertsDelivered") == 1


def test_each_step_is_told_as_the_ledger_knows_it_not_as_the_message_says(
    notify: Any, ledger: Ledger, inbox: Inbox
) -> None:
    opened = _opened(ledger)
    change: Change = advance(
        opened, State.CONTAINED, News.CONTAINED, "2026-11-22T12:00:09.000Z", "contain", "done"
    )
    assert ledger.record_change(change)

    notify.handler(_event(_pointer(opened, 2, News.RELEASED)), Context())

    assert [(a.step.news, a.step.why, a.finding.state) for a in inbox.arrived] == [
        (News.CONTAINED, "done", State.CONTAINED)
    ]


def test_only_what_failed_comes_again(
    notify: Any, ledger: Ledger, inbox: Inbox, counted: Callable[[str], float]
) -> None:
    finding = _opened(ledger)
    inbox.errors = [DeliveryError("Slack answered 503")]

    answer = notify.handler(_event(_pointer(finding), _pointer(finding)), Context())

    assert _failed(answer) == ["message-0"]
    assert len(inbox.arrived) == 1
    assert counted("AlertFailures") == 1


@pytest.mark.parametrize(("asked", "waits"), [(None, 10), (90.0, 90), (86_400.0, 3_600)])
def test_what_a_receiver_refused_comes_again_when_it_asks(
    notify: Any, ledger: Ledger, monkeypatch: pytest.MonkeyPatch, asked: float | None, waits: int
) -> None:
    inbox = Inbox(errors=[DeliveryError("Slack answered 429", retry_after=asked)])
    _post(notify, monkeypatch, ledger, {"notify": inbox})
    told: list[Any] = []
    redelivery: Any = importlib.import_module("lambdas.shared.redelivery")

    class Queue:
        def change_message_visibility(self, **parameters: Any) -> None:
            told.append(parameters)

    monkeypatch.setattr(redelivery, "client", lambda _: Queue())

    notify.handler(_event(_pointer(_opened(ledger))), Context())

    assert told == [{"QueueUrl": _queue_url("notify"), "ReceiptHandle": "handle", "VisibilityTimeout": waits}]


def test_observed_finding_is_told_to_nobody(notify: Any, ledger: Ledger, inbox: Inbox) -> None:
    finding = _opened(ledger, Stage.OBSERVE)

    assert _failed(notify.handler(_event(_pointer(finding)), Context())) == []
    assert inbox.arrived == []


@pytest.mark.parametrize(
    "body",
    [
        "",
        "not json",
        "[" * 100_000,
        "null",
        '{"version": 2, "finding_id": "f", "revision": 1, "news": "opened"}',
        '{"version": 1, "finding_id": "f", "revision": 1, "news": "gossip"}',
        '{"version": 2, "digest": {"channel": "slack", "number": 1}}',
        '{"version": 1, "digest": {"channel": "slack", "number": "1"}}',
        '{"version": 1, "digest": "slack"}',
        '{"Type": "Notification", "Message": "wrapped by SNS: raw delivery is off"}',
    ],
)
def test_unreadable_body_goes_to_the_dead_letters_and_stops_no_other(
    notify: Any, ledger: Ledger, inbox: Inbox, counted: Callable[[str], float], body: str
) -> None:
    finding = _opened(ledger)

    answer = notify.handler(_event(body, _pointer(finding)), Context())

    assert _failed(answer) == ["message-0"]
    assert len(inbox.arrived) == 1
    assert counted("UnreadablePointers") == 1


def test_forged_pointer_is_counted_and_dropped(
    notify: Any, ledger: Ledger, inbox: Inbox, counted: Callable[[str], float]
) -> None:
    finding = _opened(ledger)
    unknown = Pointer("0000000000000000", 1, News.OPENED).to_message()

    answer = notify.handler(_event(unknown, _pointer(finding, revision=7)), Context())

    assert _failed(answer) == []
    assert inbox.arrived == []
    assert counted("ForgedPointers") == 2


def test_ledger_that_does_not_answer_loses_nothing(
    notify: Any,
    ledger: Ledger,
    inbox: Inbox,
    monkeypatch: pytest.MonkeyPatch,
    counted: Callable[[str], float],
) -> None:
    finding = _opened(ledger)

    def throttled(*_: Any) -> None:
        raise RuntimeError("throttled")

    with monkeypatch.context() as patch:
        patch.setattr(ledger, "finding", throttled)
        assert _failed(notify.handler(_event(_pointer(finding)), Context())) == ["message-0"]
    assert counted("AlertFailures") == 1

    assert _failed(notify.handler(_event(_pointer(finding)), Context())) == []
    assert len(inbox.arrived) == 1


def _held(ledger: Ledger, news: int = 5) -> tuple[str, list[str]]:
    """A digest that is due, as its pointer, and the findings that it tells."""
    now, ids = utc_now(), [f"{number:016x}" for number in range(news)]
    for finding_id in ids:
        finding = replace(finding_of(), id=finding_id)
        step = Step(1, finding.opened_at, News.OPENED, _dana(), _why())
        ledger.claim_delivery(finding_id, 1, "slack", now)
        held = ledger.hold_for_digest("slack", HeldNews(finding, step, False), now, now, now)
        assert held is Held.HELD
    assert ledger.close_digest("slack", 1, now)
    return DigestPointer("slack", 1).to_message(), ids


def test_in_a_burst_news_is_held_and_counted(
    notify: Any, ledger: Ledger, inbox: Inbox, counted: Callable[[str], float]
) -> None:
    findings = [_opened_as(ledger, f"{number:016x}") for number in range(5)]

    answer = notify.handler(_event(*map(_pointer, findings)), Context())

    assert _failed(answer) == []
    assert [alert.finding.id for alert in inbox.arrived] == [finding.id for finding in findings[:3]]
    assert counted("AlertsDigested") == 2


def test_digest_is_sent_once_over_redeliveries(
    notify: Any, ledger: Ledger, inbox: Inbox, counted: Callable[[str], float]
) -> None:
    pointer, ids = _held(ledger)

    answers = [notify.handler(_event(pointer), Context()) for _ in range(3)]

    assert [_failed(answer) for answer in answers] == [[], [], []]
    [(page, repeat)] = inbox.pages_arrived
    assert (sorted(alert.finding.id for alert in page.alerts), repeat) == (ids, False)
    assert counted("DigestsSent") == 1


def test_digest_that_slack_refuses_comes_again(
    notify: Any, ledger: Ledger, inbox: Inbox, counted: Callable[[str], float]
) -> None:
    pointer, _ = _held(ledger)
    inbox.errors = [DeliveryError("Slack answered 503")]

    assert _failed(notify.handler(_event(pointer), Context())) == ["message-0"]
    assert counted("AlertFailures") == 1
    assert _failed(notify.handler(_event(pointer), Context())) == []
    assert len(inbox.pages_arrived) == 1


def test_digest_is_not_begun_without_time_to_send_it(notify: Any, ledger: Ledger, inbox: Inbox) -> None:
    pointer, _ = _held(ledger)

    assert _failed(notify.handler(_event(pointer), Context(remaining=20_000))) == ["message-0"]
    assert inbox.messages == 0


def test_news_is_not_begun_without_time_to_tell_it(notify: Any, ledger: Ledger, inbox: Inbox) -> None:
    """A function that ends in the middle makes a repeat of it, and has the whole batch come again late."""
    finding = _opened(ledger)

    assert _failed(notify.handler(_event(_pointer(finding)), Context(remaining=29_000))) == ["message-0"]
    assert inbox.messages == 0
    assert _failed(notify.handler(_event(_pointer(finding)), Context())) == []

    assert [alert.repeat for alert in inbox.arrived] == [False]


@pytest.mark.parametrize("channel", [Inbox(ChannelName.EMAIL), MachineInbox()], ids=["people", "machines"])
def test_pointer_to_the_digest_of_another_channel_than_the_queues_is_dropped(
    notify: Any,
    ledger: Ledger,
    monkeypatch: pytest.MonkeyPatch,
    counted: Callable[[str], float],
    channel: Inbox | MachineInbox,
) -> None:
    pointer, _ = _held(ledger)
    _post(notify, monkeypatch, ledger, {"notify": channel})

    assert _failed(notify.handler(_event(pointer), Context())) == []
    assert channel.messages == 0
    assert counted("ForgedPointers") == 1


def test_each_channel_is_told_by_its_own_queue(
    notify: Any, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    slack, email = Inbox(), Inbox(ChannelName.EMAIL)
    _post(notify, monkeypatch, ledger, {"slack-queue": slack, "email-queue": email})
    finding = _opened(ledger)

    notify.handler(_event(_pointer(finding), queue="email-queue"), Context())
    assert (slack.messages, email.messages) == (0, 1)
    notify.handler(_event(_pointer(finding), queue="slack-queue"), Context())

    assert (slack.messages, email.messages) == (1, 1)


def test_message_from_a_queue_of_no_channel_goes_to_the_dead_letters(
    notify: Any, ledger: Ledger, inbox: Inbox
) -> None:
    finding = _opened(ledger)

    answer = notify.handler(_event(_pointer(finding), queue="of-another"), Context())

    assert _failed(answer) == ["message-0"]
    assert inbox.messages == 0


def test_pointer_to_a_digest_that_is_open_or_was_never_there_is_dropped(
    notify: Any, ledger: Ledger, inbox: Inbox, counted: Callable[[str], float]
) -> None:
    _held(ledger)
    forged = [DigestPointer("slack", 2).to_message(), DigestPointer("x" * 900, 10**20).to_message()]

    assert _failed(notify.handler(_event(*forged), Context())) == []
    assert inbox.messages == 0
    assert counted("ForgedPointers") == 2


def _opened_as(ledger: Ledger, finding_id: str) -> Finding:
    change = feed(None, replace(finding_of(), id=finding_id))
    assert ledger.record_change(change)
    return change.finding


def test_wired_from_the_environment_it_sends_an_email(
    notify: Any, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    topic, queue = _subscribed_queue()
    _configure(monkeypatch, ALERTS_TOPIC_ARN=topic, EMAIL_QUEUE_URL=_queue_url("mails"))
    finding = _opened(ledger)

    assert _failed(notify.handler(_event(_pointer(finding), queue="mails"), Context())) == []

    (message,) = boto3.client("sqs").receive_message(QueueUrl=queue)["Messages"]
    assert (
        json.loads(message["Body"])["Subject"] == "[HIGH] dana passed role deployer to Lambda function orders"
    )


def test_wired_from_the_environment_it_sends_a_custom_notification(
    notify: Any, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    topic, queue = _subscribed_queue()
    _configure(monkeypatch, CHAT_TOPIC_ARN=topic, CHAT_QUEUE_URL=_queue_url("chats"))
    finding = _opened(ledger)

    assert _failed(notify.handler(_event(_pointer(finding), queue="chats"), Context())) == []

    (message,) = boto3.client("sqs").receive_message(QueueUrl=queue)["Messages"]
    notification = json.loads(json.loads(message["Body"])["Message"])
    assert (notification["source"], notification["metadata"]["threadId"]) == ("custom", finding.id)


def test_channels_are_those_whose_queues_are_configured(notify: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    _configure(
        monkeypatch,
        ALERTS_TOPIC_ARN="topic",
        EMAIL_QUEUE_URL=_queue_url("mails"),
        SLACK_SECRET_ID="guardrail/slack",
        SLACK_QUEUE_URL=_queue_url("slacks"),
        CHAT_TOPIC_ARN="topic",
    )

    found = notify.posts_by_queue()

    assert {queue: post.channel.name for queue, post in found.items()} == {
        "mails": ChannelName.EMAIL,
        "slacks": ChannelName.SLACK,
    }


def test_channel_that_is_not_told_where_it_sends_to_is_a_mistake_that_is_seen(
    notify: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    _configure(monkeypatch, SLACK_QUEUE_URL=_queue_url("slacks"))

    with pytest.raises(LookupError, match="the channel slack has a queue"):
        notify.posts_by_queue()


class AccountService:
    """AWS's account API, which tells a name or refuses."""

    def __init__(self, answer: dict[str, str] | Exception) -> None:
        self.calls = 0
        self._answer = answer

    def get_account_information(self) -> dict[str, str]:
        self.calls += 1
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer


@pytest.mark.parametrize(
    ("answer", "names"),
    [
        ({"AccountId": ACCOUNT, "AccountName": "production"}, ["production", None, None, "production"]),
        (ClientError({"Error": {"Code": "AccessDenied"}}, "GetAccountInformation"), [None] * 4),
        ({}, [None] * 4),
        (RuntimeError("an answer that nobody can read"), [None] * 4),
    ],
    ids=["told", "refused", "incomplete", "unreadable"],
)
def test_the_account_is_asked_its_name_once(
    notify: Any,
    monkeypatch: pytest.MonkeyPatch,
    answer: dict[str, str] | Exception,
    names: list[str | None],
) -> None:
    accounts, service = importlib.import_module("lambdas.notify.accounts"), AccountService(answer)
    monkeypatch.setattr(accounts, "one_try", lambda *_, **__: service)
    name_of = accounts.account_namer()
    assert service.calls == 0

    assert [name_of(account) for account in (ACCOUNT, "444455556666", None, ACCOUNT)] == names
    assert service.calls == 1


def _configure(monkeypatch: pytest.MonkeyPatch, **variables: str) -> None:
    """The function's environment; of channels only what is given."""
    for channel in ChannelName:
        monkeypatch.delenv(channel.queue_variable, raising=False)
    monkeypatch.setenv("LEDGER_TABLE", "ledger")
    monkeypatch.setenv("FINDINGS_TOPIC_ARN", "arn:aws:sns:us-east-1:111122223333:findings")
    monkeypatch.setenv("STACK_NAME", "guardrail")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)


def _subscribed_queue() -> tuple[str, str]:
    sns, sqs = boto3.client("sns"), boto3.client("sqs")
    topic = sns.create_topic(Name="alerts")["TopicArn"]
    queue = sqs.create_queue(QueueName="inbox")["QueueUrl"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=f"arn:aws:sqs:{REGION}:{ACCOUNT}:inbox")
    return topic, queue


def _dana() -> str:
    return f"arn:aws:iam::{ACCOUNT}:user/dana"


def _why() -> str:
    return finding_of().reasons[0]
