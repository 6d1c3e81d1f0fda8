"""The webhook channel against a real server on loopback that answers as Slack does on good and bad days."""

import json
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest

from passrole.alerts import DeliveryError, Slack
from passrole.alerts.channels.secret import CACHED_SECONDS
from passrole.alerts.renderings import slack
from tests.unit.alerts.samples import ALERTS
from tests.unit.alerts.slack_like import (
    TOKEN,
    Answer,
    SlackLike,
    close_before_answering,
    close_inside_the_body,
    close_inside_the_status_line,
    hang,
    serve,
    status,
)

ALERT = ALERTS["opened"]
SECRET = "guardrail/slack"


@dataclass
class Clock:
    seconds: float = 1_000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def server() -> Iterator[SlackLike]:
    with serve() as state:
        yield state


@pytest.fixture
def secrets(aws: None) -> Any:
    client = boto3.client("secretsmanager")
    client.create_secret(Name=SECRET, SecretString="not set yet")
    return client


@pytest.fixture
def webhook(server: SlackLike, secrets: Any) -> Slack:
    _put(secrets, server.url())
    return Slack(SECRET, secrets)


def _put(secrets: Any, text: str) -> None:
    secrets.put_secret_value(SecretId=SECRET, SecretString=text)


def _failure(webhook: Slack) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        webhook.send(ALERT)
    error = caught.value
    texts = (str(error), repr(error), repr(error.__cause__), repr(error.__context__))
    assert not any("verysecrettoken" in text for text in texts)
    return error


def test_alert_arrives_as_rendered(server: SlackLike, webhook: Slack) -> None:
    webhook.send(ALERT)

    assert server.received == [(f"/services/{TOKEN}", slack.payload(ALERT), "application/json")]


@pytest.mark.parametrize("code", [200, 201, 204])
def test_any_2xx_is_delivered(server: SlackLike, webhook: Slack, code: int) -> None:
    server.answers[f"/services/{TOKEN}"] = status(code)

    webhook.send(ALERT)

    assert len(server.received) == 1


def test_429_tells_how_long_to_wait(server: SlackLike, webhook: Slack) -> None:
    server.answers[f"/services/{TOKEN}"] = status(429, Retry_After="30")

    error = _failure(webhook)

    assert (str(error), error.retry_after, error.may_have_arrived) == ("Slack answered 429", 30.0, False)


@pytest.mark.parametrize(
    ("code", "may_have_arrived"), [(400, False), (500, False), (503, False), (502, True), (504, True)]
)
def test_errors_tell_whether_the_alert_may_have_arrived(
    server: SlackLike, webhook: Slack, code: int, may_have_arrived: bool
) -> None:
    server.answers[f"/services/{TOKEN}"] = status(code)

    error = _failure(webhook)

    assert (error.retry_after, error.may_have_arrived) == (None, may_have_arrived)
    assert len(server.received) == 1


@pytest.mark.parametrize("bad_day", [hang, close_before_answering, close_inside_the_status_line])
def test_lost_answer_means_that_it_may_have_arrived(server: SlackLike, secrets: Any, bad_day: Answer) -> None:
    _put(secrets, server.url())
    server.answers[f"/services/{TOKEN}"] = bad_day

    error = _failure(Slack(SECRET, secrets, timeout=0.5))

    assert error.may_have_arrived
    server.wait_for_a_request()
    assert len(server.received) == 1


def test_status_is_enough_when_the_connection_breaks_in_the_body(server: SlackLike, webhook: Slack) -> None:
    server.answers[f"/services/{TOKEN}"] = close_inside_the_body

    webhook.send(ALERT)


def test_refused_connection_did_not_arrive(secrets: Any) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        _put(secrets, f"http://127.0.0.1:{unused.getsockname()[1]}/services/{TOKEN}")

        error = _failure(Slack(SECRET, secrets, timeout=0.5))

    assert str(error) == "Slack was not reached: ConnectionRefusedError"
    assert not error.may_have_arrived


def test_host_that_is_no_dns_name_is_a_delivery_error(secrets: Any) -> None:
    _put(secrets, f"https://hooks..slack.com/services/{TOKEN}")

    assert not _failure(Slack(SECRET, secrets, timeout=0.5)).may_have_arrived


def test_https_without_a_trusted_certificate_sends_nothing(secrets: Any, tmp_path: Path) -> None:
    with serve(tmp_path) as server:
        _put(secrets, f"https://127.0.0.1:{server.port}/services/{TOKEN}")

        error = _failure(Slack(SECRET, secrets))

    assert str(error) == "Slack was not reached: SSLCertVerificationError"
    assert not error.may_have_arrived
    assert server.received == []


def test_https_to_a_server_without_tls_sends_nothing(server: SlackLike, secrets: Any) -> None:
    _put(secrets, f"https://127.0.0.1:{server.port}/services/{TOKEN}")

    assert not _failure(Slack(SECRET, secrets)).may_have_arrived
    assert server.received == []


def test_redirects_are_not_followed(server: SlackLike, webhook: Slack) -> None:
    server.answers[f"/services/{TOKEN}"] = status(307, Location=server.url("/elsewhere"))

    error = _failure(webhook)

    assert str(error) == "Slack answered 307"
    assert server.paths() == [f"/services/{TOKEN}"]


@pytest.mark.parametrize("code", [403, 404, 410])
def test_rotated_url_is_read_at_once_when_the_old_one_is_gone(
    server: SlackLike, secrets: Any, webhook: Slack, code: int
) -> None:
    webhook.send(ALERT)
    server.answers[f"/services/{TOKEN}"] = status(code)
    _put(secrets, json.dumps({"url": server.url("/services/new")}))

    webhook.send(ALERT)

    assert server.paths() == [f"/services/{TOKEN}", f"/services/{TOKEN}", "/services/new"]


def test_gone_webhook_that_was_not_rotated_is_tried_once(server: SlackLike, webhook: Slack) -> None:
    server.answers[f"/services/{TOKEN}"] = status(404)

    error = _failure(webhook)

    assert (str(error), error.may_have_arrived) == ("Slack answered 404", False)
    assert len(server.received) == 1


def test_url_is_cached_for_minutes_then_read_anew(server: SlackLike, secrets: Any) -> None:
    clock = Clock()
    webhook = Slack(SECRET, secrets, timeout=0.5, clock=clock)
    _put(secrets, server.url("/old"))
    webhook.send(ALERT)
    _put(secrets, server.url("/new"))

    clock.seconds += CACHED_SECONDS - 1
    webhook.send(ALERT)
    clock.seconds += 1
    webhook.send(ALERT)

    assert server.paths() == ["/old", "/old", "/new"]


def test_secret_that_cannot_be_read_is_a_delivery_error(secrets: Any) -> None:
    error = _failure(Slack("no/such/secret", secrets))

    assert "the secret no/such/secret cannot be read" in str(error)
    assert not error.may_have_arrived


def test_secret_that_was_wrong_is_read_again_at_the_next_try(server: SlackLike, secrets: Any) -> None:
    webhook = Slack(SECRET, secrets, timeout=0.5)
    assert "holds no webhook URL" in str(_failure(webhook))
    _put(secrets, server.url())

    webhook.send(ALERT)

    assert len(server.received) == 1
