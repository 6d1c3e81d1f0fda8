"""CloudTrail records -> passes."""

from passrole.trail.envelope import EnvelopeError, ForgedEventError, UnreadableEventError, record_in
from passrole.trail.extraction import passes_of

__all__ = ["EnvelopeError", "ForgedEventError", "UnreadableEventError", "passes_of", "record_in"]
