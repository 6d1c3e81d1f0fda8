"""Names come from attackers: makes any text from a record safe to show, on one line, in a bounded length."""

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

from passrole.arn import Arn, parse_role_arn
from passrole.passes import Passer

ELLIPSIS = "…"
# Letters that show as nothing: two names that differ only in them would look the same.
_BLANK_LETTERS = "\u115f\u1160\u2800\u3164\uffa0"
# The sign without which no client takes a text for a link.
_LINK = re.compile(r":(?=//)|(?<=www)\.|(?<=mailto):", re.IGNORECASE)
# AWS alone makes roles in this path, each of a permission set. In another, anybody can name a role alike.
_IDENTITY_CENTER_PATH = "/aws-reserved/sso.amazonaws.com/"
_IDENTITY_CENTER_ROLE = re.compile(r"AWSReservedSSO_(.+)_[0-9a-f]{16}")
_RIGHT_TO_LEFT = ("R", "AL", "AN")


def visible(text: str) -> str:
    """The text with all that cannot be seen, or moves what stands beside it, as an escape (``\\u202e``).

    Line breaks, control, bidirectional and zero-width characters, lone surrogates, blanks other than the
    space, combining marks and right-to-left letters are escaped: text is read in the order that it has.
    ``://``, ``www.`` and ``mailto:`` are broken up, so that no mail or chat client makes a link of them.
    """
    if not (text.isascii() and text.isprintable()):
        text = "".join(map(_seen, text))
    return _LINK.sub(lambda found: f"[{found[0]}]", text)


def shown(text: str, limit: int, size: Callable[[str], int] = len) -> str:
    """The text made ``visible`` and ``cut``."""
    if len(text) > 2 * limit:
        # No character is shown in less than one: what is left out here would be cut out anyway.
        text = text[:limit] + text[-limit:]
    return cut(visible(text), limit, size)


def cut(text: str, limit: int, size: Callable[[str], int] = len) -> str:
    """The text in at most ``limit``, cut in the middle: an ARN tells most at both of its ends.

    ``size`` gives what one character costs where that is not one.
    """
    total = 0
    for character in text:
        total += size(character)
        if total > limit:
            break
    else:
        return text
    room = limit - size(ELLIPSIS)
    head = _take(text, room * 2 // 3, size)
    rest = text[len(head) :]
    tail = _take(rest[::-1], room - sum(map(size, head)), size)[::-1]
    return head + ELLIPSIS + tail


def short_principal(arn: str | None) -> str | None:
    """``Developer/alice`` for a session, ``alice`` for a user; the text itself if it is no ARN."""
    parsed = Arn.parse(arn)
    if parsed is None or parsed.service not in ("iam", "sts"):
        return arn
    kind, _, name = parsed.resource.partition("/")
    if kind == "root":
        return f"root of {parsed.account}"
    return name if kind == "assumed-role" else name.rpartition("/")[2]  # the last part of a path


def short_passer(passer: Passer) -> str:
    """The passer in the fewest words that name one person or machine.

    A session of IAM Identity Center has the name of its permission set in place of the role's.
    """
    short = short_principal(passer.arn)
    if not short:
        return passer.name or passer.invoked_by or passer.principal_id or "Somebody"
    role, separator, session = short.partition("/")
    permission_set = _permission_set(passer.role_arn, role)
    return f"{permission_set}{separator}{session}" if permission_set else short


def short_role(role: str) -> str:
    """A role's name; the text itself if it is no role ARN."""
    parsed = parse_role_arn(role)
    return parsed.name if parsed else role


def short_resource(resource: str) -> str:
    """``payments`` for a function's ARN, ``i-0abc`` for an instance's; the text itself if it is no ARN."""
    parsed = Arn.parse(resource)
    if parsed is None:
        return resource
    _, separator, name = parsed.resource.partition("/")
    if not separator:
        name = parsed.resource.partition(":")[2]
    return name or parsed.resource


def _permission_set(role_arn: str | None, name: str) -> str | None:
    """The permission set whose role that is, if it is one of Identity Center's, and of that name."""
    role = parse_role_arn(role_arn)
    if role is None or role.name != name or not role.path.startswith(_IDENTITY_CENTER_PATH):
        return None
    found = _IDENTITY_CENTER_ROLE.fullmatch(name)
    return found[1] if found else None


def _take(text: str, room: int, size: Callable[[str], int]) -> str:
    for index, character in enumerate(text):
        room -= size(character)
        if room < 0:
            return text[:index]
    return text


def _is_plain(character: str) -> bool:
    return (
        character.isprintable()
        and character not in _BLANK_LETTERS
        and not unicodedata.category(character).startswith("M")
        and unicodedata.bidirectional(character) not in _RIGHT_TO_LEFT
    )


@lru_cache(4096)
def _seen(character: str) -> str:
    """The character if it is plain, else its escape."""
    return character if _is_plain(character) else _escape(character)


def _escape(character: str) -> str:
    code = ord(character)
    known = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}.get(character)
    return known or (
        f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
    )
