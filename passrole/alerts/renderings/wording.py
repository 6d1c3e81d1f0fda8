"""The sentences of an alert, said once for every channel.

A channel passes in ``quote``, which makes a name from the record safe for it; all other words are the
project's own. What is returned as ``Prose`` or in a ``Fact`` is raw text from the record or the policy: the
channel must make it safe.
"""

from collections.abc import Callable
from dataclasses import dataclass

from passrole.alerts.alert import Alert
from passrole.alerts.renderings import changes, links
from passrole.clock import parse_time
from passrole.finding import APPROVED_NOW, BEGUN, GUARD, NO_ACT, Finding, News, State
from passrole.guard import Trouble
from passrole.names import short_passer, short_principal, short_resource, short_role, shown
from passrole.passes import SWEPT, Origin, Outcome
from passrole.policy import Decision, Stage

Quote = Callable[[str], str]
Prose = str

REPEAT = "(may be a repeat: an earlier delivery was not confirmed)"
MOST_REASONS = 5
_ACCOUNT_NAME = 60  # characters: AWS takes 50

_SERVICES = {
    "ec2.amazonaws.com": "EC2",
    "ecs-tasks.amazonaws.com": "ECS tasks",
    "glue.amazonaws.com": "Glue",
    "lambda.amazonaws.com": "Lambda",
    "states.amazonaws.com": "Step Functions",
}
_KINDS = {
    "apprunner:service": "App Runner service",
    "autoscaling:autoScalingGroup": "Auto Scaling group",
    "batch:compute-environment": "Batch compute environment",
    "cloudformation:stack": "CloudFormation stack",
    "codebuild:project": "CodeBuild project",
    "codepipeline:pipeline": "CodePipeline pipeline",
    "ec2:instance": "EC2 instance",
    "ec2:launch-template": "EC2 launch template",
    "ecs:service": "ECS service",
    "ecs:task": "ECS task",
    "ecs:task-definition": "ECS task definition",
    "events:rule": "EventBridge rule",
    "glue:job": "Glue job",
    "iot:rule": "IoT rule",
    "kinesisanalytics:application": "Flink application",
    "lambda:function": "Lambda function",
    "pipes:pipe": "EventBridge pipe",
    "rds:cluster": "RDS cluster",
    "rds:db": "RDS instance",
    "redshift:cluster": "Redshift cluster",
    "s3:bucket": "S3 bucket",
    "sagemaker:notebook-instance": "SageMaker notebook instance",
    "scheduler:schedule": "EventBridge schedule",
    "states:stateMachine": "Step Functions state machine",
}
_NEWS_TITLES = {
    News.CONTAINMENT_WAITS: "Containment waits",
    News.APPROVED: "Containment approved",
    News.WOULD_CONTAIN: "Would have been contained",
    News.UNDONE: "Containment undone",
    News.EXEMPTED: "Exempted",
    News.CONTAINED: "Contained",
    News.CONTAINMENT_REFUSED: "Not contained",
    News.CONTAINMENT_FAILED: "Containment failed",
    News.RELEASED: "Released",
    News.RESOLVED: "Resolved",
}
_DONE_TITLES = {
    News.CONTAINMENT_WAITS: "What it waits for",
    News.APPROVED: "Reason given",
    News.UNDONE: "What was seen",
    News.EXEMPTED: "Reason given",
    News.CONTAINMENT_REFUSED: "Why not",
    News.CONTAINMENT_FAILED: "What went wrong",
    News.RELEASED: "Reason given",
    News.RESOLVED: "Why",
}
_STILL_RUNS = "Still runs: "


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of the facts: ``value`` and ``note`` are raw text from the record.

    Attributes:
        link: a page of the AWS console about it: safe as it stands.
    """

    label: str
    value: str
    note: str = ""
    link: str | None = None


@dataclass(frozen=True, slots=True)
class Command:
    """What a person can type next, and why they would."""

    purpose: str
    line: str


_TROUBLES: dict[str, str] = {
    Trouble.BREAKER_TRIPPED: "The guardrail has stopped containing resources",
    Trouble.SWITCHED_OFF: "Quarantine was switched off",
    Trouble.ALARM_RINGS: "An alarm of the guardrail rings",
}
_REMEDIES: dict[str, tuple[Command, ...]] = {
    Trouble.BREAKER_TRIPPED: (
        Command("See why", "passrole quarantine status"),
        Command("Let it go on", 'passrole quarantine reset --reason "…"'),
    ),
    Trouble.SWITCHED_OFF: (Command("Let it go on", 'passrole quarantine on --reason "…"'),),
    Trouble.ALARM_RINGS: (Command("See what is wrong", "passrole doctor"),),
    Trouble.GUARD_CHANGED: (Command("See what is missing", "passrole doctor"),),
    Trouble.TRAIL_BLINDED: (Command("See which trails still log", "passrole doctor"),),
}


def title(alert: Alert) -> str:
    """A few words of our own, no name in them: what kind of news this is."""
    news = alert.step.news
    if alert.finding.is_about_guard:
        return f"{_NEWS_TITLES.get(news, 'Trouble')}: the guardrail itself"
    if news in _NEWS_TITLES:
        return f"{_NEWS_TITLES[news]}: {kind_of(alert.finding)}"
    again = {News.REOPENED: ", again", News.EXEMPTION_ENDED: ", exempt no longer"}.get(news, "")
    return f"{_what_kind_of_pass(alert.finding)}{again}"


def happened(alert: Alert, quote: Quote) -> str:
    """What happened, in one sentence without its full stop."""
    finding, news = alert.finding, alert.step.news
    who, role = quote(short_passer(finding.passer)), quote(short_role(finding.role))
    thing = resource_of(finding, quote)
    if changes.is_change(finding):
        changed = changes.happened(finding, quote)
        return f"This is over: {changed}" if news is News.RESOLVED else changed
    if finding.is_about_guard:
        trouble = _TROUBLES.get(finding.event_name, "Something is wrong with the guardrail itself")
        return f"This is over: {trouble[:1].lower()}{trouble[1:]}" if news is News.RESOLVED else trouble
    match news:
        case News.CONTAINMENT_WAITS:
            return f"{thing} is not contained yet: {who} gave it role {role}"
        case News.APPROVED:
            return f"{quote(short_principal(alert.step.who) or 'Somebody')} has {thing} contained"
        case News.WOULD_CONTAIN:
            return f"{thing} would have been contained: {who} gave it role {role}"
        case News.UNDONE:
            return f"Somebody undid the containment of {thing}: {who} gave it role {role}"
        case News.EXEMPTED:
            is_by_policy = alert.step.who in ("", GUARD)
            by = "The policy" if is_by_policy else quote(short_principal(alert.step.who) or "Somebody")
            return f"{by} lets {thing} keep role {role} for a time"
        case News.CONTAINED:
            return f"{thing} is contained: {who} gave it role {role}"
        case News.CONTAINMENT_REFUSED:
            return f"{thing} was not contained: {who} gave it role {role}"
        case News.CONTAINMENT_FAILED:
            return f"Containing {thing} failed: {who} gave it role {role}"
        case News.RELEASED:
            return f"{thing} was released by {quote(short_principal(alert.step.who) or 'somebody')}"
        case News.RESOLVED if APPROVED_NOW in alert.step.why:
            return f"{thing} may hold role {role} now"
        case News.RESOLVED:
            return f"{thing} does not hold role {role} any more"
        case News.EXEMPTION_ENDED:
            return f"{who} passed role {role} to {thing}, and that is exempt no longer"
    again = " again" if news is News.REOPENED else ""
    match finding.origin:
        case Origin.SWEEP:
            return f"The sweep found{again} that {thing} holds role {role}"
        case Origin.ROLE_CHANGE:
            return f"{thing} holds role {role}, which was changed"
        case Origin.POLICY_CHANGE:
            return f"{thing} holds role {role}, and the policy was changed"
    if finding.outcome is Outcome.SUCCEEDED:
        return f"{who} passed role {role} to {thing}{again}"
    return f"{who} tried{again} to pass role {role} to {thing}"


def about(alert: Alert, quote: Quote) -> str:
    """What later news are about, in the fewest words."""
    finding = alert.finding
    return f"{resource_of(finding, quote)}, role {quote(short_role(finding.role))}"


def judged(alert: Alert) -> str:
    """What the policy, or AWS, says of the pass: a short sentence; empty for news about containment."""
    finding = alert.finding
    if not alert.step.news.opens or finding.is_about_guard:
        return ""
    if finding.outcome is Outcome.DENIED:
        return "AWS denied it."
    if finding.outcome is Outcome.FAILED:
        return "The call failed."
    if finding.decision is Decision.UNDETERMINED:
        return "Whether the policy approves that cannot be told."
    return "The policy does not approve that."


def facts(finding: Finding, account_name: str | None = None) -> tuple[Fact, ...]:
    """Who, role, service, resource, where and when, each in full."""
    where = Fact("Where", _where(finding, account_name))
    if changes.is_change(finding):
        what = Fact("What", finding.resource or "not told by the record", changes.part_of(finding))
        return (_who(finding), what, where, Fact("When", when(finding.event_time or finding.opened_at)))
    if finding.is_about_guard:
        return (where, Fact("When", when(finding.opened_at)))
    call = f"{finding.event_source.removesuffix('.amazonaws.com')} {finding.event_name}"
    resource = finding.resource
    return (
        _who(finding),
        Fact("Role", finding.role, f"as {finding.place}", links.role_link(finding.role)),
        Fact("Service", " or ".join(finding.services) or "unknown"),
        Fact("Resource", resource or _no_resource(finding), link=links.resource_link(resource)),
        where,
        Fact(
            "When",
            when(finding.event_time or finding.opened_at),
            "when the sweep found it" if _is_swept(finding) else f"{call}, {finding.outcome}",
        ),
    )


def _who(finding: Finding) -> Fact:
    passer = finding.passer
    notes = (
        ("from", passer.source_ip),
        ("on behalf of", passer.on_behalf_of),
        ("source identity", passer.source_identity),
        ("called by", passer.invoked_by),
    )
    if _is_swept(finding):
        return Fact("Who", "not known", "no event told who passed the role")
    who = passer.arn or passer.name or passer.invoked_by or passer.principal_id or "unknown"
    who_else = ", ".join(f"{label} {text}" for label, text in notes if text)
    return Fact("Who", who, who_else, links.passer_link(passer))


def counted(finding: Finding) -> str:
    """``2 passes``: how much fed the finding."""
    what = ("event", "events") if changes.is_change(finding) else ("pass", "passes")
    return f"1 {what[0]}" if finding.passes == 1 else f"{finding.passes} {what[1]}"


def where(alert: Alert, quote: Quote) -> str:
    """Account and region; the account's name, where it is known, before its number."""
    finding, name = alert.finding, alert.account_name
    account, region = quote(finding.account or "unknown account"), quote(finding.region or "unknown region")
    return f"{quote(name)} ({account}) {region}" if name else f"{account} {region}"


