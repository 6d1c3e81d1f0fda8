"""Measures extraction, evaluation and loading, as ratios to ``json.loads`` of the same bytes.

Then an audit of many logs and a policy suggested from a year of passes, see `audit.py` and `suggest.py`; a
sweep of very many resources, see `sweep.py`; and, on the emulator, containment and a storm of violations: see
`containment.py` and `storm.py`.

Usage: python -m tests.bench [FILE]. FILE holds CloudTrail records as JSON lines; without one, the project's
own fixtures are measured.
"""

import gc
import json
import sys
import time
import timeit
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from passrole.catalogue import PackagedCatalogue, load_catalogue
from passrole.policy import CompiledPolicy, evaluate
from passrole.trail import passes_of
from tests.bench import audit, containment, storm, suggest, sweep
from tests.bench.policies import approving_last
from tests.fixtures import EVENT_NAMES, record
from tests.unit.samples import create_function_record, evidence_of

_ROUNDS = 7
_AT_LEAST = 0.2  # seconds a round


def main(arguments: list[str]) -> None:
    """Prints one line a figure: microseconds each, and the ratio to the floor."""
    lines = _corpus(Path(arguments[0])) if arguments else _fixtures()
    records = [json.loads(line) for line in lines]
    one = json.dumps(create_function_record())
    # The corpus is ours, not the guard's: the collector would walk over it all the time.
    gc.freeze()
    load_catalogue.cache_clear()
    first = _once(lambda: passes_of(create_function_record()))
    floor = _seconds(lambda: [json.loads(line) for line in lines]) / len(lines)
    parsed = json.loads(one)
    [pass_] = passes_of(parsed)
    evidence = evidence_of("arn:aws:iam::111122223333:role/application_role/orders", {"team": "web"})
    size = sum(map(len, lines))
    print(f"{len(lines):,} records, {size:,} bytes, {_count(records):,} passes; median of {_ROUNDS} rounds")
    _print("json.loads of a record (the floor)", floor, floor)
    _print(
        "extraction from a parsed record",
        _seconds(lambda: [passes_of(r) for r in records]) / len(records),
        floor,
    )
    one_floor = _seconds(lambda: json.loads(one))
    _print("json.loads of one event of a pass", one_floor, one_floor)
    _print("extraction of its pass", _seconds(lambda: passes_of(parsed)), one_floor)
    for count in (1, 50, 500):
        policy = approving_last(count)
        text = policy.to_json()
        judge = partial(evaluate, policy, pass_, evidence, evidence.observed_at)
        _print(f"verdict on its pass, {_statements(count)}", _seconds(judge), one_floor)
        _print("  with its reasons", _seconds(lambda judge=judge: judge().reasons), one_floor)
        _print("  loading the policy", _seconds(partial(CompiledPolicy.from_json, text)), one_floor)
        fresh = CompiledPolicy.from_json(text)
        first_verdict = _once(partial(evaluate, fresh, pass_, evidence, evidence.observed_at))
        _print("  the first verdict of a process", first_verdict, one_floor)
    _print("first event of a process: its service's rows are loaded", first, one_floor)
    _print(
        "loading every row of the catalogue", _seconds(lambda: list(PackagedCatalogue().calls())), one_floor
    )
    audit.measure(lines)
    suggest.measure()
    sweep.measure()
    containment.measure()
    storm.measure()


def _statements(count: int) -> str:
    return f"{count} statement{'' if count == 1 else 's'}"


def _corpus(file: Path) -> list[str]:
    return [line for line in file.read_text("utf-8").splitlines() if line]


def _fixtures() -> list[str]:
    return [json.dumps(record(name)) for name in EVENT_NAMES] * 50


def _count(records: list[Any]) -> int:
    return sum(len(passes_of(r.get("detail", r))) for r in records)


def _once(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def _seconds(act: Callable[[], object]) -> float:
    """Seconds of one call, the collector's work included: the median of rounds long enough to be measured."""
    timer = timeit.Timer(act, "import gc; gc.enable()")
    times = max(1, int(_AT_LEAST / max(timer.timeit(1), 1e-9)))
    return median(timer.timeit(times) / times for _ in range(_ROUNDS))


def _print(what: str, seconds: float, floor: float) -> None:
    each, rate = f"{seconds * 1e6:,.1f} µs", f"{1 / seconds:,.0f} a second"
    print(f"{what:<58} {each:>13} {rate:>20} {seconds / floor:>8.2f} times the floor")


if __name__ == "__main__":
    main(sys.argv[1:])
