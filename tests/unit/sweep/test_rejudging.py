"""What holds a role is judged again: when the role has changed, when the policy has, and by each sweep."""

from dataclasses import replace

import pytest

from passrole.clock import iso
from passrole.evidence import Evidence
from passrole.finding import Finding, News, State
from passrole.finding.life import exempted, feed
from passrole.finding.opening import findings_of
from passrole.ledger import Holding
from passrole.passes import Origin, Pass, PassedRole, RoleKind
from passrole.policy import (
    CompiledPolicy,
    Effect,
    Exemption,
    PolicyStatement,
    Responses,
    Severity,
    Stage,
    evaluate,
    stage_for,
    without_exemptions,
)
from passrole.sweep.rejudging import Cause, Judged
from passrole.sweep.rejudging import Effect as What
from tests.unit.samples import FUNCTION, pass_of, policy_of
from tests.unit.sweep.world import APPROVED, TAGS, World

NAMED = PassedRole(APPROVED, RoleKind.ROLE_ARN, APPROVED, "orders")


@pytest.fixture
def world() -> World:
    """The function `orders` got an approved role, as an event told."""
    made = World()
    told_by_event(made)
    return made


def told_by_event(world: World) -> Finding | None:
    """Records a pass as `detect` does."""
    pass_ = pass_of(role=NAMED)
    evidence, now = world.iam.evidence(pass_), iso(world.clock())
    verdict = evaluate(world.policy, pass_, evidence, now)
    changes = [feed(None, fresh) for fresh in fresh_of(world, pass_, evidence, now)]
    assert world.ledger.record_pass(pass_, verdict, evidence, changes, now)
    for change in changes:
        world.rejudge.publish(change.finding)
    return changes[0].finding if changes else None


def fresh_of(world: World, pass_: Pass, evidence: Evidence, now: str) -> tuple[Finding, ...]:
    verdict = evaluate(world.policy, pass_, evidence, now)
    bare = without_exemptions(world.policy, pass_, evidence, now)
    found = findings_of(pass_, bare, evidence, stage_for(world.policy, pass_, bare), now)
    if verdict.exemption is not None:
        return tuple(exempted(f, verdict.exemption, verdict.exempt_until or "") for f in found)
    return found if verdict.decision.value not in ("approved", "exempt") else ()


def cause(world: World, why: str = "the role orders lost tags (UntagRole)") -> Cause:
    world.clock.go_on(minutes=5)
    return Cause(Origin.ROLE_CHANGE, "dana", why, iso(world.clock()))


def judge(world: World, why: str = "the role orders lost tags (UntagRole)") -> Judged:
    [judged] = world.rejudge.holdings(world.ledger.holdings_of(FUNCTION), cause(world, why))
    return judged


def finding(world: World) -> Finding:
    [found] = world.ledger.findings()
    return found


def without_tags(world: World) -> Judged:
    world.iam.roles[APPROVED] = {}
    return judge(world)


def test_a_role_that_lost_its_tags_is_a_finding_with_who_and_why(world: World) -> None:
    judged = without_tags(world)

    assert judged.effects == (What.OPENED,)
    found = finding(world)
    assert (found.state, found.origin, found.role) == (State.OPEN, Origin.ROLE_CHANGE, APPROVED)
    assert found.passer.arn == pass_of().passer.arn, "whoever passed it"
    [step] = world.ledger.history(found.id)
    assert (step.news, step.who) == (News.OPENED, "dana")
    assert step.why.startswith("the role orders lost tags (UntagRole): ")
    assert world.news(found) == ["opened"]


def test_judged_once_more_nothing_is_told(world: World) -> None:
    without_tags(world)

    assert judge(world).effects == ()

    assert world.news(finding(world)) == ["opened"]


def test_it_is_resolved_when_the_tags_come_back_and_open_again_without_them(world: World) -> None:
    without_tags(world)
    world.iam.roles[APPROVED] = TAGS

    judged = judge(world, "the role orders was tagged (TagRole)")

    assert judged.effects == (What.RESOLVED,)
    found = finding(world)
    assert found.state is State.RESOLVED
    last = world.ledger.history(found.id)[-1]
    assert last.who == "dana"
    assert last.why == "the role orders was tagged (TagRole): the policy approves the pass now"
    assert without_tags(world).effects == (What.OPENED,)
    assert world.news(finding(world)) == ["opened", "resolved", "reopened"]


def test_what_is_approved_as_before_changes_nothing(world: World) -> None:
    judged = judge(world)

    assert (judged.effects, list(world.ledger.findings())) == ((), [])


@pytest.mark.parametrize("existing", [Stage.OBSERVE, Stage.ALERT, Stage.QUARANTINE])
def test_the_policy_says_how_far_it_is_answered(world: World, existing: Stage) -> None:
    world.policy = replace(world.policy, responses=Responses(Stage.QUARANTINE, existing=existing))

    without_tags(world)

    assert finding(world).response is existing


