"""What a policy lets pass before anything is contained: a dry run, time for a fix, a person's approval."""

from dataclasses import replace
from typing import Any

import boto3
import pytest

from passrole.finding import Finding, State
from passrole.finding.life import feed
from passrole.passes import Passer
from passrole.policy import CompiledPolicy, Effect, Exemption, PolicyStatement
from passrole.quarantine.people import NotDoneError, approve, exempt, is_passer, refuse_passer
from tests.unit.quarantine.world import (
    World,
    function_finding,
    function_state,
    make_function,
    make_role,
)
from tests.unit.samples import ACCOUNT, evidence_of, pass_of, policy_of, verdict_of


@pytest.fixture
def role(world: World) -> str:
    return make_role("deployer")


@pytest.fixture
def finding(world: World, role: str) -> Finding:
    return function_finding(world.ledger(), make_function(role), role)


def contain(world: World, finding: Finding, policy: CompiledPolicy | None = None, **rules: Any) -> Finding:
    after = world.container(policy=policy, **rules).contain(finding.id, "one")
    assert after is not None
    return after


def present(world: World, finding: Finding) -> Finding:
    found = world.ledger().finding(finding.id)
    assert found is not None
    return found


def test_a_dry_run_says_what_would_have_been_done_and_does_nothing(world: World, finding: Finding) -> None:
    before, calls = function_state(), []
    world.client("lambda").meta.events.register(
        "before-call.lambda.*", lambda model, **_: calls.append(model.name)
    )

    after = contain(world, finding, dry_run=True)
    again = contain(world, finding, dry_run=True)

    assert (after.state, after.would_contain) == (State.OPEN, True)
    assert function_state() == before
    assert not [c for c in calls if not c.startswith(("Get", "List"))]
    assert world.ledger().containment(finding.resource or "") is None
    assert world.topic.news == ["opened", "would_contain"]
    assert again.revision == after.revision


def test_a_dry_run_uses_up_no_budget(world: World, finding: Finding) -> None:
    contain(world, finding, dry_run=True, acts_per_hour=1)

    assert contain(world, finding, acts_per_hour=1).state is State.CONTAINED


def test_a_fix_has_its_time(world: World, finding: Finding) -> None:
    waiting = contain(world, finding, grace_minutes=10)
    world.clock.go_on(minutes=9)
    still = contain(world, finding, grace_minutes=10)
    assert (waiting.state, waiting.waits_until) == (State.OPEN, "2026-11-22T12:10:05.000Z")
    assert (still.revision, function_state()["concurrency"]) == (waiting.revision, 7)
    assert still.due_at == waiting.waits_until, "the sweep finds it"

    world.clock.go_on(minutes=2)

    assert contain(world, finding, grace_minutes=10).state is State.CONTAINED
    assert world.topic.news == ["opened", "containment_waits", "contained"]


def test_a_fix_within_the_time_cancels_the_containment(world: World, finding: Finding) -> None:
    contain(world, finding, grace_minutes=10)
    boto3.client("lambda").update_function_configuration(FunctionName="orders", Role=make_role("approved"))
    world.clock.go_on(minutes=11)

    assert contain(world, finding, grace_minutes=10).state is State.RESOLVED
    assert function_state()["concurrency"] == 7


def test_an_exemption_of_a_new_policy_cancels_the_containment(world: World, role: str) -> None:
    pass_ = pass_of(resources=(make_function(role),))
    finding = function_finding(world.ledger(), pass_.resources[0], role)
    verdict = verdict_of()
    assert world.ledger().record_pass(pass_, verdict, evidence_of(arn=role), (), finding.opened_at)
    contain(world, finding, grace_minutes=10)
    scope = PolicyStatement("legacy", Effect.ALLOW, resources=(role,))
    waiver = Exemption("legacy", "owner@example.com", "moves", "2027-01-01T00:00:00.000Z", scope)
    policy = replace(policy_of(grace_minutes=10), exemptions=(waiver,))
    world.clock.go_on(minutes=11)

    after = contain(world, finding, policy)

    assert (after.state, after.exempt_until) == (State.EXEMPTED, waiver.expires)
    assert function_state()["concurrency"] == 7


