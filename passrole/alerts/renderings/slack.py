"""An alert as a Slack message: Block Kit, within Slack's documented limits.

Limits and escaping: docs.slack.dev, "Text object", "Section block", "Header block" and "Formatting message
text". Names stand as ``mrkdwn`` writes them; ``verbatim`` keeps Slack from making links and mentions of plain
text; no name stands in the header. The only links are those of ``links``.
"""

from collections.abc import Iterable
from typing import Any

from passrole.alerts.alert import Alert
from passrole.alerts.renderings import wording
from passrole.alerts.renderings.commands import commands_of
from passrole.alerts.renderings.facts import Fact, counted, facts_of, where_of
from passrole.alerts.renderings.mrkdwn import code, prose
from passrole.alerts.renderings.terms import when
from passrole.finding import News
from passrole.policy import Severity

Block = dict[str, Any]

_FACT = 400  # of a fact's value, and of its note: below the 2,000 of a field, and of ten such about 8,000
_REASON = 450  # of a reason; MOST_REASONS and one more of them stay below the 3,000 of a section
_DONE = 1_200  # of a line of what was done: there are two at most
ICONS = {
    Severity.LOW: "🟡",
    Severity.MEDIUM: "🟠",
    Severity.HIGH: "🔴",
    Severity.CRITICAL: "🚨",
    News.CONTAINMENT_WAITS: "⏳",
    News.WOULD_CONTAIN: "🧪",
    News.UNDONE: "⚠️",
    News.CONTAINED: "🔒",
    News.CONTAINMENT_REFUSED: "⚠️",
    News.CONTAINMENT_FAILED: "⚠️",
    News.RELEASED: "🔓",
    News.RESOLVED: "✅",
}

# What must not drown in the thread of a message that may be long out of sight: somebody is to do something.
_FOR_ALL = frozenset(
    {
        News.REOPENED,
        News.CONTAINMENT_WAITS,
        News.CONTAINMENT_REFUSED,
        News.CONTAINMENT_FAILED,
        News.EXEMPTION_ENDED,
        News.UNDONE,
    }
)


def is_for_all(news: News) -> bool:
    """Whether news in a thread is shown in the channel, too (``reply_broadcast``)."""
    return news in _FOR_ALL


def payload(alert: Alert) -> dict[str, Any]:
    """The body to post, JSON-ready. ``text`` is what notifications and screen readers show."""
    sentence = f"{wording.happened(alert, code)}. {wording.judged(alert)}".rstrip()
    summary = f"{mark(alert)} {sentence}"
    header = {"type": "plain_text", "text": _header(alert)}
    return {
        "text": f"{summary} {wording.REPEAT}" if alert.repeat else summary,
        "blocks": [{"type": "header", "text": header}, *_body(alert, sentence)],
        "unfurl_links": False,
        "unfurl_media": False,
    }


def _body(alert: Alert, sentence: str) -> Iterable[Block]:
    if alert.repeat:
        yield context(f"_{wording.REPEAT}_")
    yield section(sentence)
    is_pass = alert.step.news.opens
    if alert.is_first:
        yield {
            "type": "section",
            "fields": [_mrkdwn(_fact(fact)) for fact in facts_of(alert.finding, alert.account_name)],
        }
    if is_pass:
        reasons = "\n".join(f"• {prose(reason, _REASON)}" for reason in wording.why(alert))
        yield section(f"*Why*\n{reasons}")
    done = "\n".join(prose(line, _DONE) for line in wording.done(alert))
    yield section(f"*{wording.done_title(alert)}*\n{done}")
    # Each in a span of its own: what is copied and pasted as a block would run the release as well.
    yield section("\n".join(f"*{c.purpose}*  {code(c.line, 300)}" for c in commands_of(alert)))
    yield context(_footer(alert))


def _header(alert: Alert) -> str:
    """No name stands here: Slack documents no escaping for a header's plain text."""
    return f"{mark(alert)} {wording.title(alert)}"


def mark(alert: Alert) -> str:
    """What a title begins with: the sign of the news, or that of its severity, and the severity's name."""
    news, severity = alert.step.news, alert.finding.severity
    return ICONS[news] if news in ICONS else f"{ICONS[severity]} {severity.upper()}:"


def _fact(fact: Fact) -> str:
    note = f"\n{prose(fact.note, _FACT)}" if fact.note else ""
    link = f"\n<{fact.link}|Open in the console>" if fact.link else ""
    return f"*{fact.label}*\n{code(fact.value, _FACT)}{note}{link}"


def _footer(alert: Alert) -> str:
    finding = alert.finding
    parts = [f"Finding {code(finding.id)}", counted(finding)]
    if not alert.is_first:
        parts.append(where_of(alert, code))
    return " · ".join([*parts, when(alert.step.at)])


def _mrkdwn(text: str) -> Block:
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def section(text: str) -> Block:
    """A block of text that is safe already."""
    return {"type": "section", "text": _mrkdwn(text)}


def context(text: str) -> Block:
    """A block of small print that is safe already."""
    return {"type": "context", "elements": [_mrkdwn(text)]}
