"""How long IAM's answers are kept, what they serve, and how many requests a pass costs."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from passrole.clock import iso
from passrole.evidence import Evidence, Known, Unknown
from passrole.evidence.answers import Answers
from passrole.evidence.iam import LiveIam
from passrole.evidence.wanted import Wanted
from passrole.passes import Passer
from tests.unit.evidence.account import EVERYTHING, LOGS, WORKER, Account, pass_by
from tests.unit.evidence.passes import ACCOUNT, pass_of_profile
from tests.unit.samples import FrozenClock

DANA = Passer(type="IAMUser", arn=f"arn:aws:iam::{ACCOUNT}:user/dana", account=ACCOUNT)
ALL = Wanted(administrator=True, passer_tags=True)


@pytest.fixture
def clock() -> FrozenClock:
    """After all that moto makes."""
    return FrozenClock(datetime.now(UTC) + timedelta(hours=1))


def at(clock: FrozenClock, **before: float) -> str:
    """A record's time, some while before now."""
    return (clock.now - timedelta(**before)).strftime("%Y-%m-%dT%H:%M:%SZ")


def reader(account: Account, clock: FrozenClock, wanted: Wanted = ALL) -> Callable[[str], Evidence]:
    """Reads evidence of a pass by Dana, who may do as little as the role, of the given time."""
    account.iam.create_user(UserName="dana")
    account.attach("logs", LOGS)
    account.embed("more-logs", LOGS)
    account.calls.clear()
    live = LiveIam(account.iam, clock, wanted)
    return lambda event_time: live.evidence(pass_by(DANA, event_time=event_time))


@pytest.mark.parametrize(
    ("wanted", "calls"),
    [
        (Wanted(), ["GetRole"]),
        (Wanted(passer_tags=True), ["GetRole", "GetUser"]),
        (
            Wanted(administrator=True),
            [
                "GetRole",
                "ListAttachedRolePolicies",
                "ListRolePolicies",
                "GetRolePolicy",
                "GetPolicy",
                "GetPolicyVersion",
            ],
        ),
    ],
    ids=["nothing", "tags of the passer", "administrator"],
)
def test_what_a_pass_costs_and_that_the_next_costs_nothing(
    account: Account, clock: FrozenClock, wanted: Wanted, calls: list[str]
) -> None:
    read = reader(account, clock, wanted)
    first = read(at(clock, seconds=9))
    assert account.calls == calls
    clock.go_on(seconds=60)
    assert read(at(clock, seconds=62)) == first
    assert account.calls == calls


def test_a_profile_costs_one_request_more(account: Account, clock: FrozenClock) -> None:
    account.iam.create_instance_profile(InstanceProfileName="web")
    account.iam.add_role_to_instance_profile(InstanceProfileName="web", RoleName="orders-worker")
    account.calls.clear()
    live = LiveIam(account.iam, clock)
    for _ in range(2):
        assert live.evidence(pass_of_profile("web", event_time=at(clock, seconds=9))).arn == Known(WORKER)
        assert account.calls == ["GetInstanceProfile", "GetRole"]


def test_an_answer_is_told_with_the_moment_when_it_was_asked_for(
    account: Account, clock: FrozenClock
) -> None:
    read, began = reader(account, clock), iso(clock.now)
    for _ in range(2):
        assert read(at(clock, seconds=30)).observed_at == began
        clock.go_on(seconds=10)


def test_after_its_lifetime_it_is_asked_for_again(account: Account, clock: FrozenClock) -> None:
    read = reader(account, clock)
    read(at(clock, seconds=9))
    asked = list(account.calls)
    clock.go_on(seconds=61)
    read(at(clock, seconds=70))
    assert account.calls == asked * 2


@pytest.mark.parametrize("seconds_before_the_pass", [0, 0.5, 1, 30])
def test_what_was_read_before_the_pass_does_not_serve_it(
    account: Account, clock: FrozenClock, seconds_before_the_pass: float
) -> None:
    """A role can be tagged as approved until it is read, and otherwise when it is passed."""
    clock.now = clock.now.replace(microsecond=0)
    read = reader(account, clock)
    read(at(clock, seconds=9))
    event_time = at(clock, seconds=-seconds_before_the_pass)
    clock.go_on(seconds=seconds_before_the_pass + 5)
    account.iam.tag_role(RoleName="orders-worker", Tags=[{"Key": "team", "Value": "x"}])
    assert read(event_time).tags == Known({"team": "x"})


def test_a_pass_without_a_time_is_never_served_by_what_was_read_before(
    account: Account, clock: FrozenClock
) -> None:
    live = LiveIam(account.iam, clock)
    for _ in range(2):
        live.evidence(pass_by(DANA, event_time=None))
        clock.go_on(seconds=1)
    assert account.calls == ["GetRole", "GetRole"]


def test_a_refusal_is_not_kept(account: Account, clock: FrozenClock) -> None:
    read = reader(account, clock)
    account.refusals["GetRole"] = "Throttling"
    assert read(at(clock, seconds=9)).tags == Unknown("iam:GetRole failed: Throttling", failed=True)
    account.refusals.clear()
    assert read(at(clock, seconds=9)).tags == Known({})


