"""``passrole quarantine``: people stop containment and let it go on; and what a dry run would have done."""

from typing import Any

import pytest

from passrole.finding import News, State
from passrole.ledger import Breaker, Ledger, Stopped
from passrole.policy import QuarantineRules
from passrole.quarantine.brakes import Brakes
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
from tests.unit.samples import FUNCTION, FrozenClock, RecordedTopic, finding_of, pass_of

pytestmark = pytest.mark.usefixtures("deployed")

TURNS = ["on", "off"]


@pytest.fixture
def tripped(ledger: Ledger, topic: RecordedTopic) -> Breaker:
    """A breaker that stops ordinary containment, since the cap was passed."""
    brakes = Brakes(ledger, topic, QuarantineRules(acts_per_hour=1, acts_per_passer=1), FrozenClock())
    for name in ("one", "two"):
        finding = open_finding(ledger, finding_of(pass_of(event_id=name, resources=(f"{FUNCTION}-{name}",))))
        brakes.refusal(finding, f"{FUNCTION}-{name}")
    assert ledger.breaker().stopped is Stopped.ORDINARY
    return ledger.breaker()


def test_it_is_on_until_somebody_says_off(run: Run) -> None:
    assert run("quarantine", "status").out == "Quarantine is on\n"
    [row] = run("quarantine", "status", "--json").rows
    assert row == {
        "switch": {"on": True, "who": None, "why": None, "at": None, "finding": None},
        "breaker": {
            "stopped": None,
            "why": None,
            "at": None,
            "resets": 0,
            "finding": None,
            "earlier_finding": None,
        },
    }


def test_a_person_switches_it_off_and_on(run: Run, ledger: Ledger) -> None:
    off = run("quarantine", "off", "--yes", "--reason", "a migration")

    assert off.status == 0
    assert off.out.startswith("Quarantine is off\n")
    assert caller() in off.out
    assert "a migration" in off.out
    switch = ledger.switch()
    assert (switch.on, switch.who, switch.why) == (False, caller(), "a migration")
    assert run("quarantine", "status", "--json").rows[0]["switch"]["on"] is False

    on = run("quarantine", "on", *GIVEN)

    assert on.out.startswith("Quarantine is on\n")
    assert ledger.switch().on


def test_nothing_is_contained_while_it_is_off(run: Run, dynamodb: Any, topic: RecordedTopic) -> None:
    world, role = World(topic), make_role("deployer")
    finding = function_finding(world.ledger(), make_function(role), role)
    run("quarantine", "off", *GIVEN)

    world.container().contain(finding.id, "one")

    assert function_state()["concurrency"] == 7
    why = world.ledger().history(finding.id)[-1].why
    assert why.startswith(f"quarantine is switched off by {caller()} since ")
    assert why.endswith(": agreed with the team")


@pytest.mark.parametrize("word", TURNS)
def test_a_person_is_asked_why_and_whether(run: Run, ledger: Ledger, word: str) -> None:
    ran = run("quarantine", word, stdin="a migration\ny\n")

    assert ran.status == 0
    said = [f"Why is it switched {word}?", f"Switch quarantine {word}?", f"Quarantine is {word}"]
    assert [ran.out.index(words) for words in said] == sorted(ran.out.index(words) for words in said)
    assert ledger.switch().why == "a migration"


@pytest.mark.parametrize("word", TURNS)
def test_who_says_no_changes_nothing(run: Run, ledger: Ledger, word: str) -> None:
    ran = run("quarantine", word, "--reason", "hm", stdin="n\n")

    assert (ran.status, ran.err) == (1, "Nothing was changed.\n")
    assert ledger.switch().at is None


@pytest.mark.parametrize("stdin", ["", "because\n"])
@pytest.mark.parametrize("word", TURNS)
def test_where_nobody_answers_nothing_is_changed(run: Run, ledger: Ledger, word: str, stdin: str) -> None:
    ran = run("quarantine", word, stdin=stdin)

    assert ran.status == 2
    assert "nobody answers here; give --yes and --reason\n" in ran.err
    assert ledger.switch().at is None


@pytest.mark.parametrize(("options", "says"), WITHOUT_REASON)
@pytest.mark.parametrize("word", TURNS)
def test_the_switch_needs_a_reason(
    run: Run, ledger: Ledger, word: str, options: list[str], says: str
) -> None:
    ran = run("quarantine", word, *options)

    assert ran.status == 2
    assert ran.err.startswith(says)
    assert ledger.switch().at is None


