"""Quarantine: one module a kind of resource, and the order of containment and of release."""
