"""Passes in the ledger: found by role, passer, service and day, and kept while their roles are held."""

import itertools
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from passrole.clock import iso, parse_time
from passrole.evidence import Evidence, Known
from passrole.ledger import Ledger, RecordedPass, keys, principal_of
from passrole.passes import Outcome, PassedRole, Passer, RoleKind
from passrole.policy import Decision
from tests.unit.alerts.memory_table import ProcessKilled, memory_ledger
from tests.unit.samples import ACCOUNT, FUNCTION, ROLE, evidence_of, pass_of, verdict_of

OTHER_ROLE = f"arn:aws:iam::{ACCOUNT}:role/dev/other"
PIPELINE = f"arn:aws:iam::{ACCOUNT}:role/pipeline"


def at(minute: int, day: int = 22) -> str:
    return f"2026-11-{day:02}T12:{minute:02}:00Z"


def record(ledger: Ledger, minute: int = 0, role: str = ROLE, **fields: Any) -> str:
    """Records a pass of that minute; returns its id."""
    given = {"event_id": f"{minute}-{role}", "event_time": at(minute)} | fields
    pass_ = pass_of(**given)
    evidence = evidence_of(arn=role)
    assert ledger.record_pass(pass_, verdict_of(Decision.APPROVED), evidence, (), "2026-11-22T12:59:00.000Z")
    return pass_.id


def ids(found: Iterable[RecordedPass]) -> list[str]:
    return [recorded.pass_.id for recorded in found]


def test_who_passed_a_role_is_listed_by_time(ledger: Ledger) -> None:
    second, first = record(ledger, 2), record(ledger, 1)
    record(ledger, 3, OTHER_ROLE)

    assert ids(ledger.passes_of_role(ROLE)) == [first, second]
    assert ids(ledger.passes_of_role(ROLE, since="2026-11-22T12:01:30")) == [second]
    assert ids(ledger.passes_of_role(ROLE, until="2026-11-22T12:01:30")) == [first]
    assert ids(ledger.passes_of_role("arn:aws:iam::111122223333:role/nobody")) == []


def test_attempts_are_listed_with_the_role_that_they_named(ledger: Ledger) -> None:
    denied = record(ledger, 1, outcome=Outcome.DENIED, resources=())

    assert ids(ledger.passes_of_role(ROLE)) == [denied]


def test_a_session_is_listed_by_the_role_behind_it(ledger: Ledger) -> None:
    passer = Passer(
        type="AssumedRole", arn=f"arn:aws:sts::{ACCOUNT}:assumed-role/pipeline/run-7", role_arn=PIPELINE
    )
    by_pipeline = record(ledger, 1, passer=passer)
    record(ledger, 2)

    assert ids(ledger.passes_by(PIPELINE)) == [by_pipeline]
    assert principal_of(Passer(type="AWSService", invoked_by="ec2.amazonaws.com")) == "ec2.amazonaws.com"
    assert principal_of(Passer()) == "unknown"


def test_each_service_that_may_have_got_the_role_lists_the_pass(ledger: Ledger) -> None:
    either = record(ledger, 1, services=("ecs-tasks.amazonaws.com", "ecs.amazonaws.com"))
    nobody = record(ledger, 2, OTHER_ROLE, services=())

    assert ids(ledger.passes_to("ecs-tasks.amazonaws.com")) == [either]
    assert ids(ledger.passes_to("ecs.amazonaws.com")) == [either]
    assert ids(ledger.passes_to("unknown")) == [nobody]


def test_a_day_lists_its_passes_from_all_shards(ledger: Ledger) -> None:
    made = {record(ledger, minute) for minute in range(12)}
    record(ledger, 30, event_time=at(30, day=23))

    assert set(ids(ledger.passes_on(date(2026, 11, 22)))) == made


