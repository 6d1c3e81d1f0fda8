"""Launches MiniStack on a socket that it is given, and ends with the process that started it.

The first line of standard input holds the settings as JSON. They do not come as environment variables or
arguments because the Lambda functions that run here could read those. The end of standard input means that
the starter is gone, however it went: then this process removes its files and kills its whole group.
"""

import asyncio
import dataclasses
import importlib
import json
import os
import shutil
import signal
import sys
import threading
from typing import Any


@dataclasses.dataclass(frozen=True)
class Settings:
    """What the starter wants: see `passrole.emulator.process.Emulator`."""

    listener: int
    directory: str
    record_calls: bool
    check_pass_role: bool
    delivery_seconds: float
    injection_mark: str


def main() -> None:
    """Serve until standard input ends."""
    settings = Settings(**json.loads(sys.stdin.readline()))
    os.set_inheritable(settings.listener, False)
    threading.Thread(target=_end_with, args=(sys.stdin.fileno(), settings.directory), daemon=True).start()

    # Not at the top: MiniStack reads its environment when it is imported, and bridge and shims import it.
    from . import alarms, authorization, bridge, cbor, control, listings, metrics, shims

    application: Any = importlib.import_module("ministack.app")
    shims.install(settings.injection_mark)
    authorization.install()
    cbor.install()
    listings.install()
    metrics.install()
    watched = alarms.Alarms()
    watched.install()
    bridge.Bridge(settings.record_calls, settings.check_pass_role, settings.delivery_seconds).install()
    control.Control(watched, settings.injection_mark).install()
    _serve(application.app, settings.listener)


def _end_with(starter: int, directory: str) -> None:
    # Past Python's own reader, whose lock would be held when the interpreter ends by itself.
    while os.read(starter, 4096):
        pass
    shutil.rmtree(directory, ignore_errors=True)
    if os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(0)


def _serve(application: Any, listener: int) -> None:
    hypercorn: Any = importlib.import_module("hypercorn.asyncio")
    config: Any = importlib.import_module("hypercorn.config").Config()
    config.bind = [f"fd://{listener}"]
    config.keep_alive_timeout = 75
    asyncio.run(hypercorn.serve(application, config))
