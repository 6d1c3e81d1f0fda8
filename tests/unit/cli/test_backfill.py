"""``passrole backfill``: what the guard missed comes into its intake, as its rules would have brought it."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError

from passrole.cli.backfill import command, sending
from passrole.trail import lookup, passes_of, record_in
from tests.unit.cli.conftest import STACK, Cloud, Run
from tests.unit.histories import History
from tests.unit.samples import ACCOUNT, NOW, REGION, create_function_record


def record(minutes: int, **fields: Any) -> dict[str, Any]:
    at = (NOW - timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")
    return create_function_record(eventID=f"event-{minutes}", eventTime=at, **fields)


def of_no_role(minutes: int) -> dict[str, Any]:
    return record(minutes, eventName="TagResource", requestParameters={"tags": {}})


DENIED = {
    "eventSource": "amplify.amazonaws.com",
    "eventName": "CreateSomethingNew",
    "requestParameters": None,
    "errorCode": "AccessDenied",
    "errorMessage": "User: x is not authorized to perform: iam:PassRole on resource: arn:aws:iam::1:role/y",
}


class Intake:
    """The intake queue."""

    def __init__(self) -> None:
        self.url: str = boto3.client("sqs").create_queue(QueueName="intake")["QueueUrl"]

    def take(self) -> list[str]:
        sqs, bodies = boto3.client("sqs"), []
        while messages := sqs.receive_message(QueueUrl=self.url, MaxNumberOfMessages=10).get("Messages"):
            bodies += [message["Body"] for message in messages]
            for message in messages:
                sqs.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])
        return bodies

    def ids(self) -> list[str]:
        return sorted(record_in(body, ACCOUNT)["eventID"] for body in self.take())


@pytest.fixture
def history(deployed: Cloud, monkeypatch: pytest.MonkeyPatch) -> History:
    """CloudTrail's; time stands, and nobody waits."""
    history, others = History({}), BaseClient._make_api_call  # type: ignore[attr-defined]

    def call(client: Any, operation: str, request: dict[str, Any]) -> Any:
        if operation != "LookupEvents" or operation in deployed.denied:
            return others(client, operation, request)
        return history.answer(client.meta.region_name, request)

    monkeypatch.setattr(BaseClient, "_make_api_call", call)
    monkeypatch.setattr(command, "utc_now", lambda: NOW)
    monkeypatch.setattr(lookup, "PER_SECOND", 1e6)
    monkeypatch.setattr(lookup, "_PAUSES", (0, 0))
    monkeypatch.setattr(sending, "_PAUSES", (0, 0))
    return history


@pytest.fixture
def intake(deployed: Cloud) -> Intake:
    intake = Intake()
    outputs = deployed.stacks[REGION, STACK]["Outputs"]
    outputs.append({"OutputKey": "IntakeQueueUrl", "OutputValue": intake.url})
    return intake


def test_what_passes_a_role_comes_into_the_intake_as_detection_takes_it(
    run: Run, history: History, intake: Intake
) -> None:
    missed = record(30)
    history.records[REGION] = [missed, of_no_role(40), record(50, **DENIED), record(200)]

    ran = run("backfill", "--since", "2h")

    bodies = intake.take()
    assert ran.status == 0
    assert ran.out == "read: 3 events, which pass roles: 2, sent: 2\n"
    records = sorted((record_in(body, ACCOUNT) for body in bodies), key=lambda r: r["eventID"])
    assert [r["eventID"] for r in records] == ["event-30", "event-50"]
    assert records[0] == missed
    assert all(passes_of(r, include_unseen=True) for r in records)
    envelope = json.loads(next(body for body in bodies if "event-30" in body))
    assert {name: envelope[name] for name in ("source", "account", "region", "time", "detail-type")} == {
        "source": "aws.lambda",
        "account": ACCOUNT,
        "region": REGION,
        "time": missed["eventTime"],
        "detail-type": "AWS API Call via CloudTrail",
    }


def test_a_dry_run_sends_nothing(run: Run, history: History, intake: Intake) -> None:
    history.records[REGION] = [record(30), of_no_role(40)]

    ran = run("backfill", "--since", "2h", "--dry-run")

    assert (ran.status, intake.take()) == (0, [])
    assert ran.out == "read: 2 events, which pass roles: 1, would be sent: 1\n"


def test_further_regions_are_read_for_the_guard_at_home(run: Run, history: History, intake: Intake) -> None:
    history.records = {REGION: [record(10), record(30)], "eu-west-1": [record(20, awsRegion="eu-west-1")]}

    ran = run("backfill", "--since", "2h", "--region", REGION, "--region", "eu-west-1")

    assert ran.status == 0
    bodies = {record_in(body, ACCOUNT)["eventID"]: json.loads(body)["region"] for body in intake.take()}
    assert bodies == {"event-10": REGION, "event-20": "eu-west-1", "event-30": REGION}


def test_where_iams_events_are_is_said_if_they_are_not_read(
    run: Run, cloud: Cloud, history: History, intake: Intake
) -> None:
    cloud.stacks["eu-west-1", STACK] = cloud.stacks[REGION, STACK]

    alone = run("backfill", "--since", "2h", "--region", "eu-west-1")
    both = run("backfill", "--since", "2h", "--region", "eu-west-1", "--region", "us-east-1")

    assert alone.err == "IAM's own events, and CloudFront's, are in us-east-1: --region reads it, too\n"
    assert both.err == ""


