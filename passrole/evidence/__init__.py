"""Evidence: facts about a passed role, from live IAM or from a snapshot file."""

from passrole.evidence.facts import ABSENT, NOT_ASKED, Absent, Evidence, Fact, Known, Unknown, known

__all__ = ["ABSENT", "NOT_ASKED", "Absent", "Evidence", "Fact", "Known", "Unknown", "known"]
