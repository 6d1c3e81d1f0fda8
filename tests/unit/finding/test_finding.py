"""A finding's identity and life."""

import json
from dataclasses import replace

import pytest

from passrole.finding import Finding, News, State
from passrole.finding.guard import Trouble, trouble
from passrole.finding.life import advance, exempted, feed
from passrole.finding.opening import findings_of
from passrole.passes import SWEPT, Origin, Outcome, Passer
from passrole.policy import Decision, Severity, Stage, evaluate
from tests.unit.samples import INSTANCE, evidence_of, finding_of, pass_of, policy_of

NOON = "2026-11-22T12:00:00.000Z"


def test_the_same_role_in_the_same_place_is_the_same_finding() -> None:
    first = finding_of(pass_of(event_id="1", event_name="CreateFunction20150331"))
    second = finding_of(pass_of(event_id="2", event_name="UpdateFunctionConfiguration20150331v2"))

    assert first.id == second.id


@pytest.mark.parametrize(
    "other",
    [
        finding_of(pass_of(resources=(INSTANCE,))),
        finding_of(pass_of(place="another role")),
        finding_of(pass_of(account="444455556666")),
        finding_of(pass_of(region="eu-west-1")),
        finding_of(role_id="AROAOTHER"),
        finding_of(pass_of(outcome=Outcome.DENIED)),
    ],
    ids=["resource", "place", "account", "region", "role made anew", "attempt"],
)
def test_another_subject_is_another_finding(other: Finding) -> None:
    assert other.id != finding_of().id


def test_attempts_of_one_passer_on_one_day_are_one_finding() -> None:
    denied = pass_of(outcome=Outcome.DENIED)

    same = replace(denied, event_id="2", resources=(INSTANCE,), event_time="2026-11-22T23:59:59Z")
    tomorrow = replace(denied, event_time="2026-11-23T00:00:00Z")
    another = replace(denied, passer=Passer(arn="arn:aws:iam::111122223333:user/eve"))

    assert finding_of(same).id == finding_of(denied).id
    assert len({finding_of(p).id for p in (denied, tomorrow, another)}) == 3


def test_an_attempt_that_failed_does_not_silence_one_that_was_denied() -> None:
    """They have stages of their own: the alert of a denial reads the finding's stage when it is sent."""
    denied = finding_of(pass_of(outcome=Outcome.DENIED), response=Stage.ALERT)
    failed = finding_of(pass_of(outcome=Outcome.FAILED), response=Stage.OBSERVE)

    assert denied.id != failed.id


def test_a_pass_that_comes_late_does_not_take_the_place_of_a_later_one() -> None:
    later = finding_of(pass_of(event_id="2", event_time="2026-11-22T12:00:04Z"))
    earlier = finding_of(pass_of(event_id="1", passer=Passer(arn="arn:aws:iam::111122223333:user/eve")))

    counted = feed(later, earlier).finding

    assert (counted.passer, counted.event_time, counted.passes) == (later.passer, later.event_time, 2)
    assert counted.last_pass == later.last_pass
    assert feed(earlier, later).finding.passer == later.passer


def test_parts_of_an_identity_cannot_run_into_each_other() -> None:
    one = finding_of(pass_of(resources=("arn:a", "arn:b")))
    two = finding_of(pass_of(resources=("arn:a', 'arn:b",)))

    assert one.id != two.id


def test_what_a_sweep_found_is_the_pass_that_an_event_tells_of_later() -> None:
    swept = finding_of(pass_of(event_id=f"{SWEPT}1", origin=Origin.SWEEP), response=Stage.ALERT)

    once = feed(swept, finding_of(pass_of(event_id="1"))).finding
    twice = feed(once, finding_of(pass_of(event_id="2"))).finding

    assert (swept.passes, once.passes, twice.passes) == (1, 1, 2)


@pytest.mark.parametrize("state", [State.CONTAINED, State.RELEASED, State.RESOLVED, State.EXEMPTED])
def test_a_later_pass_opens_a_settled_finding_again(state: State) -> None:
    before = replace(finding_of(), state=state, updated_at="2026-11-22T12:01:00.500Z")

    change = feed(before, finding_of(pass_of(event_time="2026-11-22T12:01:00Z")))

    assert change.finding.state is State.OPEN
    assert change.step is not None
    assert (change.step.news, change.step.revision) == (News.REOPENED, 2)


