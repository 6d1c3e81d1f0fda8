"""What stops containment: caps with a reserve, the breaker, people's switch; and what is told then."""

from dataclasses import replace
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from passrole.finding import Finding, State
from passrole.finding.guard import Trouble
from passrole.ledger import Stopped
from passrole.passes import Passer
from passrole.policy import Severity
from passrole.quarantine.brakes import reset_breaker, switch_off, switch_on
from passrole.quarantine.people import approve
from tests.unit.quarantine.world import World, make_instance, make_role, open_finding, profile_of
from tests.unit.samples import ACCOUNT, finding_of, pass_of


@pytest.fixture
def role(world: World) -> str:
    return make_role("deployer")


def violation(world: World, role: str, severity: Severity = Severity.HIGH, passer: str = "dana") -> Finding:
    """A finding on an instance of its own."""
    pass_ = pass_of(
        resources=(make_instance("deployer-profile"),),
        resource_type="ec2:instance",
        place="instance profile",
        services=("ec2.amazonaws.com",),
        event_name="RunInstances",
        passer=Passer(type="IAMUser", arn=f"arn:aws:iam::{ACCOUNT}:user/{passer}", account=ACCOUNT),
    )
    return open_finding(world.ledger(), replace(finding_of(pass_, arn=role), severity=severity))


def contain(world: World, finding: Finding, **rules: Any) -> Finding:
    after = world.container(**rules).contain(finding.id, f"for {finding.id}")
    assert after is not None
    return after


def why(world: World, finding: Finding) -> str:
    return world.ledger().history(finding.id)[-1].why


def troubles(world: World) -> list[Finding]:
    return [f for f in world.ledger().findings() if f.event_name == Trouble.BREAKER_TRIPPED]


def test_a_storm_trips_the_breaker_once_and_says_so_in_a_finding(world: World, role: str) -> None:
    findings = [violation(world, role) for _ in range(5)]

    states = [contain(world, finding, acts_per_hour=2).state for finding in findings]

    assert states == [State.CONTAINED] * 2 + [State.OPEN] * 3
    assert "the cap of 2 acts an hour is reached" in why(world, findings[2])
    assert "the breaker has stopped containment" in why(world, findings[4])
    [trouble] = troubles(world)
    assert (trouble.severity, trouble.state) == (Severity.CRITICAL, State.OPEN)
    assert world.topic.news.count("containment_refused") == 3


def test_a_critical_finding_has_a_reserve_that_a_storm_cannot_use_up(world: World, role: str) -> None:
    for _ in range(3):
        contain(world, violation(world, role), acts_per_hour=1, critical_reserve=1)

    first = contain(world, violation(world, role, Severity.CRITICAL), acts_per_hour=1, critical_reserve=1)
    second = contain(world, violation(world, role, Severity.CRITICAL), acts_per_hour=1, critical_reserve=1)

    assert (first.state, second.state) == (State.CONTAINED, State.OPEN)
    assert world.ledger().breaker().stopped is Stopped.ALL


def test_one_passer_does_not_use_up_what_is_for_all(world: World, role: str) -> None:
    rules = {"acts_per_hour": 5, "acts_per_passer": 1}

    states = [
        contain(world, violation(world, role, passer=p), **rules).state for p in ("dana", "dana", "eve")
    ]

    assert states == [State.CONTAINED, State.OPEN, State.CONTAINED]
    assert world.ledger().breaker().stopped is None, "one noisy passer stops nobody else's containment"


def test_the_breaker_lets_containment_go_on_when_a_person_resets_it(world: World, role: str) -> None:
    refused = [violation(world, role) for _ in range(2)][1]
    for finding in (violation(world, role), refused):
        contain(world, finding, acts_per_hour=1)

    reset_breaker(world.ledger(), world.topic, world.clock, "sam", "a planned move")

    assert contain(world, refused, acts_per_hour=1).state is State.CONTAINED
    [trouble] = troubles(world)
    assert trouble.state is State.RESOLVED
    assert world.ledger().history(trouble.id)[-1].who == "sam"


def test_an_hour_later_the_breaker_still_stops(world: World, role: str) -> None:
    findings = [violation(world, role) for _ in range(3)]
    for finding in findings[:2]:
        contain(world, finding, acts_per_hour=1)
    world.clock.go_on(hours=2)

    assert contain(world, findings[2], acts_per_hour=1).state is State.OPEN


def test_failures_trip_the_breaker_too(world: World, role: str) -> None:
    def deny(**_: Any) -> None:
        raise ClientError({"Error": {"Code": "UnauthorizedOperation"}}, "DisassociateIamInstanceProfile")

    world.client("ec2").meta.events.register("before-call.ec2.DisassociateIamInstanceProfile", deny)
    for _ in range(2):
        contain(world, violation(world, role), failures_per_hour=2)

    assert world.ledger().breaker().stopped is Stopped.ALL
    assert world.ledger().breaker().why == "2 containments failed within an hour"


