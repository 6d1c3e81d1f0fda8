"""The section ``quarantine``: what it means, which mistakes are told how, and what is warned of."""
# ruff: noqa: E501  (a message is one line, here too)

import pytest

from passrole.policy import CompiledPolicy, QuarantineRules
from passrole.policy.load import parse_guardrail
from passrole.quarantine.registry import MODULES
from tests.unit.policy.builders import NONE, F
from tests.unit.policy.builders import problem_lines as lines

STOPPING = [module.name for module in MODULES if module.stops]
NAMES = ", ".join(module.name for module in MODULES)
CONTAINED = "response: {services: {lambda.amazonaws.com: quarantine}}\n"
USER = "arn:aws:iam::111122223333:user"
OPERATORS = f'operators: ["{USER}/sam"]\n'


def rules(section: str) -> QuarantineRules:
    return parse_guardrail(f"{NONE}quarantine: {section}\n".encode()).compiled.quarantine


def warnings(section: str, head: str = NONE + OPERATORS + CONTAINED) -> list[str]:
    found = parse_guardrail(f"{head}quarantine: {section}\n".encode()).warnings
    return [line for line in found if "quarantine" in line]


def test_an_empty_section_is_the_usual_one() -> None:
    assert rules("{}") == QuarantineRules()


def test_every_rule_is_read() -> None:
    text = f"""{NONE}quarantine:
  dry_run: true
  acts_per_hour: 20
  critical_reserve: 0
  acts_per_passer: 4
  acts_per_resource: 100
  failures_per_hour: 6
  grace_minutes: 1440
  require_approval: true
  passer_may_release: true
  modules: [lambda-function, ec2-instance]
  revoke_credentials: [ec2-instance, lambda-function]
  protected: ["arn:aws:lambda:*:*:function:billing-*"]
  role_scope:
    roles: [/dev/*, deploy-*, "arn:aws:iam::111122223333:role/x"]
    even_if_shared: [/dev/loader]
  passer_scope:
    passers: ["{USER}/ci-*", "arn:aws:iam::*:role/ci/*"]
"""
    compiled = parse_guardrail(text.encode()).compiled
    assert compiled.quarantine == QuarantineRules(
        dry_run=True,
        acts_per_hour=20,
        critical_reserve=0,
        acts_per_passer=4,
        acts_per_resource=100,
        failures_per_hour=6,
        grace_minutes=1440,
        require_approval=True,
        passer_may_release=True,
        modules=("lambda-function", "ec2-instance"),
        revoke_credentials=("ec2-instance", "lambda-function"),
        protected=("arn:aws:lambda:*:*:function:billing-*",),
        role_scope=("arn:*:iam::*:role/dev/*", "deploy-*", "arn:aws:iam::111122223333:role/x"),
        shared_role_scope=("arn:*:iam::*:role/dev/loader",),
        passer_scope=(f"{USER}/ci-*", "arn:aws:iam::*:role/ci/*"),
    )
    assert CompiledPolicy.from_json(compiled.to_json()) == compiled


def test_one_pattern_stands_for_the_list_of_it_alone() -> None:
    found = rules(f"{{protected: 'arn:aws:ec2:*:*:*', passer_scope: {{passers: '{USER}/a'}}}}")
    assert (found.protected, found.passer_scope) == (("arn:aws:ec2:*:*:*",), (f"{USER}/a",))


@pytest.mark.skipif(not STOPPING, reason="no module stops what runs")
def test_modules_that_can_stop_what_runs_may_be_named_so() -> None:
    assert rules(f"{{stop_running: [{', '.join(STOPPING)}]}}").stop_running == tuple(STOPPING)


