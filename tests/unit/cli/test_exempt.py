"""``passrole findings exempt``: one finding is exempt for a time, and comes back when that is over."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from passrole.clock import iso, parse_time, utc_now
from passrole.finding import Finding, News, State
from passrole.finding.guard import Trouble, trouble
from passrole.finding.life import feed
from passrole.ledger import Containment, ContainmentState, Ledger
from passrole.passes import Passer
from passrole.sweep.due import Did, DueWork
from tests.unit.cli.conftest import Run
from tests.unit.cli.decisions import GIVEN, WITHOUT_REASON, caller, heard, listen, step
from tests.unit.quarantine.world import open_finding
from tests.unit.samples import (
    ACCOUNT,
    FUNCTION,
    REGION,
    RecordedQueue,
    RecordedTopic,
    finding_of,
    pass_of,
    policy_of,
)

pytestmark = pytest.mark.usefixtures("deployed")

TODAY = utc_now().date()
LAST_DAY = TODAY + timedelta(days=30)
END = datetime(LAST_DAY.year, LAST_DAY.month, LAST_DAY.day, tzinfo=UTC) + timedelta(days=1)


@pytest.fixture
def finding(ledger: Ledger) -> Finding:
    return open_finding(ledger, finding_of())


@pytest.fixture
def exempt(run: Run, ledger: Ledger, finding: Finding) -> Finding:
    """A finding that a person exempted until the end of the last day."""
    assert run("findings", "exempt", finding.id, "--until", LAST_DAY, *GIVEN).status == 0
    after = ledger.finding(finding.id)
    assert after is not None
    return after


def passed_again(before: Finding, at: datetime) -> Finding:
    """The finding after somebody passed the role there again."""
    passer = Passer(type="IAMUser", arn=f"arn:aws:iam::{ACCOUNT}:user/sam")
    again = pass_of(event_id="2", event_time=f"{iso(at)[:19]}Z", passer=passer)
    fresh = replace(finding_of(again), opened_at=iso(at), updated_at=iso(at))
    return feed(before, fresh).finding


def sweep(ledger: Ledger, topic: RecordedTopic, now: datetime) -> Iterator[tuple[Finding, Did]]:
    return DueWork(ledger, topic, RecordedQueue(), policy_of()).do(iso(now - timedelta(minutes=2)), iso(now))


def test_an_exemption_is_recorded_and_told(run: Run, ledger: Ledger, finding: Finding) -> None:
    queue = listen()

    ran = run("findings", "exempt", finding.id[:8], "--until", LAST_DAY, *GIVEN)

    assert (ran.status, ran.err) == (0, "")
    assert f"✓ finding {finding.id} is exempted until {iso(END)}" in ran.out
    after = ledger.finding(finding.id)
    assert after is not None
    assert (after.state, after.exempt_by) == (State.EXEMPTED, caller())
    last = ledger.history(finding.id)[-1]
    assert (last.news, last.who, last.why) == (News.EXEMPTED, caller(), "agreed with the team")
    assert News.EXEMPTED in heard(queue)


def test_a_person_is_asked_why_and_whether(run: Run, ledger: Ledger, finding: Finding) -> None:
    ran = run("findings", "exempt", finding.id, "--until", LAST_DAY, stdin="it moves soon\ny\n")

    assert ran.status == 0
    said = ["dana", finding.role, "Why is it exempt?", "Exempt it?", "is exempted"]
    assert [ran.out.index(words) for words in said] == sorted(ran.out.index(words) for words in said)
    assert ledger.history(finding.id)[-1].why == "it moves soon"


def test_a_day_counts_to_its_end_as_in_the_policy(exempt: Finding) -> None:
    assert exempt.exempt_until is not None
    assert parse_time(exempt.exempt_until) == END


def test_a_time_is_taken_as_it_is(run: Run, ledger: Ledger, finding: Finding) -> None:
    assert run("findings", "exempt", finding.id, "--until", f"{LAST_DAY}T12:00:00+02:00", *GIVEN).status == 0

    after = ledger.finding(finding.id)
    assert after is not None
    assert after.exempt_until == f"{LAST_DAY}T10:00:00.000Z"


@pytest.mark.parametrize(
    ("until", "says"),
    [
        ("soon", '--until: "soon" is no date; expected one such as "2027-03-31"'),
        ("9999-12-31", '--until: "9999-12-31" is no date'),
        ("2027-02-30", '--until: "2027-02-30" is no date'),
        ("2027-03-31T12:00:00", "--until: a time needs its zone"),
        (f"{TODAY + timedelta(days=400)}", "--until: more than a year ahead"),
    ],
)
def test_a_time_that_cannot_be_used_is_told(
    run: Run, ledger: Ledger, finding: Finding, until: str, says: str
) -> None:
    ran = run("findings", "exempt", finding.id, "--until", until, *GIVEN)

    assert ran.status == 2
    assert ran.err.startswith(says)
    assert ledger.finding(finding.id) == finding


def test_a_time_that_is_past_is_refused(run: Run, ledger: Ledger, finding: Finding) -> None:
    ran = run("findings", "exempt", finding.id, "--until", TODAY - timedelta(days=1), *GIVEN)

    assert ran.status == 1
    assert "is past; expected a time to come" in ran.err
    assert ledger.finding(finding.id) == finding


@pytest.mark.parametrize("stdin", ["", "because\n"])
def test_where_nobody_answers_nothing_is_changed(
    run: Run, ledger: Ledger, finding: Finding, stdin: str
) -> None:
    ran = run("findings", "exempt", finding.id, "--until", LAST_DAY, stdin=stdin)

    assert ran.status == 2
    assert "nobody answers here; give --yes and --reason\n" in ran.err
    assert ledger.finding(finding.id) == finding


@pytest.mark.parametrize(("options", "says"), WITHOUT_REASON)
def test_an_exemption_needs_a_reason(
    run: Run, ledger: Ledger, finding: Finding, options: list[str], says: str
) -> None:
    ran = run("findings", "exempt", finding.id, "--until", LAST_DAY, *options)

    assert ran.status == 2
    assert ran.err.startswith(says)
    assert ledger.finding(finding.id) == finding


def test_what_is_contained_is_released_first(run: Run, ledger: Ledger, finding: Finding) -> None:
    step(ledger, finding, State.CONTAINED, News.CONTAINED)

    ran = run("findings", "exempt", finding.id, "--until", LAST_DAY, *GIVEN)

    assert ran.status == 1
    assert ran.err == f"not exempted: finding {finding.id} is contained: release it, and exempt it then\n"


def test_what_was_contained_half_way_is_released_first(run: Run, ledger: Ledger, finding: Finding) -> None:
    saved = Containment(
        resource=FUNCTION,
        module="lambda-function",
        prior={},
        holds=(finding.id,),
        state=ContainmentState.SAVED,
        saved_at="2026-11-22T12:00:06.000Z",
        role_ids={},
    )
    assert ledger.save_containment(saved, None)

    ran = run("findings", "exempt", finding.id, "--until", LAST_DAY, *GIVEN)

    assert ran.status == 1
    assert ran.err == (
        f"not exempted: {FUNCTION} is held for finding {finding.id}: release it, and exempt it then\n"
    )
    assert ledger.finding(finding.id) == finding


def test_what_is_about_the_guard_itself_is_not_exempted(run: Run, ledger: Ledger) -> None:
    opened = trouble(Trouble.BREAKER_TRIPPED, "1", ACCOUNT, REGION, "too many", "2026-11-22T12:00:00.000Z")
    ledger.record_change(opened)

    ran = run("findings", "exempt", opened.finding.id, "--until", LAST_DAY, *GIVEN)

    assert ran.status == 1
    assert "is about the guardrail itself" in ran.err


def test_it_stays_quiet_when_the_role_is_passed_again(exempt: Finding) -> None:
    after = passed_again(exempt, END - timedelta(minutes=1))

    assert (after.state, after.passes, after.revision) == (State.EXEMPTED, 2, exempt.revision)
    assert (after.exempt_by, after.exempt_until) == (exempt.exempt_by, exempt.exempt_until)


def test_a_pass_after_its_time_opens_it_again(exempt: Finding) -> None:
    after = passed_again(exempt, END)

    assert (after.state, after.exempt_by, after.exempt_until) == (State.OPEN, None, None)


def test_it_comes_back_when_the_time_is_over_and_once(
    ledger: Ledger, topic: RecordedTopic, exempt: Finding
) -> None:
    assert list(sweep(ledger, topic, END - timedelta(minutes=1))) == []

    [(after, did)] = sweep(ledger, topic, END + timedelta(minutes=3))

    assert (after.state, after.exempt_by, did) == (State.OPEN, None, Did.REOPENED)
    assert topic.news == ["exemption_ended"]
    assert ledger.history(exempt.id)[-1].why == f"the exemption granted by {caller()} expired"
    assert list(sweep(ledger, topic, END + timedelta(hours=1))) == []


def test_show_says_until_when_and_by_whom(run: Run, exempt: Finding) -> None:
    out = run("findings", "show", exempt.id).out

    assert exempt.exempt_until is not None
    assert f"exempt    until {exempt.exempt_until}" in out
    assert f"granted by {caller()}" in out


def test_the_latest_day_is_a_year_ahead(run: Run, finding: Finding) -> None:
    latest = date(TODAY.year + 1, TODAY.month, min(TODAY.day, 28))

    assert run("findings", "exempt", finding.id, "--until", latest, *GIVEN).status == 0
