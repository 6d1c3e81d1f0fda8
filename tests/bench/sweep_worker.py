"""The function `sweep` as a process of its own: takes tasks from the queue until there are none.

``python -m tests.bench.sweep_worker FILE ROOT RATE``: the file of `durable.py`, the URL of AWS, the requests
a second. Prints what it used, as JSON.
"""

import json
import resource
import sys
import time
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from passrole.detection.detector import EvidenceSource
from passrole.evidence.iam import LiveIam
from passrole.ledger import Ledger
from passrole.policy import CompiledPolicy
from passrole.sweep.listing import listing_of
from passrole.sweep.pace import Pace
from passrole.sweep.part import PartSweeper
from passrole.sweep.reach import Reach
from passrole.sweep.rejudging import Rejudge
from passrole.sweep.runner import TaskRunner
from tests.bench.durable import DurableQueue, DurableTable, DurableTopic, opened
from tests.bench.metered import MeteredTable
from tests.unit.samples import ACCOUNT, REGION

POLICY = "policy.json"  # as it is deployed, beside the file
_GO = 20.0  # seconds of a go, in place of the minutes that Lambda gives: so there are several of them
_STATUS = Path("/proc/self/status")


class Worker:
    """What a cold start makes."""

    def __init__(self, file: Path, root: str, rate: float) -> None:
        connection = opened(file)
        self.table = MeteredTable(DurableTable(connection))
        self._queue = DurableQueue(connection)
        self._root = root
        self._began = time.monotonic()
        policy = CompiledPolicy.from_json(file.with_name(POLICY).read_text("utf-8"))
        evidence: EvidenceSource = LiveIam(self._client("iam", REGION))
        ledger = ledger_over(self.table)
        rejudge = Rejudge(policy, evidence, ledger, DurableTopic(connection))
        listing = listing_of("lambda:function")
        assert listing is not None
        reach = Reach("aws", ACCOUNT, (REGION,), (listing,), _is_there)
        sweeper = PartSweeper(self._client, evidence, rejudge, ledger, Pace(rate), self._is_late)
        self._runner = TaskRunner(
            reach, sweeper, rejudge, ledger, self._queue, policy.hash, None, self._is_late
        )

    def run(self) -> int:
        """Does all that waits; how many tasks it was."""
        done = 0
        while (taken := self._queue.take()) is not None:
            number, task = taken
            self._began = time.monotonic()
            self._runner.run(task)
            self._queue.delete(number)
            done += 1
        return done

    def _is_late(self) -> bool:
        return time.monotonic() - self._began > _GO

    def _client(self, service: str, region: str) -> Any:
        return client_of(service, self._root)


def _is_there(service: str, region: str) -> bool:
    return True


def client_of(service: Any, root: str) -> Any:
    """A real client of a service that stands behind a URL."""
    return boto3.client(
        service,
        region_name=REGION,
        endpoint_url=root,
        aws_access_key_id="example",
        aws_secret_access_key="example",
        config=Config(retries={"total_max_attempts": 1}),
    )


def ledger_over(table: MeteredTable) -> Ledger:
    """A ledger over a table that is not DynamoDB's."""
    ledger = Ledger.__new__(Ledger)
    ledger._table = table
    return ledger


def _peak() -> int:
    """The most memory that this process had, in KiB; what ``getrusage`` tells counts its parent's, too."""
    if _STATUS.exists():
        lines = _STATUS.read_text("utf-8").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def main(arguments: list[str]) -> None:
    """Works off the queue, then prints one line."""
    file, root, rate = arguments
    worker = Worker(Path(file), root, float(rate))
    tasks = worker.run()
    print(json.dumps({"tasks": tasks, "peak": _peak(), "meter": worker.table.meter.to_json()}))


if __name__ == "__main__":
    main(sys.argv[1:])
