"""How lines are set on the terminal: margins, columns, wrapping to the width that there is."""

import contextlib
import textwrap
from collections.abc import Iterator, Sequence
from typing import NoReturn

from rich.console import Console
from rich.live import Live
from rich.padding import Padding
from rich.spinner import Spinner
from rich.text import Text

from passrole.names import shown

MARGIN = 4
_WIDEST = 96
_NARROWEST = 48
_LABEL = 15
_TIME = 8
_LONGEST = 4000


class PipeConsole(Console):
    """A console that lets the end of its pipe be noticed."""

    def on_broken_pipe(self) -> NoReturn:
        raise BrokenPipeError


class Layout:
    """Sets lines; below each other there is never more than one empty line."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or PipeConsole(markup=False, emoji=False, highlight=False)
        self.width = max(_NARROWEST, min(self._console.width, _WIDEST))
        self._is_empty = False

    def gap(self) -> None:
        """One empty line."""
        if not self._is_empty:
            self.line(Text())

    def line(self, text: Text) -> None:
        """One line as it is."""
        text.rstrip()
        self._is_empty = not text.plain
        self._console.print(text, soft_wrap=True)

    def paragraph(self, text: str, indent: int = MARGIN, style: str = "", hanging: int = 0) -> None:
        """Words, wrapped."""
        wrapped = textwrap.wrap(
            shown(text, _LONGEST),
            self.width - indent,
            subsequent_indent=" " * hanging,
            break_on_hyphens=False,
            drop_whitespace=True,
        )
        for part in wrapped or [""]:
            self.line(Text(" " * indent).append(part, style=style))

    def columns(self, label: Text, time: str, lines: Sequence[Text]) -> None:
        """A label, a time, and lines, each in its column."""
        lead = Text(" " * MARGIN).append_text(label)
        lead.pad_right(max(1, MARGIN + _LABEL - lead.cell_len))
        lead.append(time.rjust(_TIME - 2), style="dim").append("  ")
        self.wrapped(lines, lead, Text(" " * (MARGIN + _LABEL + _TIME)))

    def pair(self, label: Text, value: Text) -> None:
        """A label, and what it stands for."""
        lead = Text(" " * MARGIN).append_text(label)
        lead.pad_right(max(1, MARGIN + _LABEL - lead.cell_len))
        self.wrapped([value], lead, Text(" " * (MARGIN + _LABEL)))

    def wrapped(self, lines: Sequence[Text], first: Text, later: Text) -> None:
        """Lines with something before the first and something before all others."""
        lead = first
        for line in lines:
            for part in line.wrap(self._console, self.width - later.cell_len) or [Text()]:
                self.line(lead.copy().append_text(part))
                lead = later

    @contextlib.contextmanager
    def busy(self, what: str) -> Iterator[None]:
        """A spinner below the last line, on a terminal; elsewhere a line that stays."""
        text = Text(what, style="dim")
        if not self._console.is_terminal:
            self.line(Text(" " * MARGIN + "… ").append_text(text))
            yield
            return
        self.gap()
        spinner = Padding(Spinner("dots", text, style="blue"), (0, 0, 0, MARGIN))
        with Live(spinner, console=self._console, transient=True, refresh_per_second=8):
            yield
