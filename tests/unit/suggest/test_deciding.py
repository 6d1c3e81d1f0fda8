"""Which statements a suggestion makes of which passes."""

from dataclasses import replace
from typing import Any

import pytest

from passrole.evidence.snapshot import NoIam
from passrole.passes import Coverage, Direction, Origin, Outcome, Pass, PassedRole, Passer, RoleKind
from passrole.policy import Decision
from passrole.suggest import LeftOut, Observed, Options, policy_text, suggest
from tests.unit.samples import ACCOUNT, pass_of
from tests.unit.suggest.judging import Made, made_of, snapshot_of
from tests.unit.suggest.year import ADMINISTRATOR_ACCESS, LAMBDA, TASKS, role_arn, role_details, session, user

CI = session("ci/deployer", "run-1")
OTHER = session("ci/other", "run-1")


class Account:
    """Passes and roles, written down as they come."""

    def __init__(self) -> None:
        self.passes: list[Pass] = []
        self.roles: dict[str, dict[str, Any]] = {}

    def role(self, name: str, **fields: Any) -> None:
        self.roles[name] = role_details(role_arn(name), **fields)

    def passed(self, name: str, times: int = 4, service: str = LAMBDA, passer: Passer = CI) -> Pass:
        """Passes of a role, two a day."""
        if name not in self.roles:
            self.role(name)
        for number in range(times):
            self.passes.append(
                pass_of(
                    event_id=f"event-{len(self.passes)}",
                    event_time=f"2026-03-{1 + number // 2:02}T00:00:00Z",
                    role=PassedRole(
                        role_arn(name), RoleKind.ROLE_ARN, role_arn(name), name.rpartition("/")[2]
                    ),
                    services=(service,),
                    passer=passer,
                )
            )
        return self.passes[-1]

    def suggested(self, **options: Any) -> Made:
        return made_of(self.passes, {"RoleDetailList": list(self.roles.values())}, Options(**options))


@pytest.fixture
def account() -> Account:
    return Account()


def names(made: Made) -> set[str]:
    """What the statements are called: roles, services and passers."""
    return {statement.sid for statement in made.policy.statements if statement.check is None}


def test_two_roles_of_a_path_make_the_path_normal_and_one_only_itself(account: Account) -> None:
    for name in ("app/a", "app/b", "lone/c"):
        account.passed(name)

    (statement,) = account.suggested().suggestion.statements

    assert {scope.shown for scope in statement.block.scopes} == {"/app/*", "/lone/c"}


def test_roles_without_a_path_are_named_each(account: Account) -> None:
    for name in ("a", "b"):
        account.passed(name)

    assert names(account.suggested()) == {"/a and /b to lambda by deployer"}


@pytest.mark.parametrize(("times", "is_normal"), [(2, False), (3, True)])
def test_what_is_normal_was_seen_often_enough(account: Account, times: int, is_normal: bool) -> None:
    last = account.passed("app/a", times)

    assert (account.suggested().decision(last) is Decision.APPROVED) is is_normal


def test_many_passes_on_one_day_are_not_normal(account: Account) -> None:
    last = account.passed("app/a", 2)
    account.passes += [replace(last, event_id=f"more-{number}") for number in range(50)]

    assert account.suggested().decision(last) is Decision.VIOLATION
    assert account.suggested(min_days=1).decision(last) is Decision.APPROVED


def test_one_event_is_counted_once_however_often_it_comes(account: Account) -> None:
    last = account.passed("app/a", 2)
    account.passes += [last] * 50

    assert account.suggested(min_days=1).decision(last) is Decision.VIOLATION


def test_a_path_is_not_approved_where_others_pass_most_of_its_roles(account: Account) -> None:
    for number in range(2):
        account.passed(f"app/a{number}")
    for number in range(5):
        account.passed(f"app/b{number}", passer=OTHER)

    found = names(account.suggested())

    assert "/app/a0 and /app/a1 to lambda by deployer" in found
    assert "/app/* to lambda by other" in found


def test_a_path_of_paths_is_approved_only_for_who_is_seen_in_all_of_them(account: Account) -> None:
    for team in ("x", "y", "z"):
        for number in range(2):
            account.passed(f"teams/{team}/{team}{number}")
            account.passed(f"teams/{team}/{team}{number}", passer=session(f"ci/{team}", "run"))

    assert names(account.suggested()) == {
        "/teams/* to lambda by deployer",
        *(f"/teams/{team}/* to lambda by {team}" for team in ("x", "y", "z")),
    }


def test_tags_explain_roles_of_different_names_in_different_paths(account: Account) -> None:
    for number in range(3):
        account.role(f"p{number}/web{number}", tags={"Team": "ads", "stage": "prod"})
        account.passed(f"p{number}/web{number}")
        account.role(f"q{number}/job{number}", tags={"Team": "maps", "stage": "prod"})
        account.passed(f"q{number}/job{number}", passer=OTHER)

    assert names(account.suggested()) == {
        "roles with team=ads to lambda by deployer",
        "roles with team=maps to lambda by other",
    }


