"""Foreign text made fit for one line: names and values come from attackers and from typing errors alike."""


def printable(text: str, limit: int = 200) -> str:
    """``text`` on one line: what does not print is escaped as in Python, what is too long is shortened.

    Newlines, control characters, invisible characters and those that turn the reading direction are escaped,
    so that a name can neither begin a new line in an alert nor hide a part of itself.
    """
    if len(text) > limit:
        # The end is kept: that is where an ARN has the name.
        tail = limit // 3
        text = f"{text[: limit - tail - 1]}…{text[-tail:]}"
    if text.isprintable() and "\\" not in text:
        return text
    return "".join(c if c.isprintable() and c != "\\" else _escape(c) for c in text)


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


def quoted(text: str, limit: int = 80) -> str:
    """``text`` in double quotes, fit for one line."""
    return f'"{printable(text, limit)}"'
