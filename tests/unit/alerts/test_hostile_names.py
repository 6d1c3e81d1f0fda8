"""Whatever an attacker calls things: limits hold, nothing is formatted, linked, mentioned or smuggled in."""

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
from passrole.alerts.renderings import slack, slack_digest, text, text_digest
from passrole.finding import GUARD, News, State, Step
from passrole.finding.guard import Trouble
from passrole.passes import Outcome
from passrole.policy import Decision, Severity, Stage
from tests.unit.alerts.samples import FINDING, PASSER

HOSTILE = [
    "<!channel>",
    "<!here|@here> @everyone",
    "<https://evil.example|release it here>",
    "https://evil.example/login",
    "www.evil.example/login",
    "mailto:x@evil.example",
    "[release](https://evil.example) ![x](//evil.example/x.png)",
    "<b>release</b><img src=//evil.example/x.png onerror=alert(1)>",
    "| a | b |\n|---|---|\n> quoted\n# heading\n- [ ] done",
    "<at>everybody</at> @here @channel <@U0123456789> <#C0123456789>",
    "`; passrole findings release all; `",
    "```\n*approved*\n```",
    "*bold* _it_ ~gone~ :rotating_light:",
    "x\n\nWhat was done\n  Everything is fine.",
    "a\r\nBcc: everybody@example.com",
    "\u202eevil\u202c\u2066\u200b\ufeff",
    "שלום مرحبا",
    "👩‍👩‍👧‍👦🚨" * 40,
    "&lt;&amp;" * 50,
    "\x00\x07\x1b[2J\x7f\x9b",
    "\ud83d alone",
    "",
    " ",
]
NAMES = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(max_size=60),
    st.builds(lambda part, times: (part * times)[:10_240], st.sampled_from(HOSTILE), st.integers(1, 2_000)),
    st.builds(
        lambda c: c * 10_240, st.sampled_from(["A", "<", "&", "`", "\n", "\u202e", "🚀", " ", "\ud800"])
    ),
)
MAYBE = st.one_of(st.none(), NAMES)


def _arns(*begins: str) -> st.SearchStrategy[str]:
    """ARNs that the console may have pages for, up to their last part, which is hostile."""
    return st.builds(lambda begin, name: begin + name, st.sampled_from(begins), NAMES)


