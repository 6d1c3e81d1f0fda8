"""What a new judgement of what holds its role does to a finding, and what ends it."""

from dataclasses import replace
from typing import Any

import pytest

from passrole.finding import Finding, News, State
from passrole.finding.life import end_of_exemption, ended, exempted, judged_again
from passrole.passes import Origin
from passrole.policy import Decision, Severity, Stage
from tests.unit.samples import finding_of

LATER, UNTIL, LONG_AFTER = "2026-11-22T13:00:00.000Z", "2026-12-01T00:00:00Z", "2027-03-01T00:00:00Z"
WHO, WHY = "dana", "the role deployer lost tags (UntagRole)"


def before(state: State = State.OPEN, **fields: Any) -> Finding:
    return replace(finding_of(), state=state, revision=2, published=2, **fields)


def fresh(response: Stage = Stage.ALERT, **fields: Any) -> Finding:
    given: dict[str, Any] = {"updated_at": LATER, "opened_at": LATER, "origin": Origin.ROLE_CHANGE}
    return replace(finding_of(response=response), **given | fields)


def judge(was: Finding | None, now: Finding, uncapped: Stage = Stage.QUARANTINE) -> Any:
    return judged_again(was, now, uncapped, WHO, WHY)


def test_what_nobody_knew_of_opens() -> None:
    change = judge(None, fresh())

    assert (change.finding, change.before) == (fresh(), None)
    assert (change.step.news, change.step.who) == (News.OPENED, WHO)
    assert change.step.why == f"{WHY}: {fresh().reasons[0]}"


def test_what_is_exempt_from_the_start_is_told_to_nobody() -> None:
    change = judge(None, exempted(fresh(), "migration", UNTIL))

    assert change.step.news is News.EXEMPTED
    assert not change.finding.has_news


def test_what_stands_as_it_did_does_not_change() -> None:
    assert judge(before(), fresh(Stage.QUARANTINE)) is None


def test_what_an_event_found_is_answered_no_more_mildly_for_being_seen_again() -> None:
    assert judge(before(), fresh(Stage.ALERT), Stage.QUARANTINE) is None


def test_what_another_policy_answers_more_mildly_is_so_without_a_step() -> None:
    change = judge(before(), fresh(Stage.ALERT, policy_hash="another"), Stage.ALERT)

    assert (change.step, change.finding.response) == (None, Stage.ALERT)
    assert change.finding.policy_hash == "another"


def test_who_was_told_hears_what_becomes_of_what_is_only_observed_by_now() -> None:
    change = judge(before(), fresh(Stage.OBSERVE, policy_hash="another"), Stage.OBSERVE)

    assert (change.finding.response, change.finding.is_told) == (Stage.OBSERVE, True)


def test_nobody_hears_of_what_nobody_was_told() -> None:
    was = before(response=Stage.OBSERVE)

    change = judge(was, fresh(Stage.OBSERVE, policy_hash="another"), Stage.OBSERVE)

    assert not change.finding.is_told


def test_what_is_not_to_be_contained_any_more_waits_for_nothing() -> None:
    was = before(waits_until=UNTIL)
    assert was.due_at == UNTIL

    change = judge(was, fresh(Stage.ALERT, policy_hash="another"), Stage.ALERT)

    assert change.finding.due_at is None


@pytest.mark.parametrize("state", list(State))
def test_a_stricter_answer_opens_it_again_but_for_what_is_contained(state: State) -> None:
    change = judge(before(state, response=Stage.ALERT), fresh(Stage.QUARANTINE))

    if state is State.CONTAINED:
        assert change is None
    else:
        assert (change.finding.state, change.step.news) == (State.OPEN, News.REOPENED)
        assert (change.finding.origin, change.finding.revision) == (Origin.ROLE_CHANGE, 3)


def test_what_was_resolved_is_open_again() -> None:
    change = judge(before(State.RESOLVED), fresh())

    assert (change.finding.state, change.finding.passes) == (State.OPEN, 1)
    assert (change.step.news, change.step.who) == (News.REOPENED, WHO)
    assert change.step.why.startswith(WHY)


def test_what_people_released_stays_so() -> None:
    assert judge(before(State.RELEASED), fresh(policy_hash="another"), Stage.ALERT) is None


def test_what_a_person_exempted_is_left_until_that_ends() -> None:
    was = before(State.EXEMPTED, exempt_by="erin", exemption="erin's", exempt_until=UNTIL)

    assert judge(was, fresh(Stage.QUARANTINE)) is None
    assert judge(was, exempted(fresh(), "migration", LONG_AFTER)) is None
    assert judge(was, fresh(updated_at=UNTIL)).step.news is News.REOPENED