def test_what_an_event_put_in_quarantine_is_answered_no_more_mildly() -> None:
    world = World()
    world.iam.roles[APPROVED] = {}
    opened = told_by_event(world)
    assert opened is not None
    assert opened.response is Stage.QUARANTINE

    assert judge(world).effects == ()

    assert finding(world).response is Stage.QUARANTINE


def test_what_was_exempt_when_its_event_came_is_answered_as_strictly_after_that() -> None:
    world = World(exempting(policy_of()))
    world.iam.roles[APPROVED] = {}
    opened = told_by_event(world)
    assert opened is not None
    assert (opened.state, opened.response) == (State.EXEMPTED, Stage.QUARANTINE)

    assert judge(world).effects == ()

    assert finding(world).response is Stage.QUARANTINE


def exempting(policy: CompiledPolicy) -> CompiledPolicy:
    scope = PolicyStatement(sid="all", effect=Effect.ALLOW, resources=("*",))
    exemption = Exemption("migration", "erin", "moving", "2027-01-01T00:00:00Z", scope)
    return replace(policy, exemptions=(exemption,))


def test_what_is_exempt_is_written_down_and_told_to_nobody(world: World) -> None:
    world.policy = exempting(world.policy)

    without_tags(world)

    found = finding(world)
    assert (found.state, found.exemption) == (State.EXEMPTED, "migration")
    assert world.topic.messages == []


def test_an_exemption_lets_an_open_finding_rest_and_its_end_brings_it_back(world: World) -> None:
    without_tags(world)
    bare, world.policy = world.policy, exempting(world.policy)

    assert judge(world, "the policy changed").effects == (What.CHANGED,)
    assert finding(world).state is State.EXEMPTED

    world.policy = bare
    assert judge(world, "the policy changed").effects == (What.OPENED,)
    assert world.news(finding(world)) == ["opened", "exempted", "reopened"]


def test_an_administrator_is_graver(world: World) -> None:
    world.iam.administrators = {APPROVED}

    without_tags(world)

    assert finding(world).severity is Severity.CRITICAL, "a person passed it"


def test_another_policy_opens_what_it_does_not_approve_and_resolves_what_it_does(world: World) -> None:
    milder, world.policy = world.policy, replace(world.policy, statements=())
    assert judge(world, "the policy changed").effects == (What.OPENED,)
    assert finding(world).policy_hash == world.policy.hash

    world.policy = milder
    assert judge(world, "the policy changed").effects == (What.RESOLVED,)


def test_what_iam_does_not_answer_or_knows_no_more_changes_nothing(world: World) -> None:
    without_tags(world)
    world.iam.is_throttled = True
    assert (judge(world).verdict, judge(world).effects) == (None, ())
    world.iam.is_throttled = False
    del world.iam.roles[APPROVED]
    assert (judge(world).verdict, judge(world).effects) == (None, ())

    assert finding(world).state is State.OPEN


def test_news_that_were_not_told_are_told_at_the_next_judgement(world: World) -> None:
    world.topic.broken = True
    with pytest.raises(ConnectionError):
        without_tags(world)
    world.topic.broken = False

    assert judge(world).effects == ()

    assert world.news(finding(world)) == ["opened"]


def test_facts_from_before_the_cause_do_not_count(world: World) -> None:
    asked: list[str | None] = []
    known = world.iam.evidence

    def evidence(pass_: Pass) -> Evidence:
        asked.append(pass_.event_time)
        return known(pass_)

    world.iam.evidence = evidence  # type: ignore[method-assign]

    judge(world)

    assert asked == [iso(world.clock())]


def test_a_finding_that_others_change_meanwhile_is_judged_as_they_left_it(world: World) -> None:
    without_tags(world)
    world.iam.roles[APPROVED] = TAGS
    stale = world.ledger.findings_with

    def overtaken(ids: object) -> dict[str, Finding]:
        found = stale(ids)  # type: ignore[arg-type]
        [was] = found.values()
        again = replace(was, passes=was.passes + 1, event_time="2026-11-22T12:01:00Z")
        assert world.ledger.record_change(feed(was, replace(again, state=State.OPEN)))
        return found

    world.ledger.findings_with = overtaken  # type: ignore[method-assign]

    assert judge(world).effects == (What.RESOLVED,)
    assert (finding(world).state, finding(world).passes) == (State.RESOLVED, 2)


def test_what_is_held_by_a_pass_that_is_no_more_is_left(world: World) -> None:
    [holding] = world.ledger.holdings_of(FUNCTION)
    unknown: Holding = replace(holding, pass_id="gone")

    assert list(world.rejudge.holdings([unknown], cause(world))) == []