def test_a_pass_comes_back_as_it_was_judged(ledger: Ledger) -> None:
    pass_id = record(ledger, 1)

    recorded = ledger.recorded_pass(pass_id)

    assert recorded is not None
    assert (recorded.role_arn, recorded.decision, recorded.at) == (ROLE, Decision.APPROVED, at(1))
    assert recorded.to_json()["role_arn"] == ROLE
    assert recorded.to_json()["verdict"] == "approved"


def _expires(ledger: Ledger, pass_id: str) -> datetime | None:
    item = ledger._table.get(keys.of_pass(pass_id))
    assert item is not None
    found = item.get(keys.TIME_TO_LIVE)
    return None if found is None else datetime.fromtimestamp(found, UTC)


def test_a_pass_lives_while_its_role_is_held_and_400_days_longer(ledger: Ledger) -> None:
    first = record(ledger, 1)
    assert _expires(ledger, first) is None

    second = record(ledger, 9, OTHER_ROLE)

    assert _expires(ledger, first) == parse_time(at(9)) + timedelta(days=400)
    assert _expires(ledger, second) is None
    assert ids(ledger.passes_of_role(ROLE)) == [first], "it is listed until then"


@pytest.mark.parametrize("outcome", [Outcome.DENIED, Outcome.FAILED])
def test_attempts_expire_400_days_after_they_were_made(ledger: Ledger, outcome: Outcome) -> None:
    attempt = record(ledger, 1, outcome=outcome, resources=())

    assert _expires(ledger, attempt) == parse_time(at(1)) + timedelta(days=400)


def test_a_pass_to_several_resources_lives_until_the_last_of_them_gave_its_role_up(ledger: Ledger) -> None:
    instances = tuple(f"arn:aws:ec2:us-east-1:{ACCOUNT}:instance/i-{n}" for n in range(3))
    launch = record(ledger, 1, resources=instances)

    record(ledger, 2, OTHER_ROLE, resources=instances[:1], event_id="a")
    record(ledger, 3, OTHER_ROLE, resources=instances[1:2], event_id="b")
    assert _expires(ledger, launch) is None

    record(ledger, 4, OTHER_ROLE, resources=instances[2:], event_id="c")
    assert _expires(ledger, launch) == parse_time(at(4)) + timedelta(days=400)


def test_a_pass_to_more_resources_than_a_transaction_takes_is_written_whole(ledger: Ledger) -> None:
    instances = tuple(f"arn:aws:ec2:us-east-1:{ACCOUNT}:instance/i-{n}" for n in range(150))

    launch = record(ledger, 1, resources=(*instances, *instances[:3]))

    assert {h.resource for h in ledger.holders_of(ROLE)} == set(instances)
    assert ledger.has_pass(launch)


def test_a_pass_that_a_later_one_of_the_same_role_took_over_from_expires(ledger: Ledger) -> None:
    first = record(ledger, 1)
    second = record(ledger, 9)

    assert _expires(ledger, first) == parse_time(at(9)) + timedelta(days=400)
    assert _expires(ledger, second) is None


def test_all_that_was_written_of_a_pass_expires_with_it(ledger: Ledger) -> None:
    services = ("ecs-tasks.amazonaws.com", "ecs.amazonaws.com")
    first = record(ledger, 1, services=services)

    record(ledger, 9, OTHER_ROLE, services=services)

    [pointer] = ledger._table.query(keys.of_pass(first)[0], "SERVICE#")
    assert pointer[keys.TIME_TO_LIVE] == (parse_time(at(9)) + timedelta(days=400)).timestamp()
    assert pointer["pass_id"] == first
    assert first in ids(ledger.passes_to("ecs.amazonaws.com"))