def why(alert: Alert) -> tuple[Prose, ...]:
    """Why the finding is there: the verdict's reasons, and before them what opened it, if not its pass."""
    finding, step = alert.finding, alert.step
    reasons, is_by_pass = finding.reasons, finding.origin is Origin.EVENT
    if step.news.opens and (step.news is not News.OPENED or not is_by_pass):
        cause = step.why.removesuffix(f": {reasons[0]}") if reasons else step.why
        if finding.origin is Origin.ROLE_CHANGE and step.who not in ("", GUARD):
            cause = f"{cause}, by {step.who}"
        if cause and cause not in reasons:
            reasons = (cause, *reasons)
    more = len(reasons) - MOST_REASONS
    if more > 0:
        return (*reasons[:MOST_REASONS], f"and {more} more: see the finding")
    return reasons


def done_title(alert: Alert) -> str:
    """What ``done`` stands under."""
    return _DONE_TITLES.get(alert.step.news, "What was done")


def done(alert: Alert) -> tuple[Prose, ...]:
    """What was done about it and what still runs, a line each."""
    finding, why = alert.finding, alert.step.why or "the ledger does not say"
    match alert.step.news:
        case News.OPENED | News.REOPENED | News.EXEMPTION_ENDED:
            return (_done_so_far(finding),)
        case News.CONTAINMENT_WAITS:
            return (why, "It still holds the role.")
        case News.UNDONE:
            return (why, "It may run with the role again. A message of its own says what is done about it.")
        case News.WOULD_CONTAIN:
            return (why, "Nothing was changed. It still holds the role.")
        case News.EXEMPTED:
            if finding.exempt_until is None:
                return (why, "That has ended.")
            return (why, f"Nothing is done about it until {when(finding.exempt_until)}. It keeps the role.")
        case News.CONTAINED:
            did, separator, runs = why.partition(_STILL_RUNS)
            return (did.strip(), f"{separator}{runs}") if separator else (why,)
        case News.CONTAINMENT_REFUSED if why.endswith(BEGUN):
            return (why, "What was done so far stays until its release.")
        case News.CONTAINMENT_REFUSED:
            return (why, "Nothing was changed. It still holds the role.")
        case News.CONTAINMENT_FAILED:
            return (why, "It may still run with the role.")
        case News.APPROVED:
            return (why, "Until then it still holds the role. A message of its own tells whether it worked.")
        case News.RELEASED:
            return (why, "Unless another finding holds it, it may run with the role again.")
        case News.RESOLVED:
            # Who had a role approved by a tag is as good to know as who passed it.
            return (f"{why}, by {alert.step.who}" if alert.step.who.startswith("arn:") else why,)


