"""``passrole redrive``: dead letters go back to the queues that they were meant for, and none is lost."""

import json
from dataclasses import dataclass
from typing import Any

import boto3
import pytest

from passrole.cli.redrive import moving
from tests.unit.cli import move_tasks
from tests.unit.cli.conftest import STACK, Cloud, Run
from tests.unit.cli.move_tasks import MoveTasks, waiting
from tests.unit.samples import REGION

WORK = ("Intake", "SecondLooks", "Contain", "Email", "SecurityHub", "SelfWatch", "Tasks")
RETURNABLE = ("contain", "email", "intake", "rule", "second_looks", "security_hub", "self_watch", "tasks")


@dataclass(frozen=True)
class Queues:
    """The stack's queues, by the beginning of their output's name."""

    urls: dict[str, str]

    def fill(self, name: str, *bodies: str) -> None:
        for body in bodies:
            boto3.client("sqs").send_message(QueueUrl=self.urls[name], MessageBody=body)

    def take(self, name: str) -> list[str]:
        """What can be received of a queue; it is empty then."""
        sqs, bodies = boto3.client("sqs"), []
        while messages := sqs.receive_message(QueueUrl=self.urls[name]).get("Messages"):
            bodies.append(messages[0]["Body"])
            sqs.delete_message(QueueUrl=self.urls[name], ReceiptHandle=messages[0]["ReceiptHandle"])
        return sorted(bodies)

    def full(self) -> dict[str, int]:
        return {name: number for name, url in self.urls.items() if (number := waiting(url))}


@pytest.fixture
def queues(deployed: Cloud) -> Queues:
    sqs = boto3.client("sqs")
    dead = [f"{name}DeadLetter" for name in (*WORK, "Rule", "Sweep")]
    urls = {name: sqs.create_queue(QueueName=name)["QueueUrl"] for name in dead}
    for name in WORK:
        arn = sqs.get_queue_attributes(QueueUrl=urls[f"{name}DeadLetter"], AttributeNames=["QueueArn"])
        policy = {"deadLetterTargetArn": arn["Attributes"]["QueueArn"], "maxReceiveCount": 5}
        made = sqs.create_queue(QueueName=name, Attributes={"RedrivePolicy": json.dumps(policy)})
        urls[name] = made["QueueUrl"]
    outputs = deployed.stacks[REGION, STACK]["Outputs"]
    outputs += [{"OutputKey": f"{name}QueueUrl", "OutputValue": url} for name, url in urls.items()]
    return Queues(urls)


