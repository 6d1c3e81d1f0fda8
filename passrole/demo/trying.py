"""The part of the story in which the guard is deployed: as a dry run at first, then so that it acts."""

import time

from passrole.demo import cast
from passrole.demo.acting import create
from passrole.demo.judging import Expected, follow
from passrole.demo.observer import Observer, scan_of
from passrole.demo.seen import Act
from passrole.demo.stage import Stage
from passrole.demo.world import DRY_RUN, REAL, function_state
from passrole.finding import News, State
from passrole.policy import Decision

_NAME, _ROLE = "ledger-export", cast.LEDGER_EXPORT
_REASON = "CHG-2467: nobody in finance knows this function"


class StoryError(Exception):
    """The story cannot go on; the message says why."""


def deploy(stage: Stage) -> None:
    """The guard is deployed with a policy that lets it contain nothing.

    Raises:
        StoryError: the guard could not be synthesized.
    """
    stage.step("The guard", "The CDK app is synthesized as for AWS, and that very template is deployed.")
    stage.told.policy = stage.world.policy
    _deploy(stage, DRY_RUN)
    stage.world.begin_synthesis(REAL, stage.world.policy)  # while the dry run goes on
    outputs = stage.world.outputs
    stage.note(
        f"{stage.told.resources} resources deployed in {stage.told.timings['deployment']:.1f} s. "
        f"{len(outputs['RuleNames'].split(','))} EventBridge rules put the events of calls that pass roles "
        "into a queue, from which the function detect judges them."
    )
    stage.inbox = stage.world.open_inbox()
    scan = scan_of(stage.world.client("dynamodb"), outputs["LedgerTable"])
    stage.watch(Observer(scan, stage.world.webhook.messages))


def look_at_what_exists(stage: Stage) -> None:
    """The sweep finds what no event told of, before anything else happens."""
    stage.step(
        "What exists already",
        "No event tells of roles that were handed over before. The sweep lists what holds a role; what it "
        "finds is told, and not contained unless the policy asks for that.",
    )
    finished = stage.run("sweep")
    stage.expect("the sweep ends", 0, finished.status)
    name = cast.FUNCTION_FROM_BEFORE
    observer = stage.observer

    def is_told() -> bool:
        found = [f.id for f in observer.findings.values() if (f.resource or "").endswith(f":{name}")]
        return any(alert.finding_id in found for alert in observer.alerts)

    stage.expect(f"the sweep finds {name}", True, stage.follow(is_told, "1 alert"))


def try_dry(stage: Stage) -> None:
    """A violation in the dry run, and what would have been done about it."""
    stage.step(
        "A dry run",
        "The policy says quarantine, and dry_run: true. The guard judges and tells, and touches nothing.",
    )
    act = create(stage, _NAME, _ROLE)
    service = "lambda.amazonaws.com"
    expected = Expected(act, cast.DEVELOPER, _ROLE.shown, service, _NAME, Decision.VIOLATION, alerts=2)
    follow(stage, [expected])
    now = function_state(stage.world.client("lambda"), _NAME)
    stage.expect("a dry run touches nothing", stage.before[_NAME], now)
    would = stage.observer.step_of(act, News.WOULD_CONTAIN)
    stage.expect(f"the dry run tells that {_NAME} would have been contained", True, would is not None)
    stage.screen.space()
    finished = stage.run("findings", "list", "--would-contain")
    stage.expect(f"the list of what would have been contained has {_NAME}", True, _NAME in finished.output)


def let_it_act(stage: Stage) -> None:
    """The line is taken out of the policy, and a person decides about what the dry run found.

    Raises:
        StoryError: the guard could not be synthesized.
    """
    stage.step(
        "From the dry run to acts",
        "Sam has seen enough: dry_run is taken out of the policy. What the dry run found is contained when "
        "somebody approves that, or when the role is passed again.",
    )
    _deploy(stage, REAL)
    stage.note(f"The stack was updated in {stage.told.timings['update']:.1f} s.")
    finding = stage.observer.finding_of(stage.acts[_NAME])
    if finding is None:
        stage.expect("there is a finding to approve", "a finding", None)
        return
    act = stage.begin(Act("approve", _NAME, time.time()))
    stage.screen.space()
    finished = stage.run("findings", "approve", finding.id, "--yes", "--reason", _REASON)
    stage.expect("the approval succeeds", 0, finished.status)
    observer = stage.observer

    def is_done() -> bool:
        return observer.step_of(act, News.CONTAINED) is not None and len(observer.alerts_of(act)) >= 2

    stage.follow(is_done, "2 alerts, 1 containment")
    stage.expect(
        f"{_NAME}, approved for that, is contained", State.CONTAINED, observer.findings[finding.id].state
    )


def _deploy(stage: Stage, assembly: str) -> None:
    with stage.screen.waiting("the CDK app"), stage.timed("synthesis"):
        finished = stage.world.finish_synthesis(assembly)
    if finished.status != 0:
        raise StoryError(f"app.py ended with status {finished.status}:\n{finished.output}")
    with (
        stage.screen.waiting("CloudFormation"),
        stage.timed("deployment" if assembly == DRY_RUN else "update"),
    ):
        stage.told.resources = stage.world.deploy_guard(assembly)
