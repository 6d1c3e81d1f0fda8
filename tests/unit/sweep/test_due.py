"""What time alone brings: late news, exemptions that expire, are prolonged, or end soon."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from passrole.clock import iso, parse_time
from passrole.detection.detector import Detector
from passrole.finding import Change, Finding, News, State, Step
from passrole.ledger import Ledger
from passrole.policy import CompiledPolicy, Decision, Effect, Exemption, PolicyStatement, Stage
from passrole.sweep.due import Did, DueWork, ending
from tests.unit.samples import (
    ACCOUNT,
    FUNCTION,
    FixedEvidence,
    FrozenClock,
    NoReferences,
    RecordedLooks,
    RecordedQueue,
    RecordedTopic,
    create_function_record,
    envelope_of,
    evidence_of,
    finding_of,
    policy_of,
)

NAME, EXPIRES = "legacy loader", "2026-12-01T00:00:00Z"
BEFORE = datetime(2026, 11, 30, 23, 59, tzinfo=UTC)
AFTER = datetime(2026, 12, 1, 0, 3, tzinfo=UTC)


def exempting(expires: str = EXPIRES) -> CompiledPolicy:
    scope = PolicyStatement(NAME, Effect.ALLOW)
    exemption = Exemption(NAME, "data-team@example.com", "moves soon", expires, scope)
    return replace(policy_of(), exemptions=(exemption,))


def detect(ledger: Ledger, topic: RecordedTopic, policy: CompiledPolicy, **fields: str) -> None:
    detector = Detector(
        account=ACCOUNT,
        policy=policy,
        references=NoReferences(),
        evidence=FixedEvidence(evidence_of()),
        ledger=ledger,
        topic=topic,
        guard_roles=frozenset(),
        looks=RecordedLooks(),
        clock=FrozenClock(),
    )
    for detected in detector.detect(envelope_of(create_function_record(**fields))):
        assert detected.verdict is not None


def sweep(
    ledger: Ledger,
    topic: RecordedTopic,
    now: datetime,
    policy: CompiledPolicy | None = None,
    to_contain: RecordedQueue | None = None,
) -> list[tuple[Finding, Did]]:
    due = DueWork(ledger, topic, to_contain or RecordedQueue(), policy or exempting())
    return list(due.do(iso(now - timedelta(minutes=2)), iso(now)))


def test_what_is_exempt_is_on_record_and_told_to_nobody(ledger: Ledger, topic: RecordedTopic) -> None:
    detect(ledger, topic, exempting())
    [finding] = ledger.findings()
    assert (finding.state, finding.resource, finding.exemption) == (State.EXEMPTED, FUNCTION, NAME)
    assert (finding.decision, finding.response) == (Decision.VIOLATION, Stage.QUARANTINE)
    assert [step.news for step in ledger.history(finding.id)] == [News.EXEMPTED]
    assert topic.news == []
    assert sweep(ledger, topic, BEFORE) == []


def test_it_comes_back_when_the_exemption_expires_and_once(ledger: Ledger, topic: RecordedTopic) -> None:
    detect(ledger, topic, exempting())
    [(finding, did)] = sweep(ledger, topic, AFTER)
    assert (finding.state, did) == (State.OPEN, Did.REOPENED)
    assert topic.news == ["exemption_ended"]
    assert topic.messages[0][1]["response"] == ("quarantine",)
    assert ledger.history(finding.id)[-1].why == f"the exemption {NAME} expired"
    assert sweep(ledger, topic, AFTER + timedelta(hours=1)) == []
    assert topic.news == ["exemption_ended"]


def test_a_crash_before_publishing_is_made_good(ledger: Ledger, topic: RecordedTopic) -> None:
    detect(ledger, topic, exempting())
    topic.broken = True
    with pytest.raises(ConnectionError):
        sweep(ledger, topic, AFTER)
    topic.broken = False
    [(_, did)] = sweep(ledger, topic, AFTER + timedelta(minutes=5))
    assert (did, topic.news) == (Did.PUBLISHED, ["exemption_ended"])


def test_a_prolonged_exemption_counts_on(ledger: Ledger, topic: RecordedTopic) -> None:
    detect(ledger, topic, exempting())
    longer = exempting("2027-03-01T00:00:00Z")
    [(finding, did)] = sweep(ledger, topic, AFTER, longer)
    assert (did, finding.exempt_until) == (Did.PROLONGED, "2027-03-01T00:00:00Z")
    assert sweep(ledger, topic, AFTER, longer) == []
    assert topic.news == []


def test_a_pass_that_is_not_exempt_opens_it_at_once(ledger: Ledger, topic: RecordedTopic) -> None:
    detect(ledger, topic, exempting())
    detect(ledger, topic, policy_of(), eventID="e-2", eventTime="2026-11-22T12:10:00Z")
    [finding] = ledger.findings()
    assert (finding.state, finding.passes, finding.exempt_until) == (State.OPEN, 2, None)
    assert topic.news == ["reopened"]
    assert sweep(ledger, topic, AFTER) == []


def test_an_exempt_pass_does_not_close_what_stands_open(ledger: Ledger, topic: RecordedTopic) -> None:
    detect(ledger, topic, policy_of())
    detect(ledger, topic, exempting(), eventID="e-2", eventTime="2026-11-22T12:10:00Z")
    [finding] = ledger.findings()
    assert (finding.state, finding.exemption, finding.exempt_until) == (State.OPEN, None, None)
    assert sweep(ledger, topic, AFTER) == []


@pytest.mark.parametrize(
    ("now", "count"),
    [
        (datetime(2026, 11, 16, 23, 59, tzinfo=UTC), 0),
        (datetime(2026, 11, 17, 0, 0, tzinfo=UTC), 1),
        (BEFORE, 1),
        (datetime(2026, 12, 1, tzinfo=UTC), 0),
    ],
)
def test_people_are_told_two_weeks_ahead(now: datetime, count: int) -> None:
    assert len(ending(exempting(), now)) == count


@pytest.mark.parametrize(
    "standing",
    [
        {"state": State.OPEN, "waits_until": "2026-11-22T12:10:00.000Z"},
        {"state": State.CONTAINED, "check_at": "2026-11-22T12:10:00.000Z"},
    ],
    ids=["its grace ends", "it is to be looked at again"],
)
def test_what_is_due_is_left_to_contain_and_not_before(
    ledger: Ledger, topic: RecordedTopic, standing: dict[str, Any]
) -> None:
    finding = replace(finding_of(), published=1, **standing)
    assert ledger.record_change(Change(finding, None, None))
    queue, due = RecordedQueue(), datetime(2026, 11, 22, 12, 10, tzinfo=UTC)

    assert sweep(ledger, topic, due - timedelta(seconds=1), to_contain=queue) == []
    [(pointed_out, did)] = sweep(ledger, topic, due, to_contain=queue)

    assert (pointed_out.id, did) == (finding.id, Did.POINTED_OUT)
    assert [pointer["finding_id"] for pointer in queue.pointers] == [finding.id]
    assert topic.news == []


def test_fresh_news_is_left_to_who_wrote_it(ledger: Ledger, topic: RecordedTopic) -> None:
    finding = finding_of()
    assert ledger.record_change(Change(finding, Step(1, finding.opened_at, News.OPENED, "dana", "x"), None))
    opened = parse_time(finding.opened_at)

    assert sweep(ledger, topic, opened + timedelta(seconds=30)) == []
    assert [did for _, did in sweep(ledger, topic, opened + timedelta(minutes=3))] == [Did.PUBLISHED]