def test_what_the_policy_exempts_no_longer_is_open_again() -> None:
    was = before(State.EXEMPTED, exemption="migration", exempt_until=UNTIL)

    change = judge(was, fresh())

    assert (change.finding.state, change.finding.exemption) == (State.OPEN, None)


def test_what_the_policy_exempts_now_rests_until_that_ends() -> None:
    change = judge(before(), exempted(fresh(Stage.QUARANTINE), "migration", UNTIL))

    assert (change.finding.state, change.step.news) == (State.EXEMPTED, News.EXEMPTED)
    assert (change.finding.exemption, change.finding.exempt_until) == ("migration", UNTIL)
    assert "the exemption migration waives it" in change.step.why


def test_what_the_policy_exempts_for_longer_rests_for_longer() -> None:
    was = before(State.EXEMPTED, exemption="migration", exempt_until=UNTIL)

    change = judge(was, exempted(fresh(Stage.QUARANTINE), "migration", LONG_AFTER))

    assert (change.step, change.finding.exempt_until) == (None, LONG_AFTER)
    assert judge(change.finding, exempted(fresh(Stage.QUARANTINE), "migration", LONG_AFTER)) is None


def test_an_exemption_of_the_policy_is_not_taken_for_that_of_a_person() -> None:
    """What the policy exempts no longer comes back, whoever had exempted it before."""
    was = before(State.EXEMPTED, exempt_by="erin", exemption="erin's", exempt_until="2026-11-22T12:30:00Z")

    rests = judge(was, exempted(fresh(Stage.QUARANTINE), "migration", UNTIL)).finding

    assert (rests.exemption, rests.exempt_by) == ("migration", None)
    assert judge(rests, fresh()).step.news is News.REOPENED


@pytest.mark.parametrize("state", [State.RELEASED, State.RESOLVED, State.CONTAINED])
def test_an_exemption_changes_nothing_of_what_does_not_stand_open(state: State) -> None:
    assert judge(before(state), exempted(fresh(), "migration", UNTIL)) is None


@pytest.mark.parametrize(
    ("policy", "severity"), [("0123456789ab", Severity.CRITICAL), ("another", Severity.HIGH)]
)
def test_only_another_policy_makes_it_milder(policy: str, severity: Severity) -> None:
    was = before(severity=Severity.CRITICAL)

    change = judge(was, fresh(severity=Severity.HIGH, policy_hash=policy, reasons=("anew",)))

    assert change.finding.severity is severity


@pytest.mark.parametrize("state", [State.OPEN, State.RELEASED, State.EXEMPTED])
def test_what_nothing_speaks_for_any_more_is_resolved(state: State) -> None:
    change = ended(before(state), WHO, WHY, LATER)

    assert change is not None
    assert change.step is not None
    assert (change.finding.state, change.finding.revision) == (State.RESOLVED, 3)
    assert (change.step.news, change.step.who, change.step.why) == (News.RESOLVED, WHO, WHY)
    assert change.finding.has_news


@pytest.mark.parametrize("state", [State.CONTAINED, State.RESOLVED])
def test_what_is_contained_or_resolved_is_left(state: State) -> None:
    assert ended(before(state), WHO, WHY, LATER) is None


def test_that_it_is_over_is_told_to_nobody_who_was_never_told_of_it() -> None:
    quiet = exempted(finding_of(), "migration", UNTIL)
    change = ended(quiet, WHO, WHY, LATER)
    assert change is not None
    assert not change.finding.has_news

    back = end_of_exemption(quiet, LATER).finding
    told = ended(back, WHO, WHY, LATER)
    assert told is not None
    assert told.finding.has_news


def test_a_doubt_takes_the_place_of_no_violation() -> None:
    """Who deletes themselves, or makes a fact unreadable, is not let off a containment that waits."""
    doubt: dict[str, Any] = {"decision": Decision.UNDETERMINED, "response": Stage.ALERT}
    waiting = before(waits_until=UNTIL)

    assert judge(waiting, fresh(**doubt), Stage.ALERT) is None

    change = judge(waiting, fresh(**doubt, policy_hash="another"), Stage.ALERT)
    assert change.finding.decision is Decision.UNDETERMINED, "another policy judges anew"
    assert change.finding.waits_until is None
