"""Texts in the AWS Security Finding Format: safe to show, and cut to limits in characters as UTF-16 counts.

How Security Hub counts is not documented; this is what the strictest way gives.
"""

from passrole import names


def shown(text: str, limit: int) -> str:
    """The text made safe to show, cut in the middle."""
    return names.shown(text, limit, _size)


def cut(text: str, limit: int) -> str:
    """A safe text, cut in the middle."""
    return names.cut(text, limit, _size)


def cut_end(text: str, limit: int) -> str:
    """A safe text, cut at its end: for prose where what comes last matters least."""
    if sum(map(_size, text)) <= limit:
        return text
    room, kept = limit - _size(names.ELLIPSIS), 0
    for character in text:
        room -= _size(character)
        if room < 0:
            break
        kept += 1
    return text[:kept] + names.ELLIPSIS


def _size(character: str) -> int:
    return 2 if ord(character) > 0xFFFF else 1
