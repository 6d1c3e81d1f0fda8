"""The story in its order: an account, a guard, people at work, what the guard did about it, a release."""

from passrole.demo import acting, ending, replaying, responding
from passrole.demo.observer import Observer, scan_of
from passrole.demo.stage import Stage


class StoryError(Exception):
    """The story cannot go on; the message says why."""


def tell(stage: Stage) -> None:
    """Tells the whole story.

    Raises:
        StoryError: the guard could not be synthesized.
    """
    _make_account(stage)
    _deploy(stage)
    acting.ship(stage)
    acting.be_refused(stage)
    replaying.replay(stage)
    responding.show_alert(stage)
    responding.show_containment(stage)
    responding.release(stage)
    ending.check_the_whole(stage)


def _make_account(stage: Stage) -> None:
    stage.step(
        "An AWS account",
        "Account 111122223333 in eu-west-1, on an emulator on this machine, with IAM enforced: "
        "people and functions can do what their policies allow, and no more.",
    )
    with stage.screen.waiting("roles and people"), stage.timed("account"):
        stage.world.make_account()
    stage.note(
        "dana.novak develops. Her policy lets her pass roles below three paths: IAM cannot look at tags here."
    )
    stage.note("sam.okafor is on call, and may take the guard's operator role.")
    stage.note("orders-worker, a function, has held role admin/break-glass since before there was a guard.")


def _deploy(stage: Stage) -> None:
    stage.step("The guard", "The CDK app is synthesized as for AWS, and that very template is deployed.")
    with stage.screen.waiting("the CDK app"), stage.timed("synthesis"):
        finished = stage.world.finish_synthesis()
    stage.told.policy = stage.world.policy
    if finished.status != 0:
        raise StoryError(f"app.py ended with status {finished.status}:\n{finished.output}")
    with stage.screen.waiting("CloudFormation"), stage.timed("deployment"):
        stage.told.resources = stage.world.deploy_guard()
    outputs = stage.world.outputs
    stage.note(
        f"{stage.told.resources} resources deployed in {stage.told.timings['deployment']:.1f} s. "
        f"{len(outputs['RuleNames'].split(','))} EventBridge rules put the events of calls that pass roles "
        "into a queue, from which the function detect judges them."
    )
    stage.inbox = stage.world.open_inbox()
    scan = scan_of(stage.world.client("dynamodb"), outputs["LedgerTable"])
    stage.watch(Observer(scan, stage.world.webhook.messages))