def test_a_wrongly_tagged_role_narrows_its_path_by_the_tag_that_it_has_not(account: Account) -> None:
    for number in range(4):
        account.role(f"app/{number}", tags={"team": "ads", "made-by": "terraform"})
        account.passed(f"app/{number}")
    account.role("other/5", tags={"team": "maps", "made-by": "terraform"})
    account.passed("other/5", passer=OTHER)
    account.role("app/odd", tags={"team": "maps", "made-by": "terraform"})
    odd = account.passed("app/odd", 1)

    made = account.suggested()

    assert "/app/* with team=ads to lambda by deployer" in names(made)
    assert made.decision(odd) is Decision.VIOLATION


def test_too_much_that_is_seldom_refuses_a_path(account: Account) -> None:
    for number in range(2):
        account.passed(f"app/{number}")
    seldom = [account.passed(f"app/new{number}", 1) for number in range(3)]

    careful, daring = account.suggested(), account.suggested(confidence=0.5)

    assert [careful.decision(pass_) for pass_ in seldom] == [Decision.VIOLATION] * 3
    assert [daring.decision(pass_) for pass_ in seldom] == [Decision.APPROVED] * 3
    (statement,) = daring.suggestion.statements
    assert (statement.roles, statement.analogies, statement.analogous.count) == (2, 3, 3)
    assert statement.confidence == pytest.approx(4 / 7)


def test_roles_below_a_path_do_not_pass_for_roles_in_it(account: Account) -> None:
    for number in range(4):
        account.passed(f"app/{number}", 8)
    below = account.passed("app/deeper/9", 1)

    made = account.suggested()

    assert names(made) == {"roles directly in /app/ to lambda by deployer"}
    assert made.decision(below) is Decision.VIOLATION


def test_services_and_passers_that_get_the_same_share_a_statement(account: Account) -> None:
    for passer in (CI, OTHER):
        for service in (LAMBDA, TASKS):
            account.passed("app/a", service=service, passer=passer)

    (statement,) = account.suggested().suggestion.statements

    assert statement.block.services == {LAMBDA, TASKS}
    assert len(statement.block.whos) == 2


def test_what_passes_were_not_seen_together_is_not_approved_together(account: Account) -> None:
    first = account.passed("app/a", service=LAMBDA, passer=CI)
    second = account.passed("app/a", service=TASKS, passer=OTHER)

    made = account.suggested()

    assert made.decision(replace(first, passer=OTHER)) is Decision.VIOLATION
    assert made.decision(replace(second, passer=CI)) is Decision.VIOLATION


def test_service_linked_roles_are_approved_by_the_path_of_their_service(account: Account) -> None:
    account.passed("aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS", service="ecs.amazonaws.com")

    assert names(account.suggested()) == {"/aws-service-role/ecs.amazonaws.com/* to ecs by deployer"}


def test_an_aws_service_that_passes_a_role_by_itself_can_be_approved(account: Account) -> None:
    by_service = Passer(type="AWSService", invoked_by="autoscaling.amazonaws.com")
    last = account.passed("app/a", passer=by_service)

    made = account.suggested()

    assert made.decision(last) is Decision.APPROVED
    assert made.decision(replace(last, passer=user("dana"))) is Decision.VIOLATION


def test_a_pass_to_one_of_several_services_needs_them_all(account: Account) -> None:
    last = account.passed("app/a")
    account.passes = [replace(pass_, services=(LAMBDA, TASKS)) for pass_ in account.passes]

    made = account.suggested()

    assert made.decision(replace(last, services=(LAMBDA, TASKS))) is Decision.APPROVED


def test_a_role_that_exists_no_more_is_neither_approved_nor_in_the_way(account: Account) -> None:
    for name in ("app/a", "app/b"):
        account.passed(name)
    account.passed("app/removed", 1)
    account.passed("old/removed")
    del account.roles["app/removed"], account.roles["old/removed"]

    made = account.suggested()

    assert names(made) == {"/app/* to lambda by deployer"}
    assert [(r.triple.role, r.why) for r in made.suggestion.remaining] == [
        (role_arn("old/removed"), "the role exists no more, or was made anew since")
    ]


def test_an_administrator_in_a_path_does_not_keep_the_path_from_being_approved(account: Account) -> None:
    for name in ("app/a", "app/b"):
        account.passed(name)
    account.role("app/admin", policies=(ADMINISTRATOR_ACCESS,))
    admin = account.passed("app/admin", 1)

    made = account.suggested()

    assert names(made) == {"/app/* to lambda by deployer"}
    assert made.decision(admin) is Decision.VIOLATION


