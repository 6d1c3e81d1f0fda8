"""Contains resources: topic -> queue -> this function -> AWS APIs, ledger and topic."""
