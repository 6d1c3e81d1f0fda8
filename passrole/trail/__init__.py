"""CloudTrail records -> passes."""

from passrole.trail.envelope import EnvelopeError, ForgedEvent, UnreadableEvent, record_in
from passrole.trail.extraction import passes_of

__all__ = ["EnvelopeError", "ForgedEvent", "UnreadableEvent", "passes_of", "record_in"]
