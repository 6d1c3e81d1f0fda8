"""A runner of tasks in an account in memory, and its queue."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from passrole.sweep.listing import Listing
from passrole.sweep.reach import Reach
from passrole.sweep.runner import TaskRunner
from passrole.sweep.tasks import Task
from passrole.sweep.work import Done
from tests.unit.samples import ACCOUNT, REGION
from tests.unit.sweep.pages import listing_of
from tests.unit.sweep.world import World

ELSEWHERE = "eu-west-1"


class Queue:
    """Keeps tasks, each with its delay; ``dies_at`` is the number of the one that it does not take."""

    def __init__(self) -> None:
        self.waiting: list[tuple[Task, int]] = []
        self.dies_at: int | None = None

    def put(self, task: Task, delay: int = 0) -> None:
        if self.dies_at is not None and len(self.waiting) + 1 >= self.dies_at:
            raise ConnectionError("the queue cannot be reached")
        self.waiting.append((task, delay))

    def take(self) -> list[Task]:
        """All that waits; nothing does after that."""
        taken, self.waiting = [task for task, _ in self.waiting], []
        return taken


class RefusingApi:
    """A client of a service that refuses, with an error of that code."""

    def __init__(self, code: str, message: str = "", status: int = 400) -> None:
        self._error: Any = {
            "Error": {"Code": code, "Message": message},
            "ResponseMetadata": {"HTTPStatusCode": status},
        }

    def list_all(self, **given: Any) -> Any:
        raise ClientError(self._error, "ListAll")


def is_everywhere(service: str, region: str) -> bool:
    return True


@dataclass(slots=True)
class Running:
    """The account with a runner.

    Attributes:
        clients: clients in place of the account's, by region.
        most_answers: after how many questions time is up; None for never.
    """

    world: World
    regions: tuple[str, ...] = (REGION,)
    listings: tuple[Listing, ...] = (listing_of(),)
    queue: Queue = field(default_factory=Queue)
    iam: Any = None
    is_there: Callable[[str, str], bool] = is_everywhere
    clients: dict[str, Any] = field(default_factory=dict)
    most_answers: int | None = None
    asked: int = 0

    def __post_init__(self) -> None:
        well = self.world.client

        def client(service: str, region: str) -> Any:
            return self.clients.get(region) or well(service, region)

        self.world.client = client  # type: ignore[method-assign]
        self.world.is_late = self.is_late

    def is_late(self) -> bool:
        self.asked += 1
        return self.most_answers is not None and self.asked > self.most_answers

    @property
    def runner(self) -> TaskRunner:
        """Anew for each task, with time of its own."""
        self.asked = 0
        world = self.world
        reach = Reach("aws", ACCOUNT, self.regions, self.listings, self.is_there)
        return TaskRunner(
            reach,
            world.sweeper,
            world.rejudge,
            world.ledger,
            self.queue,
            world.policy.hash,
            self.iam,
            self.is_late,
            world.clock,
        )

    def run(self, task: Task) -> Done:
        self.world.clock.go_on(seconds=1)
        return self.runner.run(task)

    def run_all(self, task: Task) -> list[Done]:
        """A task, and all that it leads to."""
        done, tasks = [], [task]
        while tasks:
            done.append(self.run(tasks.pop(0)))
            tasks += self.queue.take()
            assert len(done) < 1000
        return done
