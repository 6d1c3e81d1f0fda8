"""An alert as a custom notification of Amazon Q Developer in chat applications (once AWS Chatbot).

The form is that of "Custom notifications using Amazon Q Developer in chat applications" in AWS's
documentation: what has another form is dropped without an error. `client-markdown` is shown as the markdown
of the chat behind it. Later news about a finding have the same ``threadId``: they are hung on the first.

AWS says of no size what becomes of more: a description fits one section of a Slack message, the smallest
thing that it is put into.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from passrole.alerts.alert import Alert
from passrole.alerts.renderings import wording
from passrole.alerts.renderings.commands import Command, commands_of
from passrole.alerts.renderings.facts import Fact, counted, facts_of, where_of
from passrole.alerts.renderings.mrkdwn import code, escaped, prose, utf16
from passrole.alerts.renderings.slack import mark
from passrole.alerts.renderings.terms import when

Notification = dict[str, Any]

MOST_DESCRIPTION = 2_900  # UTF-16 units, below the 3,000 of Slack's section
_COMMAND = 250
_VALUE = 300  # of what is not shown, but for a channel's own actions to use


@dataclass(frozen=True, slots=True)
class _Widths:
    """Characters that a name, a fact and a sentence of others are shown in."""

    name: int
    fact: int
    prose: int


# The first that fits is taken; the last fits whatever the names.
_WIDTHS = (_Widths(180, 300, 450), _Widths(120, 200, 250), _Widths(80, 120, 180), _Widths(50, 70, 100))


def notification(alert: Alert) -> Notification:
    """The message to publish, JSON-ready."""
    finding, step = alert.finding, alert.step
    summary = f"{mark(alert)} {wording.happened(alert, partial(code, limit=60))}"
    return custom(
        key=f"{finding.id}-{step.revision}",
        title=f"{mark(alert)} {wording.title(alert)}",
        description=_description(alert),
        commands=commands_of(alert),
        keywords=(finding.severity, step.news, *finding.services),
        metadata={
            "threadId": escaped(finding.id, _VALUE) or "(empty)",
            "summary": f"{summary} {wording.REPEAT}" if alert.repeat else summary,
            "eventType": f"finding_{step.news}",
            "relatedResources": _safe((finding.resource, finding.role)),
            "additionalContext": _context(alert),
        },
    )


def custom(
    *,
    key: str,
    title: str,
    description: str,
    commands: Iterable[Command],
    keywords: Iterable[str],
    metadata: Mapping[str, Any],
) -> Notification:
    """A notification in the one form that is accepted; title, description and metadata are safe already."""
    return {
        "version": "1.0",
        "source": "custom",
        "id": escaped(key, _VALUE),
        "content": {
            "textType": "client-markdown",
            "title": title,
            "description": description,
            # Each in a span of its own: what is copied and pasted as a block would run the release as well.
            "nextSteps": [f"{c.purpose}: {code(c.line, _COMMAND)}" for c in commands],
            "keywords": _safe(keywords),
        },
        "metadata": {name: value for name, value in metadata.items() if value},
    }


def _description(alert: Alert) -> str:
    for widths in _WIDTHS:
        description = "\n\n".join(_parts(alert, widths))
        if utf16(description) <= MOST_DESCRIPTION:
            break
    return description


def _parts(alert: Alert, widths: _Widths) -> Iterable[str]:
    if alert.repeat:
        yield f"_{wording.REPEAT}_"
    sentence = f"{wording.happened(alert, partial(code, limit=widths.name))}. {wording.judged(alert)}"
    yield sentence.rstrip()
    if alert.is_first:
        yield "\n".join(_fact(fact, widths) for fact in facts_of(alert.finding, alert.account_name))
    if alert.step.news.opens:
        yield _listed("Why", wording.why(alert), widths)
    yield _listed(wording.done_title(alert), wording.done(alert), widths)
    yield _footer(alert)


def _fact(fact: Fact, widths: _Widths) -> str:
    note = f" {prose(fact.note, widths.prose)}" if fact.note else ""
    return f"*{fact.label}* {code(fact.value, widths.fact)}{note}"


def _listed(title: str, sentences: Iterable[str], widths: _Widths) -> str:
    return "\n".join([f"*{title}*", *(f"• {prose(sentence, widths.prose)}" for sentence in sentences)])


def _footer(alert: Alert) -> str:
    finding = alert.finding
    passes = counted(finding)
    where = where_of(alert, partial(code, limit=40))
    return f"Finding {code(finding.id, 40)} · {passes} · {where} · {when(alert.step.at)}"


def _context(alert: Alert) -> dict[str, str]:
    """For custom actions, which take their variables from here."""
    finding = alert.finding
    raw = {
        "findingId": finding.id,
        "news": alert.step.news,
        "severity": finding.severity,
        "verdict": finding.decision,
        "response": finding.response,
        "account": finding.account,
        "region": finding.region,
    }
    return {name: escaped(value, _VALUE) for name, value in raw.items() if value}


def _safe(texts: Iterable[str | None]) -> list[str]:
    return [escaped(text, _VALUE) for text in texts if text]
