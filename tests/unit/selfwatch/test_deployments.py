"""When a stack of the guard was being changed, as CloudFormation tells it, in each region."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import ANY, Stubber

from passrole.clock import iso
from passrole.selfwatch import StackDeployments
from tests.unit.samples import NOW, REGION
from tests.unit.selfwatch.records import STACK

IAM, EVENTS = "iam.amazonaws.com", "events.amazonaws.com"
GONE = "Stack with id x does not exist"


class Answers:
    """Clients whose answers are checked against the model; what was asked, in order."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self._stacks: dict[str, list[list[datetime | tuple[datetime, str]]]] = {}
        self._errors: dict[str, tuple[str, str]] = {}

    def stack(self, region: str, *pages: Sequence[datetime | tuple[datetime, str]]) -> None:
        """Pages of times of resources' events; with a status, of the stack's own."""
        self._stacks[region] = [list(page) for page in pages]

    def error(self, region: str, code: str, message: str = "") -> None:
        self._errors[region] = (code, message)

    def __call__(self, service: str, region: str) -> Any:
        client: Any = boto3.client("cloudformation", region_name=region)
        client.meta.events.register(
            "provide-client-params.cloudformation.DescribeStackEvents",
            lambda params, **_: self.asked.append((region, params["StackName"])),
        )
        stubber = Stubber(client)
        if region not in self._stacks:
            code, message = self._errors.get(region, ("ValidationError", GONE))
            stubber.add_client_error("describe_stack_events", code, message)
        pages = self._stacks.get(region, [])
        for number, times in enumerate(pages, start=1):
            events = [event_at(*time) if isinstance(time, tuple) else event_at(time) for time in times]
            more = {"NextToken": str(number)} if number < len(pages) else {}
            expected = {"StackName": ANY} | ({"NextToken": str(number - 1)} if number > 1 else {})
            stubber.add_response("describe_stack_events", {"StackEvents": events, **more}, expected)
        stubber.activate()
        return client


def event_at(time: datetime, status: str | None = None) -> dict[str, Any]:
    """An event of a resource; with a status, of the stack itself."""
    thing = {"PhysicalResourceId": "queue", "ResourceStatus": "CREATE_COMPLETE"}
    if status:
        thing = {"PhysicalResourceId": "id", "ResourceStatus": status}
    return {"StackId": "id", "EventId": str(time), "StackName": "x", "Timestamp": time, **thing}


@pytest.fixture
def answers(aws: None) -> Answers:
    return Answers()


def asking(answers: Answers, *further: str) -> StackDeployments:
    return StackDeployments(answers, STACK, REGION, further)


def at(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("minutes", "is_under_way"), [(-3, False), (-1, True), (0, True), (1.9, True), (2.5, False)]
)
def test_what_happens_about_the_time_of_an_event_of_the_stack_is_its_change(
    answers: Answers, minutes: float, is_under_way: bool
) -> None:
    answers.stack(REGION, [at(minutes)])
    assert asking(answers).were_under_way(iso(NOW), EVENTS, REGION) is is_under_way
    assert answers.asked == [(REGION, STACK)]


@pytest.mark.parametrize(
    ("status", "is_under_way"),
    [
        ("UPDATE_IN_PROGRESS", True),
        ("UPDATE_ROLLBACK_IN_PROGRESS", True),
        ("DELETE_IN_PROGRESS", True),
        ("UPDATE_COMPLETE", False),
        ("UPDATE_FAILED", False),
        # A change set that nobody executed: that may stay so.
        ("REVIEW_IN_PROGRESS", False),
    ],
)
def test_what_happens_while_one_resource_takes_long_is_the_stacks_change(
    answers: Answers, status: str, is_under_way: bool
) -> None:
    """A table whose index is made, a function whose role is not known yet: no event comes for minutes."""
    answers.stack(REGION, [at(40), at(20), at(-10)], [at(-11), (at(-55), status)], [(at(-70), "x")])
    assert asking(answers).were_under_way(iso(NOW), EVENTS, REGION) is is_under_way
    assert len(answers.asked) == 2


def test_a_change_that_hangs_hides_nothing_for_longer_than_an_hour(answers: Answers) -> None:
    answers.stack(REGION, [(at(-61), "UPDATE_IN_PROGRESS")], [at(-62)])
    assert not asking(answers).were_under_way(iso(NOW), EVENTS, REGION)
    assert len(answers.asked) == 1


def test_later_events_are_passed_over_and_older_ones_not_asked_for(answers: Answers) -> None:
    answers.stack(REGION, [at(60), at(59)], [at(30), at(1)], [at(0.5), at(-60)], [at(-61)])
    assert asking(answers).were_under_way(iso(NOW), EVENTS, REGION)
    assert len(answers.asked) == 3


def test_the_calls_of_one_deployment_ask_once(answers: Answers) -> None:
    answers.stack(REGION, [at(0)])
    deployments = asking(answers)
    assert all(deployments.were_under_way(iso(at(minutes)), EVENTS, REGION) for minutes in (0, 1, -1))
    assert len(answers.asked) == 1
    answers.stack(REGION, [at(0)])
    assert not deployments.were_under_way(iso(at(10)), EVENTS, REGION)


def test_in_a_further_region_that_regions_stack_counts_and_for_iam_each(answers: Answers) -> None:
    answers.stack(REGION, [at(60)])
    answers.stack("eu-west-1", [at(0)])
    deployments = asking(answers, "eu-west-1")
    assert not deployments.were_under_way(iso(NOW), EVENTS, REGION)
    assert deployments.were_under_way(iso(NOW), EVENTS, "eu-west-1")
    answers.stack(REGION, [at(60)])
    assert asking(answers, "eu-west-1").were_under_way(iso(NOW), IAM, REGION)
    assert answers.asked[-1] == ("eu-west-1", f"{STACK}-eu-west-1")


def test_a_stack_that_is_gone_was_deleted_which_is_told_by_itself(answers: Answers) -> None:
    assert asking(answers).were_under_way(iso(NOW), EVENTS, "eu-west-3")
    # but what becomes of a role is not its doing
    answers.stack(REGION, [at(60)])
    assert not asking(answers).were_under_way(iso(NOW), IAM, "eu-west-3")


def test_who_may_not_ask_takes_nothing_for_a_deployment_and_who_cannot_tries_again(answers: Answers) -> None:
    answers.error(REGION, "AccessDenied")
    assert not asking(answers).were_under_way(iso(NOW), EVENTS, REGION)
    answers.error(REGION, "Throttling")
    with pytest.raises(ClientError, match="Throttling"):
        asking(answers).were_under_way(iso(NOW), EVENTS, REGION)
