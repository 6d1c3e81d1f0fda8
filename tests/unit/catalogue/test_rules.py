"""The compiled EventBridge rules: what comes to the guard, by a matcher that is AWS's own ported."""

import json
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from passrole.catalogue import load_catalogue
from passrole.catalogue.packing import load_packing, pack
from passrole.catalogue.rules import ALL_MANAGEMENT_EVENTS, MAX_PATTERN, RulePattern, compile_rules, room
from passrole.emulator import PatternMatcher
from passrole.trail import passes_of
from tests.fixtures import EVENT_NAMES, event

RULES = compile_rules()
CALLS = tuple(load_catalogue().calls())
OF_CALLS = tuple(rule for rule in RULES if rule.name.startswith("Calls"))
BY_NAME = {rule.name: rule for rule in RULES}
OF_DENIALS, OF_UNKNOWN = BY_NAME["DeniedPassRole"], BY_NAME["UnknownCalls"]
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
    assert matching(matcher, novelty) == ["UnknownCalls"]
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
        "UnknownCalls",
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


def test_each_call_is_in_one_rule() -> None:
    taken = Counter(
        (source, name) for rule in load_packing().values() for source in rule for name in rule[source]
    )
    assert set(taken) == {(call.source, name) for call in CALLS if call.passes_roles for name in call.names}
    assert set(taken.values()) == {1}


def test_the_packing_is_what_the_data_gives() -> None:
    assert pack(CALLS, load_packing(), room()) == load_packing()


def test_calls_that_look_read_only_are_in_the_rule_that_brings_such_events() -> None:
    reading = {
        (call.source, name) for call in CALLS if call.passes_roles and call.read_only for name in call.names
    }
    held = load_packing()["ReadOnlyCalls"]
    assert reading <= {(source, name) for source, names in held.items() for name in names}


def test_the_rules_are_the_same_each_time() -> None:
    assert compile_rules() == RULES


@pytest.mark.parametrize("source", ["lambda.amazonaws.com", "sagemaker.amazonaws.com", "aaa.amazonaws.com"])
def test_a_new_call_changes_one_rule(source: str) -> None:
    before = load_packing()
    new = replace(next(c for c in CALLS if c.passes_roles), source=source, names=("MakeNovelty",))

    after = pack((*CALLS, new), before, room())

    assert len([rule for rule in after if after[rule] != before.get(rule)]) == 1


def test_a_call_that_is_gone_leaves_the_others_where_they_were() -> None:
    before = load_packing()

    after = pack([call for call in CALLS if call.source != "lambda.amazonaws.com"], before, room())

    assert after == {
        rule: {source: names for source, names in held.items() if source != "lambda.amazonaws.com"}
        for rule, held in before.items()
    }
