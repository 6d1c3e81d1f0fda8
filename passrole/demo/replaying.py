"""The part of the story in which recorded events come: honest, forged, and repeated ones."""

import time
from datetime import UTC, datetime
from functools import partial

from passrole.demo import cast
from passrole.demo.judging import Expected, follow
from passrole.demo.recorded import Recorded, load_recorded
from passrole.demo.seen import Act
from passrole.demo.stage import Stage
from passrole.demo.world import ROOT, function_state
from passrole.emulator.events import EventRefusedError
from passrole.finding import News, State
from passrole.policy import Decision

_ECS, _GLUE, _STATES, _LAMBDA = (
    f"{name}.amazonaws.com" for name in ("ecs-tasks", "glue", "states", "lambda")
)
_DELIVERIES = 3
_SSO_USER = "Developer/mika.berg@example.com"
_PIPELINE = "deploy-pipeline/build-4711"


def replay(stage: Stage) -> None:
    """Events of further services, a forged one, and one that is delivered three times."""
    stage.step(
        "Events recorded elsewhere",
        "Records in the shape that CloudTrail writes, from the project's tests, put on the bus as AWS does.",
    )
    forged = _forge(stage)
    violation, undetermined = Decision.VIOLATION, Decision.UNDETERMINED
    ecs = _put(stage, "ecs_register_task_definition", "two roles in one task definition")
    in_task = partial(Expected, ecs, _SSO_USER, service=_ECS, resource="checkout:17", alerts=1)
    follow(
        stage,
        [
            in_task(role=cast.CHECKOUT_TASK.shown, decision=Decision.APPROVED),
            in_task(role=cast.TASK_EXECUTION.shown, decision=violation),
        ],
    )
    glue = _put(stage, "glue_create_job_by_role_name", "a role by its name; the policy says observe")
    job, role = "nightly-orders-export", cast.GLUE_ORDERS.shown
    follow(stage, [Expected(glue, cast.DEVELOPER, role, _GLUE, job, violation, alerts=0)])
    states = _put(stage, "states_create_state_machine", "a role that was deleted meanwhile")
    role = cast.ORDER_FLOW.shown
    follow(stage, [Expected(states, _PIPELINE, role, _STATES, "order-flow", undetermined, alerts=1)])
    stage.expect("what the policy only observes is told to nobody", 0, len(stage.observer.alerts_of(glue)))
    finding = stage.observer.finding_of(states)
    stage.expect("what cannot be judged is not contained", State.OPEN, finding.state if finding else None)
    _deliver_repeatedly(stage)
    passes = [seen for seen in stage.observer.passes if seen.pass_.event_id == forged.event_id]
    stage.expect("the forged event changes nothing", 0, len(passes))


def _put(stage: Stage, name: str, about: str) -> Act:
    recorded = load_recorded(ROOT, name, datetime.now(UTC))
    stage.screen.space()
    stage.fact(recorded.source, f"{recorded.record['eventName']}: {about}")
    act = stage.begin(Act(recorded.record["eventName"], about, time.time(), recorded.event_id))
    stage.world.emulator.put_event(recorded.record)
    return act


def _forge(stage: Stage) -> Recorded:
    """Somebody with the right to put events plays CloudTrail, to have a function contained."""
    recorded = load_recorded(ROOT, "lambda_create_function_undated", datetime.now(UTC))
    arn = stage.world.client("lambda").get_function_configuration(FunctionName="orders-api")["FunctionArn"]
    forged = Recorded(
        recorded.name,
        recorded.source,
        recorded.record
        | {
            "eventID": "00000000-0000-4000-8000-000000000001",
            "requestParameters": recorded.record["requestParameters"] | {"functionName": "orders-api"},
            "responseElements": recorded.record["responseElements"] | {"functionArn": arn},
        },
    )
    try:
        stage.world.emulator.put_raw_event(forged.source, forged.record)
        answer = "taken"
    except EventRefusedError as error:
        answer = str(error)
    stage.fact("forged", f"with source {forged.source}: {answer}")
    stage.expect("the bus takes no event of AWS's from a customer", True, answer.startswith("NotAuthorized"))
    stage.world.emulator.put_raw_event("acme.deployments", forged.record)
    stage.fact("forged", "with source acme.deployments: on the bus, against orders-api")
    return forged


def _deliver_repeatedly(stage: Stage) -> None:
    recorded = load_recorded(ROOT, "lambda_update_function_role", datetime.now(UTC))
    name, role = cast.FUNCTION_FROM_BEFORE, cast.BREAK_GLASS
    stage.before[name] = function_state(stage.world.client("lambda"), name)
    act = stage.begin(Act(recorded.record["eventName"], name, time.time(), recorded.event_id))
    stage.screen.space()
    stage.fact(recorded.source, f"{recorded.record['eventName']} of {name}, delivered {_DELIVERIES} times")
    stage.note("The sweep found that one: an event, however late, tells who did it, and has it contained.")
    for _ in range(_DELIVERIES):
        stage.world.emulator.put_event(recorded.record)
    expected = Expected(act, cast.DEVELOPER, role.shown, _LAMBDA, name, Decision.VIOLATION, 2, True)
    follow(stage, [expected])
    stage.follow(stage.world.queues_are_empty, "the repeats to be worked off")
    finding = stage.observer.finding_of(act)
    steps = [seen.step.news for seen in stage.observer.steps if finding and seen.finding.id == finding.id]
    told = [alert.title for alert in stage.observer.alerts_of(act)]
    stage.expect(f"delivered {_DELIVERIES} times: counted once", 1, finding.passes if finding else None)
    stage.expect(
        f"delivered {_DELIVERIES} times: opened again once, contained once",
        [News.OPENED, News.REOPENED, News.CONTAINED],
        steps,
    )
    stage.expect(f"delivered {_DELIVERIES} times: one alert of each", 2, len(told))
    stage.acts[name] = act
