"""``passrole audit`` of what lies in a bucket, in CloudTrail's history, and in a table of Athena."""

import gzip
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.stub import ANY, Stubber

from passrole.audit.athena.rows import ALIASES
from passrole.trail.lookup import EventHistory
from tests.unit.audit.athena.test_described import COLUMNS
from tests.unit.cli.conftest import Run
from tests.unit.cli.logs import UNWRITABLE, passing
from tests.unit.histories import History
from tests.unit.samples import ACCOUNT, REGION

BUCKET = "trail"
QUERY = "11111111-2222-4333-8444-555555555555"
TABLE = "security.cloudtrail_logs"


pytestmark = pytest.mark.usefixtures("aws")


@pytest.fixture
def bucket() -> None:
    """A bucket with the logs of two days, a digest, and a log that is cut off."""
    client = boto3.client("s3")
    client.create_bucket(Bucket=BUCKET)
    of_trail = f"AWSLogs/{ACCOUNT}/CloudTrail/{REGION}/2026/03"
    first, second = (gzip.compress(json.dumps({"Records": [passing(number)]}).encode()) for number in (1, 20))
    for key, content in (
        (f"{of_trail}/01/a.json.gz", first),
        (f"{of_trail}/20/b.json.gz", second),
        (f"{of_trail}/20/c.json.gz", second[:-20]),
        (f"AWSLogs/{ACCOUNT}/CloudTrail-Digest/{REGION}/2026/03/01/d.json.gz", first),
    ):
        client.put_object(Bucket=BUCKET, Key=key, Body=content)


def ids(ran: Any) -> list[str]:
    return [row["event_id"] for row in ran.rows]


def test_a_bucket_is_read_as_a_folder_is(run: Run, bucket: None) -> None:
    ran = run("audit", f"s3://{BUCKET}", "--format", "json", "--jobs", 1)

    assert (ran.status, ids(ran)) == (0, ["event-1", "event-20"])
    assert "CloudTrail-Digest folders: 1" in ran.err
    assert "files cut off or damaged: 1" in ran.err


def test_of_a_bucket_only_what_was_asked_for_is_fetched(run: Run, bucket: None) -> None:
    ran = run("audit", f"s3://{BUCKET}/AWSLogs/", "--since", "2026-03-10", "--format", "json", "--jobs", 1)

    assert ids(ran) == ["event-20"]
    assert "in 1 record of 2 files" in ran.err


@pytest.mark.parametrize(("option", "value"), [("--account", "444455556666"), ("--region", "us-west-2")])
def test_other_accounts_and_regions_are_left_out(run: Run, bucket: None, option: str, value: str) -> None:
    assert ids(run("audit", f"s3://{BUCKET}", option, value, "--format", "json", "--jobs", 1)) == []


def test_a_bucket_that_is_not_there_is_one_clear_line(run: Run) -> None:
    ran = run("audit", "s3://nowhere/AWSLogs", "--jobs", 1)

    assert ran.status == 2
    assert ran.err.startswith("s3://nowhere: ListObjectsV2 failed: NoSuchBucket")