MISTAKES = {
    "misspelt key": ("{act_per_hour: 1}", "14: quarantine.act_per_hour: unknown key; did you mean acts_per_hour?"),
    "misspelt key of a scope": (
        "{role_scope: {roles: [a], even_when_shared: [a]}}",
        "39: quarantine.role_scope.even_when_shared: unknown key; did you mean even_if_shared?",
    ),
    "reserve": (
        "{critical_reserve: -1}",
        "32: quarantine.critical_reserve: expected a whole number from 0 to 1000, found -1",
    ),
    "passer's acts": (
        "{acts_per_passer: 1001}",
        "31: quarantine.acts_per_passer: expected a whole number from 1 to 1000, found 1001",
    ),
    "resource's acts": (
        "{acts_per_resource: 101}",
        "33: quarantine.acts_per_resource: expected a whole number from 1 to 100, found 101",
    ),
    "failures": (
        "{failures_per_hour: 0}",
        "33: quarantine.failures_per_hour: expected a whole number from 1 to 1000, found 0",
    ),
    "grace as text": (
        "{grace_minutes: 15m}",
        '29: quarantine.grace_minutes: expected a whole number from 0 to 1440, found "15m"',
    ),
    "more than a day's grace": (
        "{grace_minutes: 1441}",
        "29: quarantine.grace_minutes: expected a whole number from 0 to 1440, found 1441",
    ),
    "yes": ("{dry_run: yes}", "23: quarantine.dry_run: expected true or false, found yes"),
    "truth as text": ('{dry_run: "true"}', '23: quarantine.dry_run: expected true or false, found "true"'),
    "truth as a number": ("{dry_run: 1}", "23: quarantine.dry_run: expected true or false, found 1"),
    "no truth": ("{dry_run: }", "22: quarantine.dry_run: expected true or false, found nothing"),
    "truth as a list": ("{dry_run: [true]}", "23: quarantine.dry_run: expected true or false, found a list"),
    "misspelt module": (
        "{modules: [Lambda_Functions]}",
        '24: quarantine.modules[0]: "Lambda_Functions" is no quarantine module; did you mean lambda-function?',
    ),
    "no module": (
        "{modules: [zzzz]}",
        f'24: quarantine.modules[0]: "zzzz" is no quarantine module; known are {NAMES}',
    ),
    "no modules": ("{modules: []}", "23: quarantine.modules: empty; expected at least one value"),
    "more modules than there are": (
        f"{{stop_running: [{', '.join(f'm{n}' for n in range(101))}]}}",
        "28: quarantine.stop_running: more than 100 values",
    ),
    "more roles than anybody writes": (
        f"{{role_scope: {{roles: [{', '.join(f'm{n}' for n in range(501))}]}}}}",
        "34: quarantine.role_scope.roles: more than 500 values",
    ),
    "module twice": (
        "{modules: [lambda-function, lambda-function]}",
        '41: quarantine.modules[1]: "lambda-function" is given in line 3 already; a module is named once',
    ),
    "module in place of the list": (
        "{modules: lambda-function}",
        '23: quarantine.modules: expected a list, found "lambda-function": write ["lambda-function"]',
    ),
    "stopping what ends by itself": (
        "{stop_running: [lambda-function]}",
        '29: quarantine.stop_running[0]: "lambda-function" cannot stop what runs; '
        + (f"expected one of {', '.join(STOPPING)}" if STOPPING else "no module can"),
    ),
    "misspelt module that revokes": (
        "{revoke_credentials: [ec2-instances]}",
        '35: quarantine.revoke_credentials[0]: "ec2-instances" is no quarantine module; did you mean ec2-instance?',
    ),
    "no ARN": (
        "{protected: [billing-*]}",
        '26: quarantine.protected[0]: "billing-*" is no ARN; expected arn:aws:service:region:account:resource, with * as any text',
    ),
    "number as ARN": (
        "{protected: 12}",
        '25: quarantine.protected: 12 is read as a number, expected text; quote it: "12"',
    ),
    "variable": (
        '{protected: ["arn:aws:s3:::${aws:username}"]}',
        '26: quarantine.protected[0]: "arn:aws:s3:::${aws:username}": policy variables stand for nothing here; write the values out',
    ),
    "list in place of a scope": (
        "{role_scope: [/dev/*]}",
        "26: quarantine.role_scope: expected a mapping (key: value), found a list",
    ),
    "scope of no roles": (
        "{role_scope: {even_if_shared: [a]}}",
        '26: quarantine.role_scope.roles: missing; expected a list such as ["/application_role/*"]',
    ),
    "scope of no passers": (
        "{passer_scope: {}}",
        f'28: quarantine.passer_scope.passers: missing; expected a list such as ["{USER}/ci-*"]',
    ),
}  # fmt: skip


