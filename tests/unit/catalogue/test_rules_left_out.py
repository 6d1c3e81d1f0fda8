"""The compiled rules of a policy that leaves calls out: those do not come, and nothing else stays away."""

import json
from collections.abc import Iterable
from typing import Any

import pytest

from passrole.catalogue import Call, load_catalogue
from passrole.catalogue.left_out import NOTHING, LeftOut
from passrole.catalogue.packing import load_packing
from passrole.catalogue.rules import MAX_PATTERN, RulePattern, compile_rules
from passrole.detection.left_out import is_left_out
from passrole.emulator import PatternMatcher
from tests.fixtures import event

ROLE = "arn:aws:iam::111122223333:role/x"
GLUE, SAGEMAKER = "glue.amazonaws.com", "sagemaker.amazonaws.com"
NOTEBOOK = (SAGEMAKER, "CreateNotebookInstance")
REFUSED = {
    "errorCode": "AccessDenied",
    "errorMessage": f"User: x is not authorized to perform: iam:PassRole on resource: {ROLE}",
}
CALLS = tuple(load_catalogue().calls())
PAIRS = [(source, name) for rule in load_packing().values() for source in rule for name in rule[source]]
# Pairs whose source and name would both stay in the pattern of their rule without them.
SHARED = [
    (source, name)
    for rule in load_packing().values()
    for source, names in rule.items()
    for name in names
    if len(names) > 1 and sum(name in others for others in rule.values()) > 1
]

LEFT_OUT = LeftOut(frozenset({GLUE}), frozenset({NOTEBOOK}))
RULES = compile_rules(LEFT_OUT)


def envelope(source: str, name: str, **fields: Any) -> dict[str, Any]:
    """An event of a call with a role at its top level, so that the rule for unknown calls could take it."""
    made = event("lambda_create_function")
    made["detail"] |= {"eventSource": source, "eventName": name, "requestParameters": {"role": ROLE}} | fields
    return made


def matching(
    matcher: PatternMatcher, told: dict[str, Any], rules: Iterable[RulePattern] = RULES
) -> list[str]:
    return [rule.name for rule in rules if matcher.matches(rule.pattern, told)]


def watched(calls: Iterable[Call]) -> list[tuple[str, str]]:
    return [(call.source, name) for call in calls for name in call.names if (call.source, name) in PAIRS]


def longest(rules: Iterable[RulePattern]) -> int:
    return max(len(json.dumps(rule.pattern, separators=(",", ":"))) for rule in rules)


def test_no_event_of_a_source_that_is_left_out_comes(matcher: PatternMatcher) -> None:
    of_glue = watched(call for call in CALLS if call.source == GLUE)
    assert len(of_glue) > 10
    for source, name in (*of_glue, (GLUE, "CreateNovelty")):
        assert matching(matcher, envelope(source, name)) == []


def test_a_call_that_is_left_out_does_not_come_and_its_neighbours_do(matcher: PatternMatcher) -> None:
    source, name = NOTEBOOK
    assert matching(matcher, envelope(source, name)) == []
    assert matching(matcher, envelope(source, "CreateNovelty")) == ["UnknownCalls"]
    assert matching(matcher, envelope("newservice.amazonaws.com", name)) == ["UnknownCalls"]
    for pair in watched(call for call in CALLS if call.source == SAGEMAKER):
        assert bool(matching(matcher, envelope(*pair))) is (pair != NOTEBOOK)


def test_refused_passes_come_from_calls_that_are_left_out(matcher: PatternMatcher) -> None:
    for source, name in (NOTEBOOK, (GLUE, "CreateJob")):
        denied = envelope(source, name, **REFUSED, requestParameters=None)
        assert matching(matcher, denied) == ["DeniedPassRole"]
        assert not is_left_out(denied["detail"], LEFT_OUT)


def test_all_other_calls_come_by_the_rules_that_they_came_by(matcher: PatternMatcher) -> None:
    patterns = {rule.name: rule.pattern for rule in RULES}
    for rule, calls in load_packing().items():
        for pair in ((source, name) for source in calls for name in calls[source]):
            assert matcher.matches(patterns[rule], envelope(*pair)) is not LEFT_OUT.has(*pair), pair


@pytest.mark.parametrize("pair", SHARED, ids="-".join)
def test_what_a_pattern_cannot_leave_out_is_not_judged(
    matcher: PatternMatcher, pair: tuple[str, str]
) -> None:
    left_out = LeftOut(calls=frozenset({pair}))
    told = envelope(*pair)
    # Its source and its name stay in the pattern, each for others.
    assert matching(matcher, told, compile_rules(left_out))
    assert is_left_out(told["detail"], left_out)


def test_rules_keep_their_names_places_and_states() -> None:
    kept = [(rule.name, rule.state) for rule in RULES]
    assert kept == [(rule.name, rule.state) for rule in compile_rules()]


def test_a_rule_without_calls_is_not_made() -> None:
    emptied, *others = load_packing()
    left_out = LeftOut(sources=frozenset(load_packing()[emptied]))

    names = [rule.name for rule in compile_rules(left_out)]

    assert emptied not in names
    assert names[-2:] == ["DeniedPassRole", "UnknownCalls"]
    assert set(others) - set(names) == {
        rule for rule in others if load_packing()[rule].keys() <= left_out.sources
    }


def test_with_all_left_out_refused_passes_and_unknown_calls_still_come() -> None:
    rules = compile_rules(LeftOut(calls=frozenset(PAIRS)))
    assert [rule.name for rule in rules] == ["DeniedPassRole", "UnknownCalls"]


@pytest.mark.parametrize(
    "left_out",
    [
        NOTHING,
        LEFT_OUT,
        LeftOut(frozenset(call.source for call in CALLS)),
        LeftOut(calls=frozenset(PAIRS)),
        LeftOut(frozenset(call.source for call in CALLS[::2]), frozenset(PAIRS)),
    ],
)
def test_patterns_stay_within_the_quota_however_much_is_left_out(
    matcher: PatternMatcher, left_out: LeftOut
) -> None:
    rules = compile_rules(left_out)
    assert longest(rules) <= MAX_PATTERN
    assert matching(matcher, envelope("newservice.amazonaws.com", "CreateNovelty"), rules) == ["UnknownCalls"]
    assert matching(matcher, envelope("sts.amazonaws.com", "AssumeRole"), rules) == []


def test_what_is_left_out_comes_in_any_order_to_the_same_rules() -> None:
    turned = LeftOut(
        frozenset(sorted(LEFT_OUT.sources, reverse=True)), frozenset(reversed(list(LEFT_OUT.calls)))
    )
    assert compile_rules(turned) == RULES
