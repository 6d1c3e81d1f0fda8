"""A finding in the AWS Security Finding Format, and what its news does to Security Hub's workflow.

Limits: the Security Hub API reference of AwsSecurityFinding, Resource, Recommendation and Note (version
2018-10-08 of the format). All texts are made safe and cut to them.

``Compliance`` is left out: it belongs to checks of a security standard.
"""

from collections.abc import Iterable
from functools import partial
from typing import Any

from passrole.alerts.alert import Alert
from passrole.alerts.renderings import wording
from passrole.alerts.renderings.asff_resources import resources
from passrole.alerts.renderings.asff_text import cut, cut_end, shown
from passrole.alerts.renderings.commands import commands_of
from passrole.alerts.renderings.text import quote
from passrole.arn import Arn
from passrole.clock import iso, parse_time
from passrole.finding import GUARD, Finding, News, State, Step

ID_LIMIT = 512  # of Id and GeneratorId
TITLE_LIMIT = 256
DESCRIPTION_LIMIT = 1_024
REMEDIATION_LIMIT = 512
FIELD_LIMIT = 2_048  # of a value in ProductFields, which holds 50 at most
NOTE_LIMIT = 512
_NAME = 60
_PROSE = 250
_TYPES = ["TTPs/Privilege Escalation/PassRole"]
_TYPES_OF_TROUBLE = ["Software and Configuration Checks/AWS Security Best Practices/PassRole Guardrail"]
_STATUSES = {
    # Of what is opened nothing is said: a finding that is imported first is NEW already.
    News.REOPENED: "NEW",
    News.EXEMPTION_ENDED: "NEW",
    News.CONTAINMENT_WAITS: "NOTIFIED",
    News.APPROVED: "NOTIFIED",
    News.CONTAINED: "NOTIFIED",
    News.RELEASED: "RESOLVED",
    News.RESOLVED: "RESOLVED",
    News.EXEMPTED: "SUPPRESSED",
}


def asff(alert: Alert, product_arn: str) -> dict[str, Any]:
    """The finding as BatchImportFindings takes it.

    A finding is imported for the account of ``product_arn``, wherever the pass was: under the default product
    Security Hub takes no other. The pass's own account stands in ``ProductFields``.

    Raises:
        ValueError: ``product_arn`` is no ARN.
    """
    product = Arn.parse(product_arn)
    if product is None:
        raise ValueError(f"no product ARN: {product_arn}")
    finding = alert.finding
    return {
        "SchemaVersion": "2018-10-08",
        "Id": hub_id(finding),
        "ProductArn": product_arn,
        "GeneratorId": shown(f"{GUARD}/{(*finding.checks, finding.decision)[0]}", ID_LIMIT),
        "AwsAccountId": product.account,
        "CreatedAt": finding.opened_at,
        "UpdatedAt": _updated_at(alert),
        "FindingProviderFields": {
            "Severity": {"Label": finding.severity.upper(), "Original": str(finding.severity)},
            "Types": _TYPES_OF_TROUBLE if finding.is_about_guard else _TYPES,
        },
        "Title": cut(_passed(finding), TITLE_LIMIT),
        "Description": _description(alert),
        "Remediation": {"Recommendation": {"Text": _remedies(alert)}},
        "Resources": resources(finding, product),
        "ProductFields": _product_fields(alert),
        "RecordState": "ARCHIVED" if finding.state is State.RESOLVED else "ACTIVE",
    }


def workflow(alert: Alert) -> dict[str, Any] | None:
    """What BatchUpdateFindings is to set: the workflow status, and a note that says who and why.

    None where the news says nothing of it, and

    - where the finding has moved on since: that news has its own status, or had it already;
    - on a repeat: the status may be set, and whoever investigates may have set another since. What they say
      counts more than that ours may be missing.
    """
    status = _STATUSES.get(alert.step.news)
    if status is None or alert.repeat or status != _standing(alert.finding):
        return None
    step = alert.step
    by = f" (by {shown(step.who, 150)})" if step.who else ""
    news = step.news.replace("_", " ")
    text = f"{news[:1].upper()}{news[1:]}{by}: {shown(step.why or 'no reason is known', 300)}"
    return {"Workflow": {"Status": status}, "Note": {"Text": cut(text, NOTE_LIMIT), "UpdatedBy": GUARD}}


