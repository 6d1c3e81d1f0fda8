"""From the section ``exemptions`` to exemptions, and what is wrong or doubtful on a given day."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from passrole.policy.compiled import Exemption
from passrole.policy.errors import Path
from passrole.policy.source import expiry
from passrole.policy.source.document import Document
from passrole.policy.source.models import ApprovedEntry, ExemptionEntry, GuardrailFile
from passrole.policy.source.statements import statements_of


def exemptions_of(entry: ExemptionEntry) -> tuple[Exemption, ...]:
    """The exemption that an entry means, or two of one name if it mixes paths or ARNs with role names."""
    like = ApprovedEntry(
        name=entry.name,
        roles=entry.roles or ["/*"],
        services=entry.services,
        resources=entry.resources,
        passers=entry.passers,
    )
    expires = expiry.first_moment_after(entry.expires).strftime("%Y-%m-%dT%H:%M:%SZ")
    return tuple(
        Exemption(
            name=entry.name,
            owner=entry.owner,
            reason=entry.reason,
            expires=expires,
            # Without roles, a role that is not known makes no difference.
            scope=replace(scope, sid=entry.name, resources=scope.resources if entry.roles else ("*",)),
            checks=tuple(entry.checks or ()),
        )
        for scope in statements_of(like)
    )


def add_problems(document: Document, today: date) -> None:
    """Notes exemptions that last too long, whatever else is wrong with them."""
    data = document.data if isinstance(document.data, dict) else {}
    entries = data.get("exemptions")
    for number, entry in enumerate(entries if isinstance(entries, list) else ()):
        path = ("exemptions", number, "expires")
        text = entry.get("expires") if isinstance(entry, dict) else None
        if not isinstance(text, str) or document.is_refused(path):
            continue
        try:
            problem = expiry.too_far(text, today)
        except ValueError:
            continue  # told where the model is
        if problem:
            document.add(path, problem)


def doubts(model: GuardrailFile, today: date) -> Iterator[tuple[Path, str]]:
    """Exemptions that are over, or will be soon, and those that waive what nothing denies."""
    enabled = {item.check.name for item in model.checks}
    for number, entry in enumerate(model.exemptions):
        if doubt := expiry.doubt(entry.expires, today):
            yield ("exemptions", number, "expires"), doubt
        for index, name in enumerate(entry.checks or ()):
            if name not in enabled:
                yield (
                    ("exemptions", number, "checks", index),
                    f"the check {name} is not on in this file: there is nothing to waive",
                )
