"""Detection: each event is judged once, and told once, whatever is delivered how often and crashes where."""

from dataclasses import replace
from typing import Any

import pytest

from passrole.detection.detector import BusyLedgerError, Detector
from passrole.evidence import Evidence, Fact, Known, Unknown
from passrole.finding import State
from passrole.ledger import Ledger
from passrole.passes import Pass
from passrole.policy import CompiledPolicy, Decision, Effect, Exemption, PolicyStatement, Severity, Stage
from passrole.trail import ForgedEventError, UnreadableEventError
from tests.unit.alerts.memory_table import memory_ledger
from tests.unit.samples import (
    ACCOUNT,
    FUNCTION,
    ROLE,
    FixedEvidence,
    FrozenClock,
    NoReferences,
    RecordedLooks,
    RecordedTopic,
    create_function_record,
    envelope_of,
    evidence_of,
    policy_of,
)

OPERATOR = f"arn:aws:iam::{ACCOUNT}:role/operator"
APPROVED = f"arn:aws:iam::{ACCOUNT}:role/application_role/orders"
TAGGED = {"approved-for": "lambda"}
ADMINISTRATOR = Known(True)


def detector_of(
    ledger: Ledger, topic: RecordedTopic, evidence: Evidence | None = None, **how: Any
) -> Detector:
    return Detector(
        account=ACCOUNT,
        policy=policy_of(**how),
        references=NoReferences(),
        evidence=FixedEvidence(evidence or evidence_of()),
        looks=RecordedLooks(),
        ledger=ledger,
        topic=topic,
        guard_roles=frozenset({OPERATOR}),
        clock=FrozenClock(),
    )


def test_an_unapproved_pass_opens_a_finding_and_tells_it(ledger: Ledger, topic: RecordedTopic) -> None:
    [detected] = detector_of(ledger, topic).detect(envelope_of(create_function_record()))

    assert detected.verdict is not None
    assert detected.verdict.decision is Decision.VIOLATION
    [finding] = ledger.findings()
    assert (finding.resource, finding.role, finding.state) == (FUNCTION, ROLE, State.OPEN)
    assert topic.news == ["opened"]
    assert topic.messages[0][0]["finding_id"] == finding.id
    assert topic.messages[0][1]["response"] == ("quarantine",)


def test_an_approved_pass_is_recorded_and_not_told(ledger: Ledger, topic: RecordedTopic) -> None:
    detector = detector_of(ledger, topic, evidence_of(APPROVED, TAGGED))

    [detected] = detector.detect(envelope_of(create_function_record(APPROVED)))

    assert detected.verdict is not None
    assert detected.verdict.decision is Decision.APPROVED
    assert ledger.has_pass(detected.pass_.id)
    assert (list(ledger.findings()), topic.messages) == ([], [])


def test_an_approved_pass_costs_four_requests_to_the_ledger(topic: RecordedTopic) -> None:
    ledger, table = memory_ledger()
    detector = detector_of(ledger, topic, evidence_of(APPROVED, TAGGED))

    list(detector.detect(envelope_of(create_function_record(APPROVED))))

    assert table.calls == 4, "is it there, what does the resource hold, what is said of it, write all"


@pytest.mark.parametrize("role", ["r" * 2048, "\U0001f600" * 2048])
def test_no_name_keeps_an_attempt_from_being_told(ledger: Ledger, topic: RecordedTopic, role: str) -> None:
    unknown = Evidence.unknown("IAM knows no such role", "2026-11-22T12:00:00.000Z", lasting=True)
    body = envelope_of(create_function_record(role, errorCode="AccessDenied", responseElements=None))

    [detected] = detector_of(ledger, topic, unknown).detect(body)

    assert ledger.has_pass(detected.pass_.id)
    assert len(topic.news) == 1


