"""The part of the story in which a person releases: refused where others changed things, then done."""

import time
from functools import partial

from passrole.demo.responding import FUNCTIONS, shown_value
from passrole.demo.seen import Act
from passrole.demo.stage import Stage
from passrole.demo.telling import Change
from passrole.demo.world import State, function_state, instance_state
from passrole.finding import Finding, News
from passrole.finding import State as Life
from passrole.policy import Decision

_REASON = "CHG-2481: web frontend keeps its old role until Friday"
_CHANGED, _CHANGED_TO = "resize-image", 5


def refuse(stage: Stage) -> None:
    """Somebody changed what was contained: a release would overwrite that, and is refused."""
    stage.step(
        "A release that is refused",
        f"Meanwhile an administrator gave {_CHANGED} a concurrency of {_CHANGED_TO}. A release would put "
        "the old state over that, so it does nothing, and says why.",
    )
    finding = stage.observer.finding_of(stage.acts[_CHANGED])
    if finding is None:
        stage.expect("there is a finding that cannot be released", "a finding", None)
        return
    functions = stage.world.client("lambda")
    reserve = partial(functions.put_function_concurrency, FunctionName=_CHANGED)
    reserve(ReservedConcurrentExecutions=_CHANGED_TO)
    finished = stage.run("findings", "release", finding.id, "--yes", "--reason", "CHG-2480: it is needed")
    now = function_state(functions, _CHANGED)["concurrency"]
    stage.observer.look()
    is_refused = finished.status != 0 and "changed since the containment" in finished.output
    stage.expect("a release of what was changed meanwhile is refused", True, is_refused)
    stage.expect("what was changed is not overwritten", str(_CHANGED_TO), now)
    stage.expect("it is still held", Life.CONTAINED, stage.observer.findings[finding.id].state)
    reserve(ReservedConcurrentExecutions=0)
    stage.note("The administrator takes that back: it is contained as before.")


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
    started = time.time()
    with stage.timed("release"):
        finished = stage.run("findings", "release", finding.id, "--yes", "--reason", _REASON)
    act = stage.begin(Act("AssociateIamInstanceProfile", act_before.about, started))
    stage.expect("the release succeeds", 0, finished.status)
    stage.follow(lambda: _is_told(stage, act, finding), "the guard to see its own release")
    stage.screen.space()
    end = instance_state(instances, act_before.about)
    stage.expect("the instance has its profile again", stage.before[act_before.about], end)
    stage.fact("instance", f"{act_before.about} holds {shown_value(end['instance profile'])} again")
    passes = stage.observer.passes_of(act)
    stage.expect("the guard knows its own release", [Decision.EXEMPT], [seen.decision for seen in passes])
    stage.expect("the release makes no finding", sorted(findings), sorted(stage.observer.findings))
    now = stage.observer.findings[finding.id]
    stage.expect("the finding is released", Life.RELEASED, now.state)
    _note_changes(stage, act_before.about, end)


def _is_told(stage: Stage, act: Act, finding: Finding) -> bool:
    news = [alert.news for alert in stage.observer.alerts if alert.finding_id == finding.id]
    return bool(stage.observer.passes_of(act)) and News.RELEASED in news


def _note_changes(stage: Stage, instance: str, end: State) -> None:
    ends = {name: function_state(stage.world.client("lambda"), name) for name in FUNCTIONS} | {instance: end}
    stage.told.changes = [
        Change(
            name,
            about,
            shown_value(value),
            shown_value(stage.contained[name][about]),
            shown_value(ends[name][about]),
        )
        for name in ends
        for about, value in stage.before[name].items()
        if about != "execution role"
    ]
