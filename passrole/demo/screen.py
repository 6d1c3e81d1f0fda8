"""The demonstration on a terminal, or as plain lines in a pipe. Nothing moves but a spinner."""

import contextlib
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.text import Text

from passrole.demo.expectations import Expectation
from passrole.demo.layout import MARGIN, Layout
from passrole.demo.seen import SeenAlert, SeenPass, SeenStep, deed, shown_role, without_account
from passrole.demo.seen import seconds as in_words
from passrole.finding import News
from passrole.names import short_resource, shown
from passrole.passes import Pass
from passrole.policy import Decision
from passrole.preview.mrkdwn import Style, spans

_LONGEST = 900
_FIELD = 10
_VERDICTS = {
    Decision.APPROVED: ("✓ approved", "green"),
    Decision.EXEMPT: ("✓ exempt", "green"),
    Decision.VIOLATION: ("✗ violation", "bold red"),
    Decision.UNDETERMINED: ("? undetermined", "yellow"),
}
_NEWS = {
    News.WOULD_CONTAIN: ("◌ dry run", "yellow"),
    News.CONTAINED: ("■ contained", "magenta"),
    News.RELEASED: ("□ released", "green"),
    News.CONTAINMENT_FAILED: ("! not contained", "bold red"),
    News.CONTAINMENT_REFUSED: ("! not contained", "bold red"),
    News.RESOLVED: ("· resolved", "dim"),
}
_STYLES = {Style.PLAIN: "", Style.BOLD: "bold", Style.ITALIC: "italic", Style.CODE: "cyan", Style.LINK: ""}
_WORD_BREAK = re.compile(r"-|(?<=[a-z])(?=[A-Z])")


