"""The signed webhook against a real server on loopback that verifies with the specification's own library."""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import boto3
import pytest
import standardwebhooks
from hypothesis import given, settings
from hypothesis import strategies as st

from passrole.alerts import DeliveryError, Webhook
from passrole.alerts.channels.secret import CACHED_SECONDS
from passrole.alerts.channels.signing import parse_signed_webhook, signature
from passrole.news.message import message_of
from tests.unit.alerts.samples import ALERTS, FINDING, alert
from tests.unit.alerts.slack_like import Answer, close_before_answering, hang, status

ALERT = ALERTS["opened"]
SECRET = "guardrail/webhook"
PATH = "/hooks/verysecretpath"
KEY = "whsec_" + base64.b64encode(b"verysecretkeyverysecretkey").decode()
OTHER_KEY = "whsec_" + base64.b64encode(b"another key of 32 bytes, or such").decode()


@dataclass
class Receiver:
    """Answers as it is told by path; lets nothing in that is not signed with its key."""

    port: int = 0
    key: str = KEY
    received: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    accepted: list[Any] = field(default_factory=list)
    answers: dict[str, Answer] = field(default_factory=dict)

    def secret(self, path: str = PATH, key: str = KEY) -> str:
        return json.dumps({"url": f"http://127.0.0.1:{self.port}{path}", "key": key})

    def paths(self) -> list[str]:
        return [path for path, _, _ in self.received]

    def answer(self, path: str, headers: dict[str, str], body: bytes) -> Answer:
        self.received.append((path, headers, body))
        if path in self.answers:
            return self.answers[path]
        try:
            self.accepted.append(standardwebhooks.Webhook(self.key).verify(body, headers))
        except standardwebhooks.WebhookVerificationError:
            return status(401)
        return status(204)


@contextmanager
def _serve() -> Iterator[Receiver]:
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.answer(self.path, dict(self.headers), body)(self)
            self.close_connection = True

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            pass

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    httpd.daemon_threads = True
    receiver.port = httpd.server_address[1]
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield receiver
    httpd.shutdown()
    httpd.server_close()
    thread.join()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with _serve() as receiver:
        yield receiver


@pytest.fixture
def secrets(aws: None) -> Any:
    client = boto3.client("secretsmanager")
    client.create_secret(Name=SECRET, SecretString="not set yet")
    return client


@pytest.fixture
def webhook(receiver: Receiver, secrets: Any) -> Webhook:
    _put(secrets, receiver.secret())
    return Webhook(SECRET, secrets, timeout=0.5)


def _put(secrets: Any, text: str) -> None:
    secrets.put_secret_value(SecretId=SECRET, SecretString=text)


def _failure(webhook: Webhook) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        webhook.send(ALERT)
    error = caught.value
    for text in (str(error), repr(error), repr(error.__cause__), repr(error.__context__)):
        assert "verysecret" not in text
        assert KEY.removeprefix("whsec_") not in text
    return error


@pytest.mark.parametrize("name", ALERTS)
def test_every_news_is_accepted_by_the_specifications_library(
    receiver: Receiver, webhook: Webhook, name: str
) -> None:
    told = ALERTS[name]

    webhook.send(told)

    expected = message_of(told.finding, told.step) | ({"repeat": True} if told.repeat else {})
    assert receiver.accepted == [json.loads(json.dumps(expected))]
    [(_, headers, _)] = receiver.received
    assert headers["Content-Type"] == "application/json"
    assert headers["webhook-id"] == f"{told.finding.id}-{told.step.revision}"


def test_id_is_the_same_for_a_repeat_and_another_for_other_news(receiver: Receiver, webhook: Webhook) -> None:
    for told in (alert(), alert(repeat=True), ALERTS["contained"]):
        webhook.send(told)

    ids = [headers["webhook-id"] for _, headers, _ in receiver.received]
    assert ids == [f"{FINDING.id}-1", f"{FINDING.id}-1", f"{FINDING.id}-2"]


def test_time_is_that_of_sending_in_whole_seconds(receiver: Receiver, secrets: Any) -> None:
    _put(secrets, receiver.secret())
    receiver.answers[PATH] = status(200)

    Webhook(SECRET, secrets, now=lambda: 1_763_780_047.9).send(ALERT)

    [(_, headers, body)] = receiver.received
    assert headers["webhook-timestamp"] == "1763780047"
    signed = standardwebhooks.Webhook(KEY)._whsecret
    assert headers["webhook-signature"] == signature(signed, f"{FINDING.id}-1", 1_763_780_047, body)


def test_names_that_are_not_ascii_are_signed_as_they_are_sent(receiver: Receiver, webhook: Webhook) -> None:
    webhook.send(alert(place="ünïcode 🚨 \ud83d \u202e"))

    [message] = receiver.accepted
    assert message["finding"]["place"] == "ünïcode 🚨 \ufffd \u202e"


def test_429_tells_how_long_to_wait(receiver: Receiver, webhook: Webhook) -> None:
    receiver.answers[PATH] = status(429, Retry_After="30")

    error = _failure(webhook)

    assert (str(error), error.retry_after) == ("the webhook answered 429", 30.0)
    assert not error.may_have_arrived


