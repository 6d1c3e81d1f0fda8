"""A digest as Slack messages. What is said of limits and escaping in ``slack`` holds here, too."""

from functools import partial
from typing import Any

from passrole.alerts.digest import Digest, Line, Page, Section, paginate
from passrole.alerts.renderings import digest_wording, wording
from passrole.alerts.renderings.mrkdwn import code, utf16
from passrole.alerts.renderings.slack import ICONS, Block, context, section
from passrole.finding import Finding

_SECTION = 2_900  # below the 3,000 of a section
_ROOM = 12_000  # for the findings: with what stands around them, below 13,000 a message
_ID = 24


def pages(digest: Digest) -> tuple[Page, ...]:
    """The messages that a digest takes."""
    return paginate(digest, _ROOM, heading, line, utf16)


def payload(page: Page, *, repeat: bool) -> dict[str, Any]:
    """The body to post, JSON-ready, of one message."""
    title = titled(page)
    sentence = f"{digest_wording.summary(page.digest)} {digest_wording.WHY}"
    summary = f"{title}. {sentence}"
    blocks: list[Block] = [{"type": "header", "text": {"type": "plain_text", "text": title}}]
    if repeat:
        blocks.append(context(f"_{wording.REPEAT}_"))
    blocks += [section(sentence), *map(section, _texts(page))]
    blocks.append(context(" · ".join(f"{c.purpose} {code(c.line)}" for c in digest_wording.COMMANDS)))
    return {
        "text": f"{summary} {wording.REPEAT}" if repeat else summary,
        "blocks": blocks,
        "unfurl_links": False,
        "unfurl_media": False,
    }


def _texts(page: Page) -> list[str]:
    """Headings and lines in texts that fit a section each."""
    texts: list[str] = []
    for part in page.sections:
        for text in (heading(part, page.width), *(line(each, page.width) for each in part.lines)):
            if texts and utf16(texts[-1]) + 1 + utf16(text) <= _SECTION:
                texts[-1] += f"\n{text}"
            else:
                texts.append(text)
    return texts


def titled(page: Page) -> str:
    """The title of one message; no name in it."""
    return f"{_icon(page.digest)} {page.digest.severity.upper()}: {digest_wording.title(page)}"


def heading(part: Section, width: int) -> str:
    """What stands above the lines of a group, in names of at most that width."""
    return f"*By* {digest_wording.heading(part, partial(code, limit=width))}"


def line(of: Line, width: int) -> str:
    """What is told of one finding, in names of at most that width."""
    about = digest_wording.about(of, partial(code, limit=width))
    return f"{_icon(of.finding)} {code(of.finding.id, _ID)} {about}"


def _icon(graded: Digest | Finding) -> str:
    return ICONS[graded.severity]
