"""How long the guard took, from each call or event on."""

import statistics
from dataclasses import dataclass

from passrole.demo.seen import shown_role
from passrole.demo.telling import Told
from passrole.names import short_resource
from passrole.passes import Pass


@dataclass(frozen=True, slots=True)
class Row:
    """One pass: seconds from the call to verdict, alert and containment; None where there was none."""

    pass_: Pass
    about: str
    verdict: float
    alert: float | None
    containment: float | None


@dataclass(frozen=True, slots=True)
class Measures:
    """All passes of acts whose beginning is known."""

    rows: tuple[Row, ...]

    @property
    def verdicts(self) -> list[float]:
        return [row.verdict for row in self.rows]

    @property
    def alerts(self) -> list[float]:
        return [row.alert for row in self.rows if row.alert is not None]

    @property
    def containments(self) -> list[float]:
        return [row.containment for row in self.rows if row.containment is not None]

    @staticmethod
    def middle(values: list[float]) -> float:
        """The median."""
        return statistics.median(values)


def measures_of(told: Told) -> Measures:
    """Measures of a run, one row a pass, in the order in which they were seen."""
    rows = []
    for seen in told.passes:
        if seen.act is None or seen.seconds is None:
            continue
        alert = told.alerted_after(seen.act) if seen.finding_ids else None
        containment = told.contained_after(seen.act) if seen.finding_ids else None
        about = (
            ", ".join(map(short_resource, seen.pass_.resources)) or f"attempt with {shown_role(seen.role)}"
        )
        rows.append(Row(seen.pass_, about, seen.seconds, alert, containment))
    return Measures(tuple(rows))
