"""``passrole findings resolve``: a person closes a finding about the guard, which nothing else closes."""

import pytest

from passrole.finding import Finding, News, State
from passrole.finding.guard import Trouble, trouble
from passrole.ledger import Ledger
from passrole.selfwatch import GuardWatch
from tests.unit.cli.conftest import Run
from tests.unit.cli.decisions import GIVEN, WITHOUT_REASON, caller, heard, listen
from tests.unit.quarantine.world import open_finding
from tests.unit.samples import ACCOUNT, REGION, FrozenClock, RecordedTopic, envelope_of, finding_of
from tests.unit.selfwatch.records import CHANGES, OWN, by

pytestmark = pytest.mark.usefixtures("deployed")

DELETED = CHANGES["rule deleted"][0]
AT = "2026-11-22T12:00:00.000Z"


def _is_open(ledger: Ledger, finding: Finding) -> bool:
    stored = ledger.finding(finding.id)
    return stored is not None and (stored.state, stored.revision) == (State.OPEN, 1)


@pytest.fixture
def watch(ledger: Ledger) -> GuardWatch:
    return GuardWatch(ledger, RecordedTopic(), ACCOUNT, OWN, FrozenClock())


@pytest.fixture
def changed(watch: GuardWatch) -> Finding:
    """The finding about a rule of the guard that alice deleted."""
    finding = watch.watch(envelope_of(DELETED, source="aws.events"))
    assert finding is not None
    return finding


def test_what_is_resolved_is_recorded_and_told(run: Run, ledger: Ledger, changed: Finding) -> None:
    queue = listen()

    ran = run("findings", "resolve", changed.id[:8], *GIVEN)

    assert (ran.status, ran.err) == (0, "")
    assert f"✓ finding {changed.id} is resolved" in ran.out
    after = ledger.finding(changed.id)
    assert after is not None
    assert after.state is State.RESOLVED
    last = ledger.history(changed.id)[-1]
    assert (last.news, last.who, last.why) == (News.RESOLVED, caller(), "agreed with the team")
    assert News.RESOLVED in heard(queue)


def test_the_same_again_opens_it_again(run: Run, watch: GuardWatch, changed: Finding) -> None:
    assert run("findings", "resolve", changed.id, *GIVEN).status == 0

    again = watch.watch(envelope_of(DELETED | {"eventID": "e-again"}, source="aws.events"))

    assert again is not None
    assert (again.id, again.state) == (changed.id, State.OPEN)


def test_a_person_is_asked_why_and_whether(run: Run, ledger: Ledger, changed: Finding) -> None:
    ran = run("findings", "resolve", changed.id, stdin="it was a drill\ny\n")

    assert ran.status == 0
    assert ledger.history(changed.id)[-1].why == "it was a drill"


@pytest.mark.parametrize(("options", "says"), WITHOUT_REASON)
def test_it_needs_a_reason(run: Run, ledger: Ledger, changed: Finding, options: list[str], says: str) -> None:
    ran = run("findings", "resolve", changed.id, *options)

    assert ran.status == 2
    assert ran.err.startswith(says)
    assert _is_open(ledger, changed)


def test_who_made_the_change_does_not_decide_about_it(run: Run, ledger: Ledger, watch: GuardWatch) -> None:
    mine = watch.watch(envelope_of(by(DELETED, type="IAMUser", arn=caller()), source="aws.events"))
    assert mine is not None

    ran = run("findings", "resolve", mine.id, *GIVEN)

    assert (ran.status, ran.out) == (1, "")
    assert ran.err == (
        f"not resolved: {caller()} made that change, or may have: "
        f"another person decides about finding {mine.id}\n"
    )
    assert _is_open(ledger, mine)


def test_once_is_enough(run: Run, changed: Finding) -> None:
    assert run("findings", "resolve", changed.id, *GIVEN).status == 0

    ran = run("findings", "resolve", changed.id, *GIVEN)

    assert (ran.status, ran.err) == (1, f"not resolved: finding {changed.id} is resolved\n")


@pytest.mark.parametrize(
    ("kind", "command"),
    [(Trouble.BREAKER_TRIPPED, "quarantine reset"), (Trouble.SWITCHED_OFF, "quarantine on")],
)
def test_what_another_command_ends_is_left_to_it(
    run: Run, ledger: Ledger, kind: Trouble, command: str
) -> None:
    opened = trouble(kind, "1", ACCOUNT, REGION, "too many", AT)
    ledger.record_change(opened)

    ran = run("findings", "resolve", opened.finding.id, *GIVEN)

    assert ran.status == 1
    assert f"`passrole {command}` ends it" in ran.err


def test_the_finding_of_an_alarm_that_is_gone_is_closed(run: Run, ledger: Ledger) -> None:
    opened = trouble(Trouble.ALARM_RINGS, "1", ACCOUNT, REGION, "it rings", AT)
    ledger.record_change(opened)

    assert run("findings", "resolve", opened.finding.id, *GIVEN).status == 0


def test_a_finding_about_a_resource_is_not_closed_by_word(run: Run, ledger: Ledger) -> None:
    finding = open_finding(ledger, finding_of())

    ran = run("findings", "resolve", finding.id, *GIVEN)

    assert ran.status == 1
    assert "is about a resource" in ran.err
    assert ledger.finding(finding.id) == finding
