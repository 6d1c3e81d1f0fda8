"""The part of the story that shows what the guard did: the alert, the containments, and a release of one."""

import time
from collections.abc import Mapping

from botocore.exceptions import ClientError

from passrole.alerts.names import short_role
from passrole.arn import parse_instance_profile_arn
from passrole.demo import cast
from passrole.demo.seen import Act
from passrole.demo.stage import Stage
from passrole.demo.telling import Change, Exhibit
from passrole.demo.world import State, function_state, instance_state, refusal_of
from passrole.finding import Finding, News
from passrole.finding import State as Life
from passrole.policy import Decision

_FUNCTIONS = ("orders-api", "ledger-export", "resize-image", "invoice-mailer", cast.FUNCTION_FROM_BEFORE)
_REASON = "CHG-2481: web frontend keeps its old role until Friday"


def show_alert(stage: Stage) -> None:
    """One alert in full, as it arrived."""
    stage.step("What people were told", "The alert about ledger-export, as it arrived at the Slack webhook.")
    alerts = stage.observer.alerts_of(stage.acts["ledger-export"])
    stage.exhibit(Exhibit.ALERTS)
    for alert in alerts:
        if alert.news is News.OPENED:
            stage.screen.message(alert.payload)
    stage.screen.space()
    stage.told.mails = stage.inbox.take() if stage.inbox else []
    stage.note(
        f"{len(stage.observer.alerts)} messages so far; as many went to the topic that e-mails come from."
    )
    stage.expect("each alert is e-mailed too", len(stage.observer.alerts), len(stage.told.mails))


def show_containment(stage: Stage) -> None:
    """The resources before and after, and that an invocation is refused."""
    stage.step(
        "What was contained",
        "Functions get no concurrency, an instance loses its profile. Nothing is deleted.",
    )
    functions, instance = stage.world.client("lambda"), stage.acts["instance"].about
    now = {name: function_state(functions, name) for name in _FUNCTIONS}
    now[instance] = instance_state(stage.world.client("ec2"), instance)
    stage.contained = now
    stage.exhibit(Exhibit.CHANGES)
    _print_states(stage, now)
    for name in _FUNCTIONS[1:]:
        stage.expect(f"{name} has concurrency 0", "0", now[name]["concurrency"])
    stage.expect("orders-api, approved, is untouched", stage.before["orders-api"], now["orders-api"])
    stage.expect("the instance is without its profile", "none", now[instance]["instance profile"])
    stage.screen.space()
    _invoke(stage)


def release(stage: Stage) -> None:
    """The person on call gives the instance its profile back, with the command that people use."""
    stage.step(
        "A release",
        "Sam looks into it, and gives the instance its profile back. That passes the role once more.",
    )
    act_before, instances = stage.acts["instance"], stage.world.client("ec2")
    finding = stage.observer.finding_of(act_before)
    if finding is None:
        stage.expect("there is a finding to release", "a finding", None)
        return
    findings = set(stage.observer.findings)
    stage.told.command = f'passrole findings release {finding.id} --yes --reason "{_REASON}"'
    started = time.time()
    with stage.screen.waiting("the command"), stage.timed("release"):
        finished = stage.world.release(finding.id, _REASON)
    stage.told.command_output = finished.output
    stage.exhibit(Exhibit.COMMAND)
    stage.screen.output(stage.told.command, finished.output)
    act = stage.begin(Act("AssociateIamInstanceProfile", act_before.about, started))
    stage.expect("the release succeeds", 0, finished.status)
    stage.follow(lambda: _is_told(stage, act, finding), "the guard to see its own release")
    stage.screen.space()
    end = instance_state(instances, act_before.about)
    stage.expect("the instance has its profile again", stage.before[act_before.about], end)
    stage.fact("instance", f"{act_before.about} holds {_short(end['instance profile'])} again")
    passes = stage.observer.passes_of(act)
    stage.expect("the guard knows its own release", [Decision.EXEMPT], [seen.decision for seen in passes])
    stage.expect("the release makes no finding", sorted(findings), sorted(stage.observer.findings))
    now = stage.observer.findings[finding.id]
    stage.expect("the finding is released", Life.RELEASED, now.state)
    _note_changes(stage, act_before.about, end)


def _is_told(stage: Stage, act: Act, finding: Finding) -> bool:
    news = [alert.news for alert in stage.observer.alerts if alert.finding_id == finding.id]
    return bool(stage.observer.passes_of(act)) and News.RELEASED in news


def _invoke(stage: Stage) -> None:
    functions = stage.world.emulator.client("lambda", credentials=stage.world.developer)
    answers = {}
    for name in ("orders-api", "ledger-export"):
        refusal = refusal_of(lambda name=name: functions.invoke(FunctionName=name), ClientError)  # type: ignore[misc]
        answers[name] = refusal.partition(":")[0] if refusal else "answers"
        stage.fact("invoke", f"{name}: {answers[name]}")
    stage.expect("orders-api can be invoked", "answers", answers["orders-api"])
    stage.expect("ledger-export cannot be invoked", "TooManyRequestsException", answers["ledger-export"])


def _print_states(stage: Stage, now: Mapping[str, State]) -> None:
    rows = [
        [name, about, _short(value), _short(now[name][about])]
        for name in now
        for about, value in stage.before[name].items()
        if about != "execution role"
    ]
    stage.screen.states(["resource", "", "before", "now"], rows)


def _note_changes(stage: Stage, instance: str, end: State) -> None:
    ends = {name: function_state(stage.world.client("lambda"), name) for name in _FUNCTIONS} | {instance: end}
    stage.told.changes = [
        Change(name, about, _short(value), _short(stage.contained[name][about]), _short(ends[name][about]))
        for name in ends
        for about, value in stage.before[name].items()
        if about != "execution role"
    ]


def _short(value: str) -> str:
    arn = parse_instance_profile_arn(value)
    return arn.name if arn else short_role(value)
