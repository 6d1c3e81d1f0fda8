"""Judges events: EventBridge -> queue -> this function -> ledger and topic."""
