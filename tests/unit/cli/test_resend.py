"""``passrole findings resend``: news told again, to who lost it or never got it."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import boto3
import pytest

from passrole.channel import ChannelName
from passrole.clock import utc_now
from passrole.finding import Finding, News, State
from passrole.finding.life import exempted, feed
from passrole.ledger import Claim, Ledger
from passrole.news import Pointer
from passrole.policy import Stage
from tests.unit.cli.conftest import STACK, Cloud, Run
from tests.unit.cli.decisions import step
from tests.unit.quarantine.world import open_finding
from tests.unit.samples import REGION, finding_of

FIRST, SECOND = "aaaa000000000000", "bbbb000000000000"
Put = dict[str, list[Pointer]]


@pytest.fixture
def put(deployed: Cloud) -> Callable[[], Put]:
    """Configures e-mail and Slack; tells what was put into the queue of each since the last look."""
    sqs = boto3.client("sqs")
    urls = {c: sqs.create_queue(QueueName=c)["QueueUrl"] for c in (ChannelName.EMAIL, ChannelName.SLACK)}
    there = deployed.stacks[REGION, STACK]["Outputs"]
    there += [{"OutputKey": c.queue_output, "OutputValue": url} for c, url in urls.items()]

    def put() -> Put:
        return {channel: _received(sqs, url) for channel, url in urls.items()}

    return put


def _received(sqs: Any, url: str) -> list[Pointer]:
    found: list[Pointer] = []
    while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
        for message in messages:
            found.append(Pointer.from_message(message["Body"]))
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return sorted(found, key=lambda pointer: (pointer.finding_id, pointer.revision))


@pytest.fixture
def finding(ledger: Ledger) -> Finding:
    """One that was opened and contained, which was published."""
    return _contained(ledger, FIRST)


def _contained(ledger: Ledger, finding_id: str, **fields: Any) -> Finding:
    opened = open_finding(ledger, replace(finding_of(), id=finding_id, **fields))
    contained = step(ledger, opened, State.CONTAINED, News.CONTAINED)
    ledger.mark_published(contained)
    return contained


def _deliver(ledger: Ledger, finding_id: str, revision: int, *channels: str) -> None:
    for channel in channels:
        ledger.claim_delivery(finding_id, revision, channel, utc_now())
        ledger.finish_delivery(finding_id, revision, channel, utc_now())


def test_the_latest_step_is_told_again_on_all_channels_as_a_repeat_where_it_arrived(
    run: Run, ledger: Ledger, finding: Finding, put: Callable[[], Put]
) -> None:
    _deliver(ledger, FIRST, 2, "slack")

    ran = run("findings", "resend", "AAAA")

    assert (ran.status, ran.err) == (0, "")
    assert ran.out.splitlines() == [
        f"{FIRST}  contained (step 2)  to email",
        f"{FIRST}  contained (step 2)  to slack, as a repeat",
        "2 messages (email 1, slack 1) on the way",
    ]
    pointer = Pointer(FIRST, 2, News.CONTAINED)
    assert put() == {"email": [pointer], "slack": [pointer]}
    claims = [ledger.claim_delivery(FIRST, 2, channel, utc_now()) for channel in ("email", "slack")]
    assert claims == [Claim.NEW, Claim.REPEAT]


def test_step_and_channels_can_be_chosen(
    run: Run, ledger: Ledger, finding: Finding, put: Callable[[], Put]
) -> None:
    _contained(ledger, SECOND)

    ran = run("findings", "resend", FIRST, SECOND, FIRST, "--step", 1, "--channel", "slack", "--json")

    assert ran.rows == [
        {"finding_id": f, "revision": 1, "news": "opened", "channel": "slack", "repeat": False}
        for f in (FIRST, SECOND)
    ]
    assert put() == {"email": [], "slack": [Pointer(f, 1, News.OPENED) for f in (FIRST, SECOND)]}


def test_what_was_not_delivered_is_told_and_nothing_else(
    run: Run, ledger: Ledger, finding: Finding, put: Callable[[], Put]
) -> None:
    _deliver(ledger, FIRST, 1, "slack", "email")
    _deliver(ledger, FIRST, 2, "email")
    ledger.claim_delivery(FIRST, 2, "slack", utc_now())  # by a worker that died, for all that is known

    ran = run("findings", "resend", "--undelivered")

    assert ran.out.splitlines()[-1] == "1 message (slack 1) on the way"
    assert put() == {"email": [], "slack": [Pointer(FIRST, 2, News.CONTAINED)]}


def test_who_is_told_of_nothing_is_told_of_nothing_again(
    run: Run, ledger: Ledger, put: Callable[[], Put]
) -> None:
    _contained(ledger, "cccc000000000000", response=Stage.OBSERVE)
    exempt = exempted(replace(finding_of(), id="dddd000000000000"), "legacy", "2027-01-01T00:00:00.000Z")
    assert ledger.record_change(feed(None, exempt))
    ledger.mark_published(step(ledger, exempt, State.OPEN, News.EXEMPTION_ENDED))
    open_finding(ledger, replace(finding_of(), id="eeee000000000000"))  # the sweep publishes it

    ran = run("findings", "resend", "--undelivered")

    assert put() == {
        channel: [Pointer("dddd000000000000", 2, News.EXEMPTION_ENDED)] for channel in ("email", "slack")
    }
    assert "2 messages" in ran.out


def test_nothing_to_tell_is_said_in_words(run: Run, put: Callable[[], Put]) -> None:
    assert run("findings", "resend", "--undelivered").out == "Nothing is undelivered.\n"
    assert run("findings", "resend", "--undelivered", "--json").out == ""


def test_many_messages_are_asked_about(run: Run, ledger: Ledger, put: Callable[[], Put]) -> None:
    for number in range(11):
        _contained(ledger, f"{number:016x}")

    refused = run("findings", "resend", "--undelivered", "--channel", "slack", stdin="n\n")
    unattended = run("findings", "resend", "--undelivered", "--channel", "slack")
    assert put() == {"email": [], "slack": []}
    sent = run("findings", "resend", "--undelivered", "--channel", "slack", "--yes")

    assert (refused.status, unattended.status, sent.status) == (1, 2, 0)
    assert "Send 22 messages (slack 22)?" in refused.out
    assert "nobody answers here; give --yes\n" in unattended.err
    assert [len(pointers) for pointers in put().values()] == [0, 22]


@pytest.mark.parametrize(
    ("args", "says"),
    [
        ([], "give either IDs or --undelivered"),
        ([FIRST, "--undelivered"], "give either IDs or --undelivered"),
        (["--undelivered", "--step", 1], "--step goes with IDs"),
        ([FIRST, "--channel", "chat"], f"stack {STACK} has no channel chat; it has email, slack"),
        ([FIRST, "--channel", "pigeon"], "'pigeon' is not one of"),
        ([FIRST, "--step", 3], f"{FIRST} has no step 3; expected 1 to 2"),
        (["ffff"], "no finding ffff"),
        (["cccc"], "nobody is told of step 2 of cccc000000000000: it is only observed"),
    ],
)
def test_what_cannot_be_told_is_one_clear_line(
    run: Run, ledger: Ledger, finding: Finding, put: Callable[[], Put], args: list[object], says: str
) -> None:
    _contained(ledger, "cccc000000000000", response=Stage.OBSERVE)

    ran = run("findings", "resend", *args)

    assert (ran.status, ran.out) == (2, "")
    assert says in ran.err
    assert ran.err.count("\n") == 1
    assert put() == {"email": [], "slack": []}


def test_one_that_cannot_be_told_keeps_the_others_from_going_out_half(
    run: Run, finding: Finding, put: Callable[[], Put]
) -> None:
    assert run("findings", "resend", FIRST, "ffff").status == 2
    assert put() == {"email": [], "slack": []}


def test_stack_of_an_earlier_version_is_told_in_one_line(run: Run, deployed: Cloud, finding: Finding) -> None:
    ran = run("findings", "resend", FIRST)

    assert ran.err == f"stack {STACK} has no channel's queue among its outputs: deploy this version\n"


def test_queue_that_refuses_is_one_clear_line(
    run: Run, deployed: Cloud, finding: Finding, put: Callable[[], Put]
) -> None:
    deployed.denied.add("SendMessage")

    ran = run("findings", "resend", FIRST)

    assert (ran.status, ran.err) == (2, "SendMessage failed: AccessDenied: you may not\n")
    assert json.dumps(put()) == '{"email": [], "slack": []}'