def test_a_pass_from_before_the_settlement_is_only_counted() -> None:
    before = replace(finding_of(), state=State.RELEASED, updated_at="2026-11-22T12:01:00.500Z")

    change = feed(before, finding_of(pass_of(event_time="2026-11-22T12:00:59Z")))

    assert change.step is None
    assert (change.finding.state, change.finding.passes) == (State.RELEASED, 2)


def test_a_milder_policy_does_not_reopen() -> None:
    before = finding_of(response=Stage.QUARANTINE)

    assert feed(before, finding_of(response=Stage.ALERT)).step is None


def test_a_refused_containment_is_tried_again_with_a_pass_in_a_later_hour() -> None:
    refused = advance(
        finding_of(), State.OPEN, News.CONTAINMENT_REFUSED, "2026-11-22T12:01:00.000Z", "guardrail", "the cap"
    ).finding
    again = finding_of(pass_of(event_id="2", event_time="2026-11-22T13:00:00Z"))

    same_hour = feed(refused, replace(again, updated_at="2026-11-22T12:59:59.000Z"))
    next_hour = feed(refused, replace(again, updated_at="2026-11-22T13:00:00.000Z"))

    assert same_hour.step is None
    assert next_hour.step is not None
    assert (next_hour.step.news, next_hour.finding.refused_at) == (News.REOPENED, None)


def test_a_pass_that_comes_late_takes_no_verdict_from_a_later_one() -> None:
    """Else an earlier, milder violation would end the containment that the later one waits for."""
    later = finding_of(pass_of(event_id="2", event_time="2026-11-22T12:00:04Z"), response=Stage.QUARANTINE)
    milder = replace(
        finding_of(pass_of(event_id="1"), response=Stage.ALERT),
        decision=Decision.UNDETERMINED,
        reasons=("unknown",),
    )

    counted = feed(later, milder).finding

    assert counted.is_to_be_contained
    assert (counted.reasons, counted.severity) == (later.reasons, later.severity)
    assert feed(milder, later).finding.reasons != milder.reasons


def test_what_is_to_be_contained_no_more_falls_due_no_more() -> None:
    """Else the sweep would point it out every two minutes for ever."""
    waiting = replace(
        finding_of(pass_of(event_id="1"), response=Stage.QUARANTINE),
        waits_until="2026-11-22T12:30:00.000Z",
        published=1,
    )
    milder = finding_of(pass_of(event_id="2", event_time="2026-11-22T12:00:04Z"), response=Stage.ALERT)

    assert feed(waiting, waiting).finding.due_at == waiting.waits_until
    assert feed(waiting, milder).finding.due_at is None


@pytest.mark.parametrize(("policy_hash", "is_again"), [("the dry run's", False), ("another", True)])
def test_what_a_dry_run_left_is_contained_when_the_role_is_passed_under_another_policy(
    policy_hash: str, is_again: bool
) -> None:
    seen = replace(finding_of(response=Stage.QUARANTINE), would_contain=True, policy_hash="the dry run's")
    fresh = replace(
        finding_of(pass_of(event_id="2", event_time="2026-11-22T12:00:06Z"), response=Stage.QUARANTINE),
        policy_hash=policy_hash,
        updated_at="2026-11-22T12:00:10.000Z",
    )

    assert (feed(seen, fresh).step is not None) is is_again


def test_a_finding_is_read_as_it_was_written() -> None:
    finding = replace(finding_of(), checks=("no-external-trust", "unapproved"))

    assert Finding.from_json(json.loads(json.dumps(finding.to_json()))) == finding


def test_one_that_was_written_without_checks_has_none() -> None:
    data = finding_of().to_json()
    del data["checks"]

    assert Finding.from_json(data).checks == ()


