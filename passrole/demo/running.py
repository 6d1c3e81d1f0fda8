"""Runs the demonstration from start to end, and cleans up however it ends."""

import os
import sys
import tempfile
from pathlib import Path

from passrole.demo import ending
from passrole.demo.processes import InterruptedRunError, ending_on_signals
from passrole.demo.report import render
from passrole.demo.screen import Screen
from passrole.demo.stage import Stage
from passrole.demo.story import tell
from passrole.demo.telling import Told
from passrole.demo.trying import StoryError
from passrole.demo.world import ROOT, World, is_checkout
from passrole.emulator import EmulatorError


def run(report: Path) -> int:
    """Shows the whole system at work, and writes ``report``, a page of HTML.

    Returns:
        0 if every expectation was met, 1 if not or if the story broke off, 2 where there is no checkout to
        run from, 128 and the signal's number (130 for Ctrl-C) if it was interrupted.
    """
    if not is_checkout(ROOT):
        print(f"{ROOT}: no checkout of the project; the demonstration runs from one", file=sys.stderr)
        return 2
    if not report.absolute().parent.is_dir():
        print(f"{report}: there is no such directory to write the report to", file=sys.stderr)
        return 2
    screen = Screen()
    try:
        with ending_on_signals():
            return _run(report, screen)
    except InterruptedRunError as interruption:
        screen.ended_early("Interrupted. Everything that was started is stopped.")
        return interruption.status


def write_report(report: Path, told: Told) -> None:
    """Writes the page in one step, so that no reader ever sees half of it."""
    handle, name = tempfile.mkstemp(prefix=f".{report.name}-", dir=report.absolute().parent)
    with os.fdopen(handle, "w", encoding="utf-8") as page:
        page.write(render(told))
    Path(name).chmod(0o644)
    Path(name).replace(report)


def _run(report: Path, screen: Screen) -> int:
    screen.title(
        "PassRole Guardrail at work", "Who passed which IAM role to which AWS service, and was that approved?"
    )
    try:
        with World() as world:
            return _perform(world, report, screen)
    except EmulatorError as error:
        screen.broke_off(str(error))
        return 1


def _perform(world: World, report: Path, screen: Screen) -> int:
    stage = Stage(world, screen)
    try:
        tell(stage)
        ending.summarize(stage)
        write_report(report, stage.told)
    except BrokenPipeError:
        raise  # nobody reads any more
    except StoryError as error:
        screen.broke_off(str(error))
        return 1
    except Exception as error:
        screen.broke_off(f"{type(error).__name__}: {error}")
        screen.log(world.emulator.log_tail())
        return 1
    screen.wrote(report)
    if not stage.told.expectations.are_met:
        screen.log(world.emulator.log_tail())
        return 1
    return 0