@pytest.mark.parametrize("kills_after", [False, True])
@pytest.mark.parametrize("count", [30, 45, 100])
def test_passes_expire_though_the_process_died_while_their_roles_were_replaced(
    kills_after: bool, count: int
) -> None:
    resources = tuple(f"{FUNCTION}-{n}" for n in range(count))
    for kill_at in itertools.count(1):
        ledger, table = memory_ledger()
        first = record(ledger, 1, resources=resources)
        table.kill_at, table.kills_after = table.calls + kill_at, kills_after
        try:
            record(ledger, 2, OTHER_ROLE, resources=resources)
            was_killed = False
        except ProcessKilled:
            was_killed = True
        table.kill_at = None
        if was_killed and not ledger.has_pass(f"2-{OTHER_ROLE}#requestParameters.role"):
            record(ledger, 2, OTHER_ROLE, resources=resources)

        assert _expires(ledger, first) == parse_time(at(2)) + timedelta(days=400)
        if not was_killed:
            break


@pytest.mark.parametrize(
    "fields",
    [
        {"role": PassedRole("r" * 2048, RoleKind.ROLE_ARN, None, None)},
        {"role": PassedRole("\U0001f600" * 2048, RoleKind.ROLE_ARN, None, None)},
        {"path": "requestParameters." + "\U0001f600" * 290},
        {"passer": Passer(name="n" * 10_000)},
        {"passer": Passer(name="\x00 \U0001f600" * 3_000)},
        {"services": ("s" * 10_000, "t" * 10_000)},
        {"event_id": "e" * 10_000},
        {"event_time": "9999-12-31T23:59:59Z"},
        {"event_time": "0001-01-01T00:00:00Z"},
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_nobody_can_keep_a_pass_out_of_the_ledger_by_a_name(ledger: Ledger, fields: dict[str, Any]) -> None:
    pass_ = pass_of(**{"outcome": Outcome.FAILED, "resources": ()} | fields)
    unresolved = Evidence.unknown("no such role", "2026-11-22T12:00:00.000Z")

    assert ledger.record_pass(pass_, verdict_of(), unresolved, (), "2026-11-22T12:00:00.000Z")

    assert ledger.has_pass(pass_.id)
    assert pass_.role.value is not None
    assert ids(ledger.passes_of_role(pass_.role.value)) == [pass_.id]
    assert ids(ledger.passes_by(principal_of(pass_.passer))) == [pass_.id]
    assert [ids(ledger.passes_to(service)) for service in pass_.services] == [[pass_.id]] * len(
        pass_.services
    )


def test_names_that_begin_alike_are_not_mixed_up(ledger: Ledger) -> None:
    passers = [Passer(name="n" * 3_000 + end) for end in "ab"]
    made = [record(ledger, minute, passer=passer) for minute, passer in enumerate(passers)]

    assert [ids(ledger.passes_by(str(passer.name))) for passer in passers] == [[made[0]], [made[1]]]


@pytest.mark.parametrize("outcome", [Outcome.DENIED, Outcome.FAILED])
def test_an_attempt_gave_its_resource_no_role(ledger: Ledger, outcome: Outcome) -> None:
    record(ledger, 1, outcome=outcome, resources=(f"{FUNCTION}-else",))
    record(ledger, 2)

    assert list(ledger.resources_of(ROLE)) == [FUNCTION]


def test_passes_are_listed_by_time_over_all_shards(ledger: Ledger) -> None:
    made = [record(ledger, minute) for minute in range(12)]

    assert ids(ledger.passes_on(date(2026, 11, 22))) == made
    assert ids(ledger.passes_to("lambda.amazonaws.com")) == made


def test_a_role_that_iam_did_not_resolve_is_held_by_nothing(ledger: Ledger) -> None:
    pass_ = pass_of()
    evidence = evidence_of()
    unresolved = type(evidence).unknown("iam:GetRole was denied", iso(datetime(2026, 11, 22, tzinfo=UTC)))

    assert ledger.record_pass(pass_, verdict_of(), unresolved, (), at(1))

    assert ledger.holdings_of(FUNCTION) == ()
    assert ids(ledger.passes_of_role(ROLE)) == [pass_.id], "listed by what the record says"
    assert not isinstance(unresolved.arn, Known)
