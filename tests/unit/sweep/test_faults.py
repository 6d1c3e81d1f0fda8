"""What AWS does not answer is asked again and told, and never taken for gone."""

import socket
from collections.abc import Callable, Sequence
from itertools import count
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
)
from botocore.parsers import ResponseParserError

from passrole.finding import State
from passrole.ledger import SweepPart
from passrole.sweep.faults import is_not_to_be_had, is_transient
from passrole.sweep.tasks import SweepAll, SweepPartOf
from passrole.sweep.work import MOST_FAULTS
from tests.unit.samples import FUNCTION, REGION, ROLE
from tests.unit.sweep.pages import PagingApi, Thing, listing_of
from tests.unit.sweep.running import RefusingApi, Running
from tests.unit.sweep.world import World

PART = f"lambda:function in {REGION}"
LAMBDA, STS = f"lambda.{REGION}.amazonaws.com", f"sts.{REGION}.amazonaws.com"
URL = f"https://{LAMBDA}/"
THROTTLED = ClientError({"Error": {"Code": "Throttling", "Message": "slower"}}, "ListAll")


class Failing:
    """A client whose calls all raise an error."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def list_all(self, **given: Any) -> Any:
        raise self._error


@pytest.fixture
def running(world: World) -> Running:
    return Running(world)


def part(running: Running) -> SweepPart:
    latest = running.world.ledger.latest_sweep()
    assert latest is not None
    return running.world.ledger.part_of(latest.id, PART)


def begun(running: Running) -> SweepPartOf:
    running.world.clock.go_on(hours=8)
    running.run(SweepAll())
    [task] = running.queue.take()
    assert isinstance(task, SweepPartOf)
    return task


def put_back(running: Running) -> int:
    """After how many seconds the one task in the queue comes."""
    [(_, pause)] = running.queue.waiting
    return pause


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("ThrottlingException", 400),
        ("TooManyRequestsException", 429),
        ("RequestLimitExceeded", 503),
        ("RequestThrottled", 400),
        ("EC2ThrottledException", 503),
        ("ServerException", 500),
        ("Unavailable", 503),
        ("InternalFailure", 500),
        ("RequestTimeout", 408),
        ("LimitExceededException", 400),
        ("ProvisionedThroughputExceededException", 400),
        ("PriorRequestNotComplete", 400),
    ],
)
def test_what_passes_by_itself_is_tried_again_after_a_pause(running: Running, code: str, status: int) -> None:
    task = begun(running)
    running.clients[REGION] = RefusingApi(code, status=status)

    done = running.run(task)

    assert code in (done.fault or "")
    assert part(running).ended_at is None
    assert put_back(running) == 30
    del running.clients[REGION]
    assert running.run(task).opened == 1


@pytest.mark.parametrize(
    "error",
    [
        EndpointConnectionError(endpoint_url=URL, error=socket.gaierror(socket.EAI_AGAIN, "later")),
        EndpointConnectionError(endpoint_url=URL, error=OSError("Network is unreachable")),
        ConnectTimeoutError(endpoint_url=URL),
        ReadTimeoutError(endpoint_url=URL),
        ConnectionClosedError(endpoint_url=URL),
        ResponseParserError("a page of some proxy"),
    ],
)
def test_a_network_that_is_down_is_told_and_resolves_nothing(running: Running, error: Exception) -> None:
    running.run_all(SweepAll())
    running.world.functions = {}
    running.clients[REGION] = Failing(error)
    running.world.clock.go_on(hours=8)

    done = running.run_all(SweepAll())

    assert (part(running).skipped, part(running).failed) == (None, str(error))
    assert [each.fault for each in done if each.fault] == [str(error)] * MOST_FAULTS
    assert done[-1].is_swept
    assert running.world.finding().state is State.OPEN
    assert running.world.held() == {ROLE}


def test_pauses_become_longer_and_what_was_done_before_is_kept(running: Running) -> None:
    running.world.functions = {f"{FUNCTION}-{n}": [ROLE] for n in range(4)}
    task, pauses = begun(running), list[int]()
    api = PagingApi(PagingApi.pages_of(running.world.functions))

    class BusyFrom2(PagingApi):
        def list_all(self, Token: str | None = None) -> dict[str, Any]:  # noqa: N803
            if Token is not None:
                raise THROTTLED
            return api.list_all(Token)

    running.clients[REGION] = BusyFrom2([])
    for _ in range(MOST_FAULTS):
        running.run(task)
        pauses.append(put_back(running))
        running.queue.take()

    assert pauses == [30, 60, 120, 240, 480, 900, 900, 900]
    assert [call for call in api.calls if call[2] is None] == [(0, (), None)], "the first page once"
    assert (part(running).resources, part(running).opened) == (2, 2)
    del running.clients[REGION]
    running.run(task)
    assert (part(running).resources, part(running).opened, part(running).failed) == (4, 4, None)


def test_whoever_gets_further_may_be_busy_more_often(running: Running) -> None:
    running.world.functions = {f"{FUNCTION}-{n:02}": [ROLE] for n in range(40)}
    answers = list[bool]()

    class EverySecondCallFails(PagingApi):
        def list_all(self, Token: str | None = None) -> dict[str, Any]:  # noqa: N803
            answers.append(len(answers) % 2 == 0)
            if not answers[-1]:
                raise THROTTLED
            return super().list_all(Token)

    running.clients[REGION] = EverySecondCallFails(PagingApi.pages_of(running.world.functions))

    running.run_all(begun(running))

    assert answers.count(False) > MOST_FAULTS
    assert (part(running).resources, part(running).failed) == (40, None)


def test_what_is_broken_ends_also_where_it_is_another_thing_each_time(running: Running) -> None:
    """Tasks of containers come and go while AWS does not describe any."""
    numbers = count()

    class Fleeting(PagingApi):
        def list_all(self, Token: str | None = None) -> dict[str, Any]:  # noqa: N803
            self._top = [[Thing(f"task-{next(numbers)}")]]
            return super().list_all(Token)

        def list_below(self, Parents: Sequence[str], Token: str | None = None) -> dict[str, Any]:  # noqa: N803
            raise THROTTLED

    running.listings, running.clients[REGION] = (listing_of(2),), Fleeting([])

    done = running.run_all(begun(running))

    assert "Throttling" in (part(running).failed or "")
    assert len(done) == 4 * (MOST_FAULTS + 1)


class Broken(PagingApi):
    """Has things of which it cannot tell, for faults of its own."""

    broken: tuple[str, ...] = ()

    def list_below(self, Parents: Sequence[str], Token: str | None = None) -> dict[str, Any]:  # noqa: N803
        if set(Parents) & set(self.broken):
            raise ClientError({"Error": {"Code": "InternalFailure", "Message": "oh"}}, "ListBelow")
        return super().list_below(Parents, Token)


def with_broken(running: Running, broken: int) -> Broken:
    """Of seven functions, the first so many are broken."""
    running.listings = (listing_of(2),)
    arns = [f"{FUNCTION}-{n}" for n in range(7)]
    things = [Thing(f"of {arn}", ((Thing(arn.removeprefix("arn:"), roles=(ROLE,)),),)) for arn in arns]
    api = Broken([things])
    api.broken = tuple(thing.name for thing in things[:broken])
    running.clients[REGION] = api
    return api


def test_one_that_aws_fails_to_describe_hides_no_other(running: Running) -> None:
    with_broken(running, 0)
    running.run_all(begun(running))
    api = with_broken(running, 2)
    api._top = [api._top[0][:6]]

    done = running.run_all(begun(running))

    assert (part(running).resources, part(running).is_blind) == (4, True)
    assert "InternalFailure" in (part(running).failed or "")
    assert part(running).resolved == 0, "nobody knows what was passed over"
    assert done[-1].is_swept


def test_where_aws_fails_to_describe_many_the_part_ends(running: Running) -> None:
    with_broken(running, 7)

    done = running.run_all(begun(running))

    assert "InternalFailure" in (part(running).failed or "")
    assert len(done) == 4 * (MOST_FAULTS + 1)


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The names that have an address; others do not exist."""
    known: set[str] = set()

    def getaddrinfo(host: str, port: int, *further: Any, **more: Any) -> list[Any]:
        if host not in known:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 9))]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return known