@pytest.mark.parametrize(("code", "may_have_arrived"), [(400, False), (500, False), (502, True), (504, True)])
def test_errors_tell_whether_the_news_may_have_arrived(
    receiver: Receiver, webhook: Webhook, code: int, may_have_arrived: bool
) -> None:
    receiver.answers[PATH] = status(code)

    assert _failure(webhook).may_have_arrived is may_have_arrived
    assert len(receiver.received) == 1


@pytest.mark.parametrize("bad_day", [hang, close_before_answering])
def test_lost_answer_may_have_arrived(receiver: Receiver, webhook: Webhook, bad_day: Answer) -> None:
    receiver.answers[PATH] = bad_day

    assert _failure(webhook).may_have_arrived


def test_redirects_are_not_followed(receiver: Receiver, webhook: Webhook) -> None:
    receiver.answers[PATH] = status(308, Location=f"http://127.0.0.1:{receiver.port}/elsewhere")

    assert str(_failure(webhook)) == "the webhook answered 308"
    assert receiver.paths() == [PATH]


@pytest.mark.parametrize("code", [403, 404, 410])
def test_changed_url_is_tried_at_once_when_the_old_one_is_gone(
    receiver: Receiver, secrets: Any, webhook: Webhook, code: int
) -> None:
    webhook.send(ALERT)
    receiver.answers[PATH] = status(code)
    _put(secrets, receiver.secret("/new"))

    webhook.send(ALERT)

    assert receiver.paths() == [PATH, PATH, "/new"]


def test_changed_key_is_tried_at_once_when_the_old_one_is_refused(
    receiver: Receiver, secrets: Any, webhook: Webhook
) -> None:
    webhook.send(ALERT)
    receiver.key = OTHER_KEY
    _put(secrets, receiver.secret(key=OTHER_KEY))

    webhook.send(ALERT)

    assert (len(receiver.received), len(receiver.accepted)) == (3, 2)


def test_refusal_without_another_secret_is_tried_once(receiver: Receiver, webhook: Webhook) -> None:
    receiver.key = OTHER_KEY

    assert str(_failure(webhook)) == "the webhook answered 401"
    assert len(receiver.received) == 1


def test_secret_is_cached_for_minutes_then_read_anew(receiver: Receiver, secrets: Any) -> None:
    seconds = [1_000.0]
    _put(secrets, receiver.secret("/old"))
    webhook = Webhook(SECRET, secrets, clock=lambda: seconds[0])
    webhook.send(ALERT)
    _put(secrets, receiver.secret("/new"))

    webhook.send(ALERT)
    seconds[0] += CACHED_SECONDS
    webhook.send(ALERT)

    assert receiver.paths() == ["/old", "/old", "/new"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "https://example.com/verysecretpath",
        "[" * 100_000,
        "null",
        '["verysecret"]',
        json.dumps({"url": "https://example.com/verysecretpath"}),
        json.dumps({"key": KEY}),
        json.dumps({"url": ["https://example.com"], "key": KEY}),
        json.dumps({"url": "https://example.com", "key": 7}),
        json.dumps({"url": "https://example.com", "key": KEY.removeprefix("whsec_")}),
        json.dumps({"url": "https://example.com", "key": f"{KEY}!"}),
        json.dumps({"url": "https://example.com", "key": "whsec_vérysecret"}),
        json.dumps({"url": "https://example.com", "key": "whsec_" + base64.b64encode(b"x" * 23).decode()}),
        json.dumps({"url": "https://example.com", "key": "whsec_" + base64.b64encode(b"x" * 65).decode()}),
    ],
)
def test_secret_that_holds_something_else_is_told_without_it(secrets: Any, text: str) -> None:
    if text:
        _put(secrets, text)

    error = _failure(Webhook(SECRET, secrets))

    assert str(error).startswith(f"the secret {SECRET} holds no signed webhook: expected")
    assert not error.may_have_arrived


@pytest.mark.parametrize(
    "url", ["http://example.com/verysecretpath", "ftp://example.com", "https://a:b@example.com"]
)
def test_only_https_is_posted_to(secrets: Any, url: str) -> None:
    _put(secrets, json.dumps({"url": url, "key": KEY}))

    assert "holds no webhook URL" in str(_failure(Webhook(SECRET, secrets)))


def test_neither_url_nor_key_is_shown() -> None:
    shown = repr(parse_signed_webhook(json.dumps({"url": f"https://example.com{PATH}", "key": KEY}), SECRET))

    assert "verysecret" not in shown


@settings(max_examples=100, deadline=None)
@given(st.binary(min_size=24, max_size=64), st.binary(max_size=200))
def test_any_key_of_the_specifications_length_signs(key: bytes, body: bytes) -> None:
    text = json.dumps({"url": "https://example.com", "key": f"whsec_{base64.b64encode(key).decode()}"})

    assert parse_signed_webhook(text, SECRET).key == key
    assert signature(key, "id", 1, body).startswith("v1,")
