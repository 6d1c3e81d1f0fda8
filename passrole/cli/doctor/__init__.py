"""``passrole doctor``: is everything there that the guard needs, and does the deployed guard work?"""

from passrole.cli.doctor.command import doctor

__all__ = ["doctor"]