@pytest.mark.parametrize(("section", "expected"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_told_in_one_line_with_its_place(section: str, expected: str) -> None:
    assert lines(f"{NONE}quarantine: {section}\n") == [f"{F}:3:{expected}"]


def test_a_module_without_credentials_revokes_none() -> None:
    other = next((m.name for m in MODULES if m.name not in ("ec2-instance", "lambda-function")), None)
    if other is None:
        pytest.skip("every module can revoke")
    [line] = lines(f"{NONE}quarantine: {{revoke_credentials: [{other}]}}\n")
    assert line.endswith(
        f'"{other}" cannot revoke credentials; expected one of ec2-instance, lambda-function'
    )


EVERY_ROLE = "is every role; name the roles, or the path that they are in"
ONLY_AWS = (
    "only AWS changes the roles in /{}/ (of services, of Identity Center): they take no inline policy; "
    "name other roles"
)
ROLES = {
    "every name": ("*", f'"*" {EVERY_ROLE}'),
    "every path": ("/*", f'"/*" {EVERY_ROLE}'),
    "whatever has a name": ("?*", f'"?*" {EVERY_ROLE}'),
    "whatever has a path": ("/*/*", f'"/*/*" {EVERY_ROLE}'),
    "every ARN": ("arn:aws:iam::111122223333:role/*", f'"arn:aws:iam::111122223333:role/*" {EVERY_ROLE}'),
    "service-linked": ("/aws-service-role/*", ONLY_AWS.format("aws-service-role")),
    "of Identity Center": (
        "arn:aws:iam::*:role/aws-reserved/sso.amazonaws.com/*",
        ONLY_AWS.format("aws-reserved"),
    ),
    "variable": (
        "/${aws:username}/*",
        '"/${aws:username}/*": policy variables stand for nothing here; write the values out',
    ),
    "no role": ("app/*", 'a path pattern begins with a slash: write "/app/*"'),
}


@pytest.mark.parametrize("key", ["roles", "even_if_shared"])
@pytest.mark.parametrize(("role", "expected"), ROLES.values(), ids=ROLES)
def test_roles_must_be_named_and_ones_that_can_be_changed(role: str, expected: str, key: str) -> None:
    scope = f"    roles: [a]\n    even_if_shared: ['{role}']" if key != "roles" else f"    roles: ['{role}']"
    [line] = lines(f"{NONE}quarantine:\n  role_scope:\n{scope}\n")
    assert line.endswith(f": quarantine.role_scope.{key}[0]: {expected}")


EVERYONE = "name them, or the path that they are in"
PASSERS = {
    "every user": (f"{USER}/*", f'"{USER}/*" is every user; {EVERYONE}'),
    "every role": ("arn:aws:iam::*:role/*/?*", f'"arn:aws:iam::*:role/*/?*" is every role; {EVERYONE}'),
    "everyone": ("arn:aws:iam::111122223333:*", f'"arn:aws:iam::111122223333:*" is everyone; {EVERYONE}'),
    "everything": ("arn:*:*:*:*:*", f'"arn:*:*:*:*:*" is everyone; {EVERYONE}'),
    "star": ("*", '"*" is no ARN; expected arn:aws:service:region:account:resource, with * as any text'),
    "session": (
        "arn:aws:sts::111122223333:assumed-role/a/b",
        "this is the ARN of a session; write the role's: arn:aws:iam::…:role/…",
    ),
    "root": (
        "arn:aws:iam::111122223333:root",
        "an account's root user takes no inline policy; name users and roles",
    ),
    "group": (
        "arn:aws:iam::111122223333:group/dev",
        f'"arn:aws:iam::111122223333:group/dev" is no user and no role; expected an ARN such as {USER}/ci-*',
    ),
    "resource": (
        "arn:aws:s3:::user/a",
        f'"arn:aws:s3:::user/a" is no user and no role; expected an ARN such as {USER}/ci-*',
    ),
    "path alone": (
        f"{USER}/ci/",
        f"no user's or role's ARN ends in a slash: write \"{USER}/ci/*\" for those below",
    ),
    "short account": (
        "arn:aws:iam::1234:user/ci",
        'the account in the ARN of a role or user is 12 digits or *, found "1234"',
    ),
    "service-linked": (
        "arn:aws:iam::111122223333:role/aws-service-role/x/y",
        ONLY_AWS.format("aws-service-role"),
    ),
    "of Identity Center": ("arn:aws:iam::*:role/aws-reserved/*", ONLY_AWS.format("aws-reserved")),
    "variable": (
        "arn:aws:iam::*:user/${aws:username}",
        '"arn:aws:iam::*:user/${aws:username}": policy variables stand for nothing here; write the values out',
    ),
}


@pytest.mark.parametrize(("passer", "expected"), PASSERS.values(), ids=PASSERS)
def test_passers_must_be_named_and_ones_that_take_an_inline_policy(passer: str, expected: str) -> None:
    assert lines(f"{NONE}quarantine:\n  passer_scope:\n    passers: ['{passer}']\n") == [
        f"{F}:5:15: quarantine.passer_scope.passers[0]: {expected}"
    ]


@pytest.mark.parametrize(
    "section",
    [
        "{}",
        "{dry_run: true}",
        "{grace_minutes: 5, require_approval: true}",
        "{dry_run: true, grace_minutes: 0, require_approval: false}",
        "{modules: [lambda-function], revoke_credentials: [lambda-function]}",
        "{acts_per_hour: 3, acts_per_passer: 100}",
        "{role_scope: {roles: [/dev/*, deploy-*], even_if_shared: [/dev/a, /dev/*, /dev/x/b-*, deploy-web, deploy-*, 'deploy-a?', /x/deploy-a]}}",
        "{role_scope: {roles: ['/dev-?/*'], even_if_shared: [/dev-1/*]}}",
    ],
)
def test_what_is_useful_is_not_warned_of(section: str) -> None:
    assert warnings(section) == []


@pytest.mark.parametrize(
    ("section", "expected"),
    [
        (
            "{modules: [lambda-function, ec2-instance]}",
            "41: quarantine.modules[1]: no response quarantines what ec2-instance contains",
        ),
        (
            "{revoke_credentials: [ec2-instance]}",
            "35: quarantine.revoke_credentials[0]: no response quarantines what ec2-instance contains",
        ),
        (
            "{dry_run: true, grace_minutes: 5}",
            "44: quarantine.grace_minutes: waits for nothing: with dry_run nothing is contained",
        ),
        (
            "{dry_run: true, require_approval: true}",
            "47: quarantine.require_approval: waits for nothing: with dry_run nothing is contained",
        ),
        (
            "{role_scope: {roles: ['a-?*'], even_if_shared: ['a-*']}}",
            '61: quarantine.role_scope.even_if_shared[0]: "a-*" is not within roles: '
            "what is named here must be named there, too",
        ),
        *(
            (
                f"{{role_scope: {{roles: [/dev/*, deploy-*], even_if_shared: ['{pattern}']}}}}",
                f'71: quarantine.role_scope.even_if_shared[0]: "{pattern}" is not within roles: '
                "what is named here must be named there, too",
            )
            for pattern in ("/prod/a", "loader", "/d*", "deploy*", "/deploy-a*", "/deploy-x/web")
        ),
    ],
)
def test_what_does_nothing_is_warned_of(section: str, expected: str) -> None:
    assert warnings(section) == [f"{F}:5:{expected}"]


def test_a_module_that_may_not_act_has_nothing_to_revoke() -> None:
    head = NONE + OPERATORS + "response: {violation: quarantine}\n"
    assert warnings("{modules: [lambda-function], revoke_credentials: [ec2-instance]}", head) == [
        f"{F}:5:63: quarantine.revoke_credentials[0]: ec2-instance is not among modules, and contains nothing"
    ]


ANY_OPERATOR = (
    f"{F}:1:1: operators: none is given: every principal of the account that IAM lets assume the operator "
    "role can release, and pass roles; name the operators"
)


@pytest.mark.parametrize(
    "text",
    [
        "response: {violation: quarantine}",
        "response: {services: {x.amazonaws.com: quarantine}}",
        "response: {accounts: {'111122223333': quarantine}}",
        "response: {checks: {unused-role: quarantine}}",
        "response: {severities: {critical: quarantine}}",
        "checks: [unused-role: {response: quarantine}]",
        "statements: [{Effect: Deny, Resource: '*', response: quarantine}]",
    ],
)
def test_who_quarantines_is_told_to_name_operators(text: str) -> None:
    assert ANY_OPERATOR in parse_guardrail(f"{NONE}{text}\n".encode()).warnings
    named = parse_guardrail(f"{NONE}{text}\n{OPERATORS}".encode()).warnings
    assert not any("operators" in warning for warning in named)


def test_who_only_alerts_needs_no_operators() -> None:
    assert ANY_OPERATOR not in parse_guardrail(f"{NONE}checks: [unused-role]\n".encode()).warnings
