"""Which events come by which rule, by a matcher that is AWS's own ported: the rules watch each other."""

import json
from collections.abc import Iterable
from typing import Any

import pytest

from passrole.catalogue.rules import MAX_PATTERN, RulePattern
from passrole.emulator import PatternMatcher
from passrole.selfwatch.calls import WATCHED
from passrole.selfwatch.rules import DEPLOYMENT_RULE, Names, change_rules, direct_rules
from tests.unit.samples import ACCOUNT, REGION, envelope_of
from tests.unit.selfwatch.records import (
    ALARM,
    BUS,
    CANARY,
    CANARY_ROLE,
    CHANGES,
    FUNCTION,
    KEY,
    POLICY,
    QUEUE,
    ROLE,
    STACK,
    TABLE,
    TRAILS,
    arn,
    by,
    call,
    denied,
)

CHANGE_RULES = change_rules()
DIRECT_RULES = direct_rules(Names(REGION, STACK, KEY, CANARY_ROLE))
BY_CLOUDFORMATION = {"invokedBy": "cloudformation.amazonaws.com"}
DECISIVE = [
    "rule deleted",
    "rule disabled",
    "rule replaced",
    "target removed",
    "target replaced",
    "function deleted",
    "code by ARN",
    "configuration by partial ARN",
    "concurrency zero",
    "mapping disabled",
    "queue deleted",
    "queue purged",
    "queue's policy",
    "topic deleted",
    "topic's policy",
    "unsubscribed",
    "filter changed",
    "table deleted",
    "key disabled",
    "key to be deleted",
    "role deleted",
    "denied all",
    "all is denied to the role",
    "boundary",
    "trust",
    "managed policy",
    "another version of the managed policy",
    "the rules' permission removed",
    "the alarms' permission removed",
    "the schedule's permission removed",
    "the table takes one write a second",
    "table's policy",
    "one of several alarms deleted",
    "alarm's actions disabled",
    "alarm replaced",
    "alarm muted",
    "alarm set to OK",
    "stack deleted",
    "stack updated",
    "change set executed",
    "stack's policy",
    "stack of a region deleted, by ARN",
]


def taken(
    matcher: PatternMatcher, rules: Iterable[RulePattern], record: dict[str, Any], **fields: Any
) -> bool:
    source = f"aws.{str(record['eventSource']).removesuffix('.amazonaws.com')}"
    envelope = json.loads(envelope_of(record, **{"source": source, **fields}))
    return any(matcher.matches(rule.pattern, envelope) for rule in rules)


@pytest.mark.parametrize("row", WATCHED, ids=lambda row: f"{row.part} {row.names[0]}")
def test_every_watched_call_comes_to_the_code_whoever_makes_it(matcher: PatternMatcher, row: Any) -> None:
    suffixes = ("", "20150331", "20150331v2") if row.source == "lambda.amazonaws.com" else ("",)
    service = row.source.removesuffix(".amazonaws.com")
    for name in (f"{name}{suffix}" for name in row.names for suffix in suffixes):
        for record in (call(service, name), by(call(service, name), **BY_CLOUDFORMATION)):
            assert taken(matcher, CHANGE_RULES, record)
            assert taken(matcher, CHANGE_RULES, record, region="ap-southeast-2")  # forwarded


def test_other_calls_do_not_come(matcher: PatternMatcher) -> None:
    for record in (call("lambda", "Invoke"), call("events", "EnableRule"), call("s3", "DeleteBucket")):
        assert not taken(matcher, CHANGE_RULES, record)
    forged = call("events", "DeleteRule", {"name": f"{STACK}-x"})
    assert not taken(matcher, (*CHANGE_RULES, *DIRECT_RULES), forged, source="mine.events")


@pytest.mark.parametrize("name", DECISIVE)
def test_decisive_changes_are_told_without_code(matcher: PatternMatcher, name: str) -> None:
    # Given a decisive change of a part of the guard
    record, _ = CHANGES[name]
    # When it was done, then people are told by the rule itself
    assert taken(matcher, DIRECT_RULES, record)
    # but not what was denied, and not by the rule of another region, whose own told it
    assert not taken(matcher, DIRECT_RULES, record | {"errorCode": "AccessDenied"})
    assert not taken(matcher, DIRECT_RULES, record, region="ap-southeast-2")


@pytest.mark.parametrize("name", CHANGES)
def test_what_a_deployment_does_is_not_told_but_that_it_is_made(matcher: PatternMatcher, name: str) -> None:
    record = by(CHANGES[name][0], **BY_CLOUDFORMATION)
    is_decisive_of_stack = record["eventSource"] == "cloudformation.amazonaws.com" and name in DECISIVE
    assert taken(matcher, DIRECT_RULES, record) is is_decisive_of_stack


@pytest.mark.parametrize("name", ["stack updated", "change set executed"])
def test_a_deployment_is_told_by_a_rule_that_tells_nothing_else(matcher: PatternMatcher, name: str) -> None:
    record, _ = CHANGES[name]
    assert [rule.name for rule in DIRECT_RULES if taken(matcher, [rule], record)] == [DEPLOYMENT_RULE]
    of_a_region = record | {"requestParameters": {"stackName": f"{STACK}-eu-west-1"}}
    assert taken(matcher, DIRECT_RULES, of_a_region)
    assert not taken(matcher, DIRECT_RULES, record | {"requestParameters": {"stackName": f"{STACK}Next"}})


