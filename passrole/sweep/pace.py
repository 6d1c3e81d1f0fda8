"""How fast the sweep asks AWS: what it needs must not use up what others need of an API's quota."""

import time
from collections.abc import Callable

PER_SECOND = 5.0  # requests to one service in one region, unless the deployment says otherwise


class Pace:
    """Lets requests through at a steady rate, each service in each region by itself.

    Args:
        per_second: requests that one service takes in one region.
        now, sleep: a clock that never goes back, in seconds, and how to wait for it.
    """

    def __init__(
        self,
        per_second: float = PER_SECOND,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._interval = 1 / per_second
        self._now = now
        self._sleep = sleep
        self._next: dict[tuple[str, str], float] = {}

    def wait(self, service: str, region: str) -> None:
        """Returns when the next request may be made."""
        now = self._now()
        due = max(self._next.get((service, region), now), now)
        self._next[service, region] = due + self._interval
        if due > now:
            self._sleep(due - now)
