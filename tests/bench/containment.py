"""Measures containment on the emulator: from the call that passes the role to "contained" in the ledger."""

import time
from collections.abc import Callable
from statistics import median
from typing import Any

from passrole.finding import State
from tests.bench.deployed import deployed
from tests.e2e.deployment import Deployment

_RUNS = 10
_PATIENCE = 60.0  # seconds
_PAUSE = 0.02


def measure() -> None:
    """Prints the time of ten containments, and of the bare act by API calls alone on the same emulator."""
    with deployed("containment.yaml") as deployment:
        role = deployment.role("deployer")
        _contained(deployment, "warm-up", role)  # the functions start
        seconds = [_contained(deployment, f"orders-{number}", role) for number in range(_RUNS)]
        client = deployment.emulator.client("lambda")
        floor = median(_once(lambda n=n: _act(client, f"orders-{n}")) for n in range(_RUNS))
    print(f"{_RUNS} violations one after the other on the emulator, warm")
    _print("the act alone: two API calls (the floor)", floor, floor)
    _print("from the call to contained in the ledger, median", median(seconds), floor)
    _print("  worst", max(seconds), floor)


def _contained(deployment: Deployment, name: str, role: str) -> float:
    """Seconds from a call that passes a role, begun, to the ledger's word that the function is contained."""
    began = time.perf_counter()
    deployment.function(name, role)
    while not any(f.state is State.CONTAINED for f in deployment.findings_on(f"function:{name}")):
        if time.perf_counter() - began > _PATIENCE:
            raise TimeoutError(f"{name} is not contained\n{deployment.emulator.log_tail()}")
        time.sleep(_PAUSE)
    return time.perf_counter() - began


def _act(client: Any, name: str) -> None:
    """What containing a function without event sources comes to."""
    client.list_event_source_mappings(FunctionName=name)
    client.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)


def _once(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def _print(what: str, seconds: float, floor: float) -> None:
    print(f"{what:<58} {seconds * 1e3:>10,.1f} ms {'':>20} {seconds / floor:>8.2f} times the floor")
