"""One finding of a change, however often and however brokenly its event comes."""

import json
from typing import Any

import pytest

from passrole.finding import Finding, News, State
from passrole.finding.guard import Trouble
from passrole.ledger import Ledger
from passrole.passes import Outcome
from passrole.policy import Severity, Stage
from passrole.selfwatch import GuardWatch
from passrole.trail import ForgedEventError, UnreadableEventError
from tests.unit.samples import ACCOUNT, FrozenClock, RecordedTopic, envelope_of
from tests.unit.selfwatch.records import ALICE, CHANGE_SET, CHANGES, OWN, RULE, TRAILS, arn, by, call, denied

DELETED = CHANGES["rule deleted"][0]
ATTEMPT = denied(DELETED, "events:DeleteRule", arn("events", f"rule/{RULE}")) | {"eventID": "e-attempt"}


class KnownDeployments:
    """One is under way, or none is."""

    is_under_way = False

    def were_under_way(self, at: str, source: str, region: str) -> bool:
        assert (at, region) == (DELETED["eventTime"], DELETED["awsRegion"])
        return self.is_under_way


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
def deployments() -> KnownDeployments:
    return KnownDeployments()


@pytest.fixture
def watch(
    ledger: Ledger, topic: RecordedTopic, deployments: KnownDeployments, clock: FrozenClock
) -> GuardWatch:
    return GuardWatch(ledger, topic, ACCOUNT, OWN, deployments, clock)


def watched(watch: GuardWatch, record: dict[str, Any]) -> Finding:
    finding = watch.watch(envelope_of(record, source="aws.events"))
    assert finding is not None
    return finding


def test_a_change_opens_a_critical_finding_that_tells_who_did_what(
    watch: GuardWatch, ledger: Ledger, topic: RecordedTopic
) -> None:
    # Given a rule of the guard that alice deletes
    # When its event comes
    finding = watched(watch, DELETED)
    # Then people are told of it at once, with all that the record tells
    stored = ledger.finding(finding.id)
    assert stored is not None
    assert stored.is_about_guard
    assert (stored.event_name, stored.severity) == (Trouble.GUARD_CHANGED, Severity.CRITICAL)
    assert (stored.response, stored.state, stored.passes) == (Stage.ALERT, State.OPEN, 1)
    assert (stored.resource, stored.resource_type) == (RULE, "events:rule")
    assert (stored.passer.arn, stored.event_time) == (ALICE, "2026-11-22T12:00:00Z")
    (reason,) = stored.reasons
    for told in ("events:DeleteRule", RULE, ALICE, "203.0.113.9", "2026-11-22T12:00:00Z", DELETED["eventID"]):
        assert told in reason
    assert topic.news == ["opened"]
    assert not stored.has_news
    (step,) = ledger.history(finding.id)
    assert (step.news, step.who) == (News.OPENED, ALICE)


def test_an_event_that_comes_again_makes_nothing_new(
    watch: GuardWatch, ledger: Ledger, topic: RecordedTopic
) -> None:
    # Given three events, the first of which is delivered again last
    events = [DELETED | {"eventID": f"e-{number}"} for number in (1, 2, 3, 1)]
    findings = {watched(watch, event).id for event in events}
    # Then there is one finding with three events, told once: they are of one call
    assert len(findings) == 1
    finding = ledger.finding(findings.pop())
    assert finding is not None
    assert (finding.passes, topic.news) == (3, ["opened"])


def test_another_call_to_the_same_part_is_told_again(watch: GuardWatch, topic: RecordedTopic) -> None:
    first = watched(watch, CHANGES["rule disabled"][0] | {"eventID": "e-1"})
    second = watched(watch, DELETED | {"eventID": "e-2"})
    assert second.id == first.id
    assert topic.news == ["opened", "reopened"]
    assert [reason.partition(" ")[0] for reason in second.reasons] == [
        "events:DeleteRule",
        "events:DisableRule",
    ]


def test_an_attempt_is_high_and_what_follows_it_with_success_critical(
    watch: GuardWatch, topic: RecordedTopic
) -> None:
    # Given an attempt that IAM denies
    tried = watched(watch, ATTEMPT)
    assert (tried.severity, tried.outcome) == (Severity.HIGH, Outcome.DENIED)
    assert "AWS denied" in tried.reasons[0]
    # When the same principal succeeds
    done = watched(watch, DELETED)
    # Then it is the same finding, graver, and told again
    assert (done.id, done.severity, done.outcome) == (tried.id, Severity.CRITICAL, Outcome.SUCCEEDED)
    assert topic.news == ["opened", "reopened"]
    # and a further attempt makes it no milder
    again = watched(watch, ATTEMPT | {"eventID": "e-late"})
    assert (again.severity, again.outcome) == (Severity.CRITICAL, Outcome.SUCCEEDED)


@pytest.mark.parametrize(
    "other",
    [
        CHANGES["function deleted"][0],
        by(DELETED, arn=ALICE.replace("alice", "bob")),
        DELETED | {"eventTime": "2026-11-23T00:00:00Z"},
        DELETED | {"awsRegion": "eu-west-1"},
        TRAILS["StopLogging"],
    ],
)
def test_another_part_principal_day_or_region_is_another_finding(
    watch: GuardWatch, topic: RecordedTopic, other: dict[str, Any]
) -> None:
    assert watched(watch, DELETED).id != watched(watch, other | {"eventID": "e-other"}).id
    assert topic.news == ["opened", "opened"]


