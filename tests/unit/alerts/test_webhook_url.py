"""What may stand in a webhook's secret, and in ``Retry-After``: neither leaks nor breaks a thing."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from passrole.alerts import DeliveryError
from passrole.alerts.channels.https import post, retry_after_seconds
from passrole.alerts.channels.webhook_url import parse_webhook_url

SECRET = "guardrail/slack"


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
    assert "verysecrettoken" not in repr(
        parse_webhook_url("https://hooks.slack.com/T000/B000/verysecrettoken", SECRET)
    )


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
        ("Sun, 22 Nov 2026 99999999999999999999:15:07 GMT", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(header: str | None, seconds: float | None) -> None:
    assert retry_after_seconds(header, NOW) == seconds


@pytest.mark.parametrize(
    ("url", "port"), [("https://[2001:db8::1]/", 443), ("https://[2001:db8::1]:8443/", 8443)]
)
def test_an_address_is_taken_for_what_it_is(monkeypatch: pytest.MonkeyPatch, url: str, port: int) -> None:
    called: list[Any] = []

    def refuse(address: Any, *_: Any) -> None:
        called.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr("socket.create_connection", refuse)
    with pytest.raises(DeliveryError, match="was not reached"):
        post(parse_webhook_url(url, SECRET), b"", {}, receiver="the webhook", timeout=1)

    assert called == [("2001:db8::1", port)]