def test_the_switch_stops_everything_at_once_and_says_who_turned_it(world: World, role: str) -> None:
    finding = violation(world, role, Severity.CRITICAL)
    switch_off(world.ledger(), world.topic, world.clock, "sam", "an incident")
    [told] = [f for f in world.ledger().findings() if f.event_name == Trouble.SWITCHED_OFF]
    assert (told.state, told.severity) == (State.OPEN, Severity.CRITICAL)

    assert contain(world, finding).state is State.OPEN

    assert "switched off by sam since 2026-11-22T12:00:05.000Z: an incident" in why(world, finding)
    assert profile_of(finding.resource or "") is not None
    switch_on(world.ledger(), world.topic, world.clock, "sam", "over")
    closed = world.ledger().finding(told.id)
    assert closed is not None
    assert closed.state is State.RESOLVED
    assert contain(world, finding).state is State.CONTAINED


@pytest.mark.parametrize("key", ["SWITCH", "BREAKER"])
def test_a_switch_or_breaker_that_cannot_be_read_means_no_act_and_is_told(
    world: World, role: str, key: str
) -> None:
    finding = violation(world, role)

    def refuse(params: dict[str, Any], **_: Any) -> None:
        if f'"{key}"' in str(params["body"]):
            raise ClientError({"Error": {"Code": "ProvisionedThroughputExceededException"}}, "GetItem")

    world.client("dynamodb").meta.events.register("before-call.dynamodb.GetItem", refuse)
    container = world.container()
    with pytest.raises(ClientError):
        container.contain(finding.id, "one")
    assert profile_of(finding.resource or "") is not None

    with pytest.raises(ClientError):
        container.contain(finding.id, "six", is_last=True)

    world.client("dynamodb").meta.events.unregister("before-call.dynamodb.GetItem", refuse)
    if key == "SWITCH":  # an unreadable breaker cannot count the failure either: the message is a dead letter
        assert "GetItem failed" in why(world, finding)


def test_an_act_that_was_begun_goes_on_though_the_breaker_tripped_meanwhile(world: World, role: str) -> None:
    begun, other = violation(world, role), violation(world, role)
    answers = [ClientError({"Error": {"Code": "RequestLimitExceeded"}}, "DisassociateIamInstanceProfile")]

    def throttle(**_: Any) -> None:
        if answers:
            raise answers.pop()

    world.client("ec2").meta.events.register("before-call.ec2.DisassociateIamInstanceProfile", throttle)
    with pytest.raises(ClientError):
        contain(world, begun, acts_per_hour=1)
    assert contain(world, other, acts_per_hour=1).state is State.OPEN
    assert world.ledger().breaker().stopped is Stopped.ORDINARY

    assert contain(world, begun, acts_per_hour=1).state is State.CONTAINED


def test_a_resource_is_not_contained_over_and_over(world: World, role: str) -> None:
    """Something gives the profile back each time: the guard says that it fights, and stops."""
    finding = violation(world, role)
    instance = finding.resource or ""
    contain(world, finding, acts_per_resource=2)
    for expected in (State.CONTAINED, State.OPEN):
        boto3.client("ec2").associate_iam_instance_profile(
            IamInstanceProfile={"Name": "deployer-profile"}, InstanceId=instance.rpartition("/")[2]
        )
        world.clock.go_on(minutes=11)
        assert contain(world, finding, acts_per_resource=2).state is expected

    assert "something fights with the guardrail" in why(world, finding)
    assert world.topic.news[-2:] == ["undone", "containment_refused"]
    assert profile_of(instance) is not None


def test_what_was_refused_counts_for_no_act_on_the_resource(world: World, role: str) -> None:
    """Else a noisy passer could use up what a resource may be contained in a day."""
    rules = {"acts_per_hour": 5, "acts_per_passer": 1, "acts_per_resource": 2}
    victim = violation(world, role)
    for _ in range(3):
        contain(world, violation(world, role), **rules)
        assert "one passer" in why(world, contain(world, victim, **rules))
        world.clock.go_on(hours=1)
        refused = world.ledger().finding(victim.id)
        assert refused is not None
        approve(world.ledger(), world.topic, refused, "sam", "it must stop", world.clock())

    assert contain(world, victim, **rules).state is State.CONTAINED


def test_a_reset_closes_what_told_that_the_breaker_stopped_less(world: World, role: str) -> None:
    for severity in (Severity.HIGH, Severity.HIGH, Severity.CRITICAL, Severity.CRITICAL):
        contain(world, violation(world, role, severity), acts_per_hour=1, critical_reserve=1)
    assert [t.state for t in troubles(world)] == [State.OPEN] * 2

    reset_breaker(world.ledger(), world.topic, world.clock, "sam", "a planned move")

    assert [t.state for t in troubles(world)] == [State.RESOLVED] * 2