def test_checks_and_severity_go_with_the_verdict() -> None:
    mild = replace(finding_of(response=Stage.ALERT), checks=("unused-role",), severity=Severity.LOW)
    grave = replace(
        finding_of(pass_of(event_time="2026-11-22T12:00:04Z"), response=Stage.ALERT), checks=("unapproved",)
    )

    assert feed(mild, grave).finding.checks == ("unapproved",)
    late = feed(grave, mild).finding
    assert (late.checks, late.severity) == (grave.checks, grave.severity)


@pytest.mark.parametrize("state", [State.OPEN, State.CONTAINED])
def test_no_further_pass_makes_a_standing_finding_milder(state: State) -> None:
    """Else whoever passes the role once more, as a machine or while IAM is too busy, takes its alarm away."""
    grave = replace(
        finding_of(), severity=Severity.CRITICAL, state=state, updated_at="2026-11-22T12:01:00.500Z"
    )
    mild = replace(
        finding_of(pass_of(event_id="2", event_time="2026-11-22T12:00:04Z")), severity=Severity.HIGH
    )

    assert feed(grave, mild).finding.severity is Severity.CRITICAL
    late = replace(mild, event_time="2026-11-22T11:00:00Z")
    assert (
        feed(replace(late, state=state), replace(grave, state=State.OPEN)).finding.severity
        is Severity.CRITICAL
    )
    assert feed(mild, replace(grave, event_time="2026-11-22T11:00:00Z")).finding.severity is Severity.CRITICAL


def test_a_finding_that_opens_again_and_one_under_another_policy_is_as_grave_as_its_latest_pass() -> None:
    mild = replace(finding_of(pass_of(event_time="2026-11-22T12:02:00Z")), severity=Severity.LOW)
    grave = replace(finding_of(), severity=Severity.CRITICAL, updated_at="2026-11-22T12:01:00.500Z")

    reopened = feed(replace(grave, state=State.RELEASED), mild)
    assert (reopened.step is not None, reopened.finding.severity) == (True, Severity.LOW)
    assert feed(grave, replace(mild, policy_hash="another")).finding.severity is Severity.LOW
    late = replace(mild, policy_hash="another", event_time="2026-11-22T11:00:00Z")
    assert feed(grave, late).finding.severity is Severity.CRITICAL


@pytest.mark.parametrize(
    ("outcome", "checks"), [(Outcome.SUCCEEDED, ("unapproved",)), (Outcome.DENIED, ()), (Outcome.FAILED, ())]
)
def test_of_an_attempt_nothing_is_said_to_deny_it(outcome: Outcome, checks: tuple[str, ...]) -> None:
    pass_ = pass_of(outcome=outcome)
    verdict = evaluate(policy_of(), pass_, evidence_of(), NOON)

    [finding] = findings_of(pass_, verdict, evidence_of(), Stage.ALERT, NOON)

    assert finding.checks == checks


def test_a_finding_about_the_guard_says_what_kind_of_trouble() -> None:
    change = trouble(Trouble.BREAKER_TRIPPED, "1", "111122223333", "us-east-1", "too many acts", NOON)

    assert Finding.from_json(change.finding.to_json()).checks == ("BreakerTripped",)


def test_who_was_told_of_a_finding_is_told_of_what_follows_when_it_is_only_observed_by_now() -> None:
    told = finding_of(response=Stage.ALERT)
    observed = feed(told, finding_of(pass_of(event_id="2"), response=Stage.OBSERVE)).finding
    again = feed(observed, finding_of(pass_of(event_id="3"), response=Stage.OBSERVE)).finding

    assert (told.is_told, observed.is_told, again.is_told) == (True, True, True)
    assert observed.response is Stage.OBSERVE
    assert Finding.from_json(json.loads(json.dumps(again.to_json()))) == again


def test_nobody_is_told_of_what_was_never_more_than_observed_or_was_exempt_from_the_start() -> None:
    fresh = finding_of(pass_of(event_id="2"), response=Stage.OBSERVE)
    exempt = exempted(finding_of(response=Stage.ALERT), "legacy", "2027-01-01T00:00:00.000Z")

    assert not feed(finding_of(response=Stage.OBSERVE), fresh).finding.is_told
    assert not feed(exempt, fresh).finding.is_told
