"""Names and sentences in a chat's markdown: Slack's, and harmless in that of Teams.

Names stand in code spans, where nothing is formatted; Slack's control characters are escaped as its
"Formatting message text" says. Where a client knows no code spans, ``](`` would still make a link: it is
parted.
"""

import re

from passrole.names import shown

NAME = 180  # characters of a name in a sentence
_PLAIN_WORD = re.compile(r"[A-Za-z0-9'-]+")
_PUNCTUATION = re.compile(r"([(\"']*)(.*?)([)\"',.;:!?]*)", re.DOTALL)
_NOT_A_BACKTICK = "\u02cb"  # a letter that looks like one
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def code(text: str, limit: int = NAME) -> str:
    """A name as a code span. A backtick would end the span: a letter that looks like it takes its place."""
    return f"`{escaped(text, limit - 2) or '(empty)'}`"


def prose(text: str, limit: int) -> str:
    """A sentence that may hold names: what is no plain word becomes a code span, so that nothing formats it.

    Counted as if every word were a span, so that the result is never longer than ``limit``.
    """
    first_span = 2  # its backticks; those of each further word are counted with the space before it
    one_line = " · ".join(text.splitlines())
    fitting = shown(_parted(one_line), limit - first_span, lambda c: 3 if c == " " else _size(c))
    return " ".join(_word(word) for word in fitting.split(" "))


def escaped(text: str, limit: int) -> str:
    """A name as it stands, in at most ``limit``."""
    return _entities(shown(_parted(text), limit, _size))


def utf16(text: str) -> int:
    """The length of a text as chats count it."""
    return len(text) + sum(c > "\uffff" for c in text)


def _word(word: str) -> str:
    found = _PUNCTUATION.fullmatch(word)
    opening, core, closing = found.groups() if found else ("", word, "")
    if not core or _PLAIN_WORD.fullmatch(core) or core == "·" or core == "…":
        return word
    return f"{opening}`{_entities(core)}`{closing}"


def _parted(text: str) -> str:
    return text.replace("](", "] (")


def _entities(text: str) -> str:
    return "".join(_ENTITIES.get(c, c) for c in text.replace("`", _NOT_A_BACKTICK))


def _size(character: str) -> int:
    """What a character costs: entities count whole, astral characters as UTF-16 pairs."""
    return len(_ENTITIES.get(character, "  " if ord(character) > 0xFFFF else " "))
