"""Whatever an attacker calls things: custom notifications are taken, and nothing in them is obeyed."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from passrole.alerts import Alert
from passrole.alerts.digest import make_digest
from passrole.alerts.renderings import chat, chat_digest
from passrole.alerts.renderings.chat import MOST_DESCRIPTION
from passrole.finding import News, Step
from passrole.policy import Decision
from tests.unit.alerts.custom_notifications import assert_taken
from tests.unit.alerts.samples import FINDING
from tests.unit.alerts.test_hostile_names import ALERTS, LINK

_MARKS = "(🟡|🟠|🔴|🚨|⏳|🧪|🔒|⚠️|🔓|✅)"
# What the project itself formats; all else that a chat could format must be in a code span.
_OWN_MARKUP = re.compile(
    r"^\*(Who|What|Role|Service|Resource|Where|When|By)\*|^• "
    r"|^\*(Why|Why not|What was done|What was seen|What went wrong|What it waits for|Reason given)\*$"
    rf"|^_\(may be a repeat: [a-z ]+\)_$|^{_MARKS}",
    re.MULTILINE,
)
_CODE_SPAN = re.compile(r"`[^`\n]+`")
_HARMLESS = re.compile(r"[A-Za-z0-9 \n'\"(),.;:!?·•…-]*")


def _utf16(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _strings(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict | list):
        for child in node.values() if isinstance(node, dict) else node:
            yield from _strings(child)


def _assert_safe(notification: dict[str, Any]) -> None:
    assert_taken(notification)
    content, metadata = notification["content"], notification["metadata"]
    assert _utf16(content["description"]) <= MOST_DESCRIPTION
    assert _utf16(content["title"]) <= 150
    assert len(content["nextSteps"]) <= 3
    assert all(_utf16(text) <= 500 for text in _strings((content["nextSteps"], content["keywords"])))
    assert len(json.dumps(notification)) < 64_000
    for text in _strings(notification):
        assert not re.search(r"[<>]|&(?!(amp|lt|gt);)|\]\(|[\ud800-\udfff]", text)
        assert not LINK.search(text)
        assert all(line.isprintable() for line in text.split("\n"))
    assert re.fullmatch(rf"{_MARKS} [A-Za-z ,:0-9]+", content["title"])
    for shown in (content["description"], metadata["summary"], *content["nextSteps"]):
        own_words = _CODE_SPAN.sub("", _OWN_MARKUP.sub("", shown))
        assert _HARMLESS.fullmatch(own_words), own_words
        assert not re.search(r":[A-Za-z0-9'-]+:", own_words)


@settings(max_examples=200, deadline=None)
@given(ALERTS)
def test_alerts_are_taken_and_obey_no_name(alert: Alert) -> None:
    _assert_safe(chat.notification(alert))


@settings(max_examples=100, deadline=None)
@given(st.lists(ALERTS, min_size=1, max_size=40), st.booleans())
def test_digests_are_taken_and_obey_no_name_and_every_finding_is_in_one_message(
    alerts: list[Alert], repeat: bool
) -> None:
    pages = chat_digest.pages(make_digest(alerts))

    for page in pages:
        _assert_safe(chat_digest.notification(page, repeat=repeat))
    told = [alert.finding.id for page in pages for alert in page.alerts]
    assert sorted(told) == sorted(alert.finding.id for alert in alerts)


def _all_called(name: str, news: News, decision: Decision) -> Alert:
    """An alert in which all that can be is called so."""
    names = dict.fromkeys(("arn", "source_ip", "source_identity", "on_behalf_of", "invoked_by"), name)
    changes = dict.fromkeys(("id", "account", "region", "resource", "role", "place", "event_name"), name)
    finding = replace(
        FINDING,
        **changes,
        services=(name,) * 5,
        passer=replace(FINDING.passer, **names),
        decision=decision,
        reasons=(name,) * 9,
    )
    return Alert(finding, Step(1, name, news, name, name), repeat=True, account_name=name)


@pytest.mark.parametrize("decision", [Decision.VIOLATION, Decision.UNDETERMINED])
@pytest.mark.parametrize("news", News)
@pytest.mark.parametrize("name", ["n", "&", "🚀", "\u202e", "a b ", "`", "[release](tel:1) "])
def test_longest_names_leave_room_and_make_no_link(name: str, news: News, decision: Decision) -> None:
    alert = _all_called(name * (10_240 // len(name)), news, decision)

    _assert_safe(chat.notification(alert))
    # Then the sentence names three services.
    _assert_safe(chat.notification(replace(alert, finding=replace(alert.finding, resource=None))))
    for page in chat_digest.pages(make_digest([alert])):
        _assert_safe(chat_digest.notification(page, repeat=True))