IAM = "arn:aws:iam::111122223333"
IDENTITY_CENTER, PERMISSION_SET = "/aws-reserved/sso.amazonaws.com/", "AWSReservedSSO_Dev_0123456789abcdef"
# What a mail or chat client takes for a link.
LINK = re.compile(r"://|www\.|mailto:", re.IGNORECASE)
_NOTES = ("source_ip", "source_identity", "on_behalf_of", "invoked_by")
ROLES = st.one_of(NAMES, _arns(f"{IAM}:role/"), NAMES.map(lambda path: f"{IAM}:role/{path}/x"))
RESOURCES = st.one_of(
    MAYBE,
    _arns(
        "arn:aws:lambda:eu-west-1:111122223333:function:",
        "arn:aws-cn:states:cn-north-1:111122223333:stateMachine:",
        "arn:aws:codepipeline:eu-west-1:111122223333:",
        "arn:aws:scheduler:eu-west-1:111122223333:schedule/default/",
        "arn:aws:s3:::",
    ),
    NAMES.map(lambda region: f"arn:aws:lambda:{region}:111122223333:function:x"),
)
PASSERS = st.builds(
    lambda arn, **rest: replace(PASSER, arn=arn, **rest),
    st.one_of(
        MAYBE,
        _arns(
            f"{IAM}:user/",
            "arn:aws:sts::111122223333:assumed-role/Developer/",
            f"arn:aws:sts::111122223333:assumed-role/{PERMISSION_SET}/",
        ),
    ),
    role_arn=st.one_of(st.none(), ROLES, st.just(f"{IAM}:role{IDENTITY_CENTER}{PERMISSION_SET}")),
    name=MAYBE,
    principal_id=MAYBE,
    source_ip=MAYBE,
    source_identity=MAYBE,
    on_behalf_of=MAYBE,
    invoked_by=MAYBE,
)
FINDINGS = st.builds(
    lambda **fields: replace(FINDING, **fields),
    id=NAMES,
    account=MAYBE,
    region=MAYBE,
    resource=RESOURCES,
    resource_type=st.one_of(st.sampled_from(["lambda:function", "sagemaker:notebook-instance"]), MAYBE),
    place=NAMES,
    role=ROLES,
    services=st.lists(NAMES, max_size=5).map(tuple),
    passer=PASSERS,
    event_source=st.one_of(NAMES, st.just(GUARD)),
    # Plain texts: Hypothesis tries what one strategy made on the others, and is baffled by members of enums.
    event_name=st.one_of(NAMES, st.sampled_from([trouble.value for trouble in Trouble])),
    event_time=MAYBE,
    outcome=st.sampled_from(Outcome),
    decision=st.sampled_from(Decision),
    severity=st.sampled_from(Severity),
    reasons=st.lists(NAMES, min_size=1, max_size=8).map(tuple),
    response=st.sampled_from(Stage),
    state=st.sampled_from(State),
)
ALERTS = st.builds(
    lambda finding, news, at, who, why, *rest: Alert(finding, Step(1, at, news, who, why), *rest),
    FINDINGS,
    st.sampled_from(News),
    NAMES,
    NAMES,
    NAMES,
    st.booleans(),
    MAYBE,
    MAYBE,
)
# The only links there are: into the console, in signs that neither Slack nor a mail client takes for the end.
_URL = r"https://[a-z0-9-]+\.console\.(?:aws\.amazon\.com|amazonaws\.cn)/[A-Za-z0-9/?#=:;%._~-]{1,400}"
_SLACK_LINK = re.compile(rf"\n<{_URL}\|Open in the console>$")
_EMAIL_LINK = re.compile(rf"\n {{10}}{_URL}(?=\n)")
# What the project itself formats; all else that Slack could format must be in a code span.
_OWN_MARKUP = re.compile(
    r"\*(Who|Role|Service|Resource|Where|When|See everything|See why|Undo the quarantine|By)\*"
    r"|\*(Close it|Have it contained|Let it be|Let it go on|What)\*"
    r"|\*(See what is missing|See what is wrong|See which trails still log)\*"
    r"|^\*(Why|Why not|What was done|What was seen|What went wrong|What it waits for|Reason given)\*"
    r"|^_\(may be a repeat: [a-z ]+\)_$"
)
_CODE_SPAN = re.compile(r"`[^`\n]+`")
_HARMLESS = re.compile(r"[A-Za-z0-9 \n'\"(),.;:!?·•…-]*")


