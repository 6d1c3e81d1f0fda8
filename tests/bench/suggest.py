"""How long a suggestion takes, and how much memory, beside the least that reads the same lines.

A year of passes, as ``passrole extract --json`` tells them, of 200 teams: each has 15 roles in a path of its
own, which its pipeline passes to Lambda. The command runs in a process of its own.
"""

import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from passrole.clock import iso
from passrole.passes import Passer
from passrole.trail import passes_of
from passrole.trail.roles import RoleKind, named_role
from tests.unit.samples import ACCOUNT, create_function_record

_FEW, _MANY = 20_000, 200_000
_TEAMS, _ROLES, _DAYS = 200, 15, 360
# What getrusage(2) tells counts the process that started this one, too.
_RUN = """
import re, sys
from pathlib import Path
from passrole.cli import main
try:
    main(["suggest", sys.argv[1]])
finally:
    peak = re.search(r"VmHWM:\\s*([0-9]+) kB", Path("/proc/self/status").read_text())
    print(int(peak[1]) // 1024, file=sys.stderr)
"""


def measure() -> None:
    """Prints the floor, and a suggestion from few and from many passes."""
    with tempfile.TemporaryDirectory() as directory:
        print(f"\na year of passes by {_TEAMS} pipelines, of {_TEAMS * _ROLES:,} roles")
        for count in (_FEW, _MANY):
            file = Path(directory) / f"{count}.jsonl"
            with file.open("w") as lines:
                lines.writelines(_lines(count))
            floor = _floor(file)
            seconds, peak = _suggested(file)
            rate, ratio = count / seconds, floor / seconds
            print(
                f"  passrole suggest, {count:>7,} passes {rate:>9,.0f} a second  {ratio:5.2f} of the floor"
                f" (json.loads of its lines), {peak} MiB at most"
            )


def _lines(count: int) -> Iterator[str]:
    chance = random.Random(1)  # noqa: S311 - the same year every time
    [one] = passes_of(create_function_record())
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    for number in range(count):
        team, role = chance.randrange(_TEAMS), chance.randrange(_ROLES)
        pipeline = f"arn:aws:iam::{ACCOUNT}:role/ci/team-{team}"
        passer = Passer(type="AssumedRole", arn=pipeline, role_arn=pipeline, account=ACCOUNT)
        told = replace(
            one,
            event_id=f"event-{number}",
            event_time=iso(begin + timedelta(minutes=chance.randrange(_DAYS * 1440))),
            role=named_role(f"arn:aws:iam::{ACCOUNT}:role/team-{team}/app-{role}", RoleKind.ROLE_ARN),
            passer=passer,
        )
        yield json.dumps(told.to_json()) + "\n"


def _floor(file: Path) -> float:
    began = time.perf_counter()
    with file.open() as lines:
        for line in lines:
            json.loads(line)
    return time.perf_counter() - began


def _suggested(file: Path) -> tuple[float, int]:
    """Seconds, and the most memory that the process held, in MiB."""
    began = time.perf_counter()
    command = [sys.executable, "-c", _RUN, str(file)]
    ran = subprocess.run(command, check=True, capture_output=True, text=True)
    return time.perf_counter() - began, int(ran.stderr.split()[-1])


if __name__ == "__main__":
    measure()
