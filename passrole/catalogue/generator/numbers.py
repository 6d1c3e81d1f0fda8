"""How many rows there are of each sort."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from passrole.catalogue.generator.facts import CallFact
from passrole.catalogue.generator.rows import COVERED, Row


@dataclass(frozen=True, slots=True)
class Numbers:
    """Counts of rows.

    Attributes:
        sure: calls of which AWS's lists agree that they pass a role, and how many of them are covered.
        decisions: rows by decision.
        shapes: covered rows by how well their shape is known.
    """

    rows: int
    sure: int
    sure_covered: int
    decisions: dict[str, int]
    shapes: dict[str, int]
    roles: int

    def lines(self) -> list[str]:
        """For people."""
        decisions = ", ".join(f"{count} {name}" for name, count in self.decisions.items())
        shapes = ", ".join(f"{count} {name}" for name, count in self.shapes.items())
        return [
            f"{self.rows} calls decided: {decisions}",
            f"of the {self.sure} that AWS surely checks iam:PassRole for, {self.sure_covered} are covered",
            f"covered calls by what their shape is known from: {shapes}; {self.roles} places of roles",
        ]


def count(facts: tuple[CallFact, ...], rows: list[Row]) -> Numbers:
    """Counts rows that were made of the facts, in their order."""
    covered = [row for row in rows if row["decision"] == COVERED]
    sure = [row for call, row in zip(facts, rows, strict=True) if call.kind != "unsure"]
    return Numbers(
        rows=len(rows),
        sure=len(sure),
        sure_covered=sum(row["decision"] == COVERED for row in sure),
        decisions=_sorted(row["decision"] for row in rows),
        shapes=_sorted(row["shape"] for row in covered),
        roles=sum(len(row["roles"]) for row in covered),
    )


def _sorted(values: Iterable[str]) -> dict[str, int]:
    counts = Counter(values)
    return dict(sorted(counts.items()))
