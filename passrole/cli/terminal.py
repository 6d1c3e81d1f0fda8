"""What goes to the terminal: names come from attackers, so nothing in them is ever obeyed, only shown."""

import json
import sys
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from rich.console import Console

_LONGEST = 4000
# Where nobody's terminal sets the width, lines are as long as what they say.
_UNLIMITED = 1000


def safe(text: object, longest: int = _LONGEST) -> str:
    """The text on one line, with all that a terminal would obey, or not show, made visible (``\\x1b``).

    A backslash stays as it is: what the policy says was made visible before.
    """
    shown = str(text)
    if len(shown) > longest:
        shown = f"{shown[:longest]}…"
    if shown.isprintable():
        return shown
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in shown)


def print_json(data: dict[str, Any]) -> None:
    """One JSON object on one line, all ASCII."""
    sys.stdout.write(json.dumps(data) + "\n")


def console() -> "Console":
    """The standard output for people, with colours where it is a terminal; no markup, no emoji."""
    from rich.console import Console

    class PlainConsole(Console):
        def on_broken_pipe(self) -> NoReturn:
            raise BrokenPipeError

    return PlainConsole(
        markup=False,
        emoji=False,
        highlight=False,
        soft_wrap=True,
        width=None if sys.stdout.isatty() else _UNLIMITED,
    )