def commands(alert: Alert) -> tuple[Command, ...]:
    """What to type next. A release is offered only where there is, or may soon be, something to release."""
    finding = alert.finding
    show = Command("See everything", f"passrole findings show {finding.id}")
    if finding.is_about_guard:
        if alert.step.news is News.RESOLVED:
            return (show,)
        over = (Command("Close it", f'passrole findings resolve {finding.id} --reason "…"'),)
        return (show, *_REMEDIES.get(finding.event_name, ()), *(over if changes.is_change(finding) else ()))
    approve = Command("Have it contained", f'passrole findings approve {finding.id} --reason "…"')
    let_be = Command("Let it be", f'passrole findings exempt {finding.id} --until DATE --reason "…"')
    release = Command("Undo the quarantine", f'passrole findings release {finding.id} --reason "…"')
    if alert.step.news in (News.CONTAINMENT_WAITS, News.CONTAINMENT_REFUSED, News.CONTAINMENT_FAILED):
        if alert.step.why.startswith(NO_ACT):
            return (show, let_be)
        # What is held is not exempted.
        return (show, approve, release if alert.step.why.endswith(BEGUN) else let_be)
    is_open_pass = alert.step.news.opens and finding.state is State.OPEN
    if finding.state is State.CONTAINED or (is_open_pass and _is_to_be_contained(finding)):
        return (show, release)
    is_left_alone = is_open_pass and finding.outcome is Outcome.SUCCEEDED and finding.resource is not None
    return (show, let_be) if is_left_alone else (show,)