def test_an_unreadable_role_is_undetermined_and_never_quarantined(
    ledger: Ledger, topic: RecordedTopic
) -> None:
    unread = replace(evidence_of(APPROVED), tags=Unknown("iam:GetRole failed: AccessDenied"))

    [detected] = detector_of(ledger, topic, unread).detect(envelope_of(create_function_record(APPROVED)))

    assert detected.verdict is not None
    assert detected.verdict.decision is Decision.UNDETERMINED
    [finding] = ledger.findings()
    assert finding.response is Stage.ALERT
    assert "AccessDenied" in " ".join(finding.reasons)


def test_three_deliveries_make_one_finding_fed_by_one_pass_and_told_once(
    ledger: Ledger, topic: RecordedTopic
) -> None:
    detector, body = detector_of(ledger, topic), envelope_of(create_function_record())

    verdicts = [detected.verdict for _ in range(3) for detected in detector.detect(body)]

    assert [v is not None for v in verdicts] == [True, False, False]
    [finding] = ledger.findings()
    assert (finding.passes, topic.news) == (1, ["opened"])


def test_a_crash_between_ledger_and_topic_is_made_good_by_the_next_delivery(
    ledger: Ledger, topic: RecordedTopic
) -> None:
    detector, body = detector_of(ledger, topic), envelope_of(create_function_record())
    topic.broken = True
    with pytest.raises(ConnectionError):
        list(detector.detect(body))
    assert [f.id for f in ledger.due("9999")] == [f.id for f in ledger.findings()]

    topic.broken = False
    list(detector.detect(body))
    list(detector.detect(body))

    assert topic.news == ["opened"]
    assert list(ledger.due("9999")) == []


def test_another_pass_of_the_same_role_feeds_the_same_finding(ledger: Ledger, topic: RecordedTopic) -> None:
    detector = detector_of(ledger, topic)
    list(detector.detect(envelope_of(create_function_record())))

    update = create_function_record(
        eventID="33333333-3333-4333-8333-333333333333", eventName="UpdateFunctionConfiguration20150331v2"
    )
    list(detector.detect(envelope_of(update)))

    [finding] = ledger.findings()
    assert (finding.passes, finding.event_name) == (2, "UpdateFunctionConfiguration20150331v2")
    assert topic.news == ["opened"]


def test_a_policy_that_became_stricter_tells_the_finding_again(ledger: Ledger, topic: RecordedTopic) -> None:
    body = envelope_of(create_function_record())
    again = envelope_of(create_function_record(eventID="33333333-3333-4333-8333-333333333333"))
    list(detector_of(ledger, topic, response=Stage.ALERT).detect(body))

    list(detector_of(ledger, topic, response=Stage.QUARANTINE).detect(again))

    assert topic.news == ["opened", "reopened"]
    assert topic.messages[-1][1]["response"] == ("quarantine",)


def test_workers_that_get_in_each_others_way_wait_for_times_of_their_own(
    ledger: Ledger, topic: RecordedTopic
) -> None:
    """Twenty workers may count denied attempts of one script in one finding."""
    waited: list[float] = []

    class Crowded(Ledger):
        def record_pass(self, *args: Any, **how: Any) -> bool:
            return False

    crowded = Crowded.__new__(Crowded)
    crowded.__dict__ |= ledger.__dict__
    detector = Detector(
        ACCOUNT,
        policy_of(),
        NoReferences(),
        FixedEvidence(evidence_of()),
        RecordedLooks(),
        crowded,
        topic,
        frozenset({OPERATOR}),
        sleep=waited.append,
    )

    with pytest.raises(BusyLedgerError):
        list(detector.detect(envelope_of(create_function_record())))

    assert len(waited) == 5
    assert all(0 < pause <= 0.1 * 2**number for number, pause in enumerate(waited))
    assert len(set(waited)) == 5