def test_the_event_history_is_read_back_in_time(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    now = datetime.now(UTC)
    records = [
        passing(number, eventTime=f"{now - timedelta(hours=number):%Y-%m-%dT%H:%M:%SZ}")
        for number in range(1, 6)
    ]
    history = History({REGION: records})
    session = SimpleNamespace(
        region_name=REGION,
        client=lambda service, region_name=REGION: (
            boto3.client("sts") if service == "sts" else history.clients(service, region_name)
        ),
    )
    monkeypatch.setattr("passrole.cli.audit.remote.open_session", lambda _: session)
    monkeypatch.setattr(EventHistory, "_page", _at_once(EventHistory._page))

    ran = run("audit", "lookup-events", "--since", "210m", "--format", "json")

    assert ids(ran) == ["event-3", "event-2", "event-1"]


def _at_once(page: Any) -> Any:
    """The same request, without the pace that CloudTrail asks for."""

    def asked(self: Any, *about: Any) -> Any:
        self._pace = SimpleNamespace(wait=lambda *_: None)
        return page(self, *about)

    return asked


@pytest.fixture
def athena(monkeypatch: pytest.MonkeyPatch) -> Stubber:
    """Athena with a table as AWS documents it."""
    client = boto3.client("athena", REGION)
    stubber = Stubber(client)
    stubber.add_response(
        "get_table_metadata",
        {
            "TableMetadata": {
                "Name": "cloudtrail_logs",
                "Columns": [{"Name": name, "Type": kind} for name, kind in COLUMNS.items()],
                "PartitionKeys": [{"Name": "timestamp", "Type": "string"}],
                "Parameters": {"projection.timestamp.format": "yyyy/MM/dd"},
            }
        },
        {"CatalogName": "AwsDataCatalog", "DatabaseName": "security", "TableName": "cloudtrail_logs"},
    )
    session = SimpleNamespace(
        region_name=REGION, client=lambda service: boto3.client("sts") if service == "sts" else client
    )
    monkeypatch.setattr("passrole.cli.audit.remote.open_session", lambda _: session)
    stubber.activate()
    return stubber


def answers(stubber: Stubber) -> None:
    """The query succeeds, and finds one pass."""
    record = passing(7)
    row: dict[str, Any] = {
        "eventid": "event-7",
        "eventtime": record["eventTime"],
        "eventsource": record["eventSource"],
        "eventname": record["eventName"],
        "awsregion": record["awsRegion"],
        "recipientaccountid": record["recipientAccountId"],
        "requestparameters": json.dumps(record["requestParameters"]),
    }
    values = [{"VarCharValue": row[name]} if name in row else {} for name in ALIASES]
    stubber.add_response(
        "start_query_execution",
        {"QueryExecutionId": QUERY},
        {
            "QueryString": ANY,
            "ClientRequestToken": ANY,
            "WorkGroup": "audits",
        },
    )
    stubber.add_response(
        "get_query_execution",
        {"QueryExecution": {"Status": {"State": "SUCCEEDED"}, "Statistics": {"DataScannedInBytes": 5}}},
        {"QueryExecutionId": QUERY},
    )
    head = {"Data": [{"VarCharValue": name} for name in ALIASES]}
    stubber.add_response(
        "get_query_results",
        {"ResultSet": {"Rows": [head, {"Data": values}]}},
        {"QueryExecutionId": QUERY, "MaxResults": 1000},
    )


def test_athena_is_asked_and_its_answer_judged(run: Run, athena: Stubber) -> None:
    answers(athena)

    ran = run("audit", "--athena", TABLE, "--workgroup", "audits", "--format", "json")

    assert ids(ran) == ["event-7"]
    assert ran.rows[0]["role"]["arn"].endswith("/application_role/good")
    athena.assert_no_pending_responses()


def test_what_the_table_cannot_tell_is_unknown(run: Run, athena: Stubber, tmp_path: Path) -> None:
    policy = tmp_path / "asks.yaml"
    policy.write_text(
        "version: 1\napproved: []\nstatements:\n  - {Effect: Allow, Resource: '*'}\n"
        "  - {Effect: Deny, Resource: '*', Condition: {StringEquals: {'aws:SourceIdentity': mallory}}}\n"
    )
    answers(athena)

    ran = run("audit", "--athena", TABLE, "--workgroup", "audits", "--format", "json", "--policy", policy)

    [told] = ran.rows
    assert told["verdict"] == "undetermined"
    assert "no column of the table tells it" in " ".join(told["reasons"])
    assert "what a policy asks of that is unknown" in ran.err


def test_what_another_account_was_answered_is_not_taken_up(
    run: Run, athena: Stubber, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = ("audit", "--athena", TABLE, "--workgroup", "audits", "--format", "json")
    answers(athena)
    assert run(*command, "--out", UNWRITABLE).status == 2  # the query and its answer are kept

    monkeypatch.setattr("passrole.cli.audit.remote.caller_of", lambda _: ("444455556666", REGION))
    ran = run(*command)

    assert (ran.status, ran.out) == (2, "")  # it is asked anew, and the stub has no more answers


def test_what_a_table_lacks_is_said_and_the_query_shown(run: Run, athena: Stubber) -> None:
    ran = run("audit", "--athena", TABLE, "--since", "2026-03-01", "--print-sql")

    assert ran.out.startswith("SELECT\n")
    assert "\"timestamp\" >= '2026/02/28'" in ran.out
    assert "has no useridentity.sessioncontext.sourceidentity" in ran.err


def test_without_a_table_the_query_of_one_as_documented_is_shown(run: Run) -> None:
    ran = run("audit", "--print-sql", "--since", "2026-03-01")

    assert (ran.status, ran.err) == (0, "")
    assert 'FROM "default"."cloudtrail_logs"' in ran.out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--athena", "logs; DROP"], "is no name of a table"),
        (["--account", "12"], "'12' is no id of an account"),
        (["--region", "'"], "is no region"),
    ],
)
def test_bad_names_are_one_clear_line(run: Run, arguments: list[str], told: str) -> None:
    ran = run("audit", *arguments, "--print-sql")

    assert ran.status == 2
    assert told in ran.err
