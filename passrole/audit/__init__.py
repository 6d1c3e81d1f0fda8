"""The past: who passed which role to what, from the logs that people have."""
