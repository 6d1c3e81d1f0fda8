"""Measures a sweep of 50,000 functions: how fast, in how much memory, at which rate, and after a kill.

The engine is the real one (`TaskRunner`, `PartSweeper`, `Walk`, `Pace`, `LiveIam`), in a process of its own;
so are botocore's clients. AWS is an HTTP server on loopback. The ledger, the queue of tasks and the topic are
a file of SQLite: they outlive a process that is killed, and moto copies the table at each transaction.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from passrole.ledger import Claim, Ledger
from passrole.policy.load import load_guardrail
from passrole.sweep.listing import listing_of
from passrole.sweep.pace import PER_SECOND, Pace
from passrole.sweep.tasks import SweepAll
from passrole.sweep.walk import Region, Walk
from tests.bench.durable import DurableQueue, DurableTable, DurableTopic, opened
from tests.bench.listed_account import PAGE, ListedAccount, most_in_a_second
from tests.bench.metered import MeteredTable
from tests.bench.sweep_worker import POLICY, client_of, ledger_over
from tests.unit.samples import ACCOUNT, REGION

_POLICY = Path(__file__).with_name("sweep.yaml")
_FEW, _MANY = 5_000, 50_000
# Requests a second: at the 5 of a deployment, the pages of 50,000 functions would take minutes. So the
# listing alone is slowed to what it would exceed, a sweep of few to those 5, and the others not at all.
_SLOW, _SLOWEST, _UNPACED = 50.0, PER_SECOND, 1e9
_PATIENCE = 900.0  # seconds
_CHANNEL = "bench"


@dataclass(frozen=True, slots=True)
class Sweep:
    """What one sweep used.

    Attributes:
        seconds: until the queue was empty.
        peak: memory of the process that ended it, in MiB.
        meter: what its process used of the ledger; see `Meter`.
        pages: requests of ListFunctions, and ``most`` of them in one second.
    """

    seconds: float
    peak: float
    meter: dict[str, Any]
    pages: int
    most: int
    roles_asked: int


def measure() -> None:
    """Prints the floor, the sweeps of few and of many functions, a kill, and what people were told."""
    with _account(_FEW) as (account, file):
        few = _sweep(account, file)
        slow = _sweep(account, file, _SLOWEST)
    with _account(_MANY) as (account, file):
        floor = _listing(account, _UNPACED)
        print(f"{_MANY:,} functions, 500 roles, 1 in 100 not approved; the ledger is a file of SQLite")
        _print("listing alone, unpaced (the floor)", floor, _MANY, floor)
        _print(f"first sweep of {_FEW:,}", few.seconds, _FEW, floor)
        _print_rates(account, few, slow)
        killed = _killed(account, file)
        many = _go_on(account, file)
        _print(f"first sweep of {_MANY:,}, with its kill", killed + many.seconds, _MANY, floor)
        found = _found(file, account)
        _print_found(found)
        again = _sweep(account, file)
        _print(f"second sweep of {_MANY:,}, nothing changed", again.seconds, _MANY, floor)
        news = len(DurableTopic(opened(file)).messages) - found.messages
    print(f"  {again.pages:,} requests of Lambda, {again.roles_asked:,} of IAM; {news} news")
    _print_memory(few, max(many.peak, again.peak))
    _print_cost(f"ledger, first sweep of {_FEW:,}", few, _FEW)
    _print_cost(f"ledger, second sweep of {_MANY:,}", again, _MANY)


@dataclass(frozen=True, slots=True)
class _Found:
    """What the ledger and the topic have after a sweep.

    Attributes:
        told, twice: planted findings of which people hear once, and more than once.
        others: findings that are not of what was planted.
        held: functions whose role the ledger knows.
    """

    planted: int
    told: int
    twice: int
    others: int
    messages: int
    held: int


@contextmanager
def _account(functions: int) -> Iterator[tuple[ListedAccount, Path]]:
    with tempfile.TemporaryDirectory() as directory, ListedAccount(functions) as account:
        Path(directory, POLICY).write_text(load_guardrail(_POLICY).compiled_json(), "utf-8")
        yield account, Path(directory, "ledger.sqlite")


def _listing(account: ListedAccount, rate: float) -> float:
    """Seconds to list all, and to do nothing about it."""
    account.forget()
    listing = listing_of("lambda:function")
    assert listing is not None
    walk = Walk(listing, Region("aws", REGION, ACCOUNT), client_of("lambda", account.root), Pace(rate))
    began = time.perf_counter()
    listed = sum(1 for look in walk.looks() if look.resource)
    assert listed == account.functions
    return time.perf_counter() - began


def _sweep(account: ListedAccount, file: Path, rate: float = _UNPACED) -> Sweep:
    """A sweep from its beginning to its end."""
    DurableQueue(opened(file)).put(SweepAll())
    return _go_on(account, file, rate)


def _killed(account: ListedAccount, file: Path) -> float:
    """Seconds of a sweep that is killed when half of the pages were asked for."""
    account.forget()
    DurableQueue(opened(file)).put(SweepAll())
    began = time.perf_counter()
    process = _start(account, file, _UNPACED)
    half = account.functions // PAGE // 2
    assert account.wait_for(half, _PATIENCE), "the sweep does not get to its half"
    process.kill()
    process.communicate()
    return time.perf_counter() - began


def _go_on(account: ListedAccount, file: Path, rate: float = _UNPACED) -> Sweep:
    """What waits in the queue, done to its end by a new process."""
    account.forget()
    began = time.perf_counter()
    process = _start(account, file, rate)
    output, _ = process.communicate(timeout=_PATIENCE)
    assert process.returncode == 0, "the sweep failed"
    seconds, used = time.perf_counter() - began, json.loads(output)
    return Sweep(
        seconds,
        used["peak"] / 1024,
        used["meter"],
        len(account.listed),
        most_in_a_second(account.listed),
        account.roles_asked,
    )


def _start(account: ListedAccount, file: Path, rate: float) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "tests.bench.sweep_worker", str(file), account.root, str(rate)]
    return subprocess.Popen(command, stdout=subprocess.PIPE)


def _found(file: Path, account: ListedAccount) -> _Found:
    connection = opened(file)
    ledger = ledger_over(MeteredTable(DurableTable(connection)))
    messages = DurableTopic(connection).messages
    told = _told(ledger, messages)
    resources = {f.id: f.resource or "" for f in ledger.findings()}
    times = [told.count(resource) for resource in account.planted]
    held = {h.resource for shard in range(4) for h in ledger.holdings_in(shard)}
    return _Found(
        planted=len(account.planted),
        told=times.count(1),
        twice=sum(1 for number in times if number > 1),
        others=len(resources) - len(account.planted & set(resources.values())),
        messages=len(messages),
        held=len(held),
    )


def _told(ledger: Ledger, messages: list[dict[str, Any]]) -> list[str]:
    """The resources that people hear of: of each step the first message, as `notify` claims it."""
    now, told = datetime.now(UTC), []
    for message in messages:
        finding, revision = message["finding_id"], message["revision"]
        if ledger.claim_delivery(finding, revision, _CHANNEL, now) is Claim.NEW:
            ledger.finish_delivery(finding, revision, _CHANNEL, now)
            told.append(message["finding"]["resource"])
    return told


def _print_rates(account: ListedAccount, few: Sweep, slow: Sweep) -> None:
    """The most requests in any second, as the server saw them: those of the listing alone are still there."""
    unpaced = most_in_a_second(account.listed)
    _listing(account, _SLOW)
    paced = most_in_a_second(account.listed)
    print(
        f"requests in any second, listing alone: {paced} at most, of {_SLOW:.0f} allowed; unpaced {unpaced}"
    )
    print(
        f"requests in any second, second sweep of {_FEW:,}: {slow.most} at most, of {_SLOWEST:.0f} allowed; "
        f"unpaced {few.most}"
    )


def _print_found(found: _Found) -> None:
    print(
        f"  killed in the middle (SIGKILL), the rest done from the queue: {found.told:,} of "
        f"{found.planted:,} planted findings told once, {found.twice} twice, {found.others} others; "
        f"{found.messages} messages on the topic; {found.held:,} of {_MANY:,} resources in the ledger"
    )


def _print_memory(few: Sweep, many: float) -> None:
    print(
        f"peak memory: {few.peak:.0f} MiB for {_FEW:,}, {many:.0f} MiB for {_MANY:,}: "
        f"{many / few.peak:.2f} times"
    )


def _print(what: str, seconds: float, resources: int, floor: float) -> None:
    """The floor is that of as many resources."""
    rate, times = f"{resources / seconds:,.0f} a second", seconds / resources / (floor / _MANY)
    print(f"{what:<58} {seconds:>11.1f} s {rate:>20} {times:>8.2f} times the floor")


def _print_cost(what: str, sweep: Sweep, resources: int) -> None:
    """Requests and units of DynamoDB a thousand resources."""
    meter, thousands = sweep.meter, resources / 1_000
    requests = ", ".join(f"{name} {n / thousands:,.1f}" for name, n in sorted(meter["requests"].items()))
    total = sum(meter["requests"].values()) / thousands
    print(f"{what}, each 1,000 resources: {total:,.1f} requests ({requests});")
    print(
        f"  units: {meter['reads'] / thousands:,.1f} read, {meter['writes'] / thousands:,.1f} written, "
        f"{meter['index_writes'] / thousands:,.1f} in indexes; "
        f"{meter['stored'] / resources:,.0f} bytes stored for each"
    )
