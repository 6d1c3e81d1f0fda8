"""The embedded AWS emulator: a real deployment target on loopback, for the demonstration and the e2e tests.

Development only. MiniStack runs in an environment of its own (`make setup` makes it), and nothing here goes
into a Lambda bundle. `server/` is the part that runs inside that environment.
"""

from passrole.emulator.deploy import DeploymentError, deploy
from passrole.emulator.matching import PatternMatcher
from passrole.emulator.process import ACCOUNT, REGION, Credentials, Emulator, EmulatorError

__all__ = [
    "ACCOUNT",
    "REGION",
    "Credentials",
    "DeploymentError",
    "Emulator",
    "EmulatorError",
    "PatternMatcher",
    "deploy",
]
