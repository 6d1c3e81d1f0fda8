"""How far a long command is, on the standard error: a bar on a terminal, else a line now and then."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self

import click

from passrole.cli.terminal import safe

_EVERY = 30  # seconds between lines where there is no terminal


class Progress:
    """Shows what was told last, while the context lasts."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._told_at = time.monotonic()
        self._told = ""

    def __enter__(self) -> Self:
        if sys.stderr.isatty():
            self._bar = _bar()
            self._bar.start()
            self._bar.add_task("")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def show(self, text: str, done: float | None = None, of: float | None = None) -> None:
        """Shows a text, and how much is done of what there is; without ``of``, nobody knows how much."""
        if self._bar is not None:
            self._bar.update(self._bar.task_ids[0], description=safe(text), completed=done or 0, total=of)
        elif text != self._told and time.monotonic() - self._told_at >= _EVERY:
            self.tell(text)

    def tell(self, text: str) -> None:
        """Says something that stays."""
        self._told, self._told_at = text, time.monotonic()
        with self.above():
            click.echo(safe(text), err=True)

    @contextmanager
    def above(self) -> Iterator[None]:
        """What is printed while this lasts stays above the bar."""
        if self._bar is not None:
            self._bar.stop()
        try:
            yield
        finally:
            if self._bar is not None:
                self._bar.start()


def _bar() -> Any:
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    return Bar(
        BarColumn(bar_width=30),
        TextColumn("{task.description}", markup=False),
        TimeElapsedColumn(),
        console=Console(stderr=True, markup=False, emoji=False, highlight=False),
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
    )
