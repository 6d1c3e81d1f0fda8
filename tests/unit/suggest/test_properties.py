"""What holds of the suggestion for any passes at all."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from passrole.arn import Arn, parse_role_arn
from passrole.passes import Pass, PassedRole, Passer, RoleKind
from passrole.policy import Decision
from passrole.suggest import Options, Suggestion, permissions_of
from tests.unit.samples import ACCOUNT, pass_of
from tests.unit.suggest.judging import Made, allows, made_of
from tests.unit.suggest.year import ADMINISTRATOR_ACCESS, role_details

_SERVICES = ("lambda.amazonaws.com", "ecs-tasks.amazonaws.com", "ec2.amazonaws.com")
# What YAML, policy variables, patterns, regular expressions and ARNs give a meaning to.
_SIGNS = "ab-*?${}\"'#:&!%@`|>[](),.\\^~=+"
_LEVELS = st.sampled_from(
    ["app", "app_x", "a*", "*", "?", "${*}", "${aws:username}", "$", "x:role"]
) | st.text(_SIGNS, min_size=1, max_size=4)
_PATHS = st.lists(_LEVELS, max_size=3).map(lambda levels: "".join(f"/{level}" for level in levels) + "/")
_NAMES = st.text("ab1.,+=@_-", min_size=1, max_size=3) | st.sampled_from(
    ["Stack-Role-0AAAAAAAAAAA", "Stack-Role-1AAAAAAAAAAA", "AWSServiceRoleForX"]
)
_TAGS = st.dictionaries(
    st.sampled_from(["team", "Stage", "k:1", "ключ"]),
    st.sampled_from(["a", "b", "a*", "?", "${x}", " yes", "é"]),
    max_size=2,
)
_PASSERS = st.sampled_from(
    [
        Passer(type="IAMUser", arn=f"arn:aws:iam::{ACCOUNT}:user/dana", account=ACCOUNT),
        Passer(type="IAMUser", arn=f"arn:aws:iam::{ACCOUNT}:user/a*b/${{x}}/d?n", account=ACCOUNT),
        Passer(type="IAMUser", arn=f"arn:aws:iam::{ACCOUNT}:user/\"'# &/x|y(z)", account=ACCOUNT),
        Passer(type="AWSService", invoked_by="autoscaling.amazonaws.com"),
        Passer(type="Root", arn=f"arn:aws:iam::{ACCOUNT}:root", account=ACCOUNT),
        Passer(type="IdentityCenterUser"),
        *(
            Passer(type="AssumedRole", arn="session", role_arn=f"arn:aws:iam::{ACCOUNT}:role/{name}")
            for name in ("ci", "*/ci", "S-R-0AAAAAAAAAAA", "S-R-1AAAAAAAAAAA")
        ),
    ]
)
_MALLORY = Passer(type="IAMUser", arn=f"arn:aws:iam::{ACCOUNT}:user/mallory", account=ACCOUNT)


@dataclass(frozen=True)
class World:
    """Roles of an account, and passes of them."""

    details: Mapping[str, Any]
    passes: tuple[Pass, ...]

    @property
    def roles(self) -> Sequence[str]:
        return [role["Arn"] for role in self.details["RoleDetailList"]]


@st.composite
def worlds(draw: st.DrawFn) -> World:
    found = draw(st.dictionaries(_NAMES, st.tuples(_PATHS, _TAGS), min_size=1, max_size=7))
    roles = []
    for name, (path, tags) in found.items():
        policies = (ADMINISTRATOR_ACCESS,) if draw(st.integers(0, 9)) == 0 else ()
        trusted = "arn:aws:iam::999999999999:root" if draw(st.integers(0, 9)) == 0 else None
        arn = f"arn:aws:iam::{ACCOUNT}:role{path}{name}"
        if parse_role_arn(arn):
            roles.append(role_details(arn, policies=policies, trusted=trusted, tags=tags))
    passes: list[Pass] = []
    for role in roles:
        for passer in draw(st.lists(_PASSERS, max_size=3)):
            service, count = draw(st.sampled_from(_SERVICES)), draw(st.integers(1, 6))
            passes += [_pass(len(passes) + n, role["Arn"], service, passer, n // 2) for n in range(count)]
    return World({"RoleDetailList": roles, "Policies": []}, tuple(passes))


def _pass(number: int, arn: str, service: str, passer: Passer, day: int) -> Pass:
    return pass_of(
        event_id=f"event-{number}",
        event_time=f"{date(2026, 1, 1) + timedelta(days=day)}T00:00:00Z",
        role=PassedRole(arn, RoleKind.ROLE_ARN, arn, arn.rpartition("/")[2]),
        services=(service,),
        passer=passer,
    )


def _of(world: World, options: Options | None = None) -> Made:
    return made_of(world.passes, dict(world.details), options)


def _who(passer: Passer) -> str:
    return "AWS services" if passer.type == "AWSService" else passer.role_arn or passer.arn or ""


def _is_supported(suggestion: Suggestion, pass_: Pass) -> bool:
    return any(
        (triple.role, triple.service) == (pass_.role.arn, pass_.services[0])
        and triple.passer == _who(pass_.passer)
        for triple in suggestion.supported
    )


@settings(max_examples=150, deadline=None)
@given(worlds())
def test_what_is_supported_is_approved_and_who_was_never_seen_is_not(world: World) -> None:
    made = _of(world)

    for pass_ in world.passes:
        if _is_supported(made.suggestion, pass_):
            assert made.decision(pass_) is Decision.APPROVED
        assert made.decision(replace(pass_, passer=_MALLORY)) is not Decision.APPROVED


@settings(max_examples=150, deadline=None)
@given(worlds())
def test_nobody_is_approved_for_a_service_that_they_did_not_normally_pass_roles_to(world: World) -> None:
    made = _of(world)
    usual = {(triple.service, triple.passer) for triple in made.suggestion.supported}

    for pass_ in world.passes:
        who = _who(pass_.passer)
        if "S-R-" in who:  # one role of a stack stands for the others
            continue
        if (pass_.services[0], who) not in usual:
            assert made.decision(pass_) is not Decision.APPROVED


@settings(max_examples=150, deadline=None)
@given(worlds(), st.booleans())
def test_an_administrator_or_who_trusts_others_is_never_approved(world: World, any_passer: bool) -> None:
    made = _of(world, Options(any_passer=any_passer, min_count=1, min_days=1))
    apart = {
        role["Arn"]
        for role in world.details["RoleDetailList"]
        if role["AttachedManagedPolicies"] or "999999999999" in str(role["AssumeRolePolicyDocument"])
    }

    for pass_ in world.passes:
        if pass_.role.arn in apart:
            assert made.decision(pass_) is not Decision.APPROVED


@settings(max_examples=100, deadline=None)
@given(worlds(), st.randoms(use_true_random=False))
def test_neither_order_nor_repetition_matter(world: World, dice: random.Random) -> None:
    passes = [*world.passes, *world.passes]
    dice.shuffle(passes)

    assert made_of(passes, dict(world.details)).text == _of(world).text


@settings(max_examples=100, deadline=None)
@given(worlds())
def test_identity_policies_allow_what_is_supported_and_nothing_else(world: World) -> None:
    supported = _of(world).suggestion.supported
    documents = {each.passer: each.policy.document for each in permissions_of(supported)}

    for passer, document in documents.items():
        assert Arn.parse(passer)
        allowed = {(r, s) for r in world.roles for s in _SERVICES if allows(document, r, s)}
        assert allowed == {(t.role, t.service) for t in supported if t.passer == passer}


@pytest.mark.parametrize(
    ("path_and_name", "others"),
    [
        ("*/web", ["x/web", "x/y/web", "web"]),
        ("a?/web", ["ab/web", "a/web"]),
        ("${*}/web", ["*/web", "x/web"]),
        ("${aws:username}/web", ["dana/web", "*/web"]),
        ("$/{x}/web", ["/web", "x/web"]),
        ('"#: &x/web', ["x/web"]),
        ("a|b/web", ["a/web", "b/web"]),
        (".*/web", ["xx/web", ".x/web"]),
        ("x:role/app/web", ["app/web", "x:role/y/web"]),
    ],
)
def test_a_hostile_name_matches_itself_alone(path_and_name: str, others: list[str]) -> None:
    named, *near = (
        f"arn:aws:iam::{ACCOUNT}:role/{each}" for each in (path_and_name.replace(" ", ""), *others)
    )
    dana = Passer(
        type="IAMUser", arn=f"arn:aws:iam::{ACCOUNT}:user/{path_and_name.replace(' ', '')}", account=ACCOUNT
    )
    passes = tuple(_pass(n, named, _SERVICES[0], dana, n) for n in range(4))
    made = made_of(passes, {"RoleDetailList": [role_details(arn) for arn in (named, *near)][:1]})

    assert made.decision(passes[0]) is Decision.APPROVED
    for number, other in enumerate(near):
        passer = replace(dana, arn=other.replace(":role/", ":user/"))
        roles = made.with_roles({"RoleDetailList": []}, role_details(named), role_details(other))
        of_other = made.with_roles({"RoleDetailList": []}, role_details(other))
        assert roles.decision(replace(passes[0], passer=passer)) is not Decision.APPROVED
        assert of_other.decision(_pass(number, other, _SERVICES[0], dana, 0)) is not Decision.APPROVED
