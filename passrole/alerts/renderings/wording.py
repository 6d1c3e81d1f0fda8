"""The sentences of an alert, said once for every channel.

A channel passes in ``quote``, which makes a name from the record safe for it; all other words are the
project's own. ``why`` and ``done`` return raw text from the record or the policy: the channel must make it
safe.
"""

from passrole.alerts.alert import Alert
from passrole.alerts.renderings import changes
from passrole.alerts.renderings.terms import Quote, kind_of, resource_of, when
from passrole.finding import APPROVED_NOW, BEGUN, GUARD, Finding, News, State
from passrole.finding.guard import Trouble
from passrole.names import short_passer, short_principal, short_role
from passrole.passes import Origin, Outcome
from passrole.policy import Decision, Stage

REPEAT = "(may be a repeat: an earlier delivery was not confirmed)"
MOST_REASONS = 5
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
_TROUBLES: dict[str, str] = {
    Trouble.BREAKER_TRIPPED: "The guardrail has stopped containing resources",
    Trouble.SWITCHED_OFF: "Quarantine was switched off",
    Trouble.ALARM_RINGS: "An alarm of the guardrail rings",
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


def why(alert: Alert) -> tuple[str, ...]:
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


def done(alert: Alert) -> tuple[str, ...]:
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


def _what_kind_of_pass(finding: Finding) -> str:
    if finding.outcome is Outcome.DENIED:
        return "Role pass denied by AWS"
    if finding.outcome is Outcome.FAILED:
        return "Role pass that failed"
    is_pass = finding.origin is Origin.EVENT
    if finding.decision is Decision.UNDETERMINED:
        return "Role pass that could not be judged" if is_pass else "Role that could not be judged"
    return "Role passed without approval" if is_pass else "Role held without approval"


def _done_so_far(finding: Finding) -> str:
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
    if finding.is_to_be_contained:
        return "Nothing yet. The policy says quarantine; a message of its own tells whether that worked."
    if finding.response is Stage.QUARANTINE:
        return "Nothing was changed: nothing is contained on a doubt. It still holds the role."
    return f"Nothing was changed: the policy says {finding.response}. It still holds the role."
