"""The webhook channel against a real server on loopback that answers as Slack does on good and bad days."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import boto3
import pytest

from passrole.alerts import DeliveryError, SlackWebhook, slack
from passrole.alerts.channels.slack_webhook import retry_after_seconds
from passrole.alerts.channels.webhook_secret import CACHED_SECONDS, parse_webhook_url
from tests.unit.alerts.samples import ALERTS

ALERT = ALERTS["opened"]
SECRET = "guardrail/slack"
TOKEN = "T000/B000/verysecrettoken"
Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class SlackLike:
    """What the server was asked, and what it answers by path."""

    port: int = 0
    received: list[tuple[str, dict[str, Any], str | None]] = field(default_factory=list)
    answers: dict[str, Answer] = field(default_factory=dict)

    def url(self, path: str = f"/services/{TOKEN}") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def paths(self) -> list[str]:
        return [path for path, _, _ in self.received]


@dataclass
class Clock:
    seconds: float = 1_000.0

    def __call__(self) -> float:
        return self.seconds


def status(code: int, **headers: str) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(code)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", "2")
        handler.end_headers()
        handler.wfile.write(b"ok")

    return answer


def hang(handler: BaseHTTPRequestHandler) -> None:
    time.sleep(1.5)


def close_before_answering(handler: BaseHTTPRequestHandler) -> None:
    handler.connection.shutdown(socket.SHUT_RDWR)


def close_inside_the_status_line(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 2")
    handler.wfile.flush()
    handler.connection.shutdown(socket.SHUT_RDWR)


def close_inside_the_body(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nok")
    handler.wfile.flush()
    handler.connection.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def server() -> Iterator[SlackLike]:
    state = SlackLike()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            state.received.append((self.path, json.loads(body), self.headers["Content-Type"]))
            state.answers.get(self.path, status(200))(self)
            self.close_connection = True

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            pass

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    httpd.daemon_threads = True
    state.port = httpd.server_address[1]
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield state
    httpd.shutdown()
    httpd.server_close()
    thread.join()


@pytest.fixture
def secrets(aws: None) -> Any:
    client = boto3.client("secretsmanager")
    client.create_secret(Name=SECRET, SecretString="not set yet")
    return client


@pytest.fixture
def webhook(server: SlackLike, secrets: Any) -> SlackWebhook:
    _put(secrets, server.url())
    return SlackWebhook(SECRET, secrets, timeout=0.5)


def _put(secrets: Any, text: str) -> None:
    secrets.put_secret_value(SecretId=SECRET, SecretString=text)


def _failure(webhook: SlackWebhook) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        webhook.send(ALERT)
    error = caught.value
    texts = (str(error), repr(error), repr(error.__cause__), repr(error.__context__))
    assert not any("verysecrettoken" in text for text in texts)
    return error


def test_alert_arrives_as_rendered(server: SlackLike, webhook: SlackWebhook) -> None:
    webhook.send(ALERT)

    assert server.received == [(f"/services/{TOKEN}", slack.payload(ALERT), "application/json")]


@pytest.mark.parametrize("code", [200, 201, 204])
def test_any_2xx_is_delivered(server: SlackLike, webhook: SlackWebhook, code: int) -> None:
    server.answers[f"/services/{TOKEN}"] = status(code)

    webhook.send(ALERT)

    assert len(server.received) == 1


def test_429_tells_how_long_to_wait(server: SlackLike, webhook: SlackWebhook) -> None:
    server.answers[f"/services/{TOKEN}"] = status(429, Retry_After="30")

    error = _failure(webhook)

    assert (str(error), error.retry_after, error.may_have_arrived) == ("Slack answered 429", 30.0, False)


@pytest.mark.parametrize(
    ("code", "may_have_arrived"), [(400, False), (500, False), (503, False), (502, True), (504, True)]
)
def test_errors_tell_whether_the_alert_may_have_arrived(
    server: SlackLike, webhook: SlackWebhook, code: int, may_have_arrived: bool
) -> None:
    server.answers[f"/services/{TOKEN}"] = status(code)

    error = _failure(webhook)

    assert (error.retry_after, error.may_have_arrived) == (None, may_have_arrived)
    assert len(server.received) == 1


@pytest.mark.parametrize("bad_day", [hang, close_before_answering, close_inside_the_status_line])
def test_lost_answer_means_that_it_may_have_arrived(
    server: SlackLike, webhook: SlackWebhook, bad_day: Answer
) -> None:
    server.answers[f"/services/{TOKEN}"] = bad_day

    error = _failure(webhook)

    assert error.may_have_arrived
    assert len(server.received) == 1


def test_status_is_enough_when_the_connection_breaks_in_the_body(
    server: SlackLike, webhook: SlackWebhook
) -> None:
    server.answers[f"/services/{TOKEN}"] = close_inside_the_body

    webhook.send(ALERT)


def test_refused_connection_did_not_arrive(secrets: Any) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        _put(secrets, f"http://127.0.0.1:{unused.getsockname()[1]}/services/{TOKEN}")

        error = _failure(SlackWebhook(SECRET, secrets, timeout=0.5))

    assert str(error) == "Slack was not reached: ConnectionRefusedError"
    assert not error.may_have_arrived


def test_host_that_is_no_dns_name_is_a_delivery_error(secrets: Any) -> None:
    _put(secrets, f"https://hooks..slack.com/services/{TOKEN}")

    assert not _failure(SlackWebhook(SECRET, secrets, timeout=0.5)).may_have_arrived


def test_https_without_a_trusted_certificate_sends_nothing(server: SlackLike, secrets: Any) -> None:
    _put(secrets, f"https://127.0.0.1:{server.port}/services/{TOKEN}")

    error = _failure(SlackWebhook(SECRET, secrets, timeout=0.5))

    assert not error.may_have_arrived
    assert server.received == []


def test_redirects_are_not_followed(server: SlackLike, webhook: SlackWebhook) -> None:
    server.answers[f"/services/{TOKEN}"] = status(307, Location=server.url("/elsewhere"))

    error = _failure(webhook)

    assert str(error) == "Slack answered 307"
    assert server.paths() == [f"/services/{TOKEN}"]


@pytest.mark.parametrize("code", [403, 404, 410])
def test_rotated_url_is_read_at_once_when_the_old_one_is_gone(
    server: SlackLike, secrets: Any, webhook: SlackWebhook, code: int
) -> None:
    webhook.send(ALERT)
    server.answers[f"/services/{TOKEN}"] = status(code)
    _put(secrets, json.dumps({"url": server.url("/services/new")}))

    webhook.send(ALERT)

    assert server.paths() == [f"/services/{TOKEN}", f"/services/{TOKEN}", "/services/new"]


def test_gone_webhook_that_was_not_rotated_is_tried_once(server: SlackLike, webhook: SlackWebhook) -> None:
    server.answers[f"/services/{TOKEN}"] = status(404)

    error = _failure(webhook)

    assert (str(error), error.may_have_arrived) == ("Slack answered 404", False)
    assert len(server.received) == 1


def test_url_is_cached_for_minutes_then_read_anew(server: SlackLike, secrets: Any) -> None:
    clock = Clock()
    webhook = SlackWebhook(SECRET, secrets, timeout=0.5, clock=clock)
    _put(secrets, server.url("/old"))
    webhook.send(ALERT)
    _put(secrets, server.url("/new"))

    clock.seconds += CACHED_SECONDS - 1
    webhook.send(ALERT)
    clock.seconds += 1
    webhook.send(ALERT)

    assert server.paths() == ["/old", "/old", "/new"]


def test_secret_that_cannot_be_read_is_a_delivery_error(secrets: Any) -> None:
    error = _failure(SlackWebhook("no/such/secret", secrets))

    assert "the secret no/such/secret cannot be read" in str(error)
    assert not error.may_have_arrived


def test_secret_that_was_wrong_is_read_again_at_the_next_try(server: SlackLike, secrets: Any) -> None:
    webhook = SlackWebhook(SECRET, secrets, timeout=0.5)
    assert "holds no webhook URL" in str(_failure(webhook))
    _put(secrets, server.url())

    webhook.send(ALERT)

    assert len(server.received) == 1


@pytest.mark.parametrize(
    "secret",
    [
        "https://hooks.slack.com/services/T0/B0/x",
        '{"url": "https://hooks.slack.com/services/T0/B0/x"}',
        "  https://hooks.slack.com/services/T0/B0/x\n",
    ],
)
def test_secret_is_the_url_or_json_with_it(secret: str) -> None:
    url = parse_webhook_url(secret, SECRET)

    assert (url.scheme, url.host, url.port, url.target) == (
        "https",
        "hooks.slack.com",
        None,
        "/services/T0/B0/x",
    )


@pytest.mark.parametrize("host", ["127.0.0.1:8080", "localhost:8080", "[::1]:8080"])
def test_http_is_allowed_to_loopback(host: str) -> None:
    assert parse_webhook_url(f"http://{host}/x?y=1", SECRET).target == "/x?y=1"


@pytest.mark.parametrize(
    "secret",
    [
        "",
        "verysecrettoken",
        "http://hooks.slack.com/verysecrettoken",
        "http://169.254.169.254/verysecrettoken",
        "http://127.0.0.1.evil.example/verysecrettoken",
        "http://localhost@evil.example/verysecrettoken",
        "https://user:verysecrettoken@hooks.slack.com/x",
        "https:///verysecrettoken",
        "https://hooks.slack.com:verysecrettoken/",
        "https://hooks.slack.com:99999/verysecrettoken",
        "https://[verysecrettoken/",
        "https://hooks.slack.com/very secrettoken/verysecrettoken",
        "https://hooks.slack.com/verysecrettoken\r\nHost: evil.example",
        "file:///verysecrettoken",
        '{"webhook": "https://hooks.slack.com/verysecrettoken"}',
        '{"url": 7}',
        '{"url": ',
        "{" * 5_000,
    ],
)
def test_other_secrets_are_refused_without_a_word_of_what_is_in_them(secret: str) -> None:
    with pytest.raises(DeliveryError, match=SECRET) as caught:
        parse_webhook_url(secret, SECRET)

    assert "verysecrettoken" not in str(caught.value)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_url_taken_apart_shows_no_secret() -> None:
    assert "verysecrettoken" not in repr(parse_webhook_url(f"https://hooks.slack.com/{TOKEN}", SECRET))


NOW = datetime(2026, 11, 22, 3, 14, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("30", 30.0),
        (" 5 ", 5.0),
        ("soon", None),
        ("-3", None),
        ("١٢", None),
        (format_datetime(NOW + timedelta(seconds=90), usegmt=True), 90.0),
        (format_datetime(NOW - timedelta(seconds=90), usegmt=True), 0.0),
        ("Sun, 22 Nov 2026 03:15:07 -0000", 60.0),
    ],
)
def test_retry_after_is_seconds_or_a_date(header: str | None, seconds: float | None) -> None:
    assert retry_after_seconds(header, NOW) == seconds
