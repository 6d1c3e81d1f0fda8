"""The section ``sweep`` of guardrail.yaml."""

from difflib import get_close_matches
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from passrole.policy.settings import Sweep
from passrole.policy.source.values import Part
from passrole.policy.text import quoted
from passrole.sweep.listing import load_listings

_USUAL = Sweep()


def _swept(value: Any) -> Any:
    names = [listing.name for listing in load_listings()]
    if isinstance(value, str) and value not in names:
        near = get_close_matches(value, names, 1)
        hint = f"; did you mean {near[0]}?" if near else ", as docs/sweep.md lists them"
        raise ValueError(f"{quoted(value)} is no type of resource that is swept{hint}")
    return value


SweptType = Annotated[str, BeforeValidator(_swept)]


class SweepSection(Part):
    """How often what exists is looked at, and how fast."""

    # No metric of CloudWatch has a longer period than a day, by which the alarm knows that one is overdue.
    every_hours: Annotated[int, Field(ge=1, le=24)] = _USUAL.every_hours
    requests_per_second: Annotated[int, Field(ge=1, le=100)] = _USUAL.requests_per_second
    types: list[SweptType] = Field(default_factory=list)


def sweep_of(section: SweepSection) -> Sweep:
    """The settings that the section means."""
    return Sweep(
        every_hours=section.every_hours,
        requests_per_second=section.requests_per_second,
        types=tuple(section.types),
    )
