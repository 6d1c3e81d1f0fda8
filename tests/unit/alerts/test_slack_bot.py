"""Slack by a bot's token, against a real server on loopback: what its answers mean, and threads."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import boto3
import pytest

from passrole.alerts import Alert, DeliveryError, Slack
from passrole.alerts.renderings import slack, slack_digest
from passrole.finding import News
from tests.unit.alerts.samples import ALERTS, DIGESTS, alert
from tests.unit.alerts.slack_like import (
    Answer,
    SlackLike,
    close_before_answering,
    close_inside_the_body,
    hang,
    says,
    serve,
    status,
)

SECRET = "guardrail/slack"
TOKEN = "xoxb-1-2-verysecrettoken"
CHANNEL = "C0123456789"
TS, PATH = "1792638847.000100", "/api/chat.postMessage"
OPENED = ALERTS["opened"]
CONTAINED = replace(ALERTS["contained"], thread=f"{CHANNEL}/{TS}")


@pytest.fixture
def server() -> Iterator[SlackLike]:
    with serve() as state:
        state.answers[PATH] = says({"ok": True, "channel": CHANNEL, "ts": TS})
        yield state


@pytest.fixture
def secrets(aws: None, server: SlackLike) -> Any:
    client = boto3.client("secretsmanager")
    client.create_secret(Name=SECRET, SecretString=_secret(server))
    return client


@pytest.fixture
def bot(secrets: Any) -> Slack:
    return Slack(SECRET, secrets, timeout=2)


def _secret(server: SlackLike, **data: str) -> str:
    return json.dumps({"token": TOKEN, "channel": CHANNEL, "url": server.url(PATH), **data})


def _put(secrets: Any, text: str) -> None:
    secrets.put_secret_value(SecretId=SECRET, SecretString=text)


def _failure(bot: Slack, message: Alert = OPENED) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        bot.send(message)
    error = caught.value
    texts = (str(error), repr(error), repr(error.__cause__), repr(error.__context__))
    assert not any("verysecrettoken" in text for text in texts)
    return error


def _says_error(code: object, **headers: str) -> Answer:
    return says({"ok": False, "error": code}, **headers)


def _in_turn(*answers: Answer) -> Answer:
    """Another answer to each request, in order."""
    left = list(answers)
    return lambda handler: left.pop(0)(handler)


def test_alert_arrives_as_rendered_with_token_and_channel(server: SlackLike, bot: Slack) -> None:
    thread = bot.send(OPENED)

    expected = {**slack.payload(OPENED), "channel": CHANNEL}
    assert server.received == [(PATH, expected, "application/json; charset=utf-8")]
    assert server.authorizations == [f"Bearer {TOKEN}"]
    assert thread == f"{CHANNEL}/{TS}"


def test_429_tells_how_long_to_wait(server: SlackLike, bot: Slack) -> None:
    server.answers[PATH] = status(429, Retry_After="30")

    error = _failure(bot)

    assert (str(error), error.retry_after, error.may_have_arrived) == ("Slack answered 429", 30.0, False)


def test_limited_rate_may_come_as_a_code_too(server: SlackLike, bot: Slack) -> None:
    server.answers[PATH] = _says_error("ratelimited", Retry_After="7")

    error = _failure(bot)

    assert (error.retry_after, error.may_have_arrived) == (7.0, False)


@pytest.mark.parametrize(
    ("code", "may_have_arrived"),
    [
        ("internal_error", True),
        ("fatal_error", True),
        ("service_unavailable", False),
        ("invalid_blocks", False),
        ("restricted_action", False),
        ("not_in_channel", False),
        ("thread_not_found", False),
    ],
)
def test_codes_tell_whether_the_alert_may_have_arrived(
    server: SlackLike, bot: Slack, code: str, may_have_arrived: bool
) -> None:
    server.answers[PATH] = _says_error(code)

    error = _failure(bot)

    assert (str(error), error.may_have_arrived) == (f"Slack answered {code}", may_have_arrived)
    assert len(server.received) == 1


@pytest.mark.parametrize("code", ["<!channel>", "", "x" * 65, f"no {TOKEN}", None, ["internal_error"]])
def test_what_does_not_look_like_a_code_is_not_repeated(server: SlackLike, bot: Slack, code: object) -> None:
    server.answers[PATH] = _says_error(code)

    assert str(_failure(bot)) == "Slack answered an unknown error"


@pytest.mark.parametrize(
    "bad_day",
    [
        hang,
        close_before_answering,
        close_inside_the_body,
        says(b"ok"),
        says(b""),
        says(b"[true]"),
        says(b'{"ok": "yes"}'),
        says(b'{"ts": "1792638847.000100"}'),
        says(b"[" * 100_000),
        says(b'{"ok": true, "x": "' + b"x" * 600_000 + b'"}'),
        status(502),
    ],
    ids=range(11),
)
def test_lost_answer_means_that_it_may_have_arrived(server: SlackLike, secrets: Any, bad_day: Answer) -> None:
    server.answers[PATH] = bad_day

    assert _failure(Slack(SECRET, secrets, timeout=0.5)).may_have_arrived


@pytest.mark.parametrize("ts", [None, 1792638847.0001, "soon", f"{TS}/x"])
def test_accepted_message_that_has_no_readable_ts_begins_no_thread(
    server: SlackLike, bot: Slack, ts: object
) -> None:
    server.answers[PATH] = says({"ok": True, "ts": ts})

    assert bot.send(OPENED) is None


@pytest.mark.parametrize("code", ["invalid_auth", "token_revoked", "account_inactive", "channel_not_found"])
def test_changed_secret_is_read_at_once_when_the_old_one_is_no_good(
    server: SlackLike, secrets: Any, bot: Slack, code: str
) -> None:
    bot.send(OPENED)
    server.answers[PATH] = _in_turn(_says_error(code), says({"ok": True, "ts": TS}))
    _put(secrets, _secret(server, token="xoxb-new", channel="C9876543210"))

    thread = bot.send(OPENED)

    assert thread == f"C9876543210/{TS}"
    assert server.authorizations[1:] == [f"Bearer {TOKEN}", "Bearer xoxb-new"]


def test_token_that_was_not_changed_is_tried_once(server: SlackLike, bot: Slack) -> None:
    server.answers[PATH] = _says_error("token_revoked")

    assert str(_failure(bot)) == "Slack answered token_revoked"
    assert len(server.received) == 1


def test_secret_may_change_from_a_webhook_to_a_bot_and_back(
    server: SlackLike, secrets: Any, bot: Slack
) -> None:
    _put(secrets, server.url("/services/old"))
    assert bot.send(OPENED) is None

    server.answers["/services/old"] = status(404)
    _put(secrets, _secret(server))
    assert bot.send(CONTAINED) == CONTAINED.thread

    server.answers[PATH] = _says_error("account_inactive")
    _put(secrets, server.url("/services/new"))
    assert bot.send(CONTAINED) is None

    assert server.paths() == ["/services/old", "/services/old", PATH, PATH, "/services/new"]
    assert server.authorizations[-1] is None
    assert "thread_ts" not in server.received[-1][1]


def test_later_news_hang_on_the_first_message(server: SlackLike, bot: Slack) -> None:
    server.answers[PATH] = says({"ok": True, "ts": "1792638999.000200"})

    assert bot.send(CONTAINED) == CONTAINED.thread
    [(_, sent, _)] = server.received
    assert sent == {
        **slack.payload(CONTAINED),
        "channel": CHANNEL,
        "thread_ts": TS,
        "reply_broadcast": False,
    }


FOR_ALL = {
    News.REOPENED,
    News.CONTAINMENT_WAITS,
    News.CONTAINMENT_REFUSED,
    News.CONTAINMENT_FAILED,
    News.EXEMPTION_ENDED,
    News.UNDONE,
}


@pytest.mark.parametrize("news", News)
def test_news_that_must_not_drown_in_a_thread_are_shown_in_the_channel_too(
    server: SlackLike, bot: Slack, news: News
) -> None:
    bot.send(replace(alert(news, why="why"), thread=f"{CHANNEL}/{TS}"))

    [(_, sent, _)] = server.received
    assert sent["reply_broadcast"] is (news in FOR_ALL)


@pytest.mark.parametrize(
    "thread",
    [None, "", f"C9876543210/{TS}", TS, f"{CHANNEL}/", f"{CHANNEL}/soon", f"{CHANNEL}/x/{TS}"],
)
def test_alert_without_a_thread_in_the_channel_begins_one(
    server: SlackLike, bot: Slack, thread: str | None
) -> None:
    assert bot.send(replace(CONTAINED, thread=thread)) == f"{CHANNEL}/{TS}"

    [(_, sent, _)] = server.received
    assert not {"thread_ts", "reply_broadcast"} & sent.keys()


@pytest.mark.parametrize(
    "code", ["thread_not_found", "cannot_reply_to_message", "restricted_action_thread_locked"]
)
def test_news_of_a_thread_that_is_gone_are_told_outside(server: SlackLike, bot: Slack, code: str) -> None:
    server.answers[PATH] = _in_turn(_says_error(code), says({"ok": True, "ts": "1792638999.000200"}))

    assert bot.send(CONTAINED) == f"{CHANNEL}/1792638999.000200"

    reply, message = (sent for _, sent, _ in server.received)
    assert reply["thread_ts"] == TS
    assert message == {**slack.payload(CONTAINED), "channel": CHANNEL}


def test_pages_of_digests_have_no_thread(server: SlackLike, bot: Slack) -> None:
    [page] = bot.pages(DIGESTS["digest-one-group"])

    bot.send_page(page, repeat=False)

    [(_, sent, _)] = server.received
    assert sent == {**slack_digest.payload(page, repeat=False), "channel": CHANNEL}
