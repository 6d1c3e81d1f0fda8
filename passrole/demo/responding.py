"""The part of the story that shows what the guard did: the alert, and the containments."""

from collections.abc import Mapping

from botocore.exceptions import ClientError

from passrole.arn import parse_instance_profile_arn
from passrole.demo import cast
from passrole.demo.stage import Stage
from passrole.demo.telling import Exhibit
from passrole.demo.world import State, function_state, instance_state, refusal_of
from passrole.finding import News
from passrole.names import short_role

FUNCTIONS = ("orders-api", "ledger-export", "resize-image", "invoice-mailer", cast.FUNCTION_FROM_BEFORE)
_BY_A_RULE = "tells you this by itself"


def show_alert(stage: Stage) -> None:
    """One alert in full, as it arrived."""
    stage.step("What people were told", "The alert about ledger-export, as it arrived at the Slack webhook.")
    alerts = stage.observer.alerts_of(stage.acts["ledger-export"])
    stage.exhibit(Exhibit.ALERTS)
    for alert in alerts:
        if alert.news is News.OPENED:
            stage.screen.message(alert.payload)
    stage.screen.space()
    mails = stage.inbox.take() if stage.inbox else []
    by_rules = [mail for mail in mails if _BY_A_RULE in mail["Message"]]
    stage.told.mails = [mail for mail in mails if mail not in by_rules]
    stage.note(
        f"{len(stage.observer.alerts)} messages so far; as many went to the topic that e-mails come from. "
        "And a rule that needs no code e-mailed that the guard was deployed anew, so that it acts."
    )
    stage.expect("each alert is e-mailed too", len(stage.observer.alerts), len(stage.told.mails))
    stage.expect("a rule e-mails by itself that the guard was deployed anew", 1, len(by_rules))


def show_containment(stage: Stage) -> None:
    """The resources before and after, and that an invocation is refused."""
    stage.step(
        "What was contained",
        "Functions get no concurrency, an instance loses its profile. Nothing is deleted.",
    )
    functions, instance = stage.world.client("lambda"), stage.acts["instance"].about
    now = {name: function_state(functions, name) for name in FUNCTIONS}
    now[instance] = instance_state(stage.world.client("ec2"), instance)
    stage.contained = now
    stage.exhibit(Exhibit.CHANGES)
    _print_states(stage, now)
    for name in FUNCTIONS[1:]:
        stage.expect(f"{name} has concurrency 0", "0", now[name]["concurrency"])
    stage.expect("orders-api, approved, is untouched", stage.before["orders-api"], now["orders-api"])
    stage.expect("the instance is without its profile", "none", now[instance]["instance profile"])
    stage.screen.space()
    _invoke(stage)


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
        [name, about, shown_value(value), shown_value(now[name][about])]
        for name in now
        for about, value in stage.before[name].items()
        if about != "execution role"
    ]
    stage.screen.states(["resource", "", "before", "now"], rows)


def shown_value(value: str) -> str:
    """A property of a resource, as the tables have it: profiles and roles by name."""
    arn = parse_instance_profile_arn(value)
    return arn.name if arn else short_role(value)
