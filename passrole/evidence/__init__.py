"""Evidence: facts about a passed role, from live IAM or from a snapshot file."""

from passrole.evidence.facts import ABSENT, Absent, Fact, Known, RoleEvidence, Unknown, known

__all__ = ["ABSENT", "Absent", "Fact", "Known", "RoleEvidence", "Unknown", "known"]
