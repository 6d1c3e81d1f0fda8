"""An alert as an e-mail: a subject that SNS accepts and a plain body that reads in ten seconds."""

import re
from dataclasses import dataclass
from functools import partial

from passrole.alerts.alert import Alert
from passrole.alerts.renderings import wording
from passrole.alerts.renderings.commands import commands_of
from passrole.alerts.renderings.facts import Fact, counted, facts_of, where_of
from passrole.alerts.renderings.terms import when
from passrole.finding import News
from passrole.names import cut, shown

# The SNS API reference of Publish: fewer than 100 characters, no line breaks or control characters; ASCII is
# what every mail client shows alike.
SUBJECT_LIMIT = 99
_NAME = 200
_FACT = 700
_PROSE = 3_000
_SIMPLE_NAME = re.compile(r"[\w+=,.@:/…-]+", re.ASCII)
_TAGS = {
    News.CONTAINMENT_WAITS: "WAITS",
    News.APPROVED: "APPROVED",
    News.WOULD_CONTAIN: "DRY RUN",
    News.UNDONE: "UNDONE",
    News.EXEMPTED: "EXEMPTED",
    News.CONTAINED: "CONTAINED",
    News.CONTAINMENT_REFUSED: "NOT CONTAINED",
    News.CONTAINMENT_FAILED: "CONTAINMENT FAILED",
    News.RELEASED: "RELEASED",
    News.RESOLVED: "RESOLVED",
}


@dataclass(frozen=True, slots=True)
class Email:
    """What SNS turns into an e-mail."""

    subject: str
    body: str


def email(alert: Alert) -> Email:
    """The alert as an e-mail."""
    return Email(subject(alert), body(alert))


def subject(alert: Alert) -> str:
    """One line of ASCII, below 100 characters; long names give way, the tag and the finding's id never do."""
    again = " AGAIN" if alert.step.news is News.REOPENED else ""
    tag = _TAGS.get(alert.step.news) or f"{alert.finding.severity.upper()}{again}"
    prefix = f"{'(may be a repeat) ' if alert.repeat else ''}[{tag}] "
    suffix = "" if alert.is_first else f" - finding {ascii_only(shown(alert.finding.id, 24))[:24]}"
    say = wording.happened if alert.is_first else wording.about
    room = SUBJECT_LIMIT - len(prefix) - len(suffix)
    for limit in (60, 40, 30, 24, 20, 16, 12):
        sentence = say(alert, partial(_ascii_quote, limit=limit))
        if len(sentence) <= room:
            return f"{prefix}{sentence}{suffix}"
    return f"{prefix}{ascii_only(cut(sentence, room - 2))}{suffix}"


def body(alert: Alert) -> str:
    """Plain text, a few hundred words at most."""
    sentence = f"{wording.happened(alert, quote)}. {wording.judged(alert)}".rstrip()
    parts = [wording.REPEAT] if alert.repeat else []
    parts.append(f"{alert.finding.severity.upper()} · {wording.title(alert)}\n{sentence}")
    if alert.is_first:
        parts.append("\n".join(_fact(fact) for fact in facts_of(alert.finding, alert.account_name)))
    if alert.step.news.opens:
        parts.append("Why\n" + "\n".join(f"  - {_prose(reason)}" for reason in wording.why(alert)))
    done = "\n".join(f"  {_prose(line)}" for line in wording.done(alert))
    parts.append(f"{wording.done_title(alert)}\n{done}")
    parts.append(
        "\n".join(f"{command.purpose}\n  {shown(command.line, _NAME)}" for command in commands_of(alert))
    )
    parts.append(_footer(alert))
    return "\n\n".join(parts) + "\n"


def _fact(fact: Fact) -> str:
    note = f"\n{'':10}{_prose(fact.note)}" if fact.note else ""
    link = f"\n{'':10}{fact.link}" if fact.link else ""
    return f"{fact.label:<10}{shown(fact.value, _FACT)}{note}{link}"


def _footer(alert: Alert) -> str:
    finding = alert.finding
    passes = counted(finding)
    where = where_of(alert, quote)
    return f"Finding {shown(finding.id, 64)} · {passes} · {where} · {when(alert.step.at)}"


def quote(text: str, limit: int = _NAME) -> str:
    """A name, in quotation marks unless it is so plain that it cannot be taken for the sentence around it."""
    name = shown(text, limit)
    return name if _SIMPLE_NAME.fullmatch(name) else '"' + name.replace('"', "'") + '"'


def _ascii_quote(text: str, limit: int) -> str:
    return ascii_only(quote(text, limit))


def ascii_only(text: str) -> str:
    """The text with an escape for each character that not every mail client shows alike."""
    return text.replace("…", "...").encode("ascii", "backslashreplace").decode("ascii")


def _prose(text: str) -> str:
    return shown(" · ".join(text.splitlines()), _PROSE)
