"""The section ``sweep`` of guardrail.yaml."""

from typing import Annotated

from pydantic import Field

from passrole.policy.settings import Sweep
from passrole.policy.source.values import Part

_USUAL = Sweep()


class SweepSection(Part):
    """How often what exists is looked at, and how fast."""

    # No metric of CloudWatch has a longer period than a day, by which the alarm knows that one is overdue.
    every_hours: Annotated[int, Field(ge=1, le=24)] = _USUAL.every_hours
    requests_per_second: Annotated[int, Field(ge=1, le=100)] = _USUAL.requests_per_second


def sweep_of(section: SweepSection) -> Sweep:
    """The settings that the section means."""
    return Sweep(every_hours=section.every_hours, requests_per_second=section.requests_per_second)
