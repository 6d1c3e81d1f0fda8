"""``passrole sweep``: by the deployed guard, asked for and followed."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import boto3
import pytest

from passrole.cli.sweep import deployed as deployed_sweep
from passrole.clock import iso, utc_now
from passrole.ledger import Ledger, SweepPart, SweepRecord
from passrole.sweep.tasks import SweepAll, message_of
from tests.unit.cli.conftest import STACK, Cloud, Run
from tests.unit.samples import REGION

PARTS = ("lambda:function in us-east-1", "states:statemachine in us-east-1")
FINE = SweepPart(PARTS[0], resources=5, roles=4, new=2, opened=1, resolved=1, ended_at="x")


class Function:
    """What the function `sweep` does while somebody waits: the next of these each time."""

    def __init__(self) -> None:
        self.does: list[Callable[[], object]] = []
        self.waits = 0.0

    def sleep(self, seconds: float) -> None:
        self.waits += seconds
        if self.does:
            self.does.pop(0)()


@pytest.fixture
def function(monkeypatch: pytest.MonkeyPatch) -> Function:
    function = Function()
    monkeypatch.setattr(deployed_sweep.time, "sleep", function.sleep)
    monkeypatch.setattr(time, "monotonic", lambda: function.waits)
    return function


@pytest.fixture
def queue(deployed: Cloud) -> str:
    url: str = boto3.client("sqs").create_queue(QueueName="tasks")["QueueUrl"]
    outputs = deployed.stacks[REGION, STACK]["Outputs"]
    outputs.append({"OutputKey": "TasksQueueUrl", "OutputValue": url})
    return url


def asked(url: str) -> list[str]:
    messages = boto3.client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10)
    return [message["Body"] for message in messages.get("Messages", [])]


def begun(ledger: Ledger, **ago: float) -> SweepRecord:
    sweep = SweepRecord(iso(utc_now() - timedelta(**ago)), PARTS)
    assert ledger.begin_sweep(sweep, ledger.latest_sweep())
    ledger.note_under_way(sweep)
    return sweep


def ended(ledger: Ledger, sweep: SweepRecord, *parts: SweepPart) -> None:
    for part in parts:
        ledger.save_part(sweep.id, part)
    ledger.end_sweep(sweep, iso(utc_now()))


def test_the_guard_is_asked_and_followed_to_the_end(
    run: Run, queue: str, ledger: Ledger, function: Function
) -> None:
    ended(ledger, begun(ledger, days=1), replace(FINE, opened=99))
    made: list[SweepRecord] = []
    function.does = [
        lambda: None,
        lambda: made.append(begun(ledger)),
        lambda: ledger.save_part(made[0].id, FINE),
        lambda: ended(ledger, made[0], replace(FINE, name=PARTS[1], skipped="not here")),
    ]

    ran = run("sweep")

    assert asked(queue) == [message_of(SweepAll())]
    assert (ran.status, function.does) == (0, [])
    assert "ended" in ran.out
    assert "2 of 2 parts, 0 failed" in ran.out
    assert "10 resources hold 8 roles, 4 of which the ledger did not know" in ran.out
    assert "findings: 2 opened, 2 resolved" in ran.out
    assert "1 parts had nothing to see" in ran.out


def test_lines_tell_now_and_then_how_far_it_is(
    run: Run, queue: str, ledger: Ledger, function: Function
) -> None:
    made: list[SweepRecord] = []
    function.does = [
        lambda: made.append(begun(ledger)),
        lambda: ledger.save_part(made[0].id, FINE),
        *[lambda: None] * 20,
        lambda: ended(ledger, made[0], replace(FINE, name=PARTS[1])),
    ]

    ran = run("sweep")

    assert ran.err == "1 of 2 parts: 5 resources, 4 roles, 1 findings opened, 1 resolved\n"


def test_parts_that_failed_are_told_with_why_and_by_the_status(
    run: Run, queue: str, ledger: Ledger, function: Function
) -> None:
    sweep = begun(ledger)
    ended(ledger, sweep, FINE, replace(FINE, name=PARTS[1], failed="AccessDenied: \x1b[31mno"))

    ran = run("sweep", "--status")
    (row,) = run("sweep", "--status", "--format", "json").rows

    assert ran.status == 3
    assert rf"failed: {PARTS[1]}: AccessDenied: \x1b[31mno" in ran.out
    assert (row["sweep"], row["parts"], row["parts_ended"], row["opened"]) == (sweep.id, 2, 2, 2)
    assert row["failed"] == [{"part": PARTS[1], "why": "AccessDenied: \x1b[31mno"}]


def test_roles_that_were_not_judged_are_told_by_the_status(run: Run, queue: str, ledger: Ledger) -> None:
    ended(ledger, begun(ledger), replace(FINE, unanswered=2), replace(FINE, name=PARTS[1], dangling=3))

    ran = run("sweep", "--status")

    assert ran.status == 3
    assert "2 roles were not judged" in ran.out
    assert "3 roles are held that do not exist" in ran.out


def test_a_sweep_that_runs_is_followed_and_none_is_asked_for(
    run: Run, queue: str, ledger: Ledger, function: Function
) -> None:
    sweep = begun(ledger, hours=2)
    function.does = [lambda: ended(ledger, sweep, FINE, replace(FINE, name=PARTS[1]))]

    ran = run("sweep", "--json")

    assert asked(queue) == []
    assert ran.err == f"A sweep is running since {sweep.id}: this is that one.\n"
    assert ran.rows[0]["sweep"] == sweep.id


def test_a_sweep_that_the_queue_has_not_whole_is_asked_for_again(
    run: Run, queue: str, ledger: Ledger, function: Function
) -> None:
    """Who began it died before the queue had all of its parts."""
    sweep = SweepRecord(iso(utc_now() - timedelta(hours=2)), PARTS)
    assert ledger.begin_sweep(sweep, None)
    function.does = [lambda: ended(ledger, sweep, FINE, replace(FINE, name=PARTS[1]))]

    ran = run("sweep", "--json")

    assert asked(queue) == [message_of(SweepAll())]
    assert ran.err == f"A sweep is running since {sweep.id}: this is that one.\n"
    assert ran.rows[0]["sweep"] == sweep.id


def test_a_sweep_after_one_that_began_by_a_clock_ahead_is_followed(
    run: Run, queue: str, ledger: Ledger, function: Function
) -> None:
    ended(ledger, begun(ledger, hours=-1), FINE)
    made: list[SweepRecord] = []
    function.does = [
        lambda: made.append(begun(ledger)),
        lambda: ended(ledger, made[0], FINE, replace(FINE, name=PARTS[1])),
    ]

    ran = run("sweep", "--json")

    assert (ran.status, ran.rows[0]["sweep"]) == (0, made[0].id)


def test_a_sweep_that_was_given_up_keeps_none_from_beginning(
    run: Run, queue: str, ledger: Ledger, function: Function
) -> None:
    begun(ledger, hours=7)

    assert run("sweep", "--no-wait").status == 0
    assert asked(queue) == [message_of(SweepAll())]
    status = run("sweep", "--status")
    assert status.status == 3
    assert "given up: 0 of 2 parts ended" in status.out
    assert f"2 parts did not end: {', '.join(PARTS)}" in status.out


def test_no_wait_asks_and_goes(run: Run, queue: str, ledger: Ledger, function: Function) -> None:
    ran = run("sweep", "--no-wait")

    assert (ran.status, ran.out) == (0, "")
    assert ran.err == "Asked for; `passrole sweep --status` shows how far it is.\n"
    assert (asked(queue), function.waits) == ([message_of(SweepAll())], 0)


def test_interrupted_it_leaves_the_sweep_running_and_says_so(
    run: Run, queue: str, ledger: Ledger, function: Function
) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    function.does = [interrupt]

    ran = run("sweep")

    assert ran.status == 130
    assert ran.err.strip() == "The sweep goes on by itself; `passrole sweep --status` shows how far it is."


def test_a_sweep_that_does_not_begin_is_told_of(run: Run, queue: str, function: Function) -> None:
    ran = run("sweep")

    assert ran.status == 2
    assert "has not begun in 15 minutes: `passrole doctor`" in ran.err


def test_who_may_not_send_is_told_who_may(run: Run, queue: str, deployed: Cloud) -> None:
    deployed.denied.add("SendMessage")

    ran = run("sweep")

    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith("SendMessage failed: AccessDenied: you may not; only the guard's operator role")
    assert ran.err.count("\n") == 1


def test_a_stack_of_an_earlier_version_is_told_in_one_line(run: Run, deployed: Cloud) -> None:
    assert run("sweep").err == "the stack has no output TasksQueueUrl: deploy this version\n"


def test_without_any_sweep_status_says_so(run: Run, queue: str) -> None:
    ran = run("sweep", "--status")

    assert (ran.status, ran.out) == (0, "No sweep has begun yet.\n")


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("--only", "lambda:function"), "--iam, --only and --rate go with --policy"),
        (("--region", "a", "--region", "b"), "the guard has one home region; several go with --policy"),
        (("--status", "--no-wait"), "give either --status or --no-wait"),
        (("--status", "--policy", "x"), "--status and --no-wait go without --policy"),
    ],
)
def test_options_that_do_not_fit_are_wrong_usage(run: Run, args: tuple[str, ...], says: str) -> None:
    ran = run("sweep", *args)

    assert ran.status == 2
    assert says in ran.err