def client(service: str, region: str) -> Any:
    make: Any = boto3.client
    secrets = {"aws_access_key_id": "x", "aws_secret_access_key": "x"}
    once = Config(retries={"total_max_attempts": 1}, connect_timeout=1)
    return make(service, region_name=region, config=once, **secrets)


def refusal_of(call: Callable[[], object]) -> Exception:
    with pytest.raises(EndpointConnectionError) as raised:
        call()
    return raised.value


def test_a_service_without_an_endpoint_is_not_to_be_had(names: set[str]) -> None:
    names.add(STS)

    error = refusal_of(client("lambda", REGION).list_functions)

    assert is_not_to_be_had(error, REGION, client)


def test_where_no_name_is_known_the_network_is_down(names: set[str]) -> None:
    error = refusal_of(client("lambda", REGION).list_functions)

    assert not is_not_to_be_had(error, REGION, client)
    assert is_transient(error)


def test_an_endpoint_that_takes_no_connection_is_there(names: set[str]) -> None:
    names.update((LAMBDA, STS))

    error = refusal_of(client("lambda", REGION).list_functions)

    assert not is_not_to_be_had(error, REGION, client)
    assert is_transient(error)


def nowhere(running: Running) -> None:
    """The service has no endpoint in the region."""
    no_name = socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    running.clients[REGION] = Failing(EndpointConnectionError(endpoint_url=URL, error=no_name))
    well = running.world.client
    running.world.client = lambda service, region: (  # type: ignore[method-assign]
        client(service, region) if service == "sts" else well(service, region)
    )


def test_a_part_of_a_service_without_an_endpoint_is_skipped(running: Running, names: set[str]) -> None:
    names.add(STS)
    nowhere(running)

    running.run_all(begun(running))

    assert "Could not connect" in (part(running).skipped or "")


def test_what_the_ledger_knows_of_is_not_taken_for_not_to_be_had(running: Running, names: set[str]) -> None:
    running.run_all(SweepAll())
    names.add(STS)
    nowhere(running)

    running.run_all(begun(running))

    assert part(running).skipped is None
    assert "Could not connect" in (part(running).failed or "")
    assert running.world.finding().state is State.OPEN
