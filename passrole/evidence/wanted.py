"""Which facts beyond the role itself are worth a request to IAM: those that a condition asks for."""

from collections.abc import Iterable
from dataclasses import dataclass

_ADMINISTRATOR = "role:administrator"
_PASSER_TAG = "aws:principaltag/"  # followed by the tag's key


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a policy's conditions ask for.

    Attributes:
        administrator: whether the role is an administrator: several requests a role. Where no condition asks
            for it, it is asked for when a finding comes of the pass.
        passer_tags: the tags of the passer: one request a passer.
    """

    administrator: bool = False
    passer_tags: bool = False

    @classmethod
    def of(cls, keys: Iterable[str]) -> "Wanted":
        """What condition keys ask for; ``keys`` are folded names (ASCII lower case)."""
        named = frozenset(keys)
        return cls(
            administrator=_ADMINISTRATOR in named,
            passer_tags=any(key.startswith(_PASSER_TAG) for key in named),
        )


NOTHING = Wanted()
