"""Second looks: what cannot be told yet waits, is judged by the same code, and is recorded and told once."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from passrole.detection.detector import Detected, Detector
from passrole.evidence import Evidence, Unknown
from passrole.ledger import Ledger
from passrole.passes import Pass
from passrole.policy import Decision, Stage
from passrole.trail import ForgedEventError
from tests.unit.samples import (
    ACCOUNT,
    ROLE,
    FrozenClock,
    NoReferences,
    RecordedLooks,
    RecordedTopic,
    create_function_record,
    envelope_of,
    evidence_of,
    policy_of,
)

APPROVED = f"arn:aws:iam::{ACCOUNT}:role/application_role/orders"
THROTTLED = Unknown("iam:GetRole failed: Throttling")
BODY = envelope_of(create_function_record(APPROVED))
TWO_ROLES = envelope_of(
    create_function_record(
        eventSource="ecs.amazonaws.com",
        eventName="RegisterTaskDefinition",
        requestParameters={"family": "web", "executionRoleArn": ROLE, "taskRoleArn": APPROVED},
        responseElements={"taskDefinition": {"taskDefinitionArn": "arn:aws:ecs:us-east-1:1:task/web:1"}},
    ),
    source="aws.ecs",
)


class Iam:
    """Evidence that changes: ``tags`` are what is read of the tags of a role, by default at all times."""

    def __init__(self) -> None:
        self.tags: Unknown | dict[str, str] = THROTTLED

    def evidence(self, pass_: Pass) -> Evidence:
        read = evidence_of(pass_.role.arn or ROLE)
        if isinstance(self.tags, Unknown):
            return replace(read, tags=self.tags)
        return evidence_of(pass_.role.arn or ROLE, self.tags)

    def with_administrator(self, pass_: Pass, evidence: Evidence) -> Evidence:
        return evidence


@pytest.fixture
def iam() -> Iam:
    return Iam()


@pytest.fixture
def looks() -> RecordedLooks:
    return RecordedLooks(most=3)


@pytest.fixture
def detect(
    iam: Iam, looks: RecordedLooks, ledger: Ledger, topic: RecordedTopic
) -> Callable[..., list[Detected]]:
    """Judges an envelope, for the first time or at a further look."""
    detector = Detector(
        account=ACCOUNT,
        policy=policy_of(),
        references=NoReferences(),
        evidence=iam,
        looks=looks,
        ledger=ledger,
        topic=topic,
        guard_roles=frozenset(),
        clock=FrozenClock(),
    )
    return lambda *how: list(detector.detect(*how))


Detect = Callable[..., list[Detected]]


def test_what_iam_did_not_tell_waits_and_is_neither_recorded_nor_told(
    detect: Detect, looks: RecordedLooks, ledger: Ledger, topic: RecordedTopic
) -> None:
    [detected] = detect(BODY)

    assert detected.waits
    assert looks.waiting == [(BODY, 1)]
    assert not ledger.has_pass(detected.pass_.id)
    assert (list(ledger.findings()), topic.messages) == ([], [])


def test_an_event_with_very_many_passes_does_not_wait(
    detect: Detect, looks: RecordedLooks, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Passes that wait are not recorded: were time to run out, each delivery would begin at the first."""
    monkeypatch.setattr("passrole.detection.detector._MOST_WAITING", 2)
    roles = [f"arn:aws:iam::{ACCOUNT}:role/application_role/orders-{number}" for number in range(3)]
    many = create_function_record(
        eventSource="rolesanywhere.amazonaws.com",
        eventName="CreateProfile",
        requestParameters={"name": "all", "roleArns": roles},
    )

    detected = detect(envelope_of(many, source="aws.rolesanywhere"))

    assert [one.pass_.role.arn for one in detected] == roles
    assert all(ledger.has_pass(one.pass_.id) for one in detected)
    assert looks.waiting == []


