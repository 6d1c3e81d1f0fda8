"""A part of a sweep judges what exists: it opens what no event told, once."""

import pytest

from passrole.clock import iso
from passrole.evidence import Evidence
from passrole.finding import State
from passrole.finding.life import feed
from passrole.ledger import SweepPart
from passrole.passes import Origin, Pass
from passrole.policy import Decision, Responses, Stage
from passrole.sweep.position import START, Position
from tests.unit.samples import FUNCTION, ROLE, evidence_of, finding_of, pass_of, policy_of, verdict_of
from tests.unit.sweep.pages import HERE
from tests.unit.sweep.world import APPROVED, OTHER, PART, World


def test_what_no_event_told_opens_a_finding(world: World) -> None:
    part = world.sweep()

    finding = world.finding()
    assert (finding.state, finding.origin, finding.decision) == (
        State.OPEN,
        Origin.SWEEP,
        Decision.VIOLATION,
    )
    assert (finding.resource, finding.role, finding.place) == (FUNCTION, ROLE, "execution role")
    assert not finding.is_about_guard
    assert world.topic.news == ["opened"]
    [step] = world.ledger.history(finding.id)
    assert step.who == "passrole-guardrail"
    assert step.why.startswith("the sweep of 2026-11-22T13:00:05.000Z found it: ")
    assert (part.resources, part.roles, part.new, part.opened, part.resolved) == (1, 1, 1, 1, 0)


def test_nobody_is_named_who_is_not_known(world: World) -> None:
    world.sweep()

    [holding] = world.ledger.holdings_of(FUNCTION)
    recorded = world.ledger.recorded_pass(holding.pass_id)
    assert recorded is not None
    assert (recorded.pass_.passer.arn, recorded.pass_.origin) == (None, Origin.SWEEP)


def test_the_policy_says_how_far_what_exists_is_answered(world: World) -> None:
    world.sweep()
    assert world.finding().response is Stage.ALERT, "though violations are put in quarantine"


def test_what_exists_is_contained_where_the_policy_says_so() -> None:
    policy = policy_of()
    world = World(type(policy)(policy.statements, Responses(Stage.QUARANTINE, existing=Stage.QUARANTINE)))
    world.functions[FUNCTION] = [ROLE]

    world.sweep()

    assert world.finding().is_to_be_contained


def test_what_is_approved_opens_nothing_and_is_known_from_then_on(world: World) -> None:
    world.functions = {FUNCTION: [APPROVED]}

    part = world.sweep()

    assert (list(world.ledger.findings()), world.topic.messages) == ([], [])
    assert (part.new, part.opened) == (1, 0)
    assert world.held() == {APPROVED}
    assert world.sweep().new == 0


def test_a_second_sweep_tells_nothing_again(world: World) -> None:
    world.functions[f"{FUNCTION}-2"] = [OTHER, APPROVED]
    world.sweep()
    before = list(world.ledger.findings())

    part = world.sweep()

    assert (part.resources, part.roles, part.new, part.opened, part.resolved) == (2, 3, 0, 0, 0)
    assert list(world.ledger.findings()) == before
    assert world.topic.news == ["opened", "opened"]


def test_roles_of_one_place_do_not_push_one_another_out(world: World) -> None:
    world.functions[FUNCTION] = [ROLE, OTHER]

    parts = [world.sweep() for _ in range(4)]

    assert [(p.new, p.opened, p.resolved) for p in parts] == [(2, 2, 0), (0, 0, 0), (0, 0, 0), (0, 0, 0)]
    assert world.held() == {ROLE, OTHER}
    assert world.topic.news == ["opened", "opened"]


def test_the_same_thing_listed_twice_counts_once(world: World) -> None:
    """Versions of a template are listed as one resource each."""
    world.functions[FUNCTION] = [ROLE]
    sweep = world.begin()
    world.go_on(sweep)

    world.go_on(sweep)

    assert world.topic.news == ["opened"]
    assert len(world.ledger.holdings_of(FUNCTION)) == 1


