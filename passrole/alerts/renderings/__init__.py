"""Pure renderings of a finding's news: one module a receiver, and what they share."""
