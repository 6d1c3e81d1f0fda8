"""No API is asked faster than the pace allows, however the calls come."""

from collections import defaultdict
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from passrole.sweep.pace import Pace


class Time:
    """Goes on when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        assert seconds >= 0
        self.slept += seconds
        self.now += seconds


SERVICES = st.sampled_from(["lambda", "ec2"])
REGIONS = st.sampled_from(["us-east-1", "eu-west-1"])


@given(
    st.floats(0.1, 50),
    st.lists(st.tuples(SERVICES, REGIONS, st.floats(0, 3)), max_size=60),
)
def test_requests_to_a_service_in_a_region_keep_their_distance(
    per_second: float, calls: list[tuple[str, str, float]]
) -> None:
    time = Time()
    pace = Pace(per_second, time, time.sleep)
    made: dict[tuple[str, str], list[float]] = defaultdict(list)

    for service, region, takes in calls:
        pace.wait(service, region)
        made[service, region].append(time.now)
        time.now += takes

    for moments in made.values():
        assert all(later - earlier >= 1 / per_second - 1e-9 for earlier, later in pairwise(moments))


def test_who_asks_slowly_never_waits() -> None:
    time = Time()
    pace = Pace(5, time, time.sleep)

    for _ in range(10):
        pace.wait("lambda", "us-east-1")
        time.now += 0.2001

    assert time.slept == 0


def test_a_pause_earns_no_burst() -> None:
    time = Time()
    pace = Pace(5, time, time.sleep)
    pace.wait("lambda", "us-east-1")
    time.now += 1000

    pace.wait("lambda", "us-east-1")
    pace.wait("lambda", "us-east-1")

    assert round(time.slept, 6) == 0.2


def test_services_and_regions_do_not_wait_for_each_other() -> None:
    time = Time()
    pace = Pace(1, time, time.sleep)

    for service in ("lambda", "ec2"):
        for region in ("us-east-1", "eu-west-1"):
            pace.wait(service, region)

    assert time.slept == 0
