"""What an audit found, in numbers: counted by SQL where the passes lie, so that no list of them is held."""

from passrole.audit.summary.summary import Summary, summarize

__all__ = ["Summary", "summarize"]
