"""Messages as their receivers show them: nothing in a preview is more than what was sent."""

import re

import pytest
from hypothesis import given, settings

from passrole.alerts import Alert
from passrole.alerts.renderings import slack, text
from passrole.preview.mail import mail
from passrole.preview.slack import message
from tests.unit.alerts.samples import ALERTS
from tests.unit.alerts.test_hostile_names import ALERTS as HOSTILE_ALERTS

_CONSOLE = r"https://[a-z0-9-]+\.console\.(?:aws\.amazon\.com|amazonaws\.cn)/"
_TAGS = re.compile(r"</?(?:article|br|code|div|em|h4|p|path|pre|span|strong|svg|time)\b[^<>]*>|</?a\b[^<>]*>")


@settings(max_examples=100, deadline=None)
@given(HOSTILE_ALERTS)
def test_no_name_becomes_markup_or_a_link(alert: Alert) -> None:
    email = text.email(alert)
    for page in (message(slack.payload(alert), "03:14"), mail(email.subject, email.body)):
        assert not re.search(r"[<>]", _TAGS.sub("", page))
        assert all(re.match(_CONSOLE, url) for url in re.findall(r'href="([^"]*)"', page))
        assert "://" not in re.sub(_CONSOLE, "", page)


@pytest.mark.parametrize(
    "line",
    [
        "https://evil.example/",
        "https://console.aws.amazon.com.evil.example/",
        "https://evil.example/x.console.aws.amazon.com/",
        "see https://eu-west-1.console.aws.amazon.com/x",
        "https://eu-west-1.console.aws.amazon.com/x \u202ey",
    ],
)
def test_only_a_line_that_is_a_link_into_the_console_is_shown_as_one(line: str) -> None:
    assert "://" not in mail("subject", line)


def test_links_of_an_alert_are_shown() -> None:
    alert = ALERTS["opened"]

    assert message(slack.payload(alert), "03:14").count(">Open in the console</a>") == 3
    assert mail("subject", text.body(alert)).count("https://") == 3


def test_line_shows_what_cannot_be_seen() -> None:
    assert "a\\u202eb\n&lt;c&gt;" in mail("subject", "a\u202eb\n<c>")
