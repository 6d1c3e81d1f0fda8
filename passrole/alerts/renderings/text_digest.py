"""A digest as e-mails: one, unless it is very long."""

from functools import partial

from passrole.alerts.digest import Digest, Line, Page, Section, paginate
from passrole.alerts.renderings import digest_wording, wording
from passrole.alerts.renderings.text import SUBJECT_LIMIT, Email, ascii_only, quote
from passrole.names import cut, shown

# Bytes: SNS takes 256 KiB with the attributes, and a mail client shows this much without complaint.
_ROOM = 120_000
_ID = 24


def pages(digest: Digest) -> tuple[Page, ...]:
    """The e-mails that a digest takes."""
    return paginate(digest, _ROOM, _heading, _line, lambda text: len(text.encode()))


def email(page: Page, *, repeat: bool) -> Email:
    """One e-mail of a digest."""
    return Email(_subject(page, repeat), _body(page, repeat))


def _subject(page: Page, repeat: bool) -> str:
    """One line of ASCII, below 100 characters; the names of a digest of one group stand in it."""
    groups = page.digest.groups
    prefix = f"{'(may be a repeat) ' if repeat else ''}[{page.digest.severity.upper()}] "
    text = digest_wording.title(page)
    if len(groups) == 1:
        named = digest_wording.named(page.sections[0], partial(_ascii_quote, limit=16))
        text = f"{text} - {named}"
    return f"{prefix}{ascii_only(cut(text, SUBJECT_LIMIT - len(prefix) - 2))}"[:SUBJECT_LIMIT]


def _body(page: Page, repeat: bool) -> str:
    digest = page.digest
    parts = [wording.REPEAT] if repeat else []
    parts.append(
        f"{digest.severity.upper()} · {digest_wording.title(page)}\n"
        f"{digest_wording.summary(digest)} {digest_wording.WHY}"
    )
    parts += ["\n".join(_lines(part, page.width)) for part in page.sections]
    parts.append("\n".join(f"{c.purpose}\n  {c.line}" for c in digest_wording.COMMANDS))
    return "\n\n".join(parts) + "\n"


def _lines(part: Section, width: int) -> list[str]:
    return [_heading(part, width), *(_line(each, width) for each in part.lines)]


def _heading(part: Section, width: int) -> str:
    return f"By {digest_wording.heading(part, partial(quote, limit=width))}"


def _line(line: Line, width: int) -> str:
    finding = line.finding
    about = digest_wording.about(line, partial(quote, limit=width))
    return f"  {finding.severity.upper():<8}  {shown(finding.id, _ID)}  {about}"


def _ascii_quote(text: str, limit: int) -> str:
    return ascii_only(quote(text, limit))
