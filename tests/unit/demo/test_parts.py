"""The small parts of the demonstration: its policy, recorded events, Slack's text, child processes."""

import json
import os
import signal
import sys
import time
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from passrole.demo import cast
from passrole.demo.expectations import Expectations
from passrole.demo.policy import dry_run_of, policy_text
from passrole.demo.processes import Child, InterruptedRunError, ending_on_signals
from passrole.demo.recorded import load_recorded
from passrole.demo.world import ROOT, is_checkout
from passrole.policy.load import parse_guardrail
from passrole.preview.mrkdwn import Span, Style, spans


def test_the_policy_is_valid_and_names_the_people_and_the_secret_of_the_story() -> None:
    today = date(2026, 7, 1)
    guardrail = parse_guardrail(policy_text(today).encode(), today=today)

    assert guardrail.warnings == ()
    assert guardrail.settings.alerts.slack_secret == cast.SLACK_SECRET
    assert guardrail.settings.operators == (f"arn:aws:iam::111122223333:user/{cast.ON_CALL}",)


def test_the_dry_run_s_policy_differs_in_nothing_else() -> None:
    today = date(2026, 7, 1)
    real = parse_guardrail(policy_text(today).encode(), today=today).compiled
    dry = parse_guardrail(dry_run_of(policy_text(today)).encode(), today=today).compiled

    assert (real.quarantine.dry_run, dry.quarantine.dry_run) == (False, True)
    assert replace(dry, quarantine=replace(dry.quarantine, dry_run=False)) == real


def test_an_instance_profile_is_not_named_like_its_role() -> None:
    assert cast.WEB_FRONTEND.name != cast.WEB_FRONTEND.role.name


def test_a_recorded_event_is_dated_and_is_otherwise_as_recorded() -> None:
    recorded = load_recorded(ROOT, "glue_create_job_by_role_name", datetime(2027, 1, 2, 3, 4, 5, tzinfo=UTC))

    original = json.loads((ROOT / "tests/fixtures/events/glue_create_job_by_role_name.json").read_text())
    assert recorded.source == "aws.glue"
    assert recorded.record == original["detail"] | {"eventTime": "2027-01-02T03:04:05Z"}


def test_the_checkout_is_recognised(tmp_path: Path) -> None:
    assert is_checkout(ROOT)
    assert not is_checkout(tmp_path)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", [Span(Style.PLAIN, "plain")]),
        ("*Who* `a*b`", [Span(Style.BOLD, "Who"), Span(Style.PLAIN, " "), Span(Style.CODE, "a*b")]),
        ("`&lt;b&gt; &amp;lt;`", [Span(Style.CODE, "<b> &lt;")]),
        ("_may be_ a_b_c", [Span(Style.ITALIC, "may be"), Span(Style.PLAIN, " a_b_c")]),
        ("2 * 3 * 4", [Span(Style.PLAIN, "2 * 3 * 4")]),
        ("`open\n`", [Span(Style.PLAIN, "`open\n`")]),
    ],
)
def test_slack_text_is_taken_apart(text: str, expected: list[Span]) -> None:
    assert spans(text) == expected


def test_expectations_are_met_only_if_there_are_any_and_all_are() -> None:
    expectations = Expectations()
    assert not expectations.are_met
    expectations.expect("a", ("x", "y"), ["x", "y"])
    assert expectations.are_met
    expectations.expect("b", True, False)
    assert not expectations.are_met
    (missed,) = expectations.missed
    assert (missed.expected, missed.seen) == ("yes", "no")


def test_a_child_that_ends_tells_its_status_and_output(tmp_path: Path) -> None:
    with Child(
        [sys.executable, "-c", "print('done'); exit(3)"], os.environ, tmp_path, tmp_path / "out"
    ) as child:
        finished = child.finish()

    assert (finished.status, finished.output) == (3, "done\n")


def test_leaving_ends_a_child_and_what_it_started(tmp_path: Path) -> None:
    grandchild = (
        "import signal, time; signal.signal(signal.SIGINT, signal.SIG_IGN); "
        "print('stubborn', flush=True); time.sleep(60)"
    )
    program = (
        "import subprocess, sys, time\n"
        f"grandchild = subprocess.Popen([sys.executable, '-c', {grandchild!r}], stdout=subprocess.PIPE)\n"
        "grandchild.stdout.readline()\n"
        "print(grandchild.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    output = tmp_path / "out"
    with Child([sys.executable, "-c", program], os.environ, tmp_path, output):
        deadline = time.monotonic() + 10
        while "\n" not in output.read_text() and time.monotonic() < deadline:
            time.sleep(0.02)

    assert _ends(int(output.read_text().splitlines()[0]))


def test_a_request_to_end_is_raised_once_with_the_status_that_says_so() -> None:
    before = signal.getsignal(signal.SIGTERM)

    def run() -> None:
        with ending_on_signals():
            try:
                os.kill(os.getpid(), signal.SIGTERM)
                time.sleep(5)
            finally:
                os.kill(os.getpid(), signal.SIGTERM)  # does not disturb the cleaning up

    with pytest.raises(InterruptedRunError) as interrupted:
        run()

    assert interrupted.value.status == 143
    assert signal.getsignal(signal.SIGTERM) == before


def _ends(pid: int) -> bool:
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        stat = Path(f"/proc/{pid}/stat")
        if stat.exists() and stat.read_text().rpartition(")")[2].split()[0] == "Z":
            return True  # dead, and not yet reaped by whoever inherited it
        time.sleep(0.02)
    return False