def test_what_may_be_another_s_is_not_critical(watch: GuardWatch) -> None:
    finding = watched(watch, call("lambda", "UpdateFunctionCode20150331v2"))
    assert (finding.severity, finding.resource) == (Severity.HIGH, None)


def test_each_deployment_is_told_and_mildly(watch: GuardWatch, topic: RecordedTopic) -> None:
    # Given two deployments on a day, by the same principal
    first, second = (
        watched(watch, CHANGES["change set executed"][0] | {"eventID": f"e-{number}"}) for number in (1, 2)
    )
    # Then each is told, as one finding, and neither as an attack
    assert (first.id, first.severity, second.severity) == (second.id, Severity.MEDIUM, Severity.MEDIUM)
    assert topic.news == ["opened", "reopened"]
    # but that the stack is deleted is one
    assert watched(watch, CHANGES["stack deleted"][0]).severity is Severity.CRITICAL


def test_the_runs_of_a_pipeline_are_one_finding_a_day(watch: GuardWatch) -> None:
    # Given two deployments by one role, whose session is called otherwise each time
    role = f"arn:aws:iam::{ACCOUNT}:role/deployer"
    issuer = {"sessionIssuer": {"type": "Role", "arn": role}}
    deployed, deleted = (CHANGES[name][0] for name in ("change set executed", "stack deleted"))
    sessions = [f"arn:aws:sts::{ACCOUNT}:assumed-role/deployer/run-{number}" for number in (1, 2)]

    def told(record: dict[str, Any]) -> list[Finding]:
        runs = (by(record, type="AssumedRole", arn=arn, sessionContext=issuer) for arn in sessions)
        return [watched(watch, run | {"eventID": f"{run['eventName']}-{at}"}) for at, run in enumerate(runs)]

    # Then they are one finding, which tells the latest session
    first, second = told(deployed)
    assert first.id == second.id
    assert (second.passes, second.passer.arn) == (2, sessions[1])
    # but of what no deployment does, each session is told by itself
    assert len({finding.id for finding in told(deleted)}) == 2


def test_what_a_deployment_changes_is_not_told_beside_it(
    watch: GuardWatch, deployments: KnownDeployments, topic: RecordedTopic
) -> None:
    change = envelope_of(by(CHANGES["denied all"][0], invokedBy="cloudformation.amazonaws.com"))
    # Given a stack of the guard that is being changed, then what CloudFormation does is that change's
    deployments.is_under_way = True
    assert watch.watch(change) is None
    # Given none, then another stack changes a part of the guard, and that is told as if a person did it
    deployments.is_under_way = False
    finding = watch.watch(change)
    assert finding is not None
    assert (finding.severity, topic.news) == (Severity.CRITICAL, ["opened"])


def test_a_change_set_of_a_stack_that_is_not_named_is_told_if_it_may_be_the_guards(
    watch: GuardWatch, deployments: KnownDeployments
) -> None:
    assert watch.watch(envelope_of(CHANGE_SET)) is None
    deployments.is_under_way = True
    assert watched(watch, CHANGE_SET).severity is Severity.MEDIUM


def test_a_blinded_trail_is_critical(watch: GuardWatch) -> None:
    finding = watched(watch, TRAILS["StopLogging"])
    assert (finding.event_name, finding.severity) == (Trouble.TRAIL_BLINDED, Severity.CRITICAL)


def test_news_that_could_not_be_published_is_at_the_next_delivery(
    watch: GuardWatch, topic: RecordedTopic
) -> None:
    # Given a topic that refuses at first
    topic.broken = True
    with pytest.raises(ConnectionError):
        watched(watch, DELETED)
    # When the event is delivered again, then its news is published, once
    topic.broken = False
    watched(watch, DELETED)
    watched(watch, DELETED)
    assert topic.news == ["opened"]


def test_more_events_than_a_finding_tells_are_counted(watch: GuardWatch, ledger: Ledger) -> None:
    for number in range(25):
        finding = watched(watch, DELETED | {"eventID": f"e-{number}"})
    assert (finding.passes, len(finding.reasons)) == (25, 20)
    assert "e-24" in finding.reasons[0]


def test_a_name_of_any_length_is_recorded(watch: GuardWatch) -> None:
    attempt = DELETED | {"errorCode": "AccessDenied", "requestParameters": {"name": RULE + "x" * 90_000}}
    for number in range(20):
        finding = watched(watch, attempt | {"eventID": f"e-{number}"})
    assert len(json.dumps(finding.to_json())) < 20_000


@pytest.mark.parametrize("record", [call("events", "PutRule", {"name": "mine"}), call("s3", "PutObject")])
def test_what_is_no_change_of_the_guard_leaves_no_trace(
    watch: GuardWatch, ledger: Ledger, topic: RecordedTopic, record: dict[str, Any]
) -> None:
    assert watch.watch(envelope_of(record)) is None
    assert not list(ledger.findings())
    assert not topic.messages


def test_what_is_not_awss_word_changes_nothing(watch: GuardWatch, ledger: Ledger) -> None:
    with pytest.raises(ForgedEventError):
        watch.watch(envelope_of(DELETED, source="mine.events"))
    with pytest.raises(ForgedEventError):
        watch.watch(envelope_of(DELETED, account="999988887777"))
    with pytest.raises(UnreadableEventError):
        watch.watch("{")
    assert not list(ledger.findings())
