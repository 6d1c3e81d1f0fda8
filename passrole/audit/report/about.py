"""What a report is about: what was audited, and with what."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class About:
    """What the numbers alone do not tell.

    Attributes:
        sources: what was read, as it was given: folders, files, ``s3://`` prefixes, tables.
        generated_at: when, with its time zone.
        since, until: the range that was asked for, as it was given; None where it is open.
        policy_hash: of the policy that judged; None without one.
        has_snapshot: whether facts about roles were given by ``--iam``.
    """

    sources: tuple[str, ...]
    generated_at: datetime
    since: str | None = None
    until: str | None = None
    policy_hash: str | None = None
    has_snapshot: bool = False

    @property
    def is_judged(self) -> bool:
        return self.policy_hash is not None