def _texts(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        if node.get("type") in ("mrkdwn", "plain_text"):
            yield node
        for child in node.values():
            yield from _texts(child)
    elif isinstance(node, list):
        for child in node:
            yield from _texts(child)


def _utf16(string: str) -> int:
    return len(string.encode("utf-16-le", "surrogatepass")) // 2


def _assert_slack_limits(payload: dict[str, Any]) -> None:
    assert json.loads(json.dumps(payload)) == payload
    assert len(payload["blocks"]) <= 50
    for block in payload["blocks"]:
        match block["type"]:
            case "header":
                assert 1 <= _utf16(block["text"]["text"]) <= 150
            case "section":
                assert len(block.get("fields", [])) <= 10
                assert all(1 <= _utf16(field["text"]) <= 2_000 for field in block.get("fields", []))
                assert "text" not in block or 1 <= _utf16(block["text"]["text"]) <= 3_000
            case "context":
                assert len(block["elements"]) <= 10
            case other:
                pytest.fail(f"unexpected block {other}")
    assert _utf16(payload["text"]) <= 3_000
    assert sum(_utf16(node["text"]) for node in _texts(payload["blocks"])) <= 13_000


@settings(max_examples=150, deadline=None)
@given(ALERTS)
def test_slack_limits_hold(alert: Alert) -> None:
    _assert_slack_limits(slack.payload(alert))


@settings(max_examples=100, deadline=None)
@given(st.lists(ALERTS, min_size=1, max_size=40), st.booleans())
def test_slack_limits_hold_for_digests_and_every_finding_is_in_one_message(
    alerts: list[Alert], repeat: bool
) -> None:
    pages = slack_digest.pages(make_digest(alerts))

    for page in pages:
        _assert_slack_limits(slack_digest.payload(page, repeat=repeat))
    told = [alert.finding.id for page in pages for alert in page.alerts]
    assert sorted(told) == sorted(alert.finding.id for alert in alerts)


@settings(max_examples=100, deadline=None)
@given(st.lists(ALERTS, min_size=1, max_size=40), st.booleans())
def test_slack_formats_nothing_from_a_record_in_digests(alerts: list[Alert], repeat: bool) -> None:
    for page in slack_digest.pages(make_digest(alerts)):
        payload = slack_digest.payload(page, repeat=repeat)
        _assert_slack_shows_names_as_they_are(payload)
        header = payload["blocks"][0]["text"]["text"]
        assert re.fullmatch(r"(🟡|🟠|🔴|🚨) (LOW|MEDIUM|HIGH|CRITICAL): [A-Za-z ,0-9]+", header)


@settings(max_examples=100, deadline=None)
@given(st.lists(ALERTS, min_size=1, max_size=40), st.booleans())
def test_emails_of_digests_are_as_sns_wants_them_a_line_a_finding(alerts: list[Alert], repeat: bool) -> None:
    for page in text_digest.pages(make_digest(alerts)):
        email = text_digest.email(page, repeat=repeat)
        assert re.fullmatch(r"[\[(][ -~]{1,98}", email.subject)
        assert len(email.body.encode()) < 128 * 1024
        assert all(line.isprintable() for line in email.body.split("\n"))
        assert not LINK.search(email.body)
        findings = {alert.finding.id for alert in page.alerts}
        indented = [
            line for line in email.body.split("\n") if re.match("  (LOW|MEDIUM|HIGH|CRITICAL) ", line)
        ]
        assert len(indented) == len(findings)


def _assert_slack_shows_names_as_they_are(payload: dict[str, Any]) -> None:
    texts = [node["text"] for node in _texts(payload["blocks"]) if node["type"] == "mrkdwn"]
    for shown in [*(_SLACK_LINK.sub("", each) for each in texts), payload["text"]]:
        assert not re.search(rf"[<>]|&(?!(amp|lt|gt);)|{LINK.pattern}", shown, re.IGNORECASE)
        own_words = _CODE_SPAN.sub("", _OWN_MARKUP.sub("", shown))
        own_words = re.sub(r"^(🟡|🟠|🔴|🚨|⏳|🧪|🔒|⚠️|🔓|✅)", "", own_words, flags=re.MULTILINE)
        assert _HARMLESS.fullmatch(own_words), own_words
        assert not re.search(r":[A-Za-z0-9'-]+:", own_words)
    assert all(node["verbatim"] for node in _texts(payload["blocks"]) if node["type"] == "mrkdwn")


@settings(max_examples=150, deadline=None)
@given(ALERTS)
def test_slack_neither_formats_nor_links_nor_mentions_anything_from_a_record(alert: Alert) -> None:
    _assert_slack_shows_names_as_they_are(slack.payload(alert))


@settings(max_examples=150, deadline=None)
@given(ALERTS)
def test_slack_header_holds_only_our_own_words(alert: Alert) -> None:
    header = slack.payload(alert)["blocks"][0]["text"]["text"]

    assert re.fullmatch(
        r"(🟡|🟠|🔴|🚨|⏳|🧪|🔒|⚠️|🔓|✅) ((LOW|MEDIUM|HIGH|CRITICAL): )?[A-Za-z ,:0-9]+", header
    )


@settings(max_examples=150, deadline=None)
@given(ALERTS)
def test_subject_is_one_short_ascii_line_as_sns_wants_it(alert: Alert) -> None:
    subject = text.email(alert).subject

    assert re.fullmatch(r"[\[(][ -~]{1,98}", subject)


@settings(max_examples=150, deadline=None)
@given(ALERTS)
def test_body_is_printable_and_small_and_links_to_the_console_alone(alert: Alert) -> None:
    body = text.email(alert).body

    assert len(body.encode()) < 128 * 1024
    assert all(line.isprintable() for line in body.split("\n"))
    assert not LINK.search(_EMAIL_LINK.sub("", body))


@settings(max_examples=100, deadline=None)
@given(ALERTS)
def test_no_name_adds_a_line_to_the_body(alert: Alert) -> None:
    finding, step = alert.finding, alert.step
    tame_passer = replace(
        finding.passer,
        **{f: "x" for f in ("arn", "name", "source_ip") if getattr(finding.passer, f)},
    )
    tame = replace(
        finding,
        role="role",
        place="place",
        passer=tame_passer,
        resource=finding.resource and "thing",
        reasons=tuple(f"reason {i}" for i in range(len(finding.reasons))),
    )
    tame_alert = replace(alert, finding=tame, step=replace(step, why="reason 0"))
    shown, expected = (_EMAIL_LINK.sub("", text.email(each).body).count("\n") for each in (alert, tame_alert))

    # What reopened a finding is a reason more, unless it is one of the verdict's, as in the tame one.
    assert shown - expected in (0, 1)


def test_longest_message_that_there_can_be_fits_links_and_all() -> None:
    path = "p" * 250
    passer = replace(PASSER, role_arn=f"{IAM}:role/{'r' * 64}", **dict.fromkeys(_NOTES, "<" * 10_240))
    finding = replace(
        FINDING,
        passer=replace(passer, arn="<" * 10_240),
        role=f"{IAM}:role/{path}/{'r' * 64}",
        resource=f"arn:aws:lambda:eu-west-1:111122223333:function:{'x' * 280}",
        place="<" * 10_240,
        services=("<" * 10_240,) * 5,
        region="<" * 10_240,
        event_name="<" * 10_240,
        reasons=("<" * 10_240,) * 9,
    )
    alert = Alert(finding, Step(1, "", News.OPENED, "x", ""), repeat=True, account_name="<" * 10_240)

    payload = slack.payload(alert)

    _assert_slack_limits(payload)
    assert json.dumps(payload).count("|Open in the console>") == 3


def test_account_name_pushes_neither_the_number_nor_the_region_out() -> None:
    alert = Alert(FINDING, Step(1, "", News.OPENED, "x", ""), account_name="\u202e" * 10_240)

    assert re.search(r"\nWhere     \S{1,60} \(111122223333\) eu-west-1\n", text.email(alert).body)
    where = [node["text"] for node in _texts(slack.payload(alert)) if node["text"].startswith("*Where*")]
    assert re.fullmatch(r"\*Where\*\n`\S{1,60} \(111122223333\) eu-west-1`", *where)


def test_sentence_stays_a_sentence_when_a_name_pretends_to_be_one() -> None:
    finding = replace(FINDING, role="app; the policy approves that")

    body = text.email(Alert(finding, Step(1, FINDING.opened_at, News.OPENED, "x", ""))).body

    assert '"app; the policy approves that" to Lambda function payments. The policy does not' in body


def test_subject_of_later_news_keeps_the_whole_finding_id_however_long_the_names() -> None:
    finding = replace(FINDING, role="r" * 10_240, resource="x" * 10_240)
    step = Step(2, FINDING.opened_at, News.CONTAINMENT_FAILED, "contain", "why")

    subject = text.email(Alert(finding, step, repeat=True)).subject

    assert subject.endswith(f"finding {FINDING.id}")
    assert subject.startswith("(may be a repeat) [CONTAINMENT FAILED] ")


@pytest.mark.parametrize("name", ["n", "&", "🚀"])
@pytest.mark.parametrize("groups", [1, 300])
def test_full_messages_of_a_digest_fit(name: str, groups: int) -> None:
    def one(number: int) -> Alert:
        names = {"resource": f"{number}{name * 10_240}", "role": f"{number % groups}{name * 10_240}"}
        finding = replace(FINDING, id=f"{number:016x}", **names)
        return Alert(finding, Step(1, FINDING.opened_at, News.OPENED, "x", ""), repeat=True)

    pages = slack_digest.pages(make_digest(map(one, range(300))))

    assert len(pages) > 1
    for page in pages:
        _assert_slack_limits(slack_digest.payload(page, repeat=True))