@pytest.mark.parametrize("name", CHANGES)
def test_the_things_of_other_stacks_are_not_told(matcher: PatternMatcher, name: str) -> None:
    others = direct_rules(Names(REGION, "Other", "99999999-0000-1111-2222-333344445555"))
    assert not taken(matcher, others, CHANGES[name][0])


@pytest.mark.parametrize("record", TRAILS.values(), ids=TRAILS)
@pytest.mark.parametrize("identity", [{}, BY_CLOUDFORMATION])
def test_a_blinded_trail_is_told_whoever_did_it(
    matcher: PatternMatcher, record: dict[str, Any], identity: dict[str, Any]
) -> None:
    assert taken(matcher, DIRECT_RULES, by(record, **identity))
    assert taken(matcher, CHANGE_RULES, by(record, **identity))


@pytest.mark.parametrize("name", ["default", arn("events", "event-bus/default"), None])
def test_another_key_of_the_bus_that_all_rules_are_on_is_told(
    matcher: PatternMatcher, name: str | None
) -> None:
    record = BUS | {"requestParameters": {"kmsKeyIdentifier": "x"} | ({"name": name} if name else {})}
    assert taken(matcher, DIRECT_RULES, record)
    assert taken(matcher, CHANGE_RULES, record)
    assert not taken(matcher, DIRECT_RULES, BUS | {"requestParameters": {"name": "orders"}})


def test_the_name_of_a_role_counts_in_any_case(matcher: PatternMatcher) -> None:
    assert taken(matcher, DIRECT_RULES, call("iam", "DeleteRole", {"roleName": ROLE.upper()}))


@pytest.mark.parametrize(
    ("event", "member"),
    [
        ("DeleteRule", "name"),
        ("DisableRule", "name"),
        ("PutRule", "name"),
        ("PutTargets", "rule"),
        ("RemoveTargets", "rule"),
    ],
)
def test_the_rules_watch_each_other(matcher: PatternMatcher, event: str, member: str) -> None:
    # Given a rule of either kind, as CloudFormation names it
    for rule in (*CHANGE_RULES, *DIRECT_RULES):
        stopped = call("events", event, {member: f"{STACK}-SelfWatch{rule.name}1A2B3C4D-1TBAOF2WSJFVT"})
        # When somebody deletes it, disables it, or changes its pattern or its targets
        # Then the rules of the other kind bring that
        assert taken(matcher, CHANGE_RULES, stopped)
        assert taken(matcher, DIRECT_RULES, stopped)


def test_the_canary_is_not_told(matcher: PatternMatcher) -> None:
    def put(role: str) -> dict[str, Any]:
        return by(
            call("events", "PutRule", {"name": CANARY}),
            sessionContext={"sessionIssuer": {"type": "Role", "arn": role}},
        )

    # Given the call that `sweep` makes every few minutes, then nobody is told; of another's they are
    assert not taken(matcher, DIRECT_RULES, put(CANARY_ROLE))
    assert taken(matcher, DIRECT_RULES, put(f"arn:aws:iam::{ACCOUNT}:role/Developer"))
    # and so are they where no role is known to do it
    assert taken(matcher, direct_rules(Names(REGION, STACK, KEY)), put(CANARY_ROLE))


@pytest.mark.parametrize(
    "record",
    [
        call("events", "DeleteRule", {"name": f"My{STACK}-x"}),
        call("lambda", "DeleteFunction20150331", {"functionName": f"copy-of-{FUNCTION}"}),
        call("lambda", "DeleteFunction20150331", {"functionName": arn("lambda", f"function:x{FUNCTION}")}),
        call("sqs", "DeleteQueue", {"queueUrl": f"https://sqs.x.amazonaws.com/{ACCOUNT}/x{QUEUE}"}),
        call("dynamodb", "DeleteTable", {"tableName": f"x{TABLE}"}),
        call("iam", "DeleteRole", {"roleName": f"x{ROLE}"}),
        call("iam", "AttachRolePolicy", {"roleName": "mine", "policyArn": arn("iam", f"policy/{POLICY}")}),
        call("monitoring", "DeleteAlarms", {"alarmNames": [f"x{ALARM}"]}),
        call("kms", "DisableKey", {"keyId": "99999999-0000-1111-2222-333344445555"}),
        call("cloudformation", "DeleteStack", {"stackName": f"{STACK}Next"}),
        call("cloudformation", "DeleteStack", {"stackName": arn("cloudformation", f"stack/{STACK}Next/1")}),
        denied(call("cloudtrail", "StopLogging"), "cloudtrail:StopLogging"),
    ],
)
def test_names_that_only_hold_the_guards_are_not_told(
    matcher: PatternMatcher, record: dict[str, Any]
) -> None:
    assert not taken(matcher, DIRECT_RULES, record)


def test_the_patterns_fit_with_the_longest_names() -> None:
    role = f"arn:aws-us-gov:iam::{ACCOUNT}:role/passrole-guardrail/{'x' * 64}"
    longest = direct_rules(Names("ap-southeast-2", "x" * 20, KEY, role))
    for rule in (*CHANGE_RULES, *longest):
        assert len(json.dumps(rule.pattern, separators=(",", ":"))) <= MAX_PATTERN


def test_names_fit_into_those_of_rules_in_further_regions() -> None:
    assert all(len(rule.name) <= 14 for rule in (*CHANGE_RULES, *DIRECT_RULES))