@pytest.mark.parametrize(
    ("tags", "decision", "news"),
    [
        ({"approved-for": "lambda"}, Decision.APPROVED, []),
        ({"approved-for": "glue"}, Decision.VIOLATION, ["opened"]),
    ],
)
def test_a_look_that_tells_is_recorded_at_once(
    detect: Detect,
    iam: Iam,
    looks: RecordedLooks,
    ledger: Ledger,
    topic: RecordedTopic,
    tags: dict[str, str],
    decision: Decision,
    news: list[str],
) -> None:
    detect(BODY)
    iam.tags = tags

    [detected] = detect(BODY, 2)

    assert detected.verdict is not None
    assert (detected.verdict.decision, detected.waits) == (decision, False)
    assert "looked at" not in " ".join(detected.verdict.reasons)
    assert ledger.has_pass(detected.pass_.id)
    assert topic.news == news
    assert looks.waiting == [(BODY, 1)], "no further look"


def test_what_is_still_unknown_at_the_last_look_is_told_with_why_and_how_often(
    detect: Detect, looks: RecordedLooks, ledger: Ledger, topic: RecordedTopic
) -> None:
    for look in (1, 2, 3, 4):
        [detected] = detect(BODY, look)

    assert looks.waiting == [(BODY, 1), (BODY, 2), (BODY, 3)]
    assert not detected.waits
    [finding] = ledger.findings()
    assert (finding.decision, finding.response) == (Decision.UNDETERMINED, Stage.ALERT)
    assert topic.news == ["opened"]
    first, second, *_ = finding.reasons
    assert "Throttling" in first
    assert second == "it was looked at 4 times, and this stayed unknown"


def test_what_the_record_never_tells_does_not_wait(
    detect: Detect, iam: Iam, looks: RecordedLooks, topic: RecordedTopic
) -> None:
    iam.tags = Unknown("the record does not show the role", lasting=True)

    [detected] = detect(BODY)

    assert (detected.waits, looks.waiting) == (False, [])
    assert topic.news == ["opened"]


def test_what_nothing_more_can_change_does_not_wait(detect: Detect, looks: RecordedLooks) -> None:
    """A role in the wrong path is a violation, whatever its tags are."""
    [detected] = detect(envelope_of(create_function_record()))

    assert detected.verdict is not None
    assert detected.verdict.decision is Decision.VIOLATION
    assert looks.waiting == []


def test_of_several_passes_only_the_undetermined_one_is_looked_at_again(
    detect: Detect, iam: Iam, looks: RecordedLooks, ledger: Ledger, topic: RecordedTopic
) -> None:
    decisions = {d.pass_.role.value: d.waits for d in detect(TWO_ROLES)}
    assert decisions == {ROLE: False, APPROVED: True}
    assert (looks.waiting, topic.news) == ([(TWO_ROLES, 1)], ["opened"])

    iam.tags = {}
    again = {d.pass_.role.value: d.verdict and d.verdict.decision for d in detect(TWO_ROLES, 2)}

    assert again == {ROLE: None, APPROVED: Decision.VIOLATION}
    assert len(looks.waiting) == 1
    assert sorted(finding.passes for finding in ledger.findings()) == [1, 1]
    assert topic.news == ["opened", "opened"]


def test_a_crash_after_sending_makes_a_second_chain_of_looks_and_one_record(
    detect: Detect, iam: Iam, looks: RecordedLooks, ledger: Ledger, topic: RecordedTopic
) -> None:
    # Given an event that was put to wait, and whose message was not acknowledged
    detect(BODY)
    # When it is delivered again, then it waits twice: nothing was recorded that would tell
    detect(BODY)
    assert looks.waiting == [(BODY, 1), (BODY, 1)]
    # and when both have their next look
    iam.tags = {}
    verdicts = [detected.verdict for body, look in looks.waiting for detected in detect(body, look + 1)]
    # then the pass is recorded and told once, and a further delivery begins no chain
    assert [verdict is not None for verdict in verdicts] == [True, False]
    detect(BODY)
    assert len(looks.waiting) == 2
    [finding] = ledger.findings()
    assert (finding.passes, topic.news) == (1, ["opened"])


def test_an_event_that_cannot_wait_comes_again(
    detect: Detect, looks: RecordedLooks, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(event: str, look: int) -> None:
        raise ConnectionError("the queue cannot be reached")

    monkeypatch.setattr(looks, "put", refuse)

    with pytest.raises(ConnectionError):
        detect(BODY)

    assert list(ledger.findings()) == []


def test_a_further_look_believes_no_forged_event_either(detect: Detect, ledger: Ledger) -> None:
    with pytest.raises(ForgedEventError):
        detect(envelope_of(create_function_record(APPROVED), source="my.app"), 2)

    assert list(ledger.findings()) == []