def hub_id(finding: Finding) -> str:
    """The finding's id in Security Hub: the same through its life."""
    return shown(f"{GUARD}/{finding.id}", ID_LIMIT)


def _standing(finding: Finding) -> str:
    """The status that fits where the finding stands now."""
    match finding.state:
        case State.EXEMPTED:
            return "SUPPRESSED"
        case State.RELEASED | State.RESOLVED:
            return "RESOLVED"
        case State.CONTAINED:
            return "NOTIFIED"
        case State.OPEN:
            is_waiting = finding.awaits_approval or finding.waits_until or finding.approved_by
            return "NOTIFIED" if is_waiting else "NEW"


def _updated_at(alert: Alert) -> str:
    """When the finding took its latest step, with the number of the step that is told as nanoseconds.

    Security Hub ignores an import that is not later than what it has. News comes unordered, each with the
    finding as it is by then: so the latest news of the same finding counts, whichever comes last.
    """
    moment = iso(parse_time(alert.finding.updated_at)).removesuffix("Z")
    return f"{moment}{alert.step.revision % 1_000_000:06d}Z"


def _passed(finding: Finding) -> str:
    """What the finding is about, in a sentence that stays the same whatever is done about it."""
    opened = Step(1, finding.opened_at, News.OPENED, "", "")
    return wording.happened(Alert(finding, opened), partial(quote, limit=_NAME))


def _description(alert: Alert) -> str:
    """What happened, what was done about it, and why the finding is there, as far as there is room."""
    finding = alert.finding
    opened = Alert(finding, Step(1, finding.opened_at, News.OPENED, "", ""))
    sentences = [_passed(finding), wording.judged(opened)]
    if not alert.step.news.opens:
        sentences.append(wording.happened(alert, partial(quote, limit=_NAME)))
    done = _sentences(shown(line, _PROSE) for line in wording.done(alert))
    why = _sentences(shown(reason, _PROSE) for reason in wording.why(alert))
    return cut_end(
        f"{_sentences(sentences)} {wording.done_title(alert)}: {done} Why: {why}", DESCRIPTION_LIMIT
    )


def _sentences(texts: Iterable[str]) -> str:
    return " ".join(text if text.endswith(".") else f"{text}." for text in texts if text)


def _remedies(alert: Alert) -> str:
    lines = (f"{command.purpose}: {shown(command.line, 150)}" for command in commands_of(alert))
    return cut("; ".join(lines), REMEDIATION_LIMIT)


def _product_fields(alert: Alert) -> dict[str, str]:
    finding, passer = alert.finding, alert.finding.passer
    fields = {
        "finding_id": finding.id,
        "state": finding.state,
        "news": alert.step.news,
        "verdict": finding.decision,
        "outcome": finding.outcome,
        "response": finding.response,
        "policy_hash": finding.policy_hash,
        "checks": ", ".join(finding.checks),
        "reasons": "; ".join(finding.reasons),
        "passer": passer.arn or passer.name or passer.invoked_by or passer.principal_id,
        "passer_role": passer.role_arn,
        "passer_source_ip": passer.source_ip,
        "passer_source_identity": passer.source_identity,
        "passer_on_behalf_of": passer.on_behalf_of,
        "passer_invoked_by": passer.invoked_by,
        "role": finding.role,
        "role_id": finding.role_id,
        "place": finding.place,
        "service": ", ".join(finding.services),
        "resource": finding.resource,
        "event_source": finding.event_source,
        "event_name": finding.event_name,
        "event_time": finding.event_time,
        "account": finding.account,
        "region": finding.region,
        "passes": str(finding.passes),
        "exempt_until": finding.exempt_until,
        "approved_by": finding.approved_by,
        "origin": finding.origin,
    }
    texts = {key: shown(value or "", FIELD_LIMIT) for key, value in fields.items()}
    # A value must not be blank.
    return {f"{GUARD}/{key}": text for key, text in texts.items() if text.strip()}
