"""Makes the pictures of docs/alerts.md: alerts as rendered for their channels, shown as by their receivers.

Usage: python -m passrole.preview.pictures [FOLDER]
"""

import hashlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from passrole.alerts.alert import Alert
from passrole.alerts.digest import Digest
from passrole.alerts.renderings import slack, slack_digest, text
from passrole.preview import examples, message_style
from passrole.preview.browser import NoBrowserError, take_picture
from passrole.preview.mail import mail
from passrole.preview.markup import Markup, tag
from passrole.preview.slack import message

FOLDER = Path("docs/pictures")
MADE_FROM = "made-from.json"
_WIDTH = 820
_STYLE = """
body { margin: 0; padding: 18px; background: #fff; color: var(--ink);
  font: 15px/1.5 Lato, "Helvetica Neue", Arial, sans-serif; }
* { box-sizing: border-box; }
p, h4 { margin: 0; }
.quiet { color: var(--quiet); }
.slack { padding: 0; }
.mail { margin: 0; }
.mail pre { font-size: .78rem; }
:root { color-scheme: light; }
"""


def pages() -> dict[str, str]:
    """The HTML of each picture, by the picture's name."""
    shown = {
        "slack-finding": _slack(examples.OPENED),
        "slack-thread": _slack(examples.OPENED, (examples.CONTAINED, examples.RELEASED)),
        "slack-follow-up": _slack(examples.CONTAINED),
        "slack-digest": _digest(examples.storm()),
        "email-finding": _mail(text.email(examples.OPENED)),
    }
    return {name: _page(name, content) for name, content in shown.items()}


def made_from(found: dict[str, str]) -> dict[str, str]:
    """A hash of each picture's HTML: kept beside them, so that a test can tell which are out of date."""
    return {name: hashlib.sha256(page.encode()).hexdigest()[:16] for name, page in found.items()}


def _slack(alert: Alert, replies: Sequence[Alert] = ()) -> Markup:
    return message(slack.payload(alert), "03:14", "", [message(slack.payload(a), "03:14") for a in replies])


def _mail(email: text.Email) -> Markup:
    return mail(email.subject, email.body)


def _digest(digest: Digest) -> Markup:
    [page] = slack_digest.pages(digest)
    return message(slack_digest.payload(page, repeat=False), "03:17")


def _page(title: str, content: Markup) -> str:
    # Pictures are light in docs that are read in either.
    light = message_style().replace("prefers-color-scheme: dark", "width: 0")
    head = tag(
        "head", tag("meta", charset="utf-8"), tag("title", title), tag("style", Markup(light + _STYLE))
    )
    return f"<!doctype html>\n{tag('html', head, tag('body', content), lang='en')}\n"


def main(arguments: list[str]) -> int:
    """Writes the pictures; returns 1 where no browser takes them."""
    folder = Path(arguments[0]) if arguments else FOLDER
    found = pages()
    try:
        for name, page in found.items():
            take_picture(page, folder / f"{name}.png", _WIDTH)
    except NoBrowserError as error:
        print(error, file=sys.stderr)
        return 1
    hashes = json.dumps(made_from(found), indent=2)
    (folder / MADE_FROM).write_text(f"{hashes}\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
