"""Publishes what an interrupted function left in the outbox: schedule -> this function -> topic."""
