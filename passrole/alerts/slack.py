"""An alert as a Slack message: Block Kit for an incoming webhook, within Slack's documented limits.

Limits and escaping: docs.slack.dev, "Text object", "Section block", "Header block" and "Formatting message
text". Names stand in code spans, where nothing is formatted; ``verbatim`` keeps Slack from making links and
mentions of plain text; no name stands in the header, nor anywhere that this module has not escaped it.
"""

import re
from collections.abc import Iterable
from typing import Any

from passrole.alerts import wording
from passrole.alerts.alert import Alert
from passrole.finding import News
from passrole.names import shown
from passrole.policy import Severity

Block = dict[str, Any]

_NAME = 180  # characters of a name in a sentence
_FACT = 400  # of a fact's value, and of its note: below the 2,000 of a field, and of ten such about 8,000
_REASON = 450  # of a reason; MOST_REASONS and one more of them stay below the 3,000 of a section
_DONE = 1_200  # of a line of what was done: there are two at most
_PLAIN_WORD = re.compile(r"[A-Za-z0-9'-]+")
_PUNCTUATION = re.compile(r"([(\"']*)(.*?)([)\"',.;:!?]*)", re.DOTALL)
_NOT_A_BACKTICK = "\u02cb"  # a letter that looks like one
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
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


def payload(alert: Alert) -> dict[str, Any]:
    """The body to post, JSON-ready. ``text`` is what notifications and screen readers show."""
    sentence = f"{wording.happened(alert, code)}. {wording.judged(alert)}".rstrip()
    summary = f"{_mark(alert)} {sentence}"
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
        yield {"type": "section", "fields": [_mrkdwn(_fact(fact)) for fact in wording.facts(alert.finding)]}
    if is_pass:
        reasons = "\n".join(f"• {_prose(reason, _REASON)}" for reason in wording.why(alert))
        yield section(f"*Why*\n{reasons}")
    done = "\n".join(_prose(line, _DONE) for line in wording.done(alert))
    yield section(f"*{wording.done_title(alert)}*\n{done}")
    # Each in a span of its own: what is copied and pasted as a block would run the release as well.
    yield section("\n".join(f"*{c.purpose}*  {code(c.line, 300)}" for c in wording.commands(alert)))
    yield context(_footer(alert))


def _header(alert: Alert) -> str:
    """No name stands here: Slack documents no escaping for a header's plain text."""
    return f"{_mark(alert)} {wording.title(alert)}"


def _mark(alert: Alert) -> str:
    news, severity = alert.step.news, alert.finding.severity
    return ICONS[news] if news in ICONS else f"{ICONS[severity]} {severity.upper()}:"


def _fact(fact: wording.Fact) -> str:
    note = f"\n{_prose(fact.note, _FACT)}" if fact.note else ""
    return f"*{fact.label}*\n{code(fact.value, _FACT)}{note}"


def _footer(alert: Alert) -> str:
    finding = alert.finding
    passes = "1 pass" if finding.passes == 1 else f"{finding.passes} passes"
    parts = [f"Finding {code(finding.id)}", passes]
    if not alert.is_first:
        parts.append(
            f"{code(finding.account or 'unknown account')} {code(finding.region or 'unknown region')}"
        )
    return " · ".join([*parts, wording.when(alert.step.at)])


def code(text: str, limit: int = _NAME) -> str:
    """A name as a code span. A backtick would end the span: a letter that looks like it takes its place."""
    return f"`{_escaped(text, limit - 2) or '(empty)'}`"


def _prose(text: str, limit: int) -> str:
    """A sentence that may hold names: what is no plain word becomes a code span, so that nothing formats it.

    Counted as if every word were a span, so that the result is never longer than ``limit``.
    """
    first_span = 2  # its backticks; those of each further word are counted with the space before it
    one_line = " · ".join(text.splitlines())
    fitting = shown(one_line, limit - first_span, lambda c: 3 if c == " " else _size(c))
    return " ".join(_word(word) for word in fitting.split(" "))


def _word(word: str) -> str:
    found = _PUNCTUATION.fullmatch(word)
    opening, core, closing = found.groups() if found else ("", word, "")
    if not core or _PLAIN_WORD.fullmatch(core) or core == "·" or core == "…":
        return word
    return f"{opening}`{_entities(core)}`{closing}"


def _escaped(text: str, limit: int) -> str:
    return _entities(shown(text, limit, _size))


def _entities(text: str) -> str:
    return "".join(_ENTITIES.get(c, c) for c in text.replace("`", _NOT_A_BACKTICK))


def _size(character: str) -> int:
    """What a character costs of Slack's limits: entities count whole, astral characters as UTF-16 pairs."""
    return len(_ENTITIES.get(character, "  " if ord(character) > 0xFFFF else " "))


def utf16(text: str) -> int:
    """The length of a text as Slack counts it."""
    return len(text) + sum(c > "\uffff" for c in text)


def _mrkdwn(text: str) -> Block:
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def section(text: str) -> Block:
    """A block of text that is safe already."""
    return {"type": "section", "text": _mrkdwn(text)}


def context(text: str) -> Block:
    """A block of small print that is safe already."""
    return {"type": "context", "elements": [_mrkdwn(text)]}
