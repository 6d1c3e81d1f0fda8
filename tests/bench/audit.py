"""How fast an audit reads logs, beside the least that could be done with them, and beside two other ways.

All in one run on the same files: logs of 4,000 records, gzipped, whose event ids are all different. The floor
unpacks them, parses them lazily and touches two members of each record, by the plainest calls of the fastest
libraries. Plain Python unpacks and parses with the standard library and judges the same passes, each once
and in order of time. DuckDB is asked for the roles of one call alone, by three paths. Both must come to the
same answers as the audit.

What is compared takes turns, the floor and the audit every few logs: machines are faster at one time than at
another. Medians are told.
"""

import gzip
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any

import duckdb
import simdjson
from isal import igzip_lib

from passrole.audit.auditor import How
from passrole.audit.contract import contract_of
from passrole.audit.run import Run
from passrole.audit.sources.local import files
from passrole.audit.sources.units import Unit
from passrole.audit.spool import Spool
from passrole.audit.store import Store
from passrole.audit.tally import Tally
from passrole.detection.judged import judge
from passrole.evidence.snapshot import NoIam
from passrole.evidence.wanted import Wanted
from passrole.policy.load import load_guardrail
from passrole.trail import passes_of

_FILES, _FEW, _RECORDS = 240, 60, 4_000
_ROUNDS, _FEW_ROUNDS = 5, 3
_TURN = 7  # logs
_ROOT = Path(__file__).resolve().parents[2]
_POLICY = load_guardrail(_ROOT / "guardrail.yaml").compiled
_CALL = ("lambda.amazonaws.com", "CreateFunction20150331")
_COMMAND = [sys.executable, "-m", "passrole.cli", "audit", "--policy", "guardrail.yaml", "--format", "json"]
_BREATH = 0.02  # seconds between looks at the memory
Passes = list[dict[str, Any]]


def measure(lines: Sequence[str]) -> None:
    """Prints one line a figure: records a second, and the ratio to the floor.

    Args:
        lines: CloudTrail records, which are repeated.
    """
    with tempfile.TemporaryDirectory() as directory:
        many, few = Path(directory) / "many", Path(directory) / "few"
        for folder, count in ((many, _FILES), (few, _FEW)):
            _write(lines, folder, count)
        print(f"\n{_FILES} logs of {_RECORDS:,} records, {_ROUNDS} rounds")
        floor = _beside_floor(many)
        _compare(few, floor)
        for folder, count in ((few, _FEW), (many, _FILES)):
            print(f"  {_memory(folder) / 2**20:,.0f} MB at most for {count} logs, 2 processes")


def _beside_floor(folder: Path) -> float:
    """The floor, and audits by one process and by two; the seconds a record that the floor takes."""
    rounds: list[tuple[float, float, float]] = []
    for _ in range(_ROUNDS):
        floor, one = _in_turn(folder)
        two = _seconds(partial(_audit, folder, 2))
        rounds.append((floor, one, two))
    floor, one, two = (float(median(taken)) / (_FILES * _RECORDS) for taken in zip(*rounds, strict=True))
    _print("unpacked, parsed lazily, two members touched (the floor)", floor, floor)
    _print("passrole audit with a policy, 1 process", one, floor)
    _print(f"passrole audit with a policy, 2 processes: {one / two:.1f} times", two, floor)
    return floor


def _in_turn(folder: Path) -> tuple[float, float]:
    """The seconds that the floor takes, and those of an audit, which reads the same logs after each turn."""
    floor = 0.0

    def units() -> Iterator[Unit]:
        nonlocal floor
        left = files(str(folder), print, print)
        while some := list(islice(left, _TURN)):
            floor += _seconds(partial(_floor, [Path(unit.name) for unit in some]))
            yield from some

    whole = _seconds(partial(_audit_of, units(), 1))
    return floor, whole - floor


def _compare(few: Path, floor: float) -> None:
    """Beside others, on fewer logs and in fewer rounds: they take their time."""
    paths = sorted(few.iterdir())
    ways = (partial(_audit, few, 1), partial(_plain, paths), partial(_duckdb, few))
    rounds = [[_seconds(way) for way in ways] for _ in range(_FEW_ROUNDS)]
    ours, plain, theirs = (median(taken) / (_FEW * _RECORDS) for taken in zip(*rounds, strict=True))
    _print(f"passrole audit, {_FEW} logs", ours, floor)
    _print(f"plain Python, the same passes and verdicts: {plain / ours:.1f} times", plain, floor)
    _print(f"DuckDB, the roles of one call: {theirs / ours:.1f} times", theirs, floor)
    passes = _passes(few)
    if _plain(paths) != passes:
        raise AssertionError("plain Python comes to other passes than the audit")
    of_call = Counter(
        found["role"]["value"] for found in passes if (found["event_source"], found["event_name"]) == _CALL
    )
    if _duckdb(few) != of_call:
        raise AssertionError("DuckDB comes to other roles than the audit")