@pytest.fixture
def tasks(deployed: Cloud, monkeypatch: pytest.MonkeyPatch) -> MoveTasks:
    """SQS's tasks; time goes by only where somebody waits for it."""
    now = [0.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    monkeypatch.setattr(moving.time, "sleep", lambda seconds: now.__setitem__(0, now[0] + seconds))
    return move_tasks.install(monkeypatch, deployed.denied)


def test_without_a_queue_it_shows_what_waits_and_what_to_do(
    run: Run, queues: Queues, tasks: MoveTasks
) -> None:
    queues.fill("IntakeDeadLetter", "a", "b")
    queues.fill("RuleDeadLetter", "c")
    queues.fill("SweepDeadLetter", "d")

    ran = run("redrive")

    assert (ran.status, ran.err) == (0, "")
    assert ran.out.splitlines() == [
        "contain: empty",
        "email: empty",
        "intake: 2 messages; `passrole redrive intake` returns to intake",
        "rule: 1 message; `passrole redrive rule` returns to intake",
        "second_looks: empty",
        "security_hub: empty",
        "self_watch: empty",
        "sweep: 1 message, not to be returned: the next run does the work; `passrole redrive sweep` deletes",
        "tasks: empty",
        "Look at a message and at the function's log, and mend the cause, before you return any.",
    ]
    assert queues.full() == {"IntakeDeadLetter": 2, "RuleDeadLetter": 1, "SweepDeadLetter": 1}
    assert run("redrive", "--json").rows[3] == {
        "queue": "rule",
        "to": "intake",
        "waiting": 1,
        "returning": None,
    }


def test_where_nothing_waits_nothing_is_advised(run: Run, queues: Queues, tasks: MoveTasks) -> None:
    assert {line.partition(": ")[2] for line in run("redrive").out.splitlines()} == {"empty"}
    assert run("redrive", "intake").out == "intake: empty\n"
    assert tasks.tasks == {}


@pytest.mark.parametrize(
    ("name", "queue"),
    [
        ("intake", "Intake"),
        ("second_looks", "SecondLooks"),
        ("security_hub", "SecurityHub"),
        ("self_watch", "SelfWatch"),
        ("tasks", "Tasks"),
    ],
)
def test_messages_go_back_to_the_queue_that_they_were_meant_for(
    run: Run, queues: Queues, tasks: MoveTasks, name: str, queue: str
) -> None:
    queues.fill(f"{queue}DeadLetter", "a", "b", "c")
    queues.fill("ContainDeadLetter", "another's")

    ran = run("redrive", name, "--yes")

    assert (ran.status, ran.out, ran.err) == (0, f"{name}: 3 messages returned to {name}\n", "")
    assert queues.full() == {queue: 3, "ContainDeadLetter": 1}
    assert queues.take(queue) == ["a", "b", "c"]


def test_what_a_rule_could_not_deliver_goes_to_the_intake_as_it_is(
    run: Run, queues: Queues, tasks: MoveTasks
) -> None:
    events = [json.dumps({"id": str(n), "detail": {"eventName": "é\u2028"}}) for n in range(12)]
    queues.fill("RuleDeadLetter", *events)

    ran = run("redrive", "rule", "--yes", "--json")

    assert ran.rows == [
        {
            "queue": "rule",
            "to": "intake",
            "status": "returned",
            "messages": 12,
            "of": 12,
            "reason": None,
        }
    ]
    assert queues.full() == {"Intake": 12}
    assert queues.take("Intake") == sorted(events)


def test_an_event_that_did_not_arrive_stays(
    run: Run, deployed: Cloud, queues: Queues, tasks: MoveTasks
) -> None:
    queues.fill("RuleDeadLetter", "a")
    deployed.denied.add("SendMessage")

    failed = run("redrive", "rule", "--yes")
    deployed.denied.clear()
    too_early = run("redrive", "rule", "--yes")

    says = "rule: 0 of 1 message returned, then: SendMessage failed: AccessDenied: you may not\n"
    assert (failed.status, failed.out, failed.err) == (2, "", says)
    assert too_early.out.startswith("rule: 0 of 1 message returned to intake; what was received a moment ago")
    assert queues.full() == {"RuleDeadLetter": 1}


def test_an_event_that_was_not_deleted_comes_twice_at_worst(
    run: Run, deployed: Cloud, queues: Queues, tasks: MoveTasks
) -> None:
    queues.fill("RuleDeadLetter", "a")
    deployed.denied.add("DeleteMessage")

    ran = run("redrive", "rule", "--yes")

    assert ran.status == 2
    assert ran.err.endswith("then: DeleteMessage failed: AccessDenied: you may not\n")
    assert queues.full() == {"RuleDeadLetter": 1, "Intake": 1}


def test_all_leaves_the_sweeps_alone(run: Run, queues: Queues, tasks: MoveTasks) -> None:
    for name in queues.urls:
        if name.endswith("DeadLetter"):
            queues.fill(name, "x")

    ran = run("redrive", "all", "email", "--yes", "--json")

    assert tuple(row["queue"] for row in ran.rows) == RETURNABLE
    assert {row["status"] for row in ran.rows} == {"returned"}
    assert queues.full() == {**dict.fromkeys(WORK, 1), "Intake": 2, "SweepDeadLetter": 1}


def test_the_sweeps_are_deleted_if_they_are_named(run: Run, queues: Queues, tasks: MoveTasks) -> None:
    queues.fill("SweepDeadLetter", "a", "b")
    queues.fill("EmailDeadLetter", "c")

    refused = run("redrive", "email", "sweep", stdin="n\n")
    kept = queues.full()
    done = run("redrive", "email", "sweep", stdin="y\n")

    assert refused.status == 1
    assert "Return 1 message (email 1), and delete 2 messages (sweep)? [y/N]" in refused.out
    assert kept == {"SweepDeadLetter": 2, "EmailDeadLetter": 1}
    assert done.out.splitlines()[1:] == [
        "email: 1 message returned to email",
        "sweep: 2 messages deleted, as the next run does the work",
    ]
    assert queues.full() == {"Email": 1}


def test_nobody_is_asked_twice_nor_passed_over(run: Run, queues: Queues, tasks: MoveTasks) -> None:
    queues.fill("IntakeDeadLetter", "a")

    ran = run("redrive", "intake")

    assert (ran.status, ran.err) == (2, "nobody answers here; give --yes\n")
    assert queues.full() == {"IntakeDeadLetter": 1}


def test_what_takes_more_than_a_minute_goes_on_by_itself(run: Run, queues: Queues, tasks: MoveTasks) -> None:
    queues.fill("IntakeDeadLetter", *map(str, range(40)))
    tasks.rate = 1

    ran = run("redrive", "intake", "--yes")
    seen = run("redrive")
    listed = run("redrive", "--json")

    goes_on = "SQS goes on by itself, and `passrole redrive` shows how far it is"
    assert ran.status == 0
    assert ran.out == f"intake: 31 of 40 messages returned; {goes_on}\n"
    assert ran.err.splitlines()[0] == "intake: 1 of 40 messages returned"
    assert f"intake: 32 of 40 messages returned; {goes_on}" in seen.out
    assert "mend the cause" not in seen.out
    assert listed.rows[2]["returning"] == {"messages": 33, "of": 40}


def test_a_task_that_runs_already_is_followed(run: Run, queues: Queues, tasks: MoveTasks) -> None:
    queues.fill("IntakeDeadLetter", *map(str, range(40)))
    tasks.rate = 1
    run("redrive", "intake", "--yes")
    tasks.rate = 3

    ran = run("redrive", "intake", "--yes")

    assert (ran.status, ran.out) == (0, "intake: 40 messages returned to intake\n")
    assert [len(started) for started in tasks.tasks.values()] == [1]
    assert queues.full() == {"Intake": 40}


def test_an_earlier_task_is_not_taken_for_the_new_one(run: Run, queues: Queues, tasks: MoveTasks) -> None:
    queues.fill("IntakeDeadLetter", "a", "b", "c")
    run("redrive", "intake", "--yes")
    queues.fill("IntakeDeadLetter", "d")
    tasks.lag = 3

    ran = run("redrive", "intake", "--yes")

    assert ran.out == "intake: 1 message returned to intake\n"
    assert queues.full() == {"Intake": 4}


def test_one_queue_that_fails_does_not_stop_the_others(run: Run, queues: Queues, tasks: MoveTasks) -> None:
    queues.fill("EmailDeadLetter", "a", "b")
    queues.fill("RuleDeadLetter", "c")
    tasks.rate, tasks.fails = 1, "CouldNotDoIt\x1b[2J"

    ran = run("redrive", "all", "--yes")

    assert ran.status == 2
    assert ran.err == "email: 1 of 2 messages returned, then: CouldNotDoIt\\x1b[2J\n"
    assert "rule: 1 message returned to intake" in ran.out


def test_a_task_that_somebody_stops_is_no_success(
    run: Run, queues: Queues, tasks: MoveTasks, monkeypatch: pytest.MonkeyPatch
) -> None:
    queues.fill("EmailDeadLetter", "a", "b")
    tasks.rate = 1
    go_on = tasks._go_on

    def stopped(task: dict[str, Any]) -> None:
        go_on(task)
        tasks._end(task, "CANCELLED")

    monkeypatch.setattr(tasks, "_go_on", stopped)

    ran = run("redrive", "email", "--yes")

    assert (ran.status, ran.out) == (2, "")
    assert ran.err == "email: somebody stopped it: 1 of 2 messages returned\n"


@pytest.mark.parametrize(
    ("denied", "says"),
    [
        ("GetQueueAttributes", "GetQueueAttributes failed: AccessDenied: you may not"),
        ("ListMessageMoveTasks", "ListMessageMoveTasks failed: AccessDenied: you may not"),
        (
            "StartMessageMoveTask",
            "intake: 0 messages returned, then: StartMessageMoveTask failed: AccessDenied: you may not",
        ),
        ("AssumeRole", "must be among the operators in guardrail.yaml"),
    ],
)
def test_what_aws_refuses_is_one_clear_line(
    run: Run, deployed: Cloud, queues: Queues, tasks: MoveTasks, denied: str, says: str
) -> None:
    queues.fill("IntakeDeadLetter", "a")
    deployed.denied.add(denied)

    ran = run("redrive", "intake", "--yes")

    assert (ran.status, ran.out) == (2, "")
    assert says in ran.err
    assert ran.err.count("\n") == 1
    deployed.denied.clear()
    assert queues.full() == {"IntakeDeadLetter": 1}


def test_a_queue_that_is_not_there_is_named_with_those_that_are(
    run: Run, queues: Queues, tasks: MoveTasks
) -> None:
    ran = run("redrive", "intake", "slack", "--yes")

    assert ran.status == 2
    assert (
        f"no dead-letter queue 'slack'; expected {', '.join(sorted((*RETURNABLE, 'sweep')))} or all"
        in ran.err
    )


def test_nothing_is_deleted_because_its_queue_is_unknown(
    run: Run, deployed: Cloud, queues: Queues, tasks: MoveTasks
) -> None:
    outputs = deployed.stacks[REGION, STACK]["Outputs"]
    outputs.remove({"OutputKey": "IntakeQueueUrl", "OutputValue": queues.urls["Intake"]})
    queues.fill("IntakeDeadLetter", "a")

    ran = run("redrive", "intake", "--yes")

    assert (ran.status, ran.err.count("\n")) == (2, 1)
    assert "no output IntakeQueueUrl" in ran.err
    assert queues.full() == {"IntakeDeadLetter": 1}


def test_what_is_not_the_guards_is_said_so(run: Run, deployed: Cloud, tasks: MoveTasks) -> None:
    assert "no dead-letter queue among its outputs" in run("redrive").err
