"""A digest as custom notifications. What is said of the form and of sizes in ``chat`` holds here, too."""

from functools import partial

from passrole.alerts import digest_wording, wording
from passrole.alerts.chat import Notification, custom
from passrole.alerts.digest import Digest, Line, Page, Section, paginate
from passrole.alerts.mrkdwn import code, utf16
from passrole.alerts.slack import ICONS
from passrole.finding import Finding

_ROOM = 2_300  # for the findings: below MOST_DESCRIPTION with the summary before them
_ID = 24


def pages(digest: Digest) -> tuple[Page, ...]:
    """The messages that a digest takes."""
    return paginate(digest, _ROOM, _heading, _line, utf16)


def notification(page: Page, *, repeat: bool) -> Notification:
    """One message of a digest, JSON-ready. It is hung on no finding's thread: it is about many."""
    title = f"{_icon(page.digest)} {page.digest.severity.upper()}: {digest_wording.title(page)}"
    summary = digest_wording.summary(page.digest)
    texts = [f"_{wording.REPEAT}_"] if repeat else []
    texts.append(f"{summary} {digest_wording.WHY}")
    texts += ["\n".join(_lines(part, page.width)) for part in page.sections]
    return custom(
        key=f"digest-{page.key}",
        title=title,
        description="\n".join(texts),
        commands=digest_wording.COMMANDS,
        keywords=(page.digest.severity, "digest"),
        metadata={
            "summary": f"{title}. {wording.REPEAT}" if repeat else title,
            "eventType": "findings_digest",
            "additionalContext": {
                "severity": page.digest.severity,
                "findings": str(page.digest.findings),
                "message": str(page.number),
                "messages": str(page.of),
            },
        },
    )


def _lines(part: Section, width: int) -> list[str]:
    return [_heading(part, width), *(_line(each, width) for each in part.lines)]


def _heading(part: Section, width: int) -> str:
    return f"*By* {digest_wording.heading(part, partial(code, limit=width))}"


def _line(line: Line, width: int) -> str:
    about = digest_wording.about(line, partial(code, limit=width))
    return f"{_icon(line.finding)} {code(line.finding.id, _ID)} {about}"


def _icon(graded: Digest | Finding) -> str:
    return ICONS[graded.severity]
