"""E-mails as a mail client would show them."""

import re

from passrole.preview.markup import Markup, join, rendered, tag

# A line that holds one of our links alone: of all other text, links are broken.
_LINK = re.compile(r"\s*https://[a-z0-9.-]+\.(?:aws\.amazon\.com|amazonaws\.cn|amazonaws-us-gov\.com)/[!-~]*")


def mail(subject: str, body: str) -> Markup:
    """One e-mail."""
    line = tag("p", tag("span", "Subject", class_="quiet"), " ", tag("strong", subject))
    lines = [rendered(text) if _LINK.fullmatch(text) else join(text) for text in body.split("\n")]
    return tag("article", line, tag("pre", Markup("\n".join(lines))), class_="mail")