def test_it_stops_when_it_is_late_and_goes_on_with_the_rest(world: World) -> None:
    world.functions |= {f"{FUNCTION}-{n}": [ROLE, APPROVED] for n in range(7)}
    world.is_late = lambda: True
    sweep, part = world.begin(), SweepPart(PART)
    position: Position | None = START
    goes = 0
    while position is not None:
        progress = world.sweeper.go_on(world.listing, HERE, sweep, part, position)
        part, position, goes = progress.part, progress.position, goes + 1

    assert goes > 8
    assert (part.resources, part.roles, part.new, part.opened) == (8, 15, 15, 8)
    ended = world.sweeper.end(world.listing, HERE, sweep, part)
    assert ended.resolved == 0
    assert world.topic.news == ["opened"] * 8


def test_a_role_that_does_not_exist_is_dangling(world: World) -> None:
    del world.iam.roles[ROLE]

    part = world.sweep()

    assert (part.roles, part.dangling, part.unanswered, part.new) == (1, 1, 0, 0)
    assert list(world.ledger.findings()) == []


def test_what_iam_does_not_answer_opens_and_resolves_nothing(world: World) -> None:
    world.sweep()
    world.functions[f"{FUNCTION}-2"] = [OTHER]
    world.iam.is_throttled = True

    part = world.sweep()

    assert (part.roles, part.unanswered, part.opened, part.resolved) == (2, 2, 0, 0)
    [finding] = world.ledger.findings()
    assert finding.state is State.OPEN
    assert world.held() == {ROLE}


def test_what_iam_did_not_answer_the_next_sweep_judges(world: World) -> None:
    world.iam.is_throttled = True
    world.sweep()
    world.iam.is_throttled = False

    part = world.sweep()

    assert (part.unanswered, part.opened) == (0, 1)
    assert world.topic.news == ["opened"]


def test_what_is_held_by_a_pass_that_is_no_more_is_judged_all_the_same(world: World) -> None:
    world.sweep()
    world.functions[FUNCTION] = [APPROVED]
    world.sweep()
    [holding] = world.ledger.holdings_of(FUNCTION)
    del world.table.items[f"PASS#{holding.pass_id}", "PASS"]
    world.iam.roles[APPROVED] = {}

    world.sweep()

    assert world.finding(role=APPROVED).state is State.OPEN


def test_the_sweep_of_what_an_event_told_changes_nothing(world: World) -> None:
    finding = finding_of(role_id=f"AROA0{ROLE[-12:]}")
    assert world.ledger.record_pass(
        pass_of(), verdict_of(), evidence_of(), [feed(None, finding)], iso(world.clock())
    )
    world.rejudge.publish(finding)

    part = world.sweep()

    after = world.finding()
    assert (after.response, after.origin, after.revision) == (Stage.QUARANTINE, Origin.EVENT, 1)
    assert (part.new, part.opened, world.topic.news) == (0, 0, ["opened"])


def test_a_go_comes_to_its_end_however_slow_iam_is(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A function lives for 300 seconds, and is late when 90 are left."""
    arns = [f"{OTHER}-{n:03}" for n in range(300)]
    world.iam.roles |= {arn: {} for arn in arns}
    world.functions = {f"{FUNCTION}-{n:03}": [arn] for n, arn in enumerate(arns)}
    world.page, told, well = 100, set[str | None](), world.iam.evidence

    def evidence(pass_: Pass) -> Evidence:
        if pass_.role.arn not in told:
            world.clock.go_on(seconds=4)
        told.add(pass_.role.arn)
        return well(pass_)

    monkeypatch.setattr(world.iam, "evidence", evidence)
    began = world.clock()
    world.is_late = lambda: (world.clock() - began).total_seconds() > 210

    progress = world.sweeper.go_on(world.listing, HERE, iso(began), SweepPart(PART))

    assert progress.position is not None
    assert (world.clock() - began).total_seconds() < 300
