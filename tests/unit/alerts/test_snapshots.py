"""Each news, as people get it. After a wanted change: UPDATE_SNAPSHOTS=1 pytest tests/unit/alerts."""

import json
import os
from pathlib import Path

import pytest

from passrole.alerts.renderings import chat, chat_digest, slack, slack_digest, text, text_digest
from tests.unit.alerts.samples import ALERTS, DIGESTS

SNAPSHOTS = Path(__file__).parent / "snapshots"


def _assert_snapshot(name: str, rendered: str) -> None:
    path = SNAPSHOTS / name
    if os.environ.get("UPDATE_SNAPSHOTS"):
        path.write_text(rendered, encoding="utf-8")
    assert rendered == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ALERTS)
def test_email_reads_as_it_did(name: str) -> None:
    email = text.email(ALERTS[name])
    _assert_snapshot(f"{name}.email.txt", f"Subject: {email.subject}\n\n{email.body}")


@pytest.mark.parametrize("name", ALERTS)
def test_slack_message_is_as_it_was(name: str) -> None:
    payload = slack.payload(ALERTS[name])
    _assert_snapshot(f"{name}.slack.json", json.dumps(payload, indent=2, ensure_ascii=False) + "\n")


@pytest.mark.parametrize("name", ALERTS)
def test_custom_notification_is_as_it_was(name: str) -> None:
    notification = chat.notification(ALERTS[name])
    _assert_snapshot(f"{name}.chat.json", json.dumps(notification, indent=2, ensure_ascii=False) + "\n")


@pytest.mark.parametrize("name", DIGESTS)
def test_last_email_of_a_digest_reads_as_it_did(name: str) -> None:
    email = text_digest.email(text_digest.pages(DIGESTS[name])[-1], repeat=False)
    _assert_snapshot(f"{name}.email.txt", f"Subject: {email.subject}\n\n{email.body}")


@pytest.mark.parametrize("name", DIGESTS)
def test_last_slack_message_of_a_digest_is_as_it_was(name: str) -> None:
    payload = slack_digest.payload(slack_digest.pages(DIGESTS[name])[-1], repeat=name == "digest-one-group")
    _assert_snapshot(f"{name}.slack.json", json.dumps(payload, indent=2, ensure_ascii=False) + "\n")


@pytest.mark.parametrize("name", DIGESTS)
def test_last_custom_notification_of_a_digest_is_as_it_was(name: str) -> None:
    page = chat_digest.pages(DIGESTS[name])[-1]
    notification = chat_digest.notification(page, repeat=name == "digest-one-group")
    _assert_snapshot(f"{name}.chat.json", json.dumps(notification, indent=2, ensure_ascii=False) + "\n")


def test_no_snapshot_is_left_over() -> None:
    kinds = ("email.txt", "slack.json", "chat.json")
    expected = {f"{name}.{kind}" for name in (*ALERTS, *DIGESTS) for kind in kinds}

    assert {path.name for path in SNAPSHOTS.iterdir()} == expected
