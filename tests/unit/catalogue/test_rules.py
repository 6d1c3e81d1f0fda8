"""The compiled EventBridge rules: what comes to the guard, by a matcher that is AWS's own ported."""

import json
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from passrole.catalogue import Call, load_catalogue
from passrole.catalogue.rules import (
    ALL_MANAGEMENT_EVENTS,
    MAX_PATTERN,
    RulePattern,
    assign,
    compile_rules,
    load_assignment,
)
from passrole.emulator import PatternMatcher
from passrole.trail import passes_of
from tests.fixtures import EVENT_NAMES, event

RULES = compile_rules()
CALLS = tuple(load_catalogue().calls())
OF_CALLS = tuple(rule for rule in RULES if rule.name.startswith("Calls"))
BY_NAME = {rule.name: rule for rule in RULES}
OF_DENIALS, OF_UNKNOWN = BY_NAME["DeniedPassRole"], BY_NAME["UncataloguedCalls"]
ROLE = "arn:aws:iam::111122223333:role/x"

each_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)


def matching(matcher: PatternMatcher, envelope: dict[str, Any]) -> list[str]:
    return [rule.name for rule in RULES if matcher.matches(rule.pattern, envelope)]


def length(pattern: dict[str, Any]) -> int:
    return len(json.dumps(pattern, separators=(",", ":")))


COVERED = [
    name
    for name in EVENT_NAMES
    if (
        call := load_catalogue().call_of(
            event(name)["detail"]["eventSource"], event(name)["detail"]["eventName"]
        )
    )
    and call.passes_roles
]
DENIED = [
    name
    for name in EVENT_NAMES
    if "errorMessage" in {pass_.path for pass_ in passes_of(event(name)["detail"])}
]


@pytest.mark.parametrize("name", COVERED)
def test_an_event_of_a_covered_call_comes_by_a_rule_of_calls(matcher: PatternMatcher, name: str) -> None:
    assert any(matcher.matches(rule.pattern, event(name)) for rule in OF_CALLS)


@pytest.mark.parametrize("name", DENIED)
def test_a_denied_attempt_at_any_service_comes_by_the_rule_of_denials(
    matcher: PatternMatcher, name: str
) -> None:
    assert matcher.matches(OF_DENIALS.pattern, event(name))


@pytest.mark.parametrize("name", EVENT_NAMES)
def test_whatever_holds_a_pass_comes(matcher: PatternMatcher, name: str) -> None:
    if passes_of(event(name)["detail"]):
        assert matching(matcher, event(name))


def test_a_denial_of_something_else_does_not_come(matcher: PatternMatcher) -> None:
    assert matching(matcher, event("lambda_list_functions_denied")) == []


@pytest.mark.parametrize("source", ["my.lambda", "AWS.lambda", "awslambda", "", "lambda.amazonaws.com"])
@pytest.mark.parametrize("name", ["lambda_create_function", "lambda_create_function_denied"])
def test_an_event_of_a_forged_source_does_not_come(matcher: PatternMatcher, name: str, source: str) -> None:
    assert matching(matcher, event(name) | {"source": source}) == []


@pytest.mark.parametrize("detail_type", ["AWS Service Event via CloudTrail", "AWS API Call"])
def test_an_event_of_another_type_does_not_come(matcher: PatternMatcher, detail_type: str) -> None:
    assert matching(matcher, event("lambda_create_function") | {"detail-type": detail_type}) == []


def unknown(source: str, request: Any) -> dict[str, Any]:
    """An event of a call that no row knows."""
    envelope = event("lambda_create_function")
    named = {"eventSource": source, "eventName": "CreateNovelty", "requestParameters": request}
    envelope["detail"] |= named
    return envelope


@pytest.mark.parametrize("member", ["role", "Role", "roleArn", "RoleARN", "executionRoleArn", "ServiceRole"])
def test_a_call_that_nobody_knows_comes_where_a_member_is_named_like_a_role(
    matcher: PatternMatcher, member: str
) -> None:
    novelty = unknown("newservice.amazonaws.com", {"name": "x", member: ROLE})
    assert matching(matcher, novelty) == ["UncataloguedCalls"]
    assert len(passes_of(novelty["detail"])) == 1


def test_a_call_that_nobody_knows_does_not_come_otherwise(matcher: PatternMatcher) -> None:
    assert (
        matching(matcher, unknown("newservice.amazonaws.com", {"name": "x", "config": {"role": ROLE}})) == []
    )
    assert matching(matcher, unknown("newservice.amazonaws.com", None)) == []


