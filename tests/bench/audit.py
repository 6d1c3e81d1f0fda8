"""How fast an audit reads logs, beside the least that could be done with them, and beside two other ways.

All in one run on the same files: logs of 4,000 records, gzipped, whose event ids are all different. The floor
unpacks them, parses them lazily and touches two members of each record. Plain Python unpacks and parses with
the standard library and judges the same passes. DuckDB is asked for the roles of one call alone, by three
paths. Both must come to the same answers as the audit.
"""

import gzip
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import simdjson
from isal import igzip_lib

from passrole.audit.auditor import How
from passrole.audit.run import Run
from passrole.audit.sources.local import files
from passrole.audit.spool import Spool
from passrole.audit.store import Store
from passrole.audit.tally import Tally
from passrole.evidence.snapshot import NoIam
from passrole.evidence.wanted import Wanted
from passrole.judged import judge
from passrole.policy.load import load_guardrail
from passrole.trail import passes_of

_FILES, _FEW, _RECORDS, _ROUNDS = 120, 12, 4_000, 3
_ROOT = Path(__file__).resolve().parents[2]
_POLICY = load_guardrail(_ROOT / "guardrail.yaml").compiled
_CALL = ("lambda.amazonaws.com", "CreateFunction20150331")
_COMMAND = [sys.executable, "-m", "passrole.cli", "audit", "--policy", "guardrail.yaml", "--format", "json"]
_BREATH = 0.02  # seconds between looks at the memory


def measure(lines: Sequence[str]) -> None:
    """Prints one line a figure: records a second, and the ratio to the floor.

    Args:
        lines: CloudTrail records, which are repeated.
    """
    with tempfile.TemporaryDirectory() as directory:
        many, few = Path(directory) / "many", Path(directory) / "few"
        for folder, count in ((many, _FILES), (few, _FEW)):
            _write(lines, folder, count)
        paths = sorted(many.iterdir())
        print(f"\n{_FILES} logs of {_RECORDS:,} records, the best of {_ROUNDS} rounds each")
        floor = _best(lambda: _floor(paths)) / (_FILES * _RECORDS)
        _print("unpacked, parsed lazily, two members touched (the floor)", floor, floor)
        for jobs in (1, 2):
            one = _best(partial(_audit, many, jobs)) / (_FILES * _RECORDS)
            _print(f"passrole audit with a policy, {jobs} process{'es' if jobs > 1 else ''}", one, floor)
        _compare(few, floor)
        for folder, count in ((few, _FEW), (many, _FILES)):
            print(f"  {_memory(folder) / 2**20:,.0f} MB at most for {count} logs, 2 processes")


def _compare(few: Path, floor: float) -> None:
    """Beside others, on fewer logs: they take their time."""
    paths, records = sorted(few.iterdir()), _FEW * _RECORDS
    answers: dict[str, Counter[Any]] = {}

    def plainly() -> None:
        answers["plain"] = _plain(paths)

    def by_duckdb() -> None:
        answers["duckdb"] = _duckdb(few)

    def audit() -> None:
        answers["audit"] = _audit(few, 1)

    ours, plain, theirs = (_best(way) / records for way in (audit, plainly, by_duckdb))
    _print(f"passrole audit, {_FEW} logs", ours, floor)
    _print(f"plain Python, the same passes and verdicts: {plain / ours:.1f} times", plain, floor)
    _print(f"DuckDB, the roles of one call: {theirs / ours:.1f} times", theirs, floor)
    if answers["plain"] != answers["audit"]:
        raise AssertionError("plain Python comes to other passes than the audit")
    of_call = Counter({key[2]: count for key, count in answers["audit"].items() if key[:2] == _CALL})
    if answers["duckdb"] != of_call:
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


def _audit(folder: Path, jobs: int) -> Counter[Any]:
    with Store() as store, tempfile.TemporaryDirectory() as kept:
        run = Run(How(_POLICY.to_json()), Spool(Path(kept)), jobs, lambda _: None)
        run.read(files(str(folder), print, print), store, Tally())
        store.close_input()
        found = store.connection.execute(
            "SELECT event_source, event_name, role, verdict, count(*) FROM passes GROUP BY ALL"
        ).fetchall()
    return Counter({tuple(row[:4]): row[4] for row in found})


def _plain(paths: Sequence[Path]) -> Counter[Any]:
    source = NoIam(wanted=Wanted.of(_POLICY.keys))
    found: Counter[Any] = Counter()
    for path in paths:
        for record in json.loads(gzip.decompress(path.read_bytes()))["Records"]:
            for pass_ in passes_of(record):
                verdict = judge(_POLICY, pass_, source.evidence(pass_), source).verdict
                role = pass_.role.arn or pass_.role.value
                found[pass_.event_source, pass_.event_name, role, str(verdict.decision)] += 1
    return found


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


def _best(work: Callable[[], object]) -> float:
    taken = []
    for _ in range(_ROUNDS):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return min(taken)


def _print(what: str, seconds: float, floor: float) -> None:
    print(f"  {what:<64} {1 / seconds:>11,.0f} records/s  {floor / seconds:6.2f} of the floor")


if __name__ == "__main__":
    measure(Path(sys.argv[1]).read_text("utf-8").splitlines())