def test_several_instances_of_one_call_are_several_findings(ledger: Ledger, topic: RecordedTopic) -> None:
    instances = [f"i-{number:017x}" for number in range(60)]
    record = create_function_record(
        eventSource="ec2.amazonaws.com",
        eventName="RunInstances",
        requestParameters={"iamInstanceProfile": {"name": "deployer"}},
        responseElements={"instancesSet": {"items": [{"instanceId": i} for i in instances]}},
    )

    list(detector_of(ledger, topic).detect(envelope_of(record, source="aws.ec2")))

    found = {(finding.resource or "").rpartition("/")[2] for finding in ledger.findings()}
    assert found == set(instances)
    assert len(topic.messages) == len(instances)


def test_a_denied_attempt_is_one_finding_a_day(ledger: Ledger, topic: RecordedTopic) -> None:
    denied = {
        "errorCode": "AccessDenied",
        "errorMessage": f"User: arn:aws:iam::{ACCOUNT}:user/dana is not authorized to perform: iam:PassRole"
        f" on resource: {ROLE} because no identity-based policy allows the iam:PassRole action",
        "requestParameters": None,
        "responseElements": None,
    }
    for number in range(3):
        record = create_function_record(**denied, eventID=f"{number:08}-3333-4333-8333-333333333333")
        list(detector_of(ledger, topic).detect(envelope_of(record)))

    [finding] = ledger.findings()
    assert (finding.outcome, finding.passes, finding.response) == ("denied", 3, Stage.ALERT)
    assert topic.news == ["opened"]


def test_a_role_that_an_operator_gives_back_is_exempt_and_opens_nothing(
    ledger: Ledger, topic: RecordedTopic
) -> None:
    ledger.announce_pass(FUNCTION, ROLE, OPERATOR, "0123456789abcdef", FrozenClock()())
    session = {
        "type": "AssumedRole",
        "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/operator/sam",
        "accountId": ACCOUNT,
        "sessionContext": {"sessionIssuer": {"type": "Role", "arn": OPERATOR}},
    }
    record = create_function_record(userIdentity=session, eventTime="2026-11-22T12:00:06Z")

    [detected] = detector_of(ledger, topic).detect(envelope_of(record))

    assert detected.verdict is not None
    assert detected.verdict.decision is Decision.EXEMPT
    assert "0123456789abcdef" in detected.verdict.reasons[0]
    assert list(ledger.findings()) == []


@pytest.mark.parametrize(
    "forged",
    [
        envelope_of(create_function_record(), source="my.app"),
        envelope_of(create_function_record(), account="444455556666"),
        envelope_of(create_function_record(recipientAccountId="444455556666")),
    ],
    ids=["other source", "other account", "record of another account"],
)
def test_forged_events_change_nothing(ledger: Ledger, topic: RecordedTopic, forged: str) -> None:
    with pytest.raises(ForgedEventError):
        list(detector_of(ledger, topic).detect(forged))

    assert (list(ledger.findings()), topic.messages) == ([], [])


@pytest.mark.parametrize("body", ["", "{", "[]", "null", '{"source": "aws.lambda"}', "[" * 100_000])
def test_what_cannot_be_read_is_refused_with_a_reason(
    ledger: Ledger, topic: RecordedTopic, body: str
) -> None:
    with pytest.raises((UnreadableEventError, ForgedEventError)) as refused:
        list(detector_of(ledger, topic).detect(body))

    assert str(refused.value)
    assert "\n" not in str(refused.value)


class Iam(FixedEvidence):
    """Keeps of which roles it was asked whether they are administrators."""

    def __init__(self, evidence: Evidence, administrator: Fact[bool]) -> None:
        super().__init__(evidence)
        self.administrator = administrator
        self.asked: list[str] = []

    def with_administrator(self, pass_: Pass, evidence: Evidence) -> Evidence:
        self.asked.append(pass_.role.value or "")
        return replace(evidence, administrator=self.administrator)


