"""E-mails as a mail client would show them."""

from passrole.preview.markup import Markup, tag


def mail(subject: str, body: str) -> Markup:
    """One e-mail."""
    line = tag("p", tag("span", "Subject", class_="quiet"), " ", tag("strong", subject))
    return tag("article", line, tag("pre", body), class_="mail")
