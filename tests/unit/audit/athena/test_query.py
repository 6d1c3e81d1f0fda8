"""Running a query: its states, its pages, what goes wrong, and that it is stopped when nobody waits."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.stub import ANY, Stubber

from passrole.audit.athena.query import AthenaQuery, QueryState, Settings
from passrole.audit.athena.rows import ALIASES
from passrole.audit.sources.errors import SourceError

QUERY = "11111111-2222-4333-8444-555555555555"
HEADER = {"Data": [{"VarCharValue": alias} for alias in ALIASES]}


@pytest.fixture
def stub() -> Iterator[Stubber]:
    client = boto3.client("athena", "eu-west-1", aws_access_key_id="x", aws_secret_access_key="x")
    with Stubber(client) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def athena(stub: Stubber, waits: list[float]) -> AthenaQuery:
    return AthenaQuery(stub.client, Settings("audits", "s3://results/here/"), waits.append)


def states(stub: Stubber, *told: str, scanned: int = 0, **status: Any) -> None:
    for number, state in enumerate(told):
        stub.add_response(
            "get_query_execution",
            {
                "QueryExecution": {
                    "QueryExecutionId": QUERY,
                    "Status": {"State": state} | (status if number == len(told) - 1 else {}),
                    "Statistics": {"DataScannedInBytes": scanned * number},
                }
            },
            {"QueryExecutionId": QUERY},
        )


def page(
    stub: Stubber, rows: list[dict[str, Any]], token: str | None = None, following: str | None = None
) -> None:
    answer: dict[str, Any] = {"ResultSet": {"Rows": rows}}
    asked: dict[str, Any] = {"QueryExecutionId": QUERY, "MaxResults": 1000}
    stub.add_response(
        "get_query_results",
        answer | ({"NextToken": following} if following else {}),
        asked | ({"NextToken": token} if token else {}),
    )


def row(number: int) -> dict[str, Any]:
    return {"Data": [{"VarCharValue": str(number)} if alias == "eventid" else {} for alias in ALIASES]}


def test_it_starts_in_its_workgroup_with_the_place_for_the_result(stub: Stubber, athena: AthenaQuery) -> None:
    stub.add_response(
        "start_query_execution",
        {"QueryExecutionId": QUERY},
        {
            "QueryString": "SELECT 1",
            "ClientRequestToken": ANY,
            "WorkGroup": "audits",
            "ResultConfiguration": {"OutputLocation": "s3://results/here/"},
        },
    )

    assert athena.start("SELECT 1") == QUERY


def test_without_settings_the_accounts_own_are_meant(stub: Stubber) -> None:
    stub.add_response(
        "start_query_execution",
        {"QueryExecutionId": QUERY},
        {"QueryString": "SELECT 1", "ClientRequestToken": ANY},
    )

    assert AthenaQuery(stub.client).start("SELECT 1") == QUERY


def test_it_waits_longer_and_longer_and_tells_what_was_scanned(
    stub: Stubber, athena: AthenaQuery, waits: list[float]
) -> None:
    states(stub, "QUEUED", *["RUNNING"] * 12, "SUCCEEDED", scanned=1_000_000)
    told: list[QueryState] = []

    ended = athena.wait(QUERY, told.append)

    assert ended == QueryState("SUCCEEDED", 13_000_000) == told[-1]
    assert [state.state for state in told[:3]] == ["QUEUED", "RUNNING", "RUNNING"]
    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (0.5, 10.0)


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (
            {"StateChangeReason": "TABLE_NOT_FOUND: line 1:1:\n Table 'logs.x' does not exist"},
            f"Athena: query {QUERY} failed: TABLE_NOT_FOUND: line 1:1: Table 'logs.x' does not exist",
        ),
        ({"AthenaError": {"ErrorMessage": "out of room"}}, f"Athena: query {QUERY} failed: out of room"),
        ({}, f"Athena: query {QUERY} failed: no reason is told"),
    ],
)
def test_a_failure_is_one_line_with_its_reason(
    stub: Stubber, athena: AthenaQuery, status: dict[str, Any], message: str
) -> None:
    states(stub, "RUNNING", "FAILED", **status)

    with pytest.raises(SourceError) as told:
        athena.wait(QUERY)

    assert str(told.value) == message


def test_a_query_that_somebody_stopped_is_told(stub: Stubber, athena: AthenaQuery) -> None:
    states(stub, "RUNNING", "CANCELLED", StateChangeReason="Query was cancelled by user")

    with pytest.raises(SourceError, match="was cancelled: Query was cancelled by user"):
        athena.wait(QUERY)


def test_a_failure_that_athena_takes_for_passing_is_tried_again(
    stub: Stubber, athena: AthenaQuery, waits: list[float]
) -> None:
    second = "22222222-2222-4333-8444-555555555555"
    failed = {"Retryable": True, "ErrorMessage": "Query exhausted resources at this scale factor"}
    stub.add_response("start_query_execution", {"QueryExecutionId": QUERY})
    states(stub, "FAILED", AthenaError=failed)
    stub.add_response("start_query_execution", {"QueryExecutionId": second})
    stub.add_response("get_query_execution", {"QueryExecution": {"Status": {"State": "SUCCEEDED"}}})

    assert athena.run("SELECT 1") == second
    assert waits == [30]


@pytest.mark.parametrize(("failures", "is_passing"), [(3, True), (1, False)])
def test_a_failure_that_stays_is_told(
    stub: Stubber, athena: AthenaQuery, failures: int, is_passing: bool
) -> None:
    for _ in range(failures):
        stub.add_response("start_query_execution", {"QueryExecutionId": QUERY})
        states(stub, "FAILED", AthenaError={"Retryable": is_passing, "ErrorMessage": "too large"})

    with pytest.raises(SourceError, match=f"query {QUERY} failed: too large"):
        athena.run("SELECT 1")


def test_throttling_is_waited_out(stub: Stubber, athena: AthenaQuery, waits: list[float]) -> None:
    stub.add_client_error("start_query_execution", "TooManyRequestsException", "slow down", 400)
    stub.add_response("start_query_execution", {"QueryExecutionId": QUERY})
    stub.add_client_error("get_query_execution", "ThrottlingException", "slow down", 400)
    stub.add_client_error("get_query_execution", "InternalServerException", "sorry", 500)
    states(stub, "SUCCEEDED")
    stub.add_client_error("get_query_results", "TooManyRequestsException", "slow down", 400)
    page(stub, [HEADER])

    athena.wait(athena.start("SELECT 1"))

    assert list(athena.records(QUERY)) == [[]]
    assert waits == [1, 1, 2, 1]


def test_throttling_without_end_is_told(stub: Stubber, athena: AthenaQuery, waits: list[float]) -> None:
    for _ in range(13):
        stub.add_client_error("start_query_execution", "TooManyRequestsException", "slow down", 400)

    with pytest.raises(
        SourceError, match="Athena: StartQueryExecution failed: TooManyRequestsException: slow down"
    ):
        athena.start("SELECT 1")

    assert sum(waits) > 200


def test_a_refusal_is_one_line_with_the_rights_that_it_takes(stub: Stubber, athena: AthenaQuery) -> None:
    stub.add_client_error("start_query_execution", "AccessDeniedException", "no", 400)

    with pytest.raises(SourceError, match=r"AccessDeniedException: no \(it takes athena:StartQueryExecution"):
        athena.start("SELECT 1")


@pytest.mark.parametrize("broken_off", [KeyboardInterrupt, SystemExit, RuntimeError])
def test_it_is_stopped_when_the_waiting_is_broken_off(stub: Stubber, broken_off: type[BaseException]) -> None:
    def interrupted(_: float) -> None:
        raise broken_off

    states(stub, "RUNNING")
    stub.add_response("stop_query_execution", {}, {"QueryExecutionId": QUERY})

    with pytest.raises(broken_off):
        AthenaQuery(stub.client, sleep=interrupted).wait(QUERY)


def test_it_is_stopped_where_its_state_may_not_be_read(stub: Stubber, athena: AthenaQuery) -> None:
    stub.add_client_error("get_query_execution", "AccessDeniedException", "no", 400)
    stub.add_client_error("stop_query_execution", "AccessDeniedException", "no", 400)

    with pytest.raises(SourceError, match="GetQueryExecution failed: AccessDeniedException"):
        athena.wait(QUERY)


def test_the_result_comes_page_by_page_without_its_header(stub: Stubber, athena: AthenaQuery) -> None:
    page(stub, [HEADER, row(1), row(2)], following="second")
    page(stub, [row(3)], token="second", following="third")
    page(stub, [], token="third")

    assert list(athena.records(QUERY)) == [[{"eventID": "1"}, {"eventID": "2"}], [{"eventID": "3"}], []]


@pytest.mark.parametrize("rows", [[], [row(1)], [{"Data": [{"VarCharValue": "_col0"}]}]])
def test_the_result_of_another_query_is_refused(
    stub: Stubber, athena: AthenaQuery, rows: list[dict[str, Any]]
) -> None:
    page(stub, rows)

    with pytest.raises(SourceError, match="has other columns than were asked for"):
        list(athena.records(QUERY))
