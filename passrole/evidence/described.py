"""What IAM's descriptions of roles, users and instance profiles have in common."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from passrole.clock import parse_time
from passrole.evidence.source import Description
from passrole.passes import Pass


def tags_of(described: Description) -> Mapping[str, str]:
    """The tags; empty if there are none."""
    return {tag["Key"]: tag["Value"] for tag in described.get("Tags") or []}


def made_at(described: Description) -> datetime | None:
    """When it was made, if the description tells."""
    return moment_of(described.get("CreateDate"))


def moment_of(value: Any) -> datetime | None:
    """A time of IAM's: a moment from the API, an ISO 8601 text from a file."""
    return parse_time(value) if isinstance(value, str) else value


def why_another(described: Description, what: str, pass_: Pass) -> str | None:
    """Why what bears the name now may not be what bore it when the pass was made; None if it is."""
    created = made_at(described)
    if created is None:
        return None
    if pass_.event_time is None:
        return f"the record does not tell whether {what} was made before the pass"
    # A record's time has whole seconds; within one second it came first, or no call could pass it.
    if created.replace(microsecond=0) > parse_time(pass_.event_time):
        return f"{what} was made anew after the pass"
    return None
