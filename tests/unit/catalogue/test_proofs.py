"""Each row of the catalogue, proven by events that are built from the shapes of the APIs.

(a) The rules bring its event. (b) They do not where the event was put by a customer. (c) The passes in it are
the role-like members of the shape, but for those that were decided to be none, and nothing else.
"""

from collections import defaultdict

import pytest

from passrole.catalogue import Call, CallTable, Where
from passrole.catalogue.rules import RulePattern, compile_rules
from passrole.emulator import PatternMatcher
from passrole.passes import Direction, Pass, RoleKind
from passrole.trail import passes_of
from passrole.trail.paths import values_at
from tests.unit.catalogue import decided
from tests.unit.catalogue.proofs import covered, envelope_of, proofs_of, records_of

COVERED = covered()
RULES = compile_rules()
BY_SOURCE: dict[str, list[Call]] = defaultdict(list)
for _call in COVERED:
    BY_SOURCE[_call.source].append(_call)

each_source = pytest.mark.parametrize("source", sorted(BY_SOURCE))


def rules_that_may_bring(call: Call) -> list[RulePattern]:
    """Those whose pattern names the source, or names none."""
    return [rule for rule in RULES if call.source in rule.pattern["detail"].get("eventSource", [call.source])]


@each_source
def test_the_rules_bring_each_call_under_each_of_its_names(matcher: PatternMatcher, source: str) -> None:
    missed = []
    for call in (call for call in BY_SOURCE[source] if call.passes_roles):
        rules = [rule for rule in rules_that_may_bring(call) if rule.name not in ("UnknownCalls",)]
        first, *_ = records_of(call)
        events = [envelope_of(record) for record in records_of(call)]
        events += [envelope_of(first | {"eventName": name}) for name in call.names]
        missed += [
            (call.action, event["detail"]["eventName"])
            for event in events
            if not any(matcher.matches(rule.pattern, event) for rule in rules)
        ]
    assert missed == []


@each_source
def test_no_rule_brings_what_a_customer_put(matcher: PatternMatcher, source: str) -> None:
    brought = []
    for call in BY_SOURCE[source]:
        forged = envelope_of(records_of(call)[0], source="customer.aws." + source)
        # The pinning is the same for all: what does not name the source does not take its event either.
        rules = rules_that_may_bring(call)
        brought += [(call.action, rule.name) for rule in rules if matcher.matches(rule.pattern, forged)]
    assert brought == []


@each_source
def test_each_role_of_a_request_is_found_and_nothing_else(source: str) -> None:
    differences = []
    for call in BY_SOURCE[source]:
        for proof in proofs_of(call):
            found = passes_of(proof.record, CallTable([call]))
            told = {pass_.path: (pass_.role.value, pass_.direction) for pass_ in found}
            expected = proof.expected()
            differences += [
                f"{call.action} ({proof.operation.api}) {path}: {told.get(path)}, not {expected.get(path)}"
                for path in sorted(told.keys() | expected.keys())
                if told.get(path) != expected.get(path)
            ]
            assert len(told) == len(found), call.action
    assert differences == []


@each_source
def test_each_role_that_is_found_is_taken_for_what_it_is(source: str) -> None:
    """An ARN where the shape takes one, a name where it does not, and a profile for a profile."""
    wrong = []
    for call in BY_SOURCE[source]:
        for proof in proofs_of(call):
            found = passes_of(proof.record, CallTable([call]))
            wrong += [f"{call.action} {p.path}: {p.role}" for p in found if p.role.kind is not kind_of(p)]
    assert wrong == []


def kind_of(pass_: Pass) -> RoleKind:
    value = pass_.role.value or ""
    if "profile-" in value:
        return RoleKind.INSTANCE_PROFILE_ARN if ":" in value else RoleKind.INSTANCE_PROFILE_NAME
    return RoleKind.ROLE_ARN if ":" in value else RoleKind.ROLE_NAME


@each_source
def test_each_place_of_a_row_is_a_member_of_the_request(source: str) -> None:
    """One that no shape has would be a path that is never found."""
    dead = []
    for call in BY_SOURCE[source]:
        requests = [proof.request.parameters for proof in proofs_of(call)]
        dead += [
            f"{call.action} {place.paths}"
            for place in call.roles
            if requests
            and place.where is Where.REQUEST
            and not any(list(values_at(told, path)) for told in requests for path in place.paths)
        ]
    assert dead == []


@each_source
def test_a_call_that_only_takes_roles_away_passes_none(source: str) -> None:
    for call in (call for call in BY_SOURCE[source] if not call.passes_roles):
        assert {place.direction for place in call.roles} <= {Direction.REMOVES}
        for record in records_of(call):
            assert passes_of(record, CallTable([call])) == (), call.action


@pytest.mark.parametrize("call", [c for c in COVERED if not proofs_of(c)], ids=lambda call: call.action)
def test_a_call_without_a_shape_is_understood_as_its_row_says(call: Call) -> None:
    """botocore has no such operation any more: this proves only that the row is not dead."""
    (record,) = records_of(call)
    assert len(passes_of(record, CallTable([call]))) >= 1


def test_each_decision_about_a_member_is_needed() -> None:
    needed = {entry for call in COVERED for proof in proofs_of(call) for entry in proof.decisions()}
    assert {*decided.NOT_PASSED, *decided.REMOVED, *decided.CHAINED} - needed == set()