def asking(
    ledger: Ledger,
    topic: RecordedTopic,
    evidence: Evidence,
    administrator: Fact[bool] = ADMINISTRATOR,
    policy: CompiledPolicy | None = None,
    looks: RecordedLooks | None = None,
) -> tuple[Detector, Iam]:
    """A detector that can ask whether a role is an administrator, and whom it asks."""
    iam = Iam(evidence, administrator)
    detector = Detector(
        ACCOUNT,
        policy or policy_of(),
        NoReferences(),
        iam,
        looks or RecordedLooks(),
        ledger,
        topic,
        frozenset({OPERATOR}),
        FrozenClock(),
        sleep=lambda _: None,
    )
    return detector, iam


def test_whether_a_findings_role_is_an_administrator_is_asked_once_and_counts(
    ledger: Ledger, topic: RecordedTopic
) -> None:
    detector, iam = asking(ledger, topic, evidence_of())
    body = envelope_of(create_function_record())

    for _ in range(2):
        list(detector.detect(body))

    [finding] = ledger.findings()
    assert (finding.severity, finding.checks) == (Severity.CRITICAL, ("unapproved",))
    assert iam.asked == [ROLE]


def test_it_is_not_asked_again_where_others_were_faster(ledger: Ledger, topic: RecordedTopic) -> None:
    class Crowded(Ledger):
        attempts = 0

        def record_pass(self, *how: Any) -> bool:
            self.attempts += 1
            return self.attempts == 4 and super().record_pass(*how)

    crowded = Crowded.__new__(Crowded)
    crowded.__dict__ |= ledger.__dict__
    detector, iam = asking(crowded, topic, evidence_of())

    list(detector.detect(envelope_of(create_function_record())))

    assert (crowded.attempts, iam.asked) == (4, [ROLE])
    assert [finding.severity for finding in ledger.findings()] == [Severity.CRITICAL]


def test_a_finding_opens_whether_or_not_it_can_be_read(ledger: Ledger, topic: RecordedTopic) -> None:
    throttled = Unknown("iam:ListAttachedRolePolicies failed: Throttling")
    looks = RecordedLooks(most=3)
    detector, iam = asking(ledger, topic, evidence_of(), throttled, looks=looks)

    list(detector.detect(envelope_of(create_function_record())))

    assert [finding.severity for finding in ledger.findings()] == [Severity.HIGH]
    assert (topic.news, looks.waiting, iam.asked) == (["opened"], [], [ROLE])


@pytest.mark.parametrize("why", ["approved", "exempt", "the guard's own", "waiting", "by a machine"])
def test_nobody_asks_where_it_makes_no_finding_graver(ledger: Ledger, topic: RecordedTopic, why: str) -> None:
    policy, evidence, record, looks = policy_of(), evidence_of(), create_function_record(), None
    session = {
        "type": "AssumedRole",
        "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/operator/sam",
        "accountId": ACCOUNT,
        "sessionContext": {"sessionIssuer": {"type": "Role", "arn": OPERATOR}},
    }
    if why == "approved":
        evidence, record = evidence_of(APPROVED, TAGGED), create_function_record(APPROVED)
    elif why == "exempt":
        anything = PolicyStatement("anything", Effect.ALLOW, resources=("*",))
        exemption = Exemption("e", "sam", "a test", "2027-01-01T00:00:00Z", anything)
        policy = replace(policy, exemptions=(exemption,))
    elif why == "the guard's own":
        ledger.announce_pass(FUNCTION, ROLE, OPERATOR, "0123456789abcdef", FrozenClock()())
        record = create_function_record(userIdentity=session, eventTime="2026-11-22T12:00:06Z")
    elif why == "waiting":
        evidence = replace(evidence_of(APPROVED), tags=Unknown("iam:GetRole failed: Throttling"))
        looks, record = RecordedLooks(most=3), create_function_record(APPROVED)
    else:
        record = create_function_record(userIdentity=session)
    detector, iam = asking(ledger, topic, evidence, policy=policy, looks=looks)

    list(detector.detect(envelope_of(record)))

    assert iam.asked == []
    assert (topic.news != []) is (why == "by a machine")