def test_large_events_go_in_batches_that_sqs_takes_and_larger_ones_are_counted(
    run: Run, history: History, intake: Intake
) -> None:
    large = {"requestParameters": {"role": "r", "environment": "x" * 400_000}}
    larger = {"requestParameters": {"role": "r", "environment": "x" * 1_100_000}}
    history.records[REGION] = [*(record(n, **large) for n in range(1, 6)), record(9, **larger)]

    ran = run("backfill", "--since", "2h")

    assert (ran.status, ran.err) == (3, "too large to be sent: 1\n")
    assert ran.out.endswith("which pass roles: 6, sent: 5\n")
    assert intake.ids() == [f"event-{n}" for n in range(1, 6)]


def test_what_sqs_did_not_take_is_sent_again(
    run: Run, history: History, intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    history.records[REGION] = [record(n) for n in range(1, 26)]
    before, seen = BaseClient._make_api_call, []  # type: ignore[attr-defined]

    def call(client: Any, operation: str, request: dict[str, Any]) -> Any:
        if operation != "SendMessageBatch" or seen:
            return before(client, operation, request)
        seen.append(operation)
        first, *rest = request["Entries"]
        answer = before(client, operation, {**request, "Entries": rest})
        return {**answer, "Failed": [{"Id": first["Id"], "SenderFault": False, "Code": "InternalError"}]}

    monkeypatch.setattr(BaseClient, "_make_api_call", call)

    ran = run("backfill", "--since", "2h")

    assert ran.out.endswith("sent: 25\n")
    assert len(intake.ids()) == 25


def test_interrupted_it_says_from_where_to_go_on_so_that_nothing_is_missed(
    run: Run, history: History, intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    history.records[REGION] = [record(n) for n in range(1, 60)]
    answer = history.answer

    def interrupted(region: str, request: dict[str, Any]) -> dict[str, Any]:
        if "NextToken" in request:
            raise KeyboardInterrupt
        return answer(region, request)

    monkeypatch.setattr(history, "answer", interrupted)
    ran = run("backfill", "--since", "2h")
    monkeypatch.setattr(history, "answer", answer)
    until = ran.err.strip().rpartition("--until ")[2]
    run("backfill", "--since", "2h", "--until", until)

    assert ran.status == 130
    assert NOW - timedelta(minutes=41) >= datetime.fromisoformat(until) >= NOW - timedelta(minutes=50)
    assert set(intake.ids()) == {f"event-{n}" for n in range(1, 60)}


@pytest.mark.parametrize("denied", ["LookupEvents", "SendMessageBatch"])
def test_what_aws_refuses_is_told_in_a_line(
    run: Run, history: History, intake: Intake, deployed: Cloud, denied: str
) -> None:
    history.records[REGION] = [record(1)]
    deployed.denied.add(denied)

    ran = run("backfill", "--since", "2h")

    assert (ran.status, ran.out) == (2, "")
    assert ran.err.splitlines()[-1] == f"{denied} failed: AccessDenied: you may not"


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("--since", "yesterday"), "--since: 'yesterday' is no time; expected ISO 8601"),
        (("--since", "2026-13-01"), "--since: '2026-13-01' is no time"),
        (("--since", "2h", "--until", "3h"), "is not after --since"),
        (("--since", "91d"), "CloudTrail's event history has 90 days"),
        (("--since", "2099-01-01"), "is not after --since"),
    ],
)
def test_times_that_cannot_be_are_one_line(
    run: Run, history: History, intake: Intake, args: tuple[str, ...], says: str
) -> None:
    ran = run("backfill", *args)

    assert ran.status == 2
    assert says in ran.err
    assert history.requests == []


def test_times_are_utc_unless_they_say_otherwise(run: Run, history: History, intake: Intake) -> None:
    run("backfill", "--since", "2026-11-22T10:00", "--until", "2026-11-22T12:00:00+01:00")

    request = history.requests[0]
    assert (request["StartTime"], request["EndTime"]) == (
        datetime(2026, 11, 22, 10, tzinfo=UTC),
        datetime(2026, 11, 22, 11, tzinfo=UTC),
    )


def test_what_is_no_record_is_counted(run: Run, history: History, intake: Intake) -> None:
    history.records[REGION], history.text = [record(1)], "{"

    ran = run("backfill", "--since", "2h")

    assert (ran.status, ran.err) == (3, "not readable: 1\n")


def test_a_message_that_sqs_never_takes_ends_it(intake: Intake) -> None:
    class Refusing:
        def send_message_batch(self, **request: Any) -> dict[str, Any]:
            return {"Failed": [{"Id": "0", "SenderFault": True, "Code": "InvalidMessageContents"}]}

    queue = sending.Intake(Refusing(), intake.url)
    queue.put("x")

    with pytest.raises(sending.SendError, match="InvalidMessageContents"):
        queue.flush()


def test_a_stack_of_an_earlier_version_is_told_in_one_line(run: Run, history: History) -> None:
    ran = run("backfill", "--since", "2h")

    assert ran.err == "the stack has no output IntakeQueueUrl: deploy this version\n"


def test_throttling_that_does_not_end_is_told_with_where_to_go_on(
    run: Run, history: History, intake: Intake
) -> None:
    history.records[REGION] = [record(1)]
    history.fails = ["ThrottlingException"] * 1000

    ran = run("backfill", "--since", "2h")

    assert ran.status == 2
    assert "ThrottlingException" in ran.err
    assert ClientError.__name__ not in ran.err
