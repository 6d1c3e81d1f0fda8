"""The sentences of a digest, said once for every channel. ``quote`` makes a name safe, as in ``terms``."""

from collections import Counter

from passrole.alerts.digest import Digest, Line, Page, Section
from passrole.alerts.renderings import changes
from passrole.alerts.renderings.commands import Command
from passrole.alerts.renderings.terms import Quote, service_of, when
from passrole.finding import News
from passrole.names import short_passer, short_resource, short_role
from passrole.passes import Outcome
from passrole.policy import Decision

WHY = "They came too fast to be told one by one."
REPEAT = "may be a repeat"
COMMANDS = (
    Command("See one in full", "passrole findings show ID"),
    Command("List all", "passrole findings list"),
)


def title(page: Page) -> str:
    """How much it is; no name in it."""
    part = f", part {page.number} of {page.of}" if page.of > 1 else ""
    return f"{findings(page.digest.findings)} in one digest{part}"


def summary(digest: Digest) -> str:
    """How many findings, since when, and what became of them; no name in it."""
    return f"{findings(digest.findings)} since {when(digest.since)}: {counted(digest.counts)}."


def heading(section: Section, quote: Quote) -> str:
    """Passer, role and service of the lines that follow, and how many there are unless there is one."""
    about = named(section, quote)
    if len(section.group.lines) == 1:
        return about
    if section.is_rest:
        return f"{about}: continued"
    return f"{about}: {findings(len(section.group.lines))}, {counted(section.group.counts)}"


def named(section: Section, quote: Quote) -> str:
    """Passer, role and service."""
    finding = section.group.lines[0].finding
    who, role = quote(short_passer(finding.passer)), quote(short_role(finding.role))
    if finding.is_about_guard:
        return f"{who}, the guardrail itself"
    return f"{who}, role {role}, {service_of(finding, quote)}"


def about(line: Line, quote: Quote) -> str:
    """What one finding is about, and its news unless it was just opened."""
    finding = line.finding
    if changes.is_change(finding):
        parts = [changes.about(finding, quote)]
    elif finding.outcome is not Outcome.SUCCEEDED:
        parts = [f"an attempt, {finding.outcome}"]
    elif finding.resource is None:
        parts = ["a resource that the record does not tell"]
    else:
        parts = [quote(short_resource(finding.resource))]
    if finding.decision is Decision.UNDETERMINED:
        parts.append("undetermined")
    if line.news != (News.OPENED,):
        parts += [_times(number, news) for news, number in Counter(line.news).items()]
    if line.is_repeat:
        parts.append(REPEAT)
    return ", ".join(parts)


def _times(number: int, news: News) -> str:
    return told(news) if number == 1 else f"{told(news)} {number:,} times"


def counted(counts: Counter[News]) -> str:
    """``497 opened, 12 contained``, in the order in which a finding goes through them."""
    return ", ".join(f"{counts[news]:,} {told(news)}" for news in News if counts[news])


def told(news: News) -> str:
    """``containment refused``"""
    return news.replace("_", " ")


def findings(number: int) -> str:
    """``1,000 findings``"""
    return "1 finding" if number == 1 else f"{number:,} findings"
