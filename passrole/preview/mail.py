"""E-mails as a mail client would show them."""

from passrole.preview.markup import Markup, rendered, tag


def mail(subject: str, body: str) -> Markup:
    """One e-mail, as a rendering of the project made it."""
    line = tag("p", tag("span", "Subject", class_="quiet"), " ", tag("strong", subject))
    return tag("article", line, tag("pre", rendered(body)), class_="mail")
