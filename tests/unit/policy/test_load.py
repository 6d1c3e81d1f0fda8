"""What a valid guardrail.yaml means: statements, responses, settings, warnings."""

from dataclasses import replace
from pathlib import Path

import pytest

from passrole.evidence import Evidence, Known
from passrole.policy import Condition, Decision, QuarantineRules, Responses, Stage
from passrole.policy.load import load_guardrail, parse_guardrail
from passrole.policy.settings import Alerts, Settings
from tests.unit.policy.builders import APPROVED, EC2, LAMBDA, NONE, a_pass, a_role, allow, approving, judge

ROOT = Path(__file__).parents[3]


def test_a_path_pattern_becomes_a_resource_in_any_account_and_partition() -> None:
    [statement] = approving("{name: a, roles: [/application_role/*]}").statements
    assert statement == allow("a", resources=("arn:*:iam::*:role/application_role/*",))


def test_an_arn_pattern_is_taken_as_it_is() -> None:
    arn = "arn:aws:iam::111122223333:role/x/*"
    [statement] = approving(f"{{name: a, roles: ['{arn}']}}").statements
    assert statement.resources == (arn,)


def test_a_bare_name_becomes_a_condition_on_the_name() -> None:
    [statement] = approving("{name: a, roles: [deploy-*, release]}").statements
    assert statement == allow(
        "a",
        Condition("StringLike", "role:Name", ("deploy-*", "release")),
        resources=("arn:*:iam::*:role/*",),
    )


def test_paths_and_names_in_one_entry_become_two_statements() -> None:
    by_path, by_name = approving(
        "{name: a, roles: [release, /x/*], services: [ec2.amazonaws.com]}"
    ).statements
    assert (by_path.sid, by_name.sid) == ("a", "a (by name)")
    assert by_path.resources == ("arn:*:iam::*:role/x/*",)
    assert [c.key for c in by_name.conditions] == ["role:Name", "iam:PassedToService"]
    assert by_path.conditions == by_name.conditions[1:]


def test_tags_and_services_become_conditions() -> None:
    entry = (
        "{name: a, roles: [/x/*], role_tags: {team: web, env: [prod, dev-*]}, services: [ec2.amazonaws.com]}"
    )
    [statement] = approving(entry).statements
    assert statement.conditions == (
        Condition("StringEquals", "role:Tag/team", ("web",)),
        Condition("StringLike", "role:Tag/env", ("prod", "dev-*")),
        Condition("StringEquals", "iam:PassedToService", (EC2,)),
    )


def test_what_is_left_out_has_its_default() -> None:
    guardrail = parse_guardrail(NONE.encode())
    assert guardrail.settings == Settings((), Alerts((), None), ())
    assert guardrail.compiled.quarantine == QuarantineRules()
    assert guardrail.compiled.responses == Responses(Stage.ALERT, Stage.ALERT, Stage.ALERT, Stage.OBSERVE, {})


def test_every_setting_is_read() -> None:
    guardrail = parse_guardrail(
        b"""version: 1
approved: []
response: {violation: observe, undetermined: observe, denied: observe, failed: alert,
           services: {lambda.amazonaws.com: quarantine}}
quarantine: {acts_per_hour: 1000}
alerts: {email: a@b.example, slack_secret: passrole/slack}
regions: [us-east-1, us-gov-west-1, ap-southeast-4]
operators:
  - "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/x"
  - "arn:aws:iam::111122223333:root"
"""
    )
    assert guardrail.settings.alerts == Alerts(("a@b.example",), "passrole/slack")
    assert guardrail.settings.regions == ("us-east-1", "us-gov-west-1", "ap-southeast-4")
    assert guardrail.settings.operators[1] == "arn:aws:iam::111122223333:root"
    assert guardrail.compiled.quarantine == QuarantineRules(acts_per_hour=1000)
    assert guardrail.compiled.responses == Responses(
        Stage.OBSERVE, Stage.OBSERVE, Stage.OBSERVE, Stage.ALERT, {LAMBDA: Stage.QUARANTINE}
    )


def test_a_byte_order_mark_and_windows_line_ends_are_no_mistake() -> None:
    assert parse_guardrail(b"\xef\xbb\xbfversion: 1\r\napproved: []\r\n").compiled.statements == ()


def for_lambda(arn: str, tags: dict[str, str]) -> Evidence:
    """A role that trusts Lambda alone."""
    trust = {"Statement": {"Effect": "Allow", "Principal": {"Service": LAMBDA}, "Action": "sts:AssumeRole"}}
    return replace(
        a_role(arn, tags),
        path=Known(arn.partition(":role")[2].rpartition("/")[0] + "/"),
        trust_policy=Known(trust),
    )


def test_the_project_s_own_example_approves_by_path_and_tag() -> None:
    policy = load_guardrail(ROOT / "guardrail.yaml").compiled
    decisions = [
        judge(policy, a_pass(), for_lambda(arn, tags)).decision
        for arn in (APPROVED, "arn:aws:iam::111122223333:role/other/web")
        for tags in ({"approved-for": "lambda"}, {"approved-for": "ec2"}, {})
    ]
    assert decisions == [Decision.APPROVED, *[Decision.VIOLATION] * 5]


@pytest.mark.parametrize("file", ["docs/policy.md", "README.md"])
def test_the_first_example_of_a_text_is_valid(file: str) -> None:
    text = (ROOT / file).read_text("utf-8")
    example = text.split("```yaml\n", 1)[1].split("```", 1)[0]
    assert parse_guardrail(example.encode()).warnings == ()


TOLD = "alerts: {email: a@b.example}"


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("{name: a, roles: ['*']}", '2:30: approved[0].roles[0]: "*" approves every role for every service'),
        (
            "{name: a, roles: [/*], services: [ec2.amazonaws.com]}",
            '2:30: approved[0].roles[0]: "/*" approves every role for ec2.amazonaws.com',
        ),
        (
            "{name: a, roles: ['arn:aws:iam::*:role/*']}",
            '2:30: approved[0].roles[0]: "arn:aws:iam::*:role/*" approves every role for every service',
        ),
        (
            "{name: a, roles: [/app*]}",
            '2:30: approved[0].roles[0]: "/app*" also matches roles in other paths, such as "/appx/name" '
            '(write "/app/*" for the path alone): * spans slashes',
        ),
    ],
)
def test_what_approves_more_than_it_seems_is_warned_of(entry: str, expected: str) -> None:
    text = f"version: 1\napproved: [{entry}]\n{TOLD}\n"
    assert parse_guardrail(text.encode()).warnings == (f"guardrail.yaml:{expected}",)


@pytest.mark.parametrize(
    "entry", ["{name: a, roles: [/*], role_tags: {t: x}}", "{name: a, roles: [/app/*, app*, /app/x]}"]
)
def test_what_is_narrow_gives_no_warning(entry: str) -> None:
    assert parse_guardrail(f"version: 1\napproved: [{entry}]\n{TOLD}\n".encode()).warnings == ()


def test_a_policy_that_approves_nothing_or_tells_nobody_is_warned_of() -> None:
    assert parse_guardrail(NONE.encode()).warnings == (
        "guardrail.yaml:1:1: alerts: nobody is told: none of email, slack_secret, … is set",
        "guardrail.yaml:2:11: approved: nothing is approved: every pass is a violation",
    )
