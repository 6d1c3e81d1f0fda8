"""The condition keys that a policy can speak of, and what is known of each for a pass.

AWS's keys come first; ``role:…`` and ``pass:…`` are our own.
"""

from passrole.language import fold
from passrole.policy.keys.aws import AWS_KEYS
from passrole.policy.keys.model import Key, KeyType, Subject
from passrole.policy.keys.ours import OUR_KEYS

__all__ = ["KEYS", "Key", "KeyType", "Subject", "key_of"]

KEYS: tuple[Key, ...] = (*AWS_KEYS, *OUR_KEYS)
_BY_NAME = {fold(key.name): key for key in KEYS}


def key_of(name: str) -> Key | None:
    """The key of that folded name, if there is one."""
    key = _BY_NAME.get(name)
    if key is not None:
        return key
    stem, slash, tag = name.partition("/")
    return _BY_NAME.get(stem + slash) if tag else None
