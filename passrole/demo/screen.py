"""The demonstration on a terminal, or as plain lines in a pipe. Nothing moves but a spinner."""

import contextlib
import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

from rich.console import Console
from rich.text import Text

from passrole.alerts.names import short_passer, short_resource, shown
from passrole.demo.expectations import Expectation
from passrole.demo.mrkdwn import Style, spans
from passrole.demo.seen import SeenAlert, SeenPass, SeenStep, shown_role
from passrole.demo.seen import seconds as in_words
from passrole.emulator import ACCOUNT
from passrole.finding import News
from passrole.passes import Outcome, Pass
from passrole.policy import Decision

_WIDEST = 96
_NARROWEST = 40
_INDENT = 3
_LABEL = 15
_LONGEST = 900
_VERDICTS = {
    Decision.APPROVED: ("✓ approved", "green"),
    Decision.EXEMPT: ("✓ exempt", "green"),
    Decision.VIOLATION: ("✗ violation", "bold red"),
    Decision.UNDETERMINED: ("? undetermined", "yellow"),
}
_NEWS = {
    News.CONTAINED: ("■ contained", "magenta"),
    News.RELEASED: ("□ released", "green"),
    News.CONTAINMENT_FAILED: ("! not contained", "bold red"),
    News.CONTAINMENT_REFUSED: ("! not contained", "bold red"),
    News.RESOLVED: ("· resolved", "dim"),
}
_NOT_LOWER = re.compile(r"-|(?<=[a-z])(?=[A-Z])")
_STYLES = {Style.PLAIN: "", Style.BOLD: "bold", Style.ITALIC: "italic", Style.CODE: "cyan"}


class _Console(Console):
    def on_broken_pipe(self) -> NoReturn:
        raise BrokenPipeError


