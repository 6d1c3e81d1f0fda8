"""What is judged again, task by task: holders of a role that changed, all there is under another policy."""

from dataclasses import replace

import pytest

from passrole.clock import iso
from passrole.evidence import Evidence
from passrole.finding import State
from passrole.ledger import PolicyJudgement
from passrole.passes import Origin, Pass
from passrole.policy import Responses, Stage
from passrole.sweep.rejudging import Cause
from passrole.sweep.runner import policy_cause
from passrole.sweep.tasks import JudgeAll, JudgeRole, SweepAll
from passrole.sweep.work import Done
from tests.unit.samples import FUNCTION, ROLE, evidence_of, pass_of, policy_of, verdict_of
from tests.unit.sweep.running import Running
from tests.unit.sweep.world import APPROVED, World

MANY = 230


@pytest.fixture
def world() -> World:
    made = World()
    made.page = 100
    return made


@pytest.fixture
def running(world: World) -> Running:
    """An account in which all is approved, and known."""
    world.functions = {f"{FUNCTION}-{n:03}": [APPROVED] for n in range(MANY)}
    made = Running(world)
    made.run_all(SweepAll())
    world.clock.go_on(minutes=1)
    return made


def cause(running: Running, why: str = "the role orders lost tags (UntagRole)") -> Cause:
    return Cause(Origin.ROLE_CHANGE, "dana", why, iso(running.world.clock()))


def counted(done: list[Done]) -> tuple[int, int, int]:
    return (
        sum(each.judged for each in done),
        sum(each.opened for each in done),
        sum(each.resolved for each in done),
    )


def test_all_holders_of_a_role_are_judged(running: Running) -> None:
    running.world.iam.roles[APPROVED] = {}

    done = running.run(JudgeRole("orders", cause(running)))

    assert (done.judged, done.opened) == (MANY, MANY)
    finding = running.world.finding(f"{FUNCTION}-000", APPROVED)
    [step] = running.world.ledger.history(finding.id)
    assert (finding.origin, step.who) == (Origin.ROLE_CHANGE, "dana")
    assert step.why.startswith("the role orders lost tags (UntagRole): ")


def test_they_are_looked_at_once_more_some_time_later(running: Running) -> None:
    """IAM may answer as before for a while after it was changed."""
    running.run(JudgeRole("orders", cause(running)))

    [(again, delay)] = running.queue.waiting
    assert isinstance(again, JudgeRole)
    assert (again.look, again.after, delay) == (2, "", 60)
    running.queue.take()
    running.world.iam.roles[APPROVED] = {}
    assert running.run(again).opened == MANY
    assert running.queue.waiting == [], "and no third time"


def test_a_role_that_nothing_holds_is_not_looked_at_again(running: Running) -> None:
    assert running.run(JudgeRole("nobody", cause(running))) == Done()
    assert running.queue.waiting == []


def test_what_is_left_when_time_is_up_is_a_task_of_its_own(running: Running) -> None:
    running.world.iam.roles[APPROVED] = {}
    running.most_answers = 0

    done = running.run_all(JudgeRole("orders", cause(running)))

    assert counted(done) == (2 * MANY, MANY, 0)
    assert len(done) > 4


def test_holders_in_several_places_since_the_same_moment_are_all_judged(running: Running) -> None:
    """One call gives a task definition its role in two places."""
    running.world.functions = {}
    places = [f"place {n:02}" for n in range(150)]
    for place in places:
        pass_ = pass_of(event_id="one call", path=place, place=place)
        assert running.world.ledger.record_pass(
            pass_, verdict_of(), evidence_of(), (), iso(running.world.clock())
        )
    running.most_answers = 0

    done = running.run_all(JudgeRole("deployer", cause(running)))

    assert counted(done)[1] == 150


def test_holders_of_a_role_that_is_deleted_are_resolved(running: Running) -> None:
    running.world.iam.roles[APPROVED] = {}
    running.run(JudgeRole("orders", cause(running)))
    running.queue.take()
    running.world.clock.go_on(minutes=1)
    del running.world.iam.roles[APPROVED]

    deleted = cause(running, "the role orders was deleted (DeleteRole)")
    done = running.run(JudgeRole("orders", deleted, is_deleted=True))

    assert (done.resolved, running.queue.waiting) == (MANY, [])
    finding = running.world.finding(f"{FUNCTION}-000", APPROVED)
    assert finding.state is State.RESOLVED
    assert running.world.news(finding) == ["opened", "resolved"]
    last = running.world.ledger.history(finding.id)[-1]
    assert (last.who, last.why) == ("dana", deleted.why)


