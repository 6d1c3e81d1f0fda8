"""``passrole findings show --as``: a step of a finding as each receiver gets it."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from passrole.alerts import Alert
from passrole.alerts.renderings import chat, slack, text
from passrole.alerts.renderings.asff import asff
from passrole.finding import Finding, News, State
from passrole.ledger import Ledger
from passrole.news.message import message_of
from tests.unit.cli.conftest import Cloud, Run
from tests.unit.cli.decisions import step
from tests.unit.quarantine.world import open_finding
from tests.unit.samples import ACCOUNT, REGION, finding_of

ID = "aaaa000000000000"
PRODUCT = f"arn:aws:securityhub:{REGION}:{ACCOUNT}:product/{ACCOUNT}/default"


@pytest.fixture
def finding(deployed: Cloud, ledger: Ledger) -> Finding:
    """One that was opened, then contained."""
    return step(ledger, open_finding(ledger, replace(finding_of(), id=ID)), State.CONTAINED, News.CONTAINED)


def _alert(ledger: Ledger, finding: Finding, revision: int) -> Alert:
    told = ledger.step(finding.id, revision)
    assert told is not None
    return Alert(finding, told)


@pytest.mark.parametrize(
    ("name", "render"),
    [
        ("slack", slack.payload),
        ("asff", lambda alert: asff(alert, PRODUCT)),
        ("chat", chat.notification),
        ("json", lambda alert: message_of(alert.finding, alert.step)),
    ],
)
def test_the_latest_step_is_shown_as_machines_get_it(
    run: Run, ledger: Ledger, finding: Finding, name: str, render: Callable[[Alert], Any]
) -> None:
    ran = run("findings", "show", "aaaa", "--as", name)

    assert (ran.status, ran.err) == (0, "")
    assert ran.out.isascii()
    assert json.loads(ran.out) == json.loads(json.dumps(render(_alert(ledger, finding, 2))))


def test_the_latest_step_is_shown_as_an_email(run: Run, ledger: Ledger, finding: Finding) -> None:
    email = text.email(_alert(ledger, finding, 2))

    assert run("findings", "show", ID, "--as", "email").out == f"Subject: {email.subject}\n\n{email.body}"


def test_an_earlier_step_can_be_chosen(run: Run, ledger: Ledger, finding: Finding) -> None:
    ran = run("findings", "show", ID, "--as", "slack", "--step", 1)

    assert json.loads(ran.out) == slack.payload(_alert(ledger, finding, 1))


def test_as_text_is_what_is_shown_without_it(run: Run, finding: Finding) -> None:
    assert run("findings", "show", ID, "--as", "text").out == run("findings", "show", ID).out


@pytest.mark.parametrize("name", ["slack", "email", "asff", "chat", "json"])
def test_names_in_messages_are_shown_and_not_obeyed(
    run: Run, deployed: Cloud, ledger: Ledger, name: str
) -> None:
    hostile = "\x1b[31m\u202e\x9b"
    open_finding(ledger, replace(finding_of(), id=ID, role=hostile, reasons=(hostile,)))

    out = run("findings", "show", ID, "--as", name).out

    assert all(line.isprintable() for line in out.split("\n"))


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["--as", "fax"], "'fax' is not one of"),
        (["--as", "slack", "--json"], "--as and --json exclude each other"),
        (["--step", 1], "--step goes with --as"),
        (["--as", "text", "--step", 1], "--step goes with --as"),
        (["--as", "slack", "--step", 3], f"{ID} has no step 3; expected 1 to 2"),
        (["--as", "slack", "--step", 0], "0 is not in the range"),
    ],
)
def test_what_cannot_be_shown_is_one_clear_line(
    run: Run, finding: Finding, args: list[object], says: str
) -> None:
    ran = run("findings", "show", ID, *args)

    assert (ran.status, ran.out) == (2, "")
    assert says in ran.err
    assert ran.err.count("\n") == 1
