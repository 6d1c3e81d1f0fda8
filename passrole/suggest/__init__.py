"""From what was passed to what to approve: the smallest policy, and each passer's own IAM statements.

Pure: passes and evidence come in, a suggestion goes out. docs/suggest.md tells how it decides.
"""

from passrole.suggest.observed import LeftOut, Observed
from passrole.suggest.options import Options
from passrole.suggest.permissions import Permissions, permissions_of
from passrole.suggest.roles import RoleFacts
from passrole.suggest.suggestion import Remaining, SetApart, Suggestion, suggest
from passrole.suggest.triples import Seen, Triple
from passrole.suggest.writing import policy_text

__all__ = [
    "LeftOut",
    "Observed",
    "Options",
    "Permissions",
    "Remaining",
    "RoleFacts",
    "Seen",
    "SetApart",
    "Suggestion",
    "Triple",
    "permissions_of",
    "policy_text",
    "suggest",
]
