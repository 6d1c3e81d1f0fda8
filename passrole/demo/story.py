"""The story in its order: an account, a guard, people at work, what the guard did about it, releases."""

from passrole.demo import acting, ending, releasing, replaying, responding, trying
from passrole.demo.stage import Stage


def tell(stage: Stage) -> None:
    """Tells the whole story.

    Raises:
        StoryError: the guard could not be synthesized.
    """
    _make_account(stage)
    trying.deploy(stage)
    trying.look_at_what_exists(stage)
    trying.try_dry(stage)
    trying.let_it_act(stage)
    acting.ship(stage)
    acting.be_refused(stage)
    replaying.replay(stage)
    responding.show_alert(stage)
    responding.show_containment(stage)
    releasing.refuse(stage)
    releasing.release(stage)
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
