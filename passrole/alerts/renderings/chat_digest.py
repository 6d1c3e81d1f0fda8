"""A digest as custom notifications. What is said of the form and of sizes in ``chat`` holds here, too."""

from passrole.alerts.digest import Digest, Page, Section, paginate
from passrole.alerts.renderings import digest_wording, wording
from passrole.alerts.renderings.chat import Notification, custom
from passrole.alerts.renderings.mrkdwn import utf16
from passrole.alerts.renderings.slack_digest import heading, line, titled

_ROOM = 2_300  # for the findings: below MOST_DESCRIPTION with the summary before them


def pages(digest: Digest) -> tuple[Page, ...]:
    """The messages that a digest takes."""
    return paginate(digest, _ROOM, heading, line, utf16)


def notification(page: Page, *, repeat: bool) -> Notification:
    """One message of a digest, JSON-ready. It is hung on no finding's thread: it is about many."""
    title = titled(page)
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
    return [heading(part, width), *(line(each, width) for each in part.lines)]
