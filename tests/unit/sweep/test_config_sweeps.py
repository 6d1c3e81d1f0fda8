"""What becomes of AWS Config's word in a sweep: it resolves nothing, and doubt leads to the service."""

from collections.abc import Sequence
from typing import Any

import pytest

from passrole.finding import State
from passrole.ledger import SweepPart
from passrole.sweep.config_query import Recorders
from passrole.sweep.position import START
from passrole.sweep.state import PartState, Teller
from passrole.sweep.tasks import SweepAll
from passrole.sweep.work import Done
from tests.unit.samples import FUNCTION, ROLE
from tests.unit.sweep.config import LISTING, Config
from tests.unit.sweep.pages import NoPace, PagingApi, Thing
from tests.unit.sweep.running import Running
from tests.unit.sweep.world import APPROVED, OTHER, World


class Account:
    """An account in which AWS Config records functions.

    Attributes:
        described: what the service was asked about one by one since the last sweep began.
    """

    def __init__(self, world: World, config: Config) -> None:
        self.world, self.config = world, config
        self.described: list[str] = []
        world.recorders = Recorders(self._client, NoPace(), world.clock)
        world.client = self._client  # type: ignore[method-assign]
        self.running = Running(world, listings=(LISTING,))
        self.is_up_to_date()

    def is_up_to_date(self) -> None:
        """AWS Config knows what there is."""
        self.config.known = {arn: roles[0] for arn, roles in self.world.functions.items()}

    def sweep(self) -> list[Done]:
        self.described.clear()
        self.world.clock.go_on(hours=8)
        return self.running.run_all(SweepAll())

    @property
    def part(self) -> SweepPart:
        latest = self.world.ledger.latest_sweep()
        assert latest is not None
        [part] = self.world.ledger.parts_of(latest.id)
        return part

    def _client(self, service: str, region: str) -> Any:
        if service == "config":
            return self.config
        things = [
            Thing(f"of {arn}", below=((Thing(arn.removeprefix("arn:"), roles=tuple(roles)),),))
            for arn, roles in self.world.functions.items()
        ]
        return _Described(self.described, [things] if things else [[]])


class _Described(PagingApi):
    """Notes what it was asked about."""

    def __init__(self, described: list[str], pages: Sequence[Sequence[Thing]]) -> None:
        super().__init__(pages)
        self._described = described

    def list_below(self, Parents: Sequence[str], Token: str | None = None) -> dict[str, Any]:  # noqa: N803
        self._described += Parents
        return super().list_below(Parents, Token)


@pytest.fixture
def account(world: World, config: Config) -> Account:
    world.functions |= {f"{FUNCTION}-{n}": [ROLE] for n in range(4)}
    return Account(world, config)


def test_what_it_knows_is_not_described(account: Account) -> None:
    account.sweep()

    assert account.described == []
    assert (account.part.resources, account.part.opened, account.part.failed) == (5, 5, None)
    assert account.part.ended_at is not None
    assert account.world.topic.news == ["opened"] * 5


def test_as_long_as_nothing_changes_it_is_enough(account: Account) -> None:
    account.sweep()

    done = account.sweep()

    assert account.described == []
    assert sum(each.opened + each.resolved for each in done) == 0
    assert [each.is_swept for each in done].count(True) == 1


def test_where_it_is_off_the_service_is_asked(account: Account) -> None:
    account.config.status["recording"] = False

    account.sweep()

    assert len(account.described) == 5
    assert account.part.opened == 5
    assert account.config.asked == []


def test_where_the_query_is_refused_the_service_is_asked(account: Account) -> None:
    account.config.refuses["SelectResourceConfig"] = "AccessDeniedException"

    account.sweep()

    assert len(account.described) == 5
    assert (account.part.resources, account.part.opened, account.part.failed) == (5, 5, None)


def test_where_it_tells_of_nothing_the_service_is_asked(account: Account) -> None:
    account.config.known = {}

    account.sweep()

    assert account.part.opened == 5


def test_what_it_does_not_know_any_more_is_resolved_when_the_service_says_so(account: Account) -> None:
    account.sweep()
    del account.world.functions[FUNCTION]
    account.is_up_to_date()

    done = account.sweep()

    assert len(account.described) == 4
    assert sum(each.resolved for each in done) == 1
    assert account.world.finding().state is State.RESOLVED
    assert account.world.held() == set()
    assert (account.part.resources, account.part.roles, account.part.resolved) == (4, 4, 1)


def test_what_is_held_and_approved_counts_as_well(account: Account) -> None:
    account.world.functions[FUNCTION] = [APPROVED]
    account.is_up_to_date()
    account.sweep()
    del account.world.functions[FUNCTION]
    account.is_up_to_date()

    account.sweep()

    assert len(account.described) == 4
    assert account.world.held() == set()


def test_what_it_does_not_know_yet_is_not_resolved(account: Account) -> None:
    account.sweep()
    del account.config.known[FUNCTION]

    done = account.sweep()

    assert len(account.described) == 5
    assert sum(each.resolved for each in done) == 0
    assert account.world.finding().state is State.OPEN


def test_what_it_still_believes_stands_in_no_ones_way(account: Account) -> None:
    """One function is gone of which it does not know, and one that makes the service be asked."""
    account.sweep()
    gone = f"{FUNCTION}-1"
    del account.world.functions[FUNCTION], account.world.functions[gone]
    account.is_up_to_date()
    account.config.known[gone] = ROLE

    account.sweep()

    assert account.world.finding().state is State.RESOLVED
    assert account.world.finding(gone).state is State.RESOLVED


def test_a_role_that_was_replaced_since_is_not_told_again(account: Account) -> None:
    """An event was faster than AWS Config."""
    account.sweep()
    account.world.functions[FUNCTION] = [OTHER]
    account.is_up_to_date()
    account.sweep()
    assert account.world.finding().state is State.RESOLVED
    account.config.known[FUNCTION] = ROLE

    account.sweep()

    assert account.world.finding().state is State.RESOLVED
    assert account.world.finding(role=OTHER).state is State.OPEN
    assert account.world.held() == {OTHER}


def test_it_goes_on_where_it_ran_out_of_time(account: Account) -> None:
    account.running.most_answers = 2

    done = account.sweep()

    assert len(done) > 3
    assert account.described == []
    assert (account.part.resources, account.part.opened) == (5, 5)


def test_a_token_that_it_does_not_know_any_more_leads_to_the_service(account: Account) -> None:
    account.running.most_answers = 2
    account.world.clock.go_on(hours=8)
    account.running.run(SweepAll())
    [begun] = account.running.queue.take()
    account.running.run(begun)
    [rest] = account.running.queue.take()
    state = PartState.from_text(account.part.standing)
    assert (state.teller, state.position != START) == (Teller.CONFIG, True)
    account.config.refuses["SelectResourceConfig"] = "InvalidNextTokenException"

    account.running.run_all(rest)

    assert len(account.described) > 4
    assert (account.part.resources, account.part.failed) == (5, None)
    assert account.world.topic.news == ["opened"] * 5
