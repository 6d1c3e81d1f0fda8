"""What a listing found, with what IAM tells of it; and what a part of a sweep came to, added up."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from passrole.evidence import Evidence, known
from passrole.ledger import SweepPart
from passrole.passes import Pass
from passrole.sweep.rejudging import Effect, Judged
from passrole.sweep.walk import Held


@dataclass(slots=True)
class Found:
    """A role that a resource holds, and the pass that stands for how it came to it."""

    held: Held
    pass_: Pass
    evidence: Evidence | None = None

    @property
    def arn(self) -> str | None:
        """The role's; None if there is no such role, or IAM does not tell it."""
        return known(self.evidence.arn) if self.evidence and not self.evidence.is_of_no_role else None

    @property
    def key(self) -> tuple[str, str, str]:
        return self.held.resource, self.held.place.place, self.arn or ""

    @property
    def seen(self) -> Iterator[tuple[str, ...]]:
        """What stands for it among what was seen: whatever a finding or a holding may call its role."""
        evidence, resource, place = self.evidence, self.held.resource, self.held.place.place
        if evidence is None or evidence.is_of_no_role:
            # Who makes a role of that name gives it to the resource: that is judged when it happens.
            yield "named", resource, place, self.pass_.role.name or ""
            return
        for role in (self.arn or self.held.value, known(evidence.role_id)):
            if role:
                yield resource, place, role
        if evidence.is_unanswered:
            yield "unclear", resource


class Counts:
    """Adds up what a part came to."""

    def __init__(self, part: SweepPart) -> None:
        self.part = part

    def see(self, evidence: Evidence) -> None:
        part = self.part
        is_dangling = evidence.is_of_no_role
        is_unanswered = not is_dangling and known(evidence.arn) is None
        self.part = replace(
            part,
            roles=part.roles + 1,
            dangling=part.dangling + is_dangling,
            unanswered=part.unanswered + is_unanswered,
        )

    def add(self, judged: Judged, *, is_new: bool = False) -> None:
        part = self.part
        self.part = replace(
            part,
            new=part.new + is_new,
            opened=part.opened + judged.effects.count(Effect.OPENED),
            resolved=part.resolved + judged.effects.count(Effect.RESOLVED),
            unanswered=part.unanswered + (judged.verdict is None),
        )