def test_a_tripped_breaker_is_shown_with_its_reason_and_finding(run: Run, tripped: Breaker) -> None:
    out = run("quarantine", "status").out

    assert out.startswith("Quarantine is stopped by the breaker (ordinary)\n")
    assert tripped.why is not None
    assert tripped.finding is not None
    assert tripped.why in out
    assert tripped.finding in out
    [row] = run("quarantine", "status", "--json").rows
    assert (row["breaker"]["stopped"], row["breaker"]["finding"]) == ("ordinary", tripped.finding)


def test_a_reset_lets_it_go_on_and_resolves_the_breakers_finding(
    run: Run, ledger: Ledger, tripped: Breaker
) -> None:
    queue = listen()

    ran = run("quarantine", "reset", *GIVEN)

    assert (ran.status, ran.err) == (0, "")
    assert ran.out.index("stopped by the breaker") < ran.out.index("Quarantine is on\n")
    assert ledger.breaker() == Breaker(resets=1)
    assert tripped.finding is not None
    finding = ledger.finding(tripped.finding)
    assert finding is not None
    assert finding.state is State.RESOLVED
    last = ledger.history(finding.id)[-1]
    assert (last.news, last.who, last.why) == (News.RESOLVED, caller(), "agreed with the team")
    assert News.RESOLVED in heard(queue)


def test_where_nothing_tripped_there_is_nothing_to_reset(run: Run, ledger: Ledger) -> None:
    ran = run("quarantine", "reset", *GIVEN)

    assert (ran.status, ran.out) == (1, "")
    assert ran.err == "The breaker has not tripped: there is nothing to reset.\n"
    assert ledger.breaker().resets == 0


@pytest.mark.parametrize(("options", "says"), WITHOUT_REASON)
def test_a_reset_needs_a_reason(
    run: Run, ledger: Ledger, tripped: Breaker, options: list[str], says: str
) -> None:
    ran = run("quarantine", "reset", *options)

    assert ran.status == 2
    assert ran.err.startswith(says)
    assert ledger.breaker() == tripped


@pytest.mark.parametrize("stdin", ["", "because\n"])
def test_where_nobody_answers_nothing_is_reset(
    run: Run, ledger: Ledger, tripped: Breaker, stdin: str
) -> None:
    ran = run("quarantine", "reset", stdin=stdin)

    assert ran.status == 2
    assert "nobody answers here; give --yes and --reason\n" in ran.err
    assert ledger.breaker() == tripped


def test_who_says_no_resets_nothing(run: Run, ledger: Ledger, tripped: Breaker) -> None:
    ran = run("quarantine", "reset", "--reason", "hm", stdin="n\n")

    assert (ran.status, ran.err) == (1, "Nothing was changed.\n")
    assert ledger.breaker() == tripped


def test_a_breaker_that_changed_meanwhile_is_not_said_to_be_reset(
    run: Run, tripped: Breaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Ledger, "change_breaker", lambda *_: False)

    ran = run("quarantine", "reset", *GIVEN)

    assert ran.status == 1
    assert ran.err == "The breaker stops containment still, or again: look at it, and try again.\n"


def test_what_a_dry_run_would_have_contained_is_listed(run: Run, ledger: Ledger) -> None:
    other = pass_of(resources=(f"{FUNCTION}-other",))
    open_finding(ledger, finding_of(other))
    finding = open_finding(ledger, finding_of())
    step(ledger, finding, State.OPEN, News.WOULD_CONTAIN, would_contain=True)

    assert len(run("findings", "list", "--json").rows) == 2
    rows = run("findings", "list", "--would-contain", "--json").rows
    assert [row["id"] for row in rows] == [finding.id]
    assert run("findings", "list", "--would-contain", "--state", "contained", "--json").rows == []
    assert "1 finding" in run("findings", "list", "--would-contain").out


@pytest.mark.parametrize(
    ("news", "standing", "says"),
    [
        (News.WOULD_CONTAIN, {"would_contain": True}, "dry run   it would have been contained"),
        (News.CONTAINMENT_WAITS, {"awaits_approval": True}, "waits     for an approval"),
        (
            News.CONTAINMENT_WAITS,
            {"waits_until": "2026-11-22T13:00:00.000Z"},
            "waits     until 2026-11-22T13:00",
        ),
        (News.APPROVED, {"approved_by": "arn:x"}, "approved  by arn:x"),
    ],
)
def test_show_says_how_a_finding_stands(
    run: Run, ledger: Ledger, news: News, standing: dict[str, Any], says: str
) -> None:
    finding = open_finding(ledger, finding_of())
    step(ledger, finding, State.OPEN, news, **standing)

    assert says in run("findings", "show", finding.id).out
