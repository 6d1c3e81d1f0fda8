"""Athena: one query over an organization's logs, and what comes of it as CloudTrail records."""