def test_without_iam_paths_still_explain_and_the_checks_are_off() -> None:
    account, observed = Account(), Observed(NoIam())
    for name in ("app/a", "app/b"):
        account.passed(name)
    for pass_ in account.passes:
        observed.add(pass_)

    suggestion = suggest(observed.triples, observed.roles(), Options())

    assert [check.is_on for check in suggestion.checks] == [False, False]
    text = policy_text(suggestion, [])
    assert '"/app/*"' in text
    assert "  # - no-administrator" in text


def test_a_role_of_which_it_is_not_known_whether_it_is_an_administrator_switches_the_check_off(
    account: Account,
) -> None:
    account.role("app/a", policies=("arn:aws:iam::111122223333:policy/unknown",))
    last = account.passed("app/a")

    made = account.suggested()

    assert [(check.name, check.is_on) for check in made.suggestion.checks] == [
        ("no-administrator", False),
        ("no-external-trust", True),
    ]
    assert made.decision(last) is Decision.APPROVED


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"outcome": Outcome.DENIED}, LeftOut.NOT_DONE),
        ({"outcome": Outcome.FAILED}, LeftOut.NOT_DONE),
        ({"direction": Direction.CHAINED}, LeftOut.CHAINED),
        ({"coverage": Coverage.UNCATALOGUED}, LeftOut.UNKNOWN_CALL),
        ({"origin": Origin.SWEEP}, LeftOut.SWEPT),
        ({"services": ()}, LeftOut.NO_SERVICE),
        ({"role": PassedRole(None, None, None, None)}, LeftOut.NO_ROLE),
    ],
)
def test_what_says_nothing_about_what_is_normal_is_counted(fields: dict[str, Any], why: LeftOut) -> None:
    observed = Observed(snapshot_of({"RoleDetailList": []}))

    observed.add(pass_of(**fields))

    assert observed.left_out == {why: 1}
    assert not observed.triples


def test_who_is_not_told_can_be_approved_for_any_passer_only(account: Account) -> None:
    last = account.passed("app/a", passer=Passer(type="IdentityCenterUser"))

    assert account.suggested().decision(last) is Decision.VIOLATION
    assert account.suggested(any_passer=True).decision(last) is Decision.APPROVED


def test_a_role_named_by_its_instance_profile_is_counted_as_itself(account: Account) -> None:
    profile = {
        "InstanceProfileName": "web",
        "Arn": f"arn:aws:iam::{ACCOUNT}:instance-profile/web",
        "Roles": [{"Arn": role_arn("app/a")}],
    }
    account.passed("app/a")
    account.roles["app/a"]["InstanceProfileList"] = [profile]
    by_profile = PassedRole("web", RoleKind.INSTANCE_PROFILE_NAME, None, None)
    account.passes = [replace(pass_, role=by_profile) for pass_ in account.passes]

    made = account.suggested()

    assert names(made) == {"/app/a to lambda by deployer"}
    assert made.decision(account.passes[0]) is Decision.APPROVED


def test_nothing_normal_makes_a_policy_that_approves_nothing(account: Account) -> None:
    made = account.suggested()

    assert made.policy.statements == ()
    assert "approved: []" in made.text


def test_a_path_of_paths_is_not_approved_for_who_is_seen_in_some_of_them(account: Account) -> None:
    for team in ("x", "y", "z"):
        for number in range(2):
            account.passed(f"teams/{team}/{team}{number}", passer=OTHER if team == "z" else CI)

    assert names(account.suggested()) == {
        "/teams/x/* and /teams/y/* to lambda by deployer",
        "/teams/z/* to lambda by other",
    }


def test_a_tag_that_others_pass_roles_with_explains_nothing(account: Account) -> None:
    for number in range(3):
        account.role(f"p{number}/web{number}", tags={"made-by": "terraform"})
        account.passed(f"p{number}/web{number}", passer=OTHER if number == 2 else CI)

    assert names(account.suggested()) == {
        "/p0/web0 and /p1/web1 to lambda by deployer",
        "/p2/web2 to lambda by other",
    }


def test_a_passer_that_a_stack_makes_anew_is_approved_by_its_next_name_and_no_other(account: Account) -> None:
    stem = "Pipeline-BuildRole1A2B3C4D"
    for suffix in ("0QWERTZUIOPX", "1QWERTZUIOPX"):
        last = account.passed("app/a", 2, passer=session(f"{stem}-{suffix}", "run"))

    made = account.suggested(min_days=1)

    def by(name: str) -> Decision:
        return made.decision(replace(last, passer=session(name, "run")))

    assert by(f"{stem}-2QWERTZUIOPX") is Decision.APPROVED
    assert by(f"{stem}-2QWERTZUIOPXX") is Decision.VIOLATION
    assert by(f"{stem}-x/2QWERTZUIO") is Decision.VIOLATION
    assert by(f"other/{stem}-2QWERTZUIOPX") is Decision.VIOLATION
