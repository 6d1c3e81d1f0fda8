"""Tells people: topic "findings" -> queue -> this function -> Slack and e-mail."""
