"""The compiled EventBridge rules: what comes to the guard, by a matcher that is AWS's own ported."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from passrole.catalogue import Call, Catalogue, load_catalogue
from passrole.catalogue.rules import MAX_PATTERN, RulePattern, compile_rules
from passrole.emulator import PatternMatcher
from passrole.trail import passes_of
from tests.fixtures import EVENT_NAMES, event

RULES = compile_rules()
CALLS = load_catalogue().calls
OF_CALLS = tuple(rule for rule in RULES if rule.name.startswith("Calls"))
(OF_DENIALS,) = (rule for rule in RULES if rule.name == "DeniedPassRole")


@pytest.fixture(scope="module")
def matcher() -> Iterator[PatternMatcher]:
    with PatternMatcher() as running:
        yield running


def matching(matcher: PatternMatcher, envelope: dict[str, Any]) -> list[str]:
    return [rule.name for rule in RULES if matcher.matches(rule.pattern, envelope)]


def is_covered(envelope: dict[str, Any]) -> bool:
    detail = envelope["detail"]
    return load_catalogue().call_of(detail["eventSource"], detail["eventName"]) is not None


COVERED = [name for name in EVENT_NAMES if is_covered(event(name))]
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


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.action)
def test_each_spelling_of_each_call_comes(matcher: PatternMatcher, call: Call) -> None:
    for name in call.names:
        envelope = event("lambda_create_function")
        envelope["detail"] |= {"eventSource": call.source, "eventName": name}
        assert matching(matcher, envelope) != []


def test_the_rules_keep_their_names() -> None:
    """A renamed rule is deleted and made anew by a deployment: events between the two are lost."""
    assert [rule.name for rule in RULES] == ["Calls01", "DeniedPassRole"]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_pattern_pins_who_put_the_event(rule: RulePattern) -> None:
    assert rule.pattern["source"] == [{"prefix": "aws."}]
    assert rule.pattern["detail-type"] == ["AWS API Call via CloudTrail"]


def test_the_rules_are_the_same_each_time() -> None:
    assert json.dumps([rule.pattern for rule in compile_rules()]) == json.dumps([r.pattern for r in RULES])


def many_calls(count: int) -> Catalogue:
    """As many calls as the catalogue will have, of sources and names as long as real ones."""
    calls = [
        replace(
            CALLS[0],
            action=f"service{n // 5}:CreateThingOfSomeKind{n:04}",
            source=f"service{n // 5}.amazonaws.com",
            names=(f"CreateThingOfSomeKind{n:04}",),
        )
        for n in range(count)
    ]
    return Catalogue(tuple(calls))


def test_many_calls_are_packed_into_rules_that_eventbridge_takes() -> None:
    catalogue = many_calls(500)

    rules = compile_rules(catalogue)[:-1]

    assert 1 < len(rules) <= 16
    assert len({rule.name for rule in rules}) == len(rules)
    for rule in rules:
        assert len(json.dumps(rule.pattern, separators=(",", ":"))) <= MAX_PATTERN
    held = [name for rule in rules for name in rule.pattern["detail"]["eventName"]]
    assert sorted(held) == sorted(name for call in catalogue.calls for name in call.names)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_pattern_is_within_the_quota(rule: RulePattern) -> None:
    assert len(json.dumps(rule.pattern)) <= MAX_PATTERN == 2048
