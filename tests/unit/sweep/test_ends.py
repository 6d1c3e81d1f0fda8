"""At the end of a part of a sweep: what was not seen any more is resolved, and nothing else."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from passrole.clock import iso
from passrole.finding import Change, Finding, News, State
from passrole.finding.life import advance, feed
from passrole.ledger import keys
from passrole.passes import Origin, Outcome, RoleKind
from passrole.policy import Stage
from passrole.sweep.listing import ListedRole
from passrole.sweep.rejudging import Cause
from tests.unit.samples import FUNCTION, ROLE, evidence_of, finding_of, pass_of, verdict_of
from tests.unit.sweep.pages import EXECUTION_ROLE, HERE, PagingApi, Thing, listing_of
from tests.unit.sweep.world import OTHER, World


def told_by_event(world: World, **fields: Any) -> Finding:
    """A finding that an event opened."""
    pass_ = pass_of(**fields)
    finding = finding_of(pass_, Stage.ALERT, role_id=f"AROA0{ROLE[-12:]}")
    assert world.ledger.record_pass(
        pass_,
        verdict_of(),
        evidence_of(role_id=finding.role_id or ""),
        [feed(None, finding)],
        iso(world.clock()),
    )
    return finding


def now(world: World, finding: Finding) -> Finding:
    found = world.ledger.finding(finding.id)
    assert found is not None
    return found


def step(world: World, state: State, news: News) -> None:
    world.clock.go_on(minutes=1)
    assert world.ledger.record_change(
        advance(world.finding(), state, news, iso(world.clock()), "dana", "because")
    )


def test_what_is_gone_is_resolved(world: World) -> None:
    world.sweep()
    [holding] = world.ledger.holdings_of(FUNCTION)
    world.functions = {}

    part = world.sweep()

    finding = world.finding()
    assert (part.resolved, finding.state) == (1, State.RESOLVED)
    assert world.news(finding) == ["opened", "resolved"]
    last = world.ledger.history(finding.id)[-1]
    assert (last.who, "did not find it" in last.why) == ("passrole-guardrail", True)
    assert world.held() == set()
    assert world.table.items[keys.of_pass(holding.pass_id)]["expires_at"]
    assert world.sweep().resolved == 0


def test_what_holds_another_role_is_resolved(world: World) -> None:
    world.sweep()
    world.functions[FUNCTION] = [OTHER]

    part = world.sweep()

    assert (part.resolved, part.opened) == (1, 1)
    assert (world.finding().state, world.finding(role=OTHER).state) == (State.RESOLVED, State.OPEN)
    assert world.held() == {OTHER}


def test_what_comes_back_is_open_again(world: World) -> None:
    world.sweep()
    world.functions = {}
    world.sweep()
    world.functions = {FUNCTION: [ROLE]}

    world.sweep()

    assert world.finding().state is State.OPEN
    assert world.news(world.finding()) == ["opened", "resolved", "reopened"]
    assert world.held() == {ROLE}


def test_what_an_event_opened_is_resolved_once_it_is_gone(world: World) -> None:
    finding = told_by_event(world)
    world.functions = {}

    world.sweep()

    assert now(world, finding).state is State.RESOLVED
    assert world.held() == set()


def test_what_changed_since_the_sweep_began_is_left(world: World) -> None:
    """The listing may have come by before it was there."""
    world.functions = {}
    sweep = world.begin()
    part = world.go_on(sweep)
    finding = told_by_event(world, event_time=iso(world.clock()))

    part = world.sweeper.end(world.listing, HERE, sweep, part)

    assert part.resolved == 0
    assert now(world, finding).state is State.OPEN
    assert world.held() == {ROLE}


def test_what_was_passed_again_since_the_sweep_began_is_left(world: World) -> None:
    finding = told_by_event(world)
    world.functions = {}
    sweep = world.begin()
    part = world.go_on(sweep)
    again = pass_of(event_id="again", event_time=iso(world.clock()))
    fed = feed(now(world, finding), replace(finding, event_time=again.event_time, last_pass=again.id))
    assert world.ledger.record_pass(again, verdict_of(), evidence_of(), [fed], iso(world.clock()))

    assert world.sweeper.end(world.listing, HERE, sweep, part).resolved == 0
    assert now(world, finding).state is State.OPEN


def test_a_place_that_the_listing_does_not_show_is_left(world: World) -> None:
    finding = told_by_event(world, place="role of a destination")

    world.sweep()

    assert now(world, finding).state is State.OPEN
    assert ("role of a destination", ROLE) in {(h.place, h.role) for h in world.ledger.holdings_of(FUNCTION)}


@pytest.mark.parametrize("fields", [{"resource_type": "states:stateMachine"}, {"region": "eu-west-1"}])
def test_other_kinds_and_other_regions_are_left(world: World, fields: dict[str, Any]) -> None:
    finding = told_by_event(world, resources=(f"{FUNCTION}-2",), **fields)

    world.sweep()

    assert now(world, finding).state is State.OPEN
    assert world.held(f"{FUNCTION}-2") == {ROLE}


def test_a_global_listing_speaks_for_all_regions(world: World) -> None:
    world.listing = listing_of(is_global=True)
    finding = told_by_event(world, resources=(f"{FUNCTION}-2",), region="eu-west-1")

    world.sweep()

    assert now(world, finding).state is State.RESOLVED


@pytest.mark.parametrize("outcome", [Outcome.DENIED, Outcome.FAILED])
def test_attempts_are_left(world: World, outcome: Outcome) -> None:
    """They are about no resource that could be there or not."""
    finding = told_by_event(world, outcome=outcome)

    world.sweep()

    assert now(world, finding).state is State.OPEN


def test_a_pass_whose_record_names_no_resource_is_left(world: World) -> None:
    finding = told_by_event(world, resources=())

    world.sweep()

    assert now(world, finding).state is State.OPEN


def test_what_is_contained_is_left_to_contain(world: World) -> None:
    world.sweep()
    step(world, State.CONTAINED, News.CONTAINED)
    world.functions = {}

    assert world.sweep().resolved == 0
    assert world.finding().state is State.CONTAINED


@pytest.mark.parametrize(
    ("state", "news"), [(State.RELEASED, News.RELEASED), (State.EXEMPTED, News.EXEMPTED)]
)
def test_what_people_spoke_of_is_resolved_when_it_is_gone_and_left_while_it_is_there(
    world: World, state: State, news: News
) -> None:
    world.sweep()
    step(world, state, news)
    if state is State.EXEMPTED:
        before = world.finding()
        until = replace(before, exempt_until="2027-01-01T00:00:00Z", exempt_by="dana")
        assert world.ledger.record_change(Change(until, None, before))
    world.sweep()
    assert world.finding().state is state

    world.functions = {}
    world.sweep()

    assert world.finding().state is State.RESOLVED


def test_what_iam_does_not_tell_is_not_taken_for_gone(world: World) -> None:
    world.sweep()
    world.iam.is_throttled = True
    world.functions[FUNCTION] = [OTHER]

    assert world.sweep().resolved == 0
    assert world.finding().state is State.OPEN


def test_a_text_that_names_no_role_and_is_there_still_is_left(world: World) -> None:
    """An event opened what could not be judged; the sweep sees the same text, and knows no more."""
    odd = "not a role"
    place = ListedRole("Roles", RoleKind.ROLE_ARN, "execution role", EXECUTION_ROLE.services)
    world.listing = listing_of(roles=(place,))
    world.functions[FUNCTION] = [odd]
    pass_ = pass_of()
    finding = replace(finding_of(pass_), role=odd, role_id=None, id="0123456789abcdef")
    assert world.ledger.record_change(feed(None, finding))

    world.sweep()

    assert now(world, finding).state is State.OPEN


def test_what_is_about_a_role_that_was_made_anew_since_is_resolved(world: World) -> None:
    """The resource holds another role of the same name now, which is a finding of its own."""
    world.sweep()
    old = world.finding()
    world.iam.made[ROLE] = 1

    part = world.sweep()

    assert (part.opened, part.resolved) == (1, 1)
    assert now(world, old).state is State.RESOLVED
    [new] = [f for f in world.ledger.findings() if f.id != old.id]
    assert (new.role, new.state) == (ROLE, State.OPEN)
    assert world.held() == {ROLE}


def test_what_has_a_role_that_is_no_more_is_resolved(world: World) -> None:
    world.sweep()
    del world.iam.roles[ROLE]

    part = world.sweep()

    assert (part.dangling, part.resolved) == (1, 1)
    assert world.finding().state is State.RESOLVED


def test_a_finding_that_an_earlier_version_wrote_is_resolved(world: World) -> None:
    """It has fewer fields, and its text is the lock."""
    finding = told_by_event(world)
    item = world.table.items[keys.of_finding(finding.id)]
    body = json.loads(item["body"])
    del body["origin"], body["was_told"]
    item["body"] = json.dumps(body, sort_keys=True)
    world.functions = {}

    world.sweep()

    assert now(world, finding).state is State.RESOLVED


def test_a_pass_that_others_hold_a_role_by_does_not_expire(world: World) -> None:
    told_by_event(world, resources=(FUNCTION, f"{FUNCTION}-2"))
    pass_id = pass_of().id
    world.functions = {FUNCTION: [ROLE]}

    world.sweep()

    assert world.held(f"{FUNCTION}-2") == set()
    assert "expires_at" not in world.table.items[keys.of_pass(pass_id)]
    world.functions = {}
    world.sweep()
    assert "expires_at" in world.table.items[keys.of_pass(pass_id)]


class Secretive(PagingApi):
    """Lists what there is, and refuses to describe it where ``secret`` says so."""

    secret: tuple[str, ...] = ()

    def list_below(self, Parents: Sequence[str], Token: str | None = None) -> dict[str, Any]:  # noqa: N803
        if set(Parents) & {arn.removeprefix("arn:") for arn in self.secret}:
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": "Access Denied"}}, "ListBelow")
        return super().list_below(Parents, Token)


@pytest.fixture
def described(world: World) -> World:
    """An account whose functions are listed first, and then described one by one."""

    def client(service: str, region: str) -> Secretive:
        things = (page for page in PagingApi.pages_of(world.functions, world.page))
        return Secretive([[Thing(t.name, ((t,),)) for t in page] for page in things])

    world.client = client  # type: ignore[method-assign]
    world.listing = listing_of(2)
    return world


def test_who_keeps_one_resource_from_being_described_hides_no_other(
    described: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, gone, new = described, f"{FUNCTION}-gone", f"{FUNCTION}-new"
    world.functions = {gone: [ROLE], FUNCTION: [ROLE]}
    world.sweep()
    world.functions = {FUNCTION: [ROLE], new: [ROLE]}
    monkeypatch.setattr(Secretive, "secret", (FUNCTION,))

    part = world.sweep()

    assert (part.opened, part.resolved) == (1, 1)
    assert world.finding(new).state is State.OPEN
    assert world.finding(gone).state is State.RESOLVED
    assert world.finding().state is State.OPEN, "nobody knows what it holds now"
    assert FUNCTION in str(part.failed)
    assert "Access Denied" in str(part.failed)


def test_what_cannot_even_be_named_keeps_all_others_from_being_resolved(
    described: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, gone = described, f"{FUNCTION}-gone"
    world.functions = {gone: [ROLE], FUNCTION: [ROLE]}
    world.sweep()
    del world.functions[gone]
    world.listing = listing_of(2, arn="Missing || Arn", batch=2)
    monkeypatch.setattr(Secretive, "secret", (FUNCTION,))

    part = world.sweep()

    assert (part.resolved, world.finding(gone).state, world.finding().state) == (0, State.OPEN, State.OPEN)
    assert "something that is listed" in str(part.failed)


def test_what_was_made_just_before_the_sweep_may_not_be_listed_yet(world: World) -> None:
    world.functions = {}
    finding = told_by_event(world, event_time=iso(world.clock()))
    world.clock.go_on(seconds=20)
    sweep = iso(world.clock())
    part = world.go_on(sweep)

    assert world.sweeper.end(world.listing, HERE, sweep, part).resolved == 0
    assert now(world, finding).state is State.OPEN
    assert world.held() == {ROLE}

    assert world.sweep().resolved == 1


def test_a_role_that_is_made_anew_after_a_sweep_still_has_its_holders(world: World) -> None:
    """Else one could delete it, wait for a sweep, and make it again with nobody looking."""
    world.sweep()
    tags = world.iam.roles.pop(ROLE)
    assert world.sweep().resolved == 1

    assert world.held() == {ROLE}

    world.iam.roles[ROLE] = tags
    world.iam.made[ROLE] = 1
    world.judge(Cause(Origin.ROLE_CHANGE, "mallory", "the role was made (CreateRole)", iso(world.clock())))
    assert [f.state for f in world.ledger.findings() if f.origin is Origin.ROLE_CHANGE] == [State.OPEN]
