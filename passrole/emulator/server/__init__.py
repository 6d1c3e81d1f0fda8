"""What runs inside the emulator's interpreter: the launcher, the shims and the CloudTrail bridge.

`passrole` is not importable there: modules here import the standard library, botocore, MiniStack and
each other.
"""