class Screen:
    """Prints what happens, as it happens."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or _Console(markup=False, emoji=False, highlight=False)
        self._width = max(_NARROWEST, min(self._console.width, _WIDEST))
        self._steps = 0

    def title(self, text: str, below: str) -> None:
        """The name of the whole."""
        self._print()
        self._print(Text(f" {text}", style="bold"))
        self._paragraph(below, 1, "dim")

    def step(self, title: str, said: str) -> None:
        """Begins the next numbered step."""
        self._steps += 1
        self._print()
        self._print(Text(f" {self._steps}", style="bold blue").append(f"  {title}", style="bold default"))
        self._paragraph(said, 4, "dim")
        self._print()

    def note(self, text: str, style: str = "") -> None:
        """A sentence within a step."""
        self._paragraph(text, _INDENT + 1, style)

    def fact(self, label: str, value: str, style: str = "") -> None:
        """A label and what it stands for."""
        self._block(Text(label, style="dim"), [Text(shown(value, _LONGEST), style=style)])

    @contextlib.contextmanager
    def waiting(self, what: str) -> Iterator[None]:
        """Says what is being waited for, while it is."""
        if self._console.is_terminal:
            with self._console.status(Text(f"waiting for {what}", style="dim"), spinner="dots"):
                yield
        else:
            self._print(Text(f"{' ' * (_INDENT + 1)}… waiting for {what}"))
            yield

    def call(self, who: str, operation: str, about: str, role: str) -> None:
        """A call, as it is made."""
        self._print()
        line = Text(f"{operation} ").append(about, style="bold").append(f" with {role}")
        self._block(Text(who, style="blue"), [line])

    def saw_pass(self, seen: SeenPass) -> None:
        """A pass with who, what, for whom, and the verdict with its reasons."""
        pass_ = seen.pass_
        label, style = _VERDICTS[seen.decision]
        did = "passed" if pass_.outcome is Outcome.SUCCEEDED else "tried to pass"
        first = Text(f"{shown(short_passer(pass_.passer), 80)} {did} ")
        first.append(shown(shown_role(seen.role), 90), style="bold")
        services = " or ".join(pass_.services) or "an unknown service"
        second = Text(f"to {services}, {_holders(pass_)}", style="default")
        why = [Text(_without_account(reason), style="dim") for reason in seen.reasons[:1]]
        where = Text(f"{pass_.place} · {pass_.event_name}{_after(seen.seconds)}", style="dim")
        self._block(Text(label, style=style), [first, second, *why, where])

    def saw_alert(self, seen: SeenAlert, about: str) -> None:
        """That a message arrived; not what it says."""
        self._block(
            Text("✉ Slack", style="cyan"), [Text(f"{about}: {_plain(seen.title)}{_after(seen.seconds)}")]
        )

    def saw_step(self, seen: SeenStep) -> None:
        """A finding's next step, if there is more to it than the pass that opened it."""
        if seen.step.news not in _NEWS:
            return
        label, style = _NEWS[seen.step.news]
        holder = short_resource(seen.finding.resource or "")
        self._block(Text(label, style=style), [Text(f"{shown(holder, 90)}{_after(seen.seconds)}")])

    def message(self, payload: Mapping[str, Any]) -> None:
        """A Slack message, with the bar that Slack draws beside attachments."""
        for block in payload.get("blocks", ()):
            kind = block.get("type")
            if kind == "header":
                self._barred(Text(_plain(block["text"]["text"]), style="bold"))
                continue
            texts = (
                [block["text"]] if "text" in block else [*block.get("fields", []), *block.get("elements", [])]
            )
            for text in texts:
                self._barred(_rich(text["text"], "dim" if kind == "context" else ""))

    def output(self, command: str, output: str) -> None:
        """A command and what it printed."""
        self._paragraph(f"$ {command}", _INDENT + 1, "bold")
        for line in output.rstrip().splitlines():
            self._paragraph(line, _INDENT + 3)

    def states(self, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Before and after, side by side where there is room."""
        widths = [max(len(row[column]) for row in (header, *rows)) for column in range(len(header))]
        if sum(widths) + 2 * len(widths) + _INDENT > self._width:
            for row in rows:
                self._print(Text(f"{' ' * (_INDENT + 1)}{row[0]}", style="bold"))
                for name, value in zip(header[1:], row[1:], strict=True):
                    self.fact(name, value)
            return
        for number, row in enumerate((header, *rows)):
            cells = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            self._print(Text(f"{' ' * (_INDENT + 1)}{cells}".rstrip(), style="dim" if number == 0 else ""))

    def expectation(self, expectation: Expectation) -> None:
        """Whether it is met; if not, what was expected and what was seen."""
        if expectation.is_met:
            line = Text("✓ ", style="green").append(expectation.about, style="default")
            self._wrapped(line, " " * (_INDENT + 1), " " * (_INDENT + 3))
            return
        self._wrapped(
            Text(f"✗ {expectation.about}", style="bold red"), " " * (_INDENT + 1), " " * (_INDENT + 3)
        )
        self.fact("  expected", expectation.expected)
        self.fact("  seen", expectation.seen, "red")

    def wrote(self, report: Path) -> None:
        """The report is there."""
        self._print()
        self._paragraph(f"The whole story, to read and to show: {report}", _INDENT + 1, "bold")

    def broke_off(self, why: str) -> None:
        """The story cannot go on."""
        self._print()
        for line in why.splitlines():
            self._paragraph(line, 1, "red")

    def ended_early(self, text: str) -> None:
        """Somebody ended it."""
        self._print()
        self._paragraph(text, 1)

    def log(self, tail: str, lines: int = 15) -> None:
        """The end of the emulator's log."""
        self._print()
        self.note("The emulator's log ends with:", "bold")
        for line in tail.splitlines()[-lines:]:
            self._print(Text(f"{' ' * (_INDENT + 1)}{shown(line, self._width - _INDENT - 2)}", style="dim"))

    def space(self) -> None:
        """An empty line."""
        self._print()

    def _barred(self, text: Text) -> None:
        bar = " " * (_INDENT + 1) + "│ "
        for line in text.split("\n", allow_blank=True):
            self._wrapped(line, bar, bar)
        self._print(Text(bar.rstrip(), style="dim"))

    def _block(self, label: Text, lines: Sequence[Text]) -> None:
        for number, line in enumerate(lines):
            first = Text(" " * _INDENT).append(" ")
            first = first.append_text(label) if number == 0 else first
            first.pad_right(max(0, _INDENT + 1 + _LABEL - first.cell_len))
            room = self._width - _INDENT - 1 - _LABEL
            for part, wrapped in enumerate(line.wrap(self._console, room)):
                lead = first if part == 0 else Text(" " * (_INDENT + 1 + _LABEL))
                wrapped.rstrip()
                self._print(lead + wrapped)

    def _wrapped(self, text: Text, first: str, later: str) -> None:
        for number, line in enumerate(text.wrap(self._console, self._width - len(first))):
            line.rstrip()
            self._print(Text(first if number == 0 else later, style="dim") + line)

    def _paragraph(self, text: str, indent: int, style: str = "") -> None:
        lead = " " * indent
        for line in textwrap.wrap(shown(text, 4 * _LONGEST), self._width - indent) or [""]:
            self._print(Text(lead).append(line, style=style))

    def _print(self, text: Text | str = "") -> None:
        self._console.print(text, soft_wrap=True)


def _holders(pass_: Pass) -> str:
    kind = _NOT_LOWER.sub(" ", (pass_.resource_type or "").partition(":")[2]).lower() or "resource"
    names = ", ".join(shown(short_resource(resource), 90) for resource in pass_.resources)
    return (
        f"{kind} {names}" if names else "no resource came of it" if pass_.error_code else f"{kind} not named"
    )


def _without_account(text: str) -> str:
    """Role ARNs as paths, as guardrail.yaml has them."""
    return shown(text.replace(f"arn:aws:iam::{ACCOUNT}:role/", "/"), _LONGEST)


def _after(seconds: float | None) -> str:
    return f", {in_words(seconds)} after the call" if seconds is not None else ""


def _plain(text: str) -> str:
    return shown(text, _LONGEST)


def _rich(mrkdwn: str, style: str) -> Text:
    text = Text(style=style)
    for span in spans(mrkdwn):
        safe = "\n".join(shown(line, _LONGEST) for line in span.text.split("\n"))
        text.append(safe, style=_STYLES[span.style])
    return text