def test_nothing_is_contained_before_somebody_approves_it(world: World, finding: Finding) -> None:
    waiting = contain(world, finding, require_approval=True)
    assert (waiting.state, waiting.awaits_approval) == (State.OPEN, True)
    world.clock.go_on(hours=5)
    assert contain(world, finding, require_approval=True).revision == waiting.revision

    approve(world.ledger(), world.topic, waiting, "sam", "nobody knows it", world.clock())

    assert contain(world, finding, require_approval=True).state is State.CONTAINED
    assert world.topic.news == ["opened", "containment_waits", "approved", "contained"]


def test_an_approval_ends_the_grace(world: World, finding: Finding) -> None:
    waiting = contain(world, finding, grace_minutes=10)

    approve(world.ledger(), world.topic, waiting, "sam", "at once", world.clock())

    assert contain(world, finding, grace_minutes=10).state is State.CONTAINED


def test_only_what_is_to_be_contained_is_approved(world: World, finding: Finding) -> None:
    contained = contain(world, finding)

    with pytest.raises(NotDoneError, match="nothing is to be approved"):
        approve(world.ledger(), world.topic, contained, "sam", "again", world.clock())


def test_a_finding_that_a_person_exempts_is_neither_contained_nor_told_again(
    world: World, finding: Finding
) -> None:
    until = world.clock().replace(year=2027)
    exempted = exempt(world.ledger(), world.topic, finding, "sam", "moves soon", until, world.clock())
    assert contain(world, finding).state is State.EXEMPTED

    fresh = replace(
        exempted, state=State.OPEN, exempt_by=None, exempt_until=None, event_time="2026-11-23T00:00:00Z"
    )
    fed = feed(present(world, finding), replace(fresh, updated_at="2026-11-23T00:00:01.000Z"))

    assert (fed.step, fed.finding.state, fed.finding.passes) == (None, State.EXEMPTED, 2)
    late = feed(
        fed.finding, replace(fresh, event_time="2027-12-01T00:00:00Z", updated_at="2027-12-01T00:00:01.000Z")
    )
    assert late.finding.state is State.OPEN


def test_what_is_contained_is_released_before_it_is_exempted(world: World, finding: Finding) -> None:
    contained = contain(world, finding)

    with pytest.raises(NotDoneError, match="release it"):
        exempt(
            world.ledger(),
            world.topic,
            contained,
            "sam",
            "x",
            world.clock().replace(year=2027),
            world.clock(),
        )


SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role"


@pytest.mark.parametrize(
    ("passer", "who", "same"),
    [
        (f"arn:aws:iam::{ACCOUNT}:user/dana", f"arn:aws:iam::{ACCOUNT}:user/dana", True),
        (f"arn:aws:iam::{ACCOUNT}:user/dana", f"arn:aws:iam::{ACCOUNT}:user/sam", False),
        (f"{SESSION}/Developer/dana", f"{SESSION}/Developer/sam", True),
        (f"{SESSION}/Developer/dana", f"{SESSION}/Security/dana", False),
        (f"{SESSION}/AWSReservedSSO_Dev_1a2b/dana", f"{SESSION}/AWSReservedSSO_Dev_1a2b/dana", True),
        (f"{SESSION}/AWSReservedSSO_Dev_1a2b/dana", f"{SESSION}/AWSReservedSSO_Dev_1a2b/sam", False),
        (None, f"arn:aws:iam::{ACCOUNT}:user/sam", False),
    ],
)
def test_who_may_be_the_passer_decides_nothing(passer: str | None, who: str, same: bool) -> None:
    assert is_passer(Passer(arn=passer), who) is same


def test_the_policy_may_let_the_passer_decide(finding: Finding) -> None:
    dana = finding.passer.arn or ""
    with pytest.raises(NotDoneError, match="another person decides"):
        refuse_passer(finding, dana, passer_may=False)
    refuse_passer(finding, dana, passer_may=True)