def resource_of(finding: Finding, quote: Quote) -> str:
    """``Lambda function payments``; only the service, where the record does not tell the resource."""
    if finding.resource is not None:
        return f"{kind_of(finding)} {quote(short_resource(finding.resource))}"
    return service_of(finding, quote)


def service_of(finding: Finding, quote: Quote) -> str:
    """``Lambda``: what the role is for, as far as the call tells it."""
    if not finding.services:
        return "an unknown service"
    return " or ".join(_SERVICES.get(s) or quote(s) for s in finding.services[:3])


def kind_of(finding: Finding) -> str:
    """``Lambda function``: from a closed list, so that it is safe as it stands."""
    return _KINDS.get(finding.resource_type or "", "resource")


def when(text: str) -> str:
    """``2026-11-22 03:14:07 UTC``: safe as it stands, whatever the text."""
    try:
        return parse_time(text).strftime("%Y-%m-%d %H:%M:%S UTC")
    except (ValueError, OverflowError):
        return "unknown time"


def _where(finding: Finding, name: str | None) -> str:
    account, region = finding.account or "account unknown", finding.region or "region unknown"
    # Cut here, so that however long it is the account's number and the region stand there in full.
    return f"{shown(name, _ACCOUNT_NAME)} ({account}) {region}" if name else f"{account} {region}"


def _no_resource(finding: Finding) -> str:
    is_pass = finding.outcome is Outcome.SUCCEEDED
    return "not told by the record" if is_pass else "none: the role was not passed"


def _is_swept(finding: Finding) -> bool:
    """Whether no event told of its pass."""
    return finding.last_pass.startswith(SWEPT)


def _what_kind_of_pass(finding: Finding) -> str:
    if finding.outcome is Outcome.DENIED:
        return "Role pass denied by AWS"
    if finding.outcome is Outcome.FAILED:
        return "Role pass that failed"
    is_pass = finding.origin is Origin.EVENT
    if finding.decision is Decision.UNDETERMINED:
        return "Role pass that could not be judged" if is_pass else "Role that could not be judged"
    return "Role passed without approval" if is_pass else "Role held without approval"


def _is_to_be_contained(finding: Finding) -> bool:
    return (
        finding.response is Stage.QUARANTINE
        and finding.decision is Decision.VIOLATION
        and finding.outcome is Outcome.SUCCEEDED
        and finding.resource is not None
    )


def _done_so_far(finding: Finding) -> Prose:
    if changes.is_change(finding):
        return changes.done(finding)
    if finding.is_about_guard:
        return "Violations are still found and told."
    if finding.outcome is not Outcome.SUCCEEDED:
        return "Nothing had to be done: the role was not passed."
    if finding.state is State.CONTAINED:
        return "It is contained by now; a message of its own says how."
    if finding.state is State.RELEASED:
        return "It was contained and has been released since."
    if finding.state is not State.OPEN:
        return f"Nothing more is to be done: the finding is {finding.state} by now."
    if finding.resource is None:
        return "Nothing was changed: the record does not tell what holds the role."
    if _is_to_be_contained(finding):
        return "Nothing yet. The policy says quarantine; a message of its own tells whether that worked."
    if finding.response is Stage.QUARANTINE:
        return "Nothing was changed: nothing is contained on a doubt. It still holds the role."
    return f"Nothing was changed: the policy says {finding.response}. It still holds the role."