def test_a_role_that_was_made_anew_since_it_was_deleted_keeps_its_findings(running: Running) -> None:
    """Events come unordered: that it was made may come before that it was deleted."""
    running.world.functions = {}
    running.run_all(SweepAll())
    running.world.clock.go_on(minutes=10)
    deleted = cause(running, "the role orders was deleted (DeleteRole)")
    running.world.clock.go_on(seconds=5)
    running.world.iam.roles[APPROVED], running.world.iam.made[APPROVED] = {}, 1
    running.world.functions = {FUNCTION: [APPROVED]}
    running.run_all(SweepAll())
    assert running.world.finding(role=APPROVED).state is State.OPEN

    running.run(JudgeRole("orders", deleted, is_deleted=True))

    assert running.world.finding(role=APPROVED).state is State.OPEN


def test_all_is_judged_under_another_policy(running: Running) -> None:
    stricter = replace(policy_of(), statements=())
    running.world.policy = stricter

    done = running.run(JudgeAll(stricter.hash, policy_cause(stricter.hash, iso(running.world.clock()))))

    assert (done.judged, done.opened, done.resolved) == (MANY, MANY, 0)
    finding = running.world.finding(f"{FUNCTION}-000", APPROVED)
    assert finding.origin is Origin.POLICY_CHANGE
    [step] = running.world.ledger.history(finding.id)
    assert f"the policy changed to {stricter.hash}" in step.why


def test_what_is_left_of_all_when_time_is_up_is_a_task_of_its_own(running: Running) -> None:
    stricter = replace(policy_of(), statements=())
    running.world.policy, running.most_answers = stricter, 0

    done = running.run_all(JudgeAll(stricter.hash, policy_cause(stricter.hash, iso(running.world.clock()))))

    assert counted(done) == (MANY, MANY, 0)
    assert len(done) > 4


def test_how_far_the_judgement_of_all_is_stands_in_the_ledger(running: Running) -> None:
    ledger, clock = running.world.ledger, running.world.clock
    stricter = replace(policy_of(), statements=())
    running.world.policy, running.most_answers = stricter, 0
    ledger.begin_policy_judgement(stricter.hash, iso(clock()))
    clock.go_on(hours=1)
    # Given a judgement that is not done in one go
    running.run(JudgeAll(stricter.hash, policy_cause(stricter.hash, iso(clock()))))
    # Then the ledger knows that it went on, and knows its end when it has come
    assert ledger.policy_judgement() == PolicyJudgement(stricter.hash, iso(clock()))
    [(rest, _)] = running.queue.waiting
    running.queue.take()
    running.run_all(rest)
    judgement = ledger.policy_judgement()
    assert judgement is not None
    assert judgement.ended_at == iso(clock())


def test_what_is_left_is_in_the_queue_before_the_ledger_says_that_it_went_on(running: Running) -> None:
    ledger, began = running.world.ledger, iso(running.world.clock())
    policy = running.world.policy.hash
    running.most_answers, running.queue.dies_at = 0, 1
    ledger.begin_policy_judgement(policy, began)

    with pytest.raises(ConnectionError):
        running.run(JudgeAll(policy, policy_cause(policy, began)))

    assert ledger.policy_judgement() == PolicyJudgement(policy, began)


def test_under_a_policy_that_approves_all_is_resolved(running: Running) -> None:
    running.world.functions = {FUNCTION: [ROLE]}
    running.run_all(SweepAll())
    milder = policy_of()
    milder = replace(milder, statements=(replace(milder.statements[0], resources=("*",), conditions=()),))
    running.world.policy = milder

    done = running.run(JudgeAll(milder.hash, policy_cause(milder.hash, iso(running.world.clock()))))

    assert done.resolved == 1
    assert running.world.finding().state is State.RESOLVED


def test_a_task_for_a_policy_that_another_took_the_place_of_is_dropped(running: Running) -> None:
    running.world.iam.roles[APPROVED] = {}

    task = JudgeAll("0123456789ab", policy_cause("0123456789ab", iso(running.world.clock())))

    assert running.run(task) == Done()
    assert list(running.world.ledger.findings()) == []


def test_a_further_sweep_of_what_a_task_opened_tells_nothing_again(running: Running) -> None:
    running.world.policy = replace(policy_of(), responses=Responses(Stage.ALERT))
    running.world.iam.roles[APPROVED] = {}
    running.run_all(JudgeRole("orders", cause(running)))
    told = len(running.world.topic.messages)
    running.world.clock.go_on(hours=1)

    done = running.run_all(SweepAll())

    assert counted(done) == (0, 0, 0)
    assert len(running.world.topic.messages) == told == MANY


@pytest.mark.parametrize("kind", ["role", "policy"])
def test_what_iam_tells_serves_a_whole_go(
    running: Running, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """Else all that is held is asked for once each, at the pace of the sweep."""
    world, asked = running.world, set[str | None]()
    well = world.iam.evidence

    def evidence(pass_: Pass) -> Evidence:
        world.clock.go_on(seconds=1)
        asked.add(pass_.event_time)
        return well(pass_)

    monkeypatch.setattr(world.iam, "evidence", evidence)
    why = policy_cause(world.policy.hash, iso(world.clock()))

    running.run(JudgeRole("orders", cause(running)) if kind == "role" else JudgeAll(world.policy.hash, why))

    assert len(asked) == 1