def test_the_sessions_of_sts_do_not_come(matcher: PatternMatcher) -> None:
    assert matching(matcher, unknown("sts.amazonaws.com", {"roleArn": ROLE})) == []


def test_the_rules_keep_their_names() -> None:
    """A renamed rule is deleted and made anew by a deployment: events between the two are lost."""
    of_calls = [f"Calls{number:02}" for number in range(1, len(OF_CALLS) + 1)]
    assert [rule.name for rule in RULES] == [
        *of_calls,
        "ReadOnlyCalls",
        "DeniedPassRole",
        "UncataloguedCalls",
    ]


def test_there_are_at_most_16_rules() -> None:
    assert len(RULES) <= 16


@each_rule
def test_a_pattern_is_within_the_quota(rule: RulePattern) -> None:
    assert length(rule.pattern) <= MAX_PATTERN == 2048


@each_rule
def test_a_pattern_pins_who_put_the_event(rule: RulePattern) -> None:
    assert rule.pattern["source"] == [{"prefix": "aws."}]
    assert rule.pattern["detail-type"] == ["AWS API Call via CloudTrail"]


@each_rule
def test_only_what_looks_read_only_needs_the_state_that_brings_such_events(rule: RulePattern) -> None:
    assert rule.state == (ALL_MANAGEMENT_EVENTS if rule.name == "ReadOnlyCalls" else "ENABLED")


def test_each_source_of_calls_is_in_one_rule() -> None:
    taken = Counter(source for sources in load_assignment().values() for source in sources)
    assert set(taken) == {call.source for call in CALLS if call.passes_roles and not call.read_only}
    assert set(taken.values()) == {1}


def test_the_assignment_is_what_the_data_gives() -> None:
    assert assign(CALLS, load_assignment()) == load_assignment()


def test_the_rules_are_the_same_each_time() -> None:
    assert compile_rules() == RULES


def patterns_of(calls: tuple[Call, ...], assignment: dict[str, tuple[str, ...]]) -> dict[str, set[str]]:
    """What each rule would take: sources and names."""
    return {
        name: {
            f"{call.source}:{event_name}"
            for call in calls
            if call.source in sources
            for event_name in call.names
        }
        for name, sources in assignment.items()
    }


@pytest.mark.parametrize("source", ["lambda.amazonaws.com", "sagemaker.amazonaws.com", "aaa.amazonaws.com"])
def test_a_new_call_changes_one_rule(source: str) -> None:
    writing = tuple(call for call in CALLS if call.passes_roles and not call.read_only)
    before = assign(writing, {})
    new = replace(writing[0], action="x:MakeNovelty", source=source, names=("MakeNovelty",))

    after = assign((*writing, new), before)

    old, changed = patterns_of(writing, before), patterns_of((*writing, new), after)
    differing = [name for name in changed if changed[name] != old.get(name)]
    assert len(differing) == 1
    assert set(before) <= set(after)


def test_a_call_that_is_gone_leaves_the_other_sources_where_they_were() -> None:
    writing = tuple(call for call in CALLS if call.passes_roles and not call.read_only)
    before = assign(writing, {})
    left = tuple(call for call in writing if call.source != "lambda.amazonaws.com")

    after = assign(left, before)

    assert after == {
        name: tuple(s for s in sources if s != "lambda.amazonaws.com") for name, sources in before.items()
    }


def test_a_rule_that_grew_too_long_gives_up_what_does_not_fit_and_keeps_the_rest() -> None:
    def calls(count: int, source: str) -> tuple[Call, ...]:
        names = [f"CreateThingOfSomeKind{number:03}" for number in range(count)]
        return tuple(replace(CALLS[0], source=source, names=(name,)) for name in names)

    first, second = calls(40, "one.amazonaws.com"), calls(20, "two.amazonaws.com")
    before = assign((*first, *second), {})
    assert before == {"Calls01": ("one.amazonaws.com", "two.amazonaws.com")}
    others = tuple(replace(call, names=(call.names[0] + "X",)) for call in calls(45, "two.amazonaws.com"))

    after = assign((*first, *second, *others), before)

    assert after == {"Calls01": ("one.amazonaws.com",), "Calls02": ("two.amazonaws.com",)}
