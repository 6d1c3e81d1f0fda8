"""What a resource holds now, by the passes that came: late ones, several at once, and killed half-way."""

import itertools
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passrole.ledger import Ledger, keys
from passrole.ledger.holdings import mark_of_held, mark_of_holder
from passrole.passes import SWEPT, Origin
from tests.unit.alerts.memory_table import ProcessKilled, memory_ledger
from tests.unit.ledger.test_passes import OTHER_ROLE, record
from tests.unit.samples import ACCOUNT, FUNCTION, ROLE

THIRD_ROLE = f"arn:aws:iam::{ACCOUNT}:role/dev/third"


def held(ledger: Ledger, resource: str = FUNCTION) -> set[tuple[str, str]]:
    return {(holding.place, holding.role) for holding in ledger.holdings_of(resource)}


def test_the_latest_pass_tells_what_is_held(ledger: Ledger) -> None:
    record(ledger, 1)
    record(ledger, 2, OTHER_ROLE)

    [holding] = ledger.holdings_of(FUNCTION)
    assert (holding.role, holding.since, holding.until) == (OTHER_ROLE, "2026-11-22T12:02:00.000Z", None)
    assert list(ledger.holders_of(ROLE)) == []
    assert [h.resource for h in ledger.holders_of(OTHER_ROLE)] == [FUNCTION]


def test_a_role_comes_back(ledger: Ledger) -> None:
    for minute, role in enumerate((ROLE, OTHER_ROLE, ROLE)):
        record(ledger, minute, role)

    assert held(ledger) == {("execution role", ROLE)}
    assert [h.since for h in ledger.holders_of(ROLE)] == ["2026-11-22T12:02:00.000Z"]


def test_each_place_holds_its_own(ledger: Ledger) -> None:
    record(ledger, 1, place="task role")
    record(ledger, 2, OTHER_ROLE, place="execution role")

    assert held(ledger) == {("task role", ROLE), ("execution role", OTHER_ROLE)}


def test_roles_of_one_call_take_no_place_from_each_other(ledger: Ledger) -> None:
    for role in (ROLE, OTHER_ROLE):
        record(ledger, 1, role, event_id="one call", path=f"requestParameters.stages.{role}")
    assert {role for _, role in held(ledger)} == {ROLE, OTHER_ROLE}

    record(ledger, 2, THIRD_ROLE)

    assert {role for _, role in held(ledger)} == {THIRD_ROLE}


@given(st.permutations(range(5)))
def test_in_whatever_order_events_come_the_latest_counts(order: Sequence[int]) -> None:
    ledger, _ = memory_ledger()
    roles = [ROLE, OTHER_ROLE, THIRD_ROLE, ROLE, OTHER_ROLE]

    for minute in order:
        record(ledger, minute, roles[minute])

    assert held(ledger) == {("execution role", OTHER_ROLE)}
    assert [h.since for h in ledger.holders_of(OTHER_ROLE)] == ["2026-11-22T12:04:00.000Z"]
    assert list(ledger.holders_of(ROLE)) == list(ledger.holders_of(THIRD_ROLE)) == []


@pytest.mark.parametrize("kills_after", [False, True])
def test_a_process_that_dies_at_any_call_leaves_what_the_next_delivery_completes(kills_after: bool) -> None:
    resources = tuple(f"{FUNCTION}-{n}" for n in range(100))
    for kill_at in itertools.count(1):
        ledger, table = memory_ledger()
        record(ledger, 1, resources=resources)
        table.kill_at, table.kills_after = table.calls + kill_at, kills_after
        try:
            record(ledger, 2, OTHER_ROLE, resources=resources)
            was_killed = False
        except ProcessKilled:
            was_killed = True
        table.kill_at = None
        if was_killed and not ledger.has_pass(f"2-{OTHER_ROLE}#requestParameters.role"):
            record(ledger, 2, OTHER_ROLE, resources=resources)

        assert {h.resource for h in ledger.holders_of(OTHER_ROLE)} == set(resources)
        assert list(ledger.holders_of(ROLE)) == []
        if not was_killed:
            break


def test_a_pass_without_a_time_changes_nothing(ledger: Ledger) -> None:
    record(ledger, 1)
    record(ledger, 2, OTHER_ROLE, event_time=None)

    assert held(ledger) == {("execution role", ROLE)}


def test_another_writer_in_between_makes_the_pass_be_tried_again(ledger: Ledger) -> None:
    record(ledger, 1)
    real = ledger.handovers

    def overtaken(*arguments: object) -> object:
        found = real(*arguments)  # type: ignore[arg-type]
        ledger.handovers = real  # type: ignore[method-assign]
        record(ledger, 5, THIRD_ROLE)
        return found

    ledger.handovers = overtaken  # type: ignore[method-assign,assignment]
    with pytest.raises(AssertionError):
        record(ledger, 3, OTHER_ROLE)

    record(ledger, 3, OTHER_ROLE)
    assert held(ledger) == {("execution role", THIRD_ROLE)}


def test_two_writers_of_a_place_that_nothing_holds_do_not_both_hold_it(ledger: Ledger) -> None:
    real = ledger.handovers

    def overtaken(*arguments: object) -> object:
        found = real(*arguments)  # type: ignore[arg-type]
        ledger.handovers = real  # type: ignore[method-assign]
        record(ledger, 5, THIRD_ROLE)
        return found

    ledger.handovers = overtaken  # type: ignore[method-assign,assignment]
    with pytest.raises(AssertionError):
        record(ledger, 3, OTHER_ROLE)

    record(ledger, 3, OTHER_ROLE)
    assert held(ledger) == {("execution role", THIRD_ROLE)}


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_a_call_that_adds_a_role_takes_the_place_of_none(ledger: Ledger, order: Sequence[int]) -> None:
    cluster = f"arn:aws:rds:us-east-1:{ACCOUNT}:cluster:orders"
    for minute in order:
        role = (ROLE, OTHER_ROLE)[minute - 1]
        record(
            ledger,
            minute,
            role,
            resources=(cluster,),
            place="associated role",
            event_name="AddRoleToDBCluster",
        )

    assert {role for _, role in held(ledger, cluster)} == {ROLE, OTHER_ROLE}
    assert [h.resource for h in ledger.holders_of(ROLE)] == [cluster]


