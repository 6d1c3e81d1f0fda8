"""``passrole findings approve``: a person has a resource contained that waits for it, or was refused."""

from typing import Any

import pytest

from passrole.finding import Finding, News, State
from passrole.ledger import Ledger
from passrole.policy import Stage
from tests.unit.cli.conftest import Run
from tests.unit.cli.decisions import GIVEN, WITHOUT_REASON, caller, heard, listen, step
from tests.unit.quarantine.world import (
    World,
    function_finding,
    function_state,
    make_function,
    make_role,
    open_finding,
)
from tests.unit.samples import RecordedTopic, finding_of

pytestmark = pytest.mark.usefixtures("deployed")


@pytest.fixture
def waiting(ledger: Ledger) -> Finding:
    """A finding whose containment waits for a person."""
    finding = open_finding(ledger, finding_of())
    return step(ledger, finding, State.OPEN, News.CONTAINMENT_WAITS, awaits_approval=True)


def test_an_approval_is_recorded_and_told(run: Run, ledger: Ledger, waiting: Finding) -> None:
    queue = listen()

    ran = run("findings", "approve", waiting.id[:8], *GIVEN)

    assert (ran.status, ran.err) == (0, "")
    assert f"✓ finding {waiting.id} is approved" in ran.out
    after = ledger.finding(waiting.id)
    assert after is not None
    assert (after.state, after.approved_by, after.awaits_approval) == (State.OPEN, caller(), False)
    last = ledger.history(waiting.id)[-1]
    assert (last.news, last.who, last.why) == (News.APPROVED, caller(), "agreed with the team")
    assert News.APPROVED in heard(queue)


def test_what_is_approved_is_contained(run: Run, dynamodb: Any, topic: RecordedTopic) -> None:
    world, role = World(topic), make_role("deployer")
    finding = function_finding(world.ledger(), make_function(role), role)
    container = world.container(require_approval=True)
    container.contain(finding.id, "one")
    before = function_state()

    assert run("findings", "approve", finding.id, *GIVEN).status == 0

    assert before["concurrency"] == 7
    contained = container.contain(finding.id, "two")
    assert contained is not None
    assert contained.state is State.CONTAINED
    assert function_state()["concurrency"] == 0


def test_what_was_refused_can_be_approved(run: Run, ledger: Ledger) -> None:
    finding = open_finding(ledger, finding_of())
    step(ledger, finding, State.OPEN, News.CONTAINMENT_REFUSED)

    assert run("findings", "approve", finding.id, *GIVEN).status == 0
    assert ledger.history(finding.id)[-1].news is News.APPROVED


def test_a_person_is_shown_the_finding_and_asked_why_and_whether(
    run: Run, ledger: Ledger, waiting: Finding
) -> None:
    ran = run("findings", "approve", waiting.id, stdin="it is no approved role\ny\n")

    assert ran.status == 0
    said = ["dana", waiting.role, "Why is it contained?", "Have it contained?", "is approved"]
    assert [ran.out.index(words) for words in said] == sorted(ran.out.index(words) for words in said)
    assert ledger.history(waiting.id)[-1].why == "it is no approved role"


def test_who_says_no_changes_nothing(run: Run, ledger: Ledger, waiting: Finding) -> None:
    ran = run("findings", "approve", waiting.id, "--reason", "hm", stdin="n\n")

    assert (ran.status, ran.err) == (1, "Nothing was changed.\n")
    assert ledger.finding(waiting.id) == waiting


@pytest.mark.parametrize("stdin", ["", "because\n"])
def test_where_nobody_answers_nothing_is_changed(
    run: Run, ledger: Ledger, waiting: Finding, stdin: str
) -> None:
    ran = run("findings", "approve", waiting.id, stdin=stdin)

    assert ran.status == 2
    assert "nobody answers here; give --yes and --reason\n" in ran.err
    assert ledger.finding(waiting.id) == waiting


@pytest.mark.parametrize(("options", "says"), WITHOUT_REASON)
def test_an_approval_needs_a_reason(
    run: Run, ledger: Ledger, waiting: Finding, options: list[str], says: str
) -> None:
    ran = run("findings", "approve", waiting.id, *options)

    assert ran.status == 2
    assert ran.err.startswith(says)
    assert ledger.finding(waiting.id) == waiting


@pytest.mark.parametrize(
    ("response", "state"),
    [(Stage.ALERT, State.OPEN), (Stage.QUARANTINE, State.CONTAINED), (Stage.QUARANTINE, State.RESOLVED)],
)
def test_what_is_not_to_be_contained_is_not_approved(
    run: Run, ledger: Ledger, response: Stage, state: State
) -> None:
    finding = step(ledger, open_finding(ledger, finding_of(response=response)), state, News.OPENED)

    ran = run("findings", "approve", finding.id, *GIVEN)

    assert ran.status == 1
    assert ran.err == (
        f"not approved: finding {finding.id} is {state}, response {response}: nothing is to be approved\n"
    )
    assert ledger.finding(finding.id) == finding


def test_a_finding_that_changed_meanwhile_is_not_approved(
    run: Run, waiting: Finding, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Ledger, "record_change", lambda *_: False)

    ran = run("findings", "approve", waiting.id, *GIVEN)

    assert ran.status == 1
    assert ran.err.startswith(f"not approved: finding {waiting.id} changed meanwhile")
