"""An answer that cannot be read hides nothing but itself, as botocore tells what came over the wire."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.parsers import ResponseParserError

from passrole.ledger import SweepPart
from passrole.sweep.listing import listings_for
from passrole.sweep.tasks import SweepAll
from passrole.sweep.walk import ListingError
from tests.unit.samples import ACCOUNT, REGION
from tests.unit.sweep.pages import walk_of
from tests.unit.sweep.running import Running
from tests.unit.sweep.world import OTHER, World

SCHEDULES, GROUPS = listings_for(("scheduler:schedule", "autoscaling:autoScalingGroup"))[::-1]


class _Body:
    def __init__(self, text: str) -> None:
        self._text = text

    def stream(self) -> Iterator[bytes]:
        yield self._text.encode()


def client_of(service: str, answer: Callable[[str], str]) -> Any:
    """A client that takes for the answer what ``answer`` makes of the URL and the body that it sends."""
    make: Any = boto3.client
    secrets = {"aws_access_key_id": "x", "aws_secret_access_key": "x"}
    client = make(service, region_name=REGION, config=Config(retries={"total_max_attempts": 1}), **secrets)

    def send(request: Any, **_: Any) -> AWSResponse:
        body: Any = _Body(answer(f"{request.url} {request.body}"))
        return AWSResponse(request.url, 200, {}, body)

    client.meta.events.register("before-send", send)
    return client


def arn_of(name: str) -> str:
    return f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule/default/{name}"


def schedules(ends: dict[str, Any]) -> Any:
    """Schedules with their ends."""

    def answer(about: str) -> str:
        asked = about.split()[0].partition("?")[0].rpartition("/")[2]
        if asked == "schedules":
            return json.dumps(
                {"Schedules": [{"Name": n, "GroupName": "default", "Arn": arn_of(n)} for n in ends]}
            )
        return json.dumps(
            {"Name": asked, "Arn": arn_of(asked), "EndDate": ends[asked], "Target": {"RoleArn": OTHER}}
        )

    return client_of("scheduler", answer)


@pytest.mark.parametrize("end", [253402300800000, 1e30, "some day"])
def test_a_time_that_no_calendar_has_hides_nothing_but_its_resource(end: Any) -> None:
    """Whoever makes a schedule says when it ends."""
    looks = walk_of(SCHEDULES, schedules({"odd": end, "well": 0})).looks()

    odd, well = (look for look in looks if look.resource)
    assert (odd.resource, well.resource) == (arn_of("odd"), arn_of("well"))
    assert "scheduler:schedule: GetSchedule cannot be read" in (odd.refused or "")
    assert [held.value for held in well.held] == [OTHER]


def test_a_list_with_a_time_that_no_calendar_has_is_an_answer_that_does_not_fit() -> None:
    listed = json.dumps({"Schedules": [{"Name": "a", "CreationDate": 1e30}]})

    with pytest.raises(ListingError, match="ListSchedules cannot be read"):
        list(walk_of(SCHEDULES, client_of("scheduler", lambda _: listed)).looks())


BROKEN = "<DescribeLifecycleHooksResponse>\x01" + "x" * 500_000


def groups(broken: str) -> Any:
    """Two groups, of which one answers what is no XML when it is asked for its hooks."""

    def answer(about: str) -> str:
        if "Action=DescribeAutoScalingGroups" in about:
            names = (f"<AutoScalingGroupName>{name}</AutoScalingGroupName>" for name in ("first", "second"))
            found = _in("AutoScalingGroups", *(_in("member", name) for name in names))
            return _in("DescribeAutoScalingGroupsResponse", _in("DescribeAutoScalingGroupsResult", found))
        if broken in about:
            return BROKEN
        found = _in("LifecycleHooks", _in("member", _in("RoleARN", OTHER)))
        return _in("DescribeLifecycleHooksResponse", _in("DescribeLifecycleHooksResult", found))

    return client_of("autoscaling", answer)


def _in(tag: str, *inner: str) -> str:
    return f"<{tag}>{''.join(inner)}</{tag}>"


def group_of(name: str) -> str:
    return f"arn:aws:autoscaling:{REGION}:{ACCOUNT}:autoScalingGroup:autoScalingGroupName/{name}"


@pytest.fixture
def running(world: World) -> Running:
    made = Running(world, listings=(GROUPS,))
    made.clients[REGION] = groups("first")
    return made


def part(running: Running) -> SweepPart:
    latest = running.world.ledger.latest_sweep()
    assert latest is not None
    return running.world.ledger.part_of(latest.id, f"autoscaling:autoScalingGroup in {REGION}")


def test_what_is_no_xml_in_answer_after_answer_hides_nothing_but_its_resource(running: Running) -> None:
    with pytest.raises(ResponseParserError):
        running.clients[REGION].describe_lifecycle_hooks(AutoScalingGroupName="first")

    running.run_all(SweepAll())

    assert (part(running).resources, part(running).is_blind) == (1, True)
    assert running.world.held(group_of("second")) == {OTHER}


def test_why_a_part_has_failed_is_told_in_short(running: Running) -> None:
    """DynamoDB takes no item of more than 400 KB, and botocore tells all of an answer that it cannot read."""
    done = running.run_all(SweepAll())

    assert "invalid XML" in (part(running).failed or "")
    assert len(part(running).failed or "") <= 1_000
    assert all(len(each.fault or "") <= 1_000 for each in done)
