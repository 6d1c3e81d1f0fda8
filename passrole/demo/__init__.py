"""The demonstration: the whole system at work on an AWS emulator, on this machine alone."""

from passrole.demo.running import run

__all__ = ["run"]