def test_names_longer_than_keys_may_be_are_held_and_found(ledger: Ledger) -> None:
    resources = tuple(f"arn:aws:backup:us-east-1:{ACCOUNT}:vault:{'v' * 2048}{n}" for n in range(2))
    record(ledger, 1, resources=resources)

    assert {h.resource for h in ledger.holders_of(ROLE)} == set(resources)
    assert [h.resource for h in ledger.holdings_of(resources[1])] == [resources[1]]


def test_what_is_held_now_is_told_by_resource_place_and_role(ledger: Ledger) -> None:
    record(ledger, 1)
    record(ledger, 2, OTHER_ROLE)
    wanted = [(FUNCTION, "execution role", role) for role in (ROLE, OTHER_ROLE, THIRD_ROLE)]

    found = ledger.held_now(wanted * 2)

    assert [(key, holding.role) for key, holding in found.items()] == [(wanted[1], OTHER_ROLE)]


def test_all_that_is_held_is_listed_by_shard_kind_and_region(ledger: Ledger) -> None:
    functions = {f"{FUNCTION}-{n}" for n in range(12)}
    for number, function in enumerate(sorted(functions)):
        record(ledger, 1, event_id=str(number), resources=(function,))
    record(ledger, 1, event_id="elsewhere", resources=("far",), region="us-east-2")
    record(ledger, 1, event_id="other", resources=("machine",), resource_type="states:stateMachine")

    def listed(kind: tuple[str, str | None] | None = None) -> set[str]:
        return {h.resource for shard in range(keys.SHARDS) for h in ledger.holdings_in(shard, kind)}

    assert listed() == functions | {"far", "machine"}
    assert listed(("lambda:function", None)) == functions | {"far"}
    assert listed(("lambda:function", "us-east-1")) == functions
    assert listed(("lambda:function", "us-east")) == listed(("lambda", None)) == set()


def test_a_list_of_what_is_held_goes_on_behind_any_of_it(ledger: Ledger) -> None:
    for number in range(8):
        record(ledger, 1, event_id=str(number), resources=(f"{FUNCTION}-{number}",))

    for shard in range(keys.SHARDS):
        listed = list(ledger.holdings_in(shard))
        for number, holding in enumerate(listed):
            assert list(ledger.holdings_in(shard, after=mark_of_held(holding))) == listed[number + 1 :]


def test_holders_of_a_role_go_on_behind_any_of_them(ledger: Ledger) -> None:
    for place in ("task role", "execution role"):
        for function in (FUNCTION, f"{FUNCTION}-2"):
            record(ledger, 1, event_id=f"{place} {function}", place=place, resources=(function,))

    listed = list(ledger.holders_named(ACCOUNT, "deployer"))
    assert len(listed) == 4
    for number, holding in enumerate(listed):
        after = mark_of_holder(holding)
        assert list(ledger.holders_named(ACCOUNT, "deployer", after)) == listed[number + 1 :]


def test_what_nothing_took_the_place_of_ends_once(ledger: Ledger) -> None:
    pass_id = record(ledger, 1)
    [holding] = ledger.holdings_of(FUNCTION)

    assert ledger.end_holding(holding, "2026-11-22T13:00:00.000Z")
    assert not ledger.end_holding(holding, "2026-11-22T13:00:00.000Z")

    assert held(ledger) == set()
    assert list(ledger.holders_of(ROLE)) == []
    assert [h for shard in range(keys.SHARDS) for h in ledger.holdings_in(shard)] == []
    item = ledger._table.get(keys.of_pass(pass_id))
    assert item is not None
    assert item[keys.TIME_TO_LIVE] > 0
    record(ledger, 59)
    assert held(ledger) == set(), "an event from before that comes late"


def test_a_sweep_takes_no_place_and_an_event_takes_those_that_it_told_of(ledger: Ledger) -> None:
    for role in (ROLE, OTHER_ROLE):
        swept(ledger, 1, role)
    assert {role for _, role in held(ledger)} == {ROLE, OTHER_ROLE}

    record(ledger, 2, THIRD_ROLE)

    assert {role for _, role in held(ledger)} == {THIRD_ROLE}


def test_an_event_that_comes_after_the_sweep_that_saw_it_tells_who_it_was(ledger: Ledger) -> None:
    """The sweep's time is that of its look: it tells nothing of when the resource came to its role."""
    seen = swept(ledger, 2)

    told = record(ledger, 1)

    [holding] = ledger.holdings_of(FUNCTION)
    assert (holding.pass_id, holding.since) == (told, "2026-11-22T12:01:00.000Z")
    item = ledger._table.get(keys.of_pass(seen))
    assert item is not None
    assert item[keys.TIME_TO_LIVE] > 0
    assert [h.pass_id for h in ledger.holders_of(ROLE)] == [told]


def test_an_event_from_before_what_a_sweep_saw_in_its_place_is_late(ledger: Ledger) -> None:
    swept(ledger, 2, OTHER_ROLE)

    record(ledger, 1)

    assert {role for _, role in held(ledger)} == {OTHER_ROLE}


def swept(ledger: Ledger, minute: int, role: str = ROLE) -> str:
    return record(ledger, minute, role, event_id=f"{SWEPT}{minute}-{role}", origin=Origin.SWEEP)