class Screen:
    """Prints what happens, as it happens."""

    def __init__(self, layout: Layout | None = None) -> None:
        self._layout = layout or Layout()
        self._steps = 0

    def title(self, text: str, below: str) -> None:
        """The name of the whole."""
        self._layout.gap()
        self._layout.paragraph(text, 1, "bold")
        self._layout.paragraph(below, 1, "dim")

    def step(self, title: str, said: str) -> None:
        """Begins the next numbered step."""
        self._steps += 1
        self._layout.gap()
        self._layout.line(Text(f" {self._steps}  ", style="bold blue").append(title, style="bold default"))
        self._layout.paragraph(said, style="dim")
        self._layout.gap()

    def note(self, text: str, style: str = "") -> None:
        """A sentence within a step."""
        self._layout.paragraph(text, style=style)

    def fact(self, label: str, value: str, style: str = "") -> None:
        """A label and what it stands for."""
        self._layout.pair(Text(shown(label, 60), style="dim"), Text(shown(value, _LONGEST), style=style))

    @contextlib.contextmanager
    def waiting(self, what: str) -> Iterator[None]:
        """Says what is being waited for, while it is."""
        with self._layout.busy(f"waiting for {what}"):
            yield

    def call(self, who: str, operation: str, about: str, role: str) -> None:
        """A call, as it is made."""
        self._layout.gap()
        line = Text(f"{operation} ").append(about, style="bold").append(f" with {role}")
        self._layout.pair(Text(who, style="blue"), line)

    def saw_pass(self, seen: SeenPass) -> None:
        """A pass with who, what, for whom, and the verdict with its reason."""
        pass_ = seen.pass_
        label, style = _VERDICTS[seen.decision]
        who, did, given = deed(pass_)
        first = Text(f"{shown(who, 120)} {did} ")
        first.append(shown(shown_role(seen.role), 90), style="bold")
        services = " or ".join(pass_.services) or "an unknown service"
        second = Text(f"{given} {services} as {pass_.place}{_holders(pass_)}")
        why = [Text(shown(without_account(reason), _LONGEST), style="dim") for reason in seen.reasons[:1]]
        self._layout.columns(Text(label, style=style), _time(seen.seconds), [first, second, *why])

    def saw_alert(self, seen: SeenAlert, about: str) -> None:
        """That a message arrived; not what it says."""
        text = Text(shown(seen.title, _LONGEST)).append(f" ({shown(about, 90)})", style="dim")
        self._layout.columns(Text("✉ Slack", style="cyan"), _time(seen.seconds), [text])

    def saw_step(self, seen: SeenStep) -> None:
        """A finding's next step, if there is more to it than the pass that opened it."""
        if seen.step.news not in _NEWS:
            return
        label, style = _NEWS[seen.step.news]
        did = seen.step.why.partition(". Still runs")[0] or short_resource(seen.finding.resource or "")
        text = Text(shown(did, _LONGEST))
        self._layout.columns(Text(label, style=style), _time(seen.seconds), [text])

    def message(self, payload: Mapping[str, Any]) -> None:
        """A Slack message, with the bar that Slack draws beside attachments."""
        for number, block in enumerate(payload.get("blocks", ())):
            if number:
                self._barred([Text()])
            match block.get("type"):
                case "header":
                    self._barred([Text(shown(block["text"]["text"], _LONGEST), style="bold")])
                case "section" if "fields" in block:
                    for field in block["fields"]:
                        self._field(field["text"])
                case "section":
                    self._barred(_lines(block["text"]["text"]))
                case "context":
                    for element in block["elements"]:
                        self._barred(_lines(element["text"], "dim"))

    def output(self, command: str, output: str) -> None:
        """A command and what it printed."""
        self._layout.paragraph(f"$ {command}", style="bold", hanging=2)
        for line in output.rstrip().splitlines():
            indent = MARGIN + 2 + len(line) - len(line.lstrip())
            self._layout.paragraph(line.strip(), indent, hanging=4)

    def states(self, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Before and after, side by side where there is room."""
        widths = [max(len(row[column]) for row in (header, *rows)) for column in range(len(header))]
        if sum(widths) + 2 * len(widths) + MARGIN > self._layout.width:
            for row in rows:
                self._layout.paragraph(row[0], style="bold")
                for name, value in zip(header[1:], row[1:], strict=True):
                    self.fact(name, value)
            return
        for number, row in enumerate((header, *rows)):
            text = Text(" " * MARGIN)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True)):
                is_changed = number > 0 and column == len(row) - 1 and cell != row[-2]
                style = "dim" if number == 0 or column == 1 else "bold magenta" if is_changed else ""
                text.append(cell.ljust(width + 2), style=style)
            self._layout.line(text)

    def expectation(self, expectation: Expectation) -> None:
        """Whether it is met; if not, what was expected and what was seen."""
        mark, style = ("✓", "green") if expectation.is_met else ("✗", "bold red")
        lead = Text(" " * MARGIN).append(f"{mark} ", style=style)
        about = Text(shown(expectation.about, _LONGEST), style="" if expectation.is_met else "bold red")
        self._layout.wrapped([about], lead, Text(" " * (MARGIN + 2)))
        if not expectation.is_met:
            self.fact("  expected", expectation.expected)
            self.fact("  seen", expectation.seen, "red")

    def wrote(self, report: Path) -> None:
        """The report is there."""
        self._layout.gap()
        self._layout.paragraph(f"The whole story, to read and to show: {report}", style="bold")

    def broke_off(self, why: str) -> None:
        """The story cannot go on."""
        self._layout.gap()
        for line in why.splitlines():
            self._layout.paragraph(line, 1, "red")

    def ended_early(self, text: str) -> None:
        """Somebody ended it."""
        self._layout.gap()
        self._layout.paragraph(text, 1)

    def log(self, tail: str, lines: int = 15) -> None:
        """The end of the emulator's log."""
        self._layout.gap()
        self.note("The emulator's log ends with:", "bold")
        for line in tail.splitlines()[-lines:]:
            self._layout.paragraph(shown(line, 3 * self._layout.width), style="dim")

    def space(self) -> None:
        """An empty line."""
        self._layout.gap()

    def _barred(self, lines: Sequence[Text]) -> None:
        bar = Text(" " * MARGIN).append("│ ", style="dim")
        for line in lines:
            hanging = bar.copy().append("  " if line.plain.startswith("•") else "")
            self._layout.wrapped([line], bar, hanging)

    def _field(self, mrkdwn: str) -> None:
        name, *values = _lines(mrkdwn)
        bar = Text(" " * MARGIN).append("│ ", style="dim")
        lead = bar.copy().append_text(name)
        lead.pad_right(max(1, MARGIN + 2 + _FIELD - lead.cell_len))
        self._layout.wrapped(values, lead, bar.copy().append(" " * _FIELD))


def _holders(pass_: Pass) -> str:
    kind = _WORD_BREAK.sub(" ", (pass_.resource_type or "").partition(":")[2]).lower() or "resource"
    names = ", ".join(shown(short_resource(resource), 90) for resource in pass_.resources)
    return f" of {kind} {names}" if names else f" of a {kind}"


def _time(seconds: float | None) -> str:
    return in_words(seconds) if seconds is not None else ""


def _lines(mrkdwn: str, style: str = "") -> list[Text]:
    text = Text(style=style)
    for span in spans(mrkdwn):
        safe = "\n".join(shown(line, _LONGEST) for line in span.text.split("\n"))
        text.append(safe, style=_STYLES[span.style])
    return list(text.split("\n", allow_blank=True))
