"""A burst of violations: the cap is contained, the breaker trips, and people hear of every one of them."""

import io
import re
import zipfile
from collections import Counter

import boto3

from passrole.alerts import Alert, Slack
from passrole.detection.detector import Detector
from passrole.emulator.webhook import Webhook
from passrole.finding import News, State
from passrole.ledger import Stopped
from passrole.quarantine.containment import Container
from tests.unit.alerts.inbox import Inbox
from tests.unit.alerts.memory_table import memory_ledger
from tests.unit.alerts.storms import Office
from tests.unit.quarantine.world import CONTAIN, World, make_role
from tests.unit.samples import (
    ACCOUNT,
    ROLE,
    FixedEvidence,
    NoReferences,
    RecordedLooks,
    create_function_record,
    envelope_of,
    evidence_of,
    policy_of,
)

VIOLATIONS, CAP = 500, 10
MOST_MESSAGES = 20  # on each channel, for 1,001 news


def test_500_violations_with_a_cap_of_10_contain_10_and_tell_all_500(world: World) -> None:
    make_role("deployer")
    functions = [_make_function(world, f"orders-{number}") for number in range(VIOLATIONS)]
    policy, ledger, topic = policy_of(acts_per_hour=CAP), memory_ledger()[0], world.topic
    detector = Detector(
        account=ACCOUNT,
        policy=policy,
        references=NoReferences(),
        evidence=FixedEvidence(evidence_of()),
        looks=RecordedLooks(),
        ledger=ledger,
        topic=topic,
        guard_roles=frozenset(),
        clock=world.clock,
    )
    container = Container(ledger, topic, world.aws, CONTAIN, policy, frozenset(), world.clock, lambda _: None)
    with Webhook() as webhook:
        secrets = boto3.client("secretsmanager")
        secrets.create_secret(Name="slack", SecretString=webhook.url)
        office = Office(ledger, [Slack("slack", secrets), Inbox("email")], world.clock)

        for number, function in enumerate(functions):
            list(detector.detect(envelope_of(_record(number, function))))
        opened = [message["finding_id"] for message, _ in topic.messages]
        for finding_id in opened:
            container.contain(finding_id, owner="contain")
        for message, _ in topic.messages:
            finding = ledger.finding(message["finding_id"])
            step = ledger.step(message["finding_id"], message["revision"])
            assert finding is not None
            assert step is not None
            assert office.deliver(Alert(finding, step))
        office.settle()

    assert len(set(opened)) == VIOLATIONS
    assert Counter(_concurrency(world, function) for function in functions) == {
        0: CAP,
        None: VIOLATIONS - CAP,
    }
    findings = {finding.id: finding for finding in ledger.findings()}
    assert Counter(findings[i].state for i in opened) == {State.CONTAINED: CAP, State.OPEN: VIOLATIONS - CAP}
    last = Counter(ledger.history(i)[-1].news for i in opened)
    assert last == {News.CONTAINED: CAP, News.CONTAINMENT_REFUSED: VIOLATIONS - CAP}
    assert ledger.breaker().stopped is Stopped.ORDINARY
    [about_breaker] = set(findings) - set(opened)
    assert ledger.breaker().finding == about_breaker
    told = "\n".join(message.whole for message in webhook.messages)
    assert set(findings) <= set(re.findall("[0-9a-f]{16}", told))
    assert len(webhook.messages) <= MOST_MESSAGES
    assert len(office.inboxes[1].told) == len(set(office.inboxes[1].told)) == len(topic.messages)
    assert office.pointers == []


def _make_function(world: World, name: str) -> str:
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("index.py", "def handler(event, context): ...")
    arn: str = world.client("lambda").create_function(
        FunctionName=name,
        Runtime="python3.13",
        Role=ROLE,
        Handler="index.handler",
        Code={"ZipFile": code.getvalue()},
    )["FunctionArn"]
    return arn


def _record(number: int, function: str) -> dict[str, object]:
    name = function.rpartition(":")[2]
    return create_function_record(
        eventID=f"11111111-1111-4111-8111-{number:012}",
        requestParameters={"functionName": name, "role": ROLE},
        responseElements={"functionName": name, "functionArn": function, "role": ROLE},
    )


def _concurrency(world: World, function: str) -> int | None:
    answer = world.client("lambda").get_function_concurrency(FunctionName=function.rpartition(":")[2])
    found: int | None = answer.get("ReservedConcurrentExecutions")
    return found