def _write(lines: Sequence[str], folder: Path, count: int) -> None:
    folder.mkdir()
    records = [json.loads(lines[number % len(lines)]) for number in range(_RECORDS)]
    for number in range(count):
        for place, record in enumerate(records):
            record["eventID"] = f"{number:08d}-0000-4000-8000-{place:012d}"
        content = json.dumps({"Records": records}, separators=(",", ":")).encode()
        (folder / f"{number:06d}.json.gz").write_bytes(igzip_lib.compress(content, 2, igzip_lib.COMP_GZIP))


def _floor(paths: Sequence[Path]) -> None:
    parser = simdjson.Parser()
    for path in paths:
        document: Any = parser.parse(igzip_lib.decompress(path.read_bytes(), flag=igzip_lib.DECOMP_GZIP))
        for record in document["Records"]:
            record["eventSource"], record["eventName"]
        del document, record


def _audit(folder: Path, jobs: int) -> None:
    _audit_of(files(str(folder), print, print), jobs)


def _audit_of(units: Iterable[Unit], jobs: int) -> None:
    with _audited(units, jobs):
        pass


@contextmanager
def _audited(units: Iterable[Unit], jobs: int) -> Iterator[Store]:
    with Store() as store, tempfile.TemporaryDirectory() as kept:
        run = Run(How(_POLICY.to_json()), Spool(Path(kept)), jobs, lambda _: None)
        run.read(units, store, Tally())
        store.close_input()
        yield store


def _passes(folder: Path) -> Passes:
    with _audited(files(str(folder), print, print), 1) as store:
        return list(map(contract_of, store.rows()))


def _plain(paths: Sequence[Path]) -> Passes:
    source = NoIam(wanted=Wanted.of(_POLICY.keys))
    found: dict[str, dict[str, Any]] = {}
    for path in paths:
        for record in json.loads(gzip.decompress(path.read_bytes()))["Records"]:
            for pass_ in passes_of(record):
                told = judge(_POLICY, pass_, source.evidence(pass_), source).to_json()
                found.setdefault(json.dumps(told), told)
    return sorted(found.values(), key=lambda told: (told["event_time"], told["event_id"], told["path"]))


def _duckdb(folder: Path) -> Counter[Any]:
    with duckdb.connect() as connection:
        connection.execute("SET threads = 1")
        found = connection.execute(
            "WITH records AS (SELECT unnest(Records) AS record FROM read_json("
            "?, columns = {'Records': 'JSON[]'}, maximum_object_size = 67108864)) "
            "SELECT record->>'$.requestParameters.role', count(*) FROM records "
            "WHERE record->>'$.eventSource' = ? AND record->>'$.eventName' = ? GROUP BY ALL",
            [str(folder / "*.gz"), *_CALL],
        ).fetchall()
    return Counter({role: count for role, count in found if role is not None})


def _memory(folder: Path) -> int:
    """The most bytes that the command and its processes hold at once, what they share counted once."""
    environment = os.environ | {"XDG_CACHE_HOME": str(folder.parent / "cache")}
    command = [*_COMMAND, "--jobs", "2", str(folder)]
    with subprocess.Popen(
        command, cwd=_ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        most = 0
        while process.poll() is None:
            most = max(most, sum(_held(pid) for pid in (process.pid, *_children(process.pid))))
            time.sleep(_BREATH)
    return most


def _children(pid: int) -> list[int]:
    try:
        return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def _held(pid: int) -> int:
    """What a process holds, of what it shares its part (proc(5), smaps_rollup)."""
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0


def _seconds(way: Callable[[], object]) -> float:
    began = time.perf_counter()
    way()
    return time.perf_counter() - began


def _print(what: str, seconds: float, floor: float) -> None:
    print(f"  {what:<64} {1 / seconds:>11,.0f} records/s  {floor / seconds:6.2f} of the floor")


if __name__ == "__main__":
    measure(Path(sys.argv[1]).read_text("utf-8").splitlines())