def test_where_something_was_not_read_all_is_asked_for_again(account: Account, clock: FrozenClock) -> None:
    """The pass is looked at again, because IAM is slow to tell everybody the same."""
    read = reader(account, clock)
    account.refusals["GetUser"] = "Throttling"
    read(at(clock, seconds=9))
    account.refusals.clear()
    account.iam.tag_role(RoleName="orders-worker", Tags=[{"Key": "team", "Value": "x"}])
    assert read(at(clock, seconds=9)).tags == Known({"team": "x"})


def test_the_oldest_answers_give_way(clock: FrozenClock) -> None:
    answers, asked = Answers(clock, most=2), []

    def ask(name: str) -> str:
        def told() -> str:
            asked.append(name)
            return name.upper()

        return answers.answer((name,), clock.now, told)[1]

    assert [ask(name) for name in ("a", "b", "a", "c", "b", "a")] == ["A", "B", "A", "C", "B", "A"]
    assert asked == ["a", "b", "c", "a"]

    clock.go_on(seconds=1)  # what is kept is too old for what is asked now; asked again, "c" is the youngest
    assert [ask(name) for name in ("c", "b", "c")] == ["C", "B", "C"]
    assert asked[4:] == ["c", "b"]


def test_an_answer_from_the_future_of_a_clock_that_was_set_back_is_not_used(clock: FrozenClock) -> None:
    answers, began = Answers(clock), clock.now
    answers.answer(("a",), began, lambda: "old")
    clock.go_on(seconds=-10)
    assert answers.answer(("a",), clock.now, lambda: "new") == (clock.now, "new")


def test_whether_the_role_is_an_administrator_can_be_asked_afterwards(
    account: Account, clock: FrozenClock
) -> None:
    account.embed("everything", EVERYTHING)
    account.calls.clear()
    live, pass_ = LiveIam(account.iam, clock), pass_by(DANA, event_time=at(clock, seconds=9))
    evidence = live.evidence(pass_)
    clock.go_on(seconds=1)

    asked = live.with_administrator(pass_, evidence)

    assert asked == replace(evidence, administrator=Known(True))
    assert account.calls == ["GetRole", "ListAttachedRolePolicies", "ListRolePolicies", "GetRolePolicy"]
    assert live.with_administrator(pass_, asked) == live.with_administrator(pass_, evidence) == asked
    assert len(account.calls) == 4


def test_it_is_not_asked_of_a_role_that_was_not_read(account: Account, clock: FrozenClock) -> None:
    account.refusals["GetRole"] = "Throttling"
    live, pass_ = LiveIam(account.iam, clock), pass_by(DANA, event_time=at(clock, seconds=9))
    evidence = live.evidence(pass_)

    assert live.with_administrator(pass_, evidence) == evidence
    assert account.calls == ["GetRole"]


@pytest.mark.parametrize("code", ["Throttling", "ServiceUnavailable", "ExpiredToken"])
def test_asked_afterwards_it_is_given_up_with_the_first_request_that_the_client_gave_up(
    account: Account, clock: FrozenClock, code: str
) -> None:
    """A finding waits for the answer, and each further request would be tried again as often."""
    account.embed("everything", EVERYTHING)
    account.calls.clear()
    account.refusals["ListAttachedRolePolicies"] = code
    live, pass_ = LiveIam(account.iam, clock), pass_by(DANA, event_time=at(clock, seconds=9))

    asked = live.with_administrator(pass_, live.evidence(pass_))

    assert asked.administrator == Unknown(f"iam:ListAttachedRolePolicies failed: {code}", failed=True)
    assert account.calls == ["GetRole", "ListAttachedRolePolicies"]


def test_a_refusal_to_tell_one_policy_leaves_the_others_to_be_read(
    account: Account, clock: FrozenClock
) -> None:
    account.embed("everything", EVERYTHING)
    account.refusals["ListAttachedRolePolicies"] = "AccessDenied"
    live, pass_ = LiveIam(account.iam, clock), pass_by(DANA, event_time=at(clock, seconds=9))

    assert live.with_administrator(pass_, live.evidence(pass_)).administrator == Known(True)


def test_asked_afterwards_it_is_given_up_when_it_takes_too_long(account: Account, clock: FrozenClock) -> None:
    """A role of a hundred policies, while IAM has the client wait each time, must hide no finding."""
    for number in range(40):
        account.embed(f"logs-{number}", LOGS)
    account.iam.meta.events.register("before-call.iam", lambda **_: clock.go_on(seconds=2))
    live = LiveIam(account.iam, clock)
    pass_ = pass_by(DANA, event_time=at(clock, seconds=9))
    evidence = live.evidence(pass_)
    account.calls.clear()

    asked = live.with_administrator(pass_, evidence)

    assert asked.administrator == Unknown("IAM took more than 10 seconds to tell it")
    assert len(account.calls) <= 6
    # What is wanted for the verdict is read to its end.
    whole = LiveIam(account.iam, clock, Wanted(administrator=True)).evidence(pass_)
    assert whole.administrator == Known(False)


def test_what_the_policy_asks_is_read_on_where_one_request_was_given_up(account: Account) -> None:
    account.embed("everything", EVERYTHING)
    account.refusals["ListAttachedRolePolicies"] = "Throttling"

    evidence = LiveIam(account.iam, wanted=Wanted(administrator=True)).evidence(pass_by(DANA))

    assert evidence.administrator == Known(True)
