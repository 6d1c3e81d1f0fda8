"""The rights of quarantine: those of the policy's modules, each on its resources, and no other."""

from dataclasses import replace

import pytest

from passrole.grants import ANY_ROLE, Grant
from passrole.quarantine.grants import QUARANTINE_ROLE
from passrole.quarantine.module import QuarantineModule
from passrole.quarantine.modules.lambda_function import LambdaFunction
from passrole.quarantine.modules.rds_roles import PASS_WHAT_IS_TAKEN
from passrole.quarantine.registry import MODULES, PASSER_SCOPE, ROLE_SCOPE
from passrole.quarantine.revocation import RESTORE_GRANT, REVOKE_GRANT
from passrole.quarantine.rights import contain_grants as policy_grants
from passrole.quarantine.rights import trusted_services
from tests.infra.conftest import FULL_POLICY, StackOf
from tests.infra.granted import (
    contain_grants,
    declared,
    describe_grants,
    fill,
    granted,
    held_role,
    release_grants,
    rights_of_modules,
)
from tests.infra.stack_template import StackTemplate, listed, text

LAMBDA = (LambdaFunction(),)
DENIALS = {"iam:PutRolePolicy", "iam:PutUserPolicy", "iam:DeleteRolePolicy", "iam:DeleteUserPolicy"}


def passes(stack: StackTemplate, part: str) -> set[tuple[str, str]]:
    """Roles that a part may pass, each with the service that it may pass it to."""
    rights = [r for r in granted(stack.statements(part)) if r[0] == "iam:PassRole"]
    for _, _, ((operator, key, service),) in rights:
        assert (operator, key) == ("StringEquals", "iam:PassedToService")
        assert service.endswith(".amazonaws.com")
    return {(resource, service) for _, resource, ((_, _, service),) in rights}


def services_of(grants: list[Grant], role: str) -> set[str]:
    """Services that grants pass a role to."""
    passing = [g for g in grants if g.actions == ("iam:PassRole",) and g.resources == (role,)]
    return {grant.conditions["StringEquals"]["iam:PassedToService"] for grant in passing}


def test_every_right_is_one_that_a_module_declares_on_its_resources(guard: StackTemplate) -> None:
    # Given a policy that enables all there is, and the rights beyond the stack's own resources
    held = f"${{{held_role(guard)}.Arn}}"
    # When they are told one by one, then they are the declared ones: action, resource and condition
    assert rights_of_modules(guard, "Contain") == declared(contain_grants(), held)
    assert rights_of_modules(guard, "Operator") == declared(release_grants())


def test_the_quarantine_role_denies_everything_and_allows_nothing(guard: StackTemplate) -> None:
    role = guard.of_type("AWS::IAM::Role")[guard.role_of("Held")]
    assert [(s.effect, s.actions, s.resources) for s in guard.statements("Held")] == [
        ("Deny", ("*",), ("*",))
    ]
    assert "ManagedPolicyArns" not in role
    # The guard's own approvals are by this path.
    assert role["Path"] == "/passrole-guardrail/"


def test_the_quarantine_role_trusts_the_services_that_get_it_and_nobody_else(guard: StackTemplate) -> None:
    role = guard.of_type("AWS::IAM::Role")[guard.role_of("Held")]
    trust = role["AssumeRolePolicyDocument"]["Statement"]
    for statement in trust:
        assert (statement["Effect"], statement["Action"]) == ("Allow", "sts:AssumeRole")
        assert set(statement["Principal"]) == {"Service"}
    services = {service for statement in trust for service in listed(statement["Principal"]["Service"])}
    assert services == set(trusted_services(FULL_POLICY))
    assert services == services_of(contain_grants(), QUARANTINE_ROLE)


def test_contain_passes_the_quarantine_role_and_what_it_takes_away(guard: StackTemplate) -> None:
    held = f"${{{guard.role_of('Held')}.Arn}}"
    # Given that RDS wants the right to pass a role of whoever takes it from a database
    taken = {(fill(ANY_ROLE), "rds.amazonaws.com")}
    assert services_of([PASS_WHAT_IS_TAKEN], ANY_ROLE) == {"rds.amazonaws.com"}
    # When `contain` passes a role otherwise, then it is the quarantine role, to a service that it is for
    replacing = services_of(contain_grants(), QUARANTINE_ROLE)
    assert replacing
    assert passes(guard, "Contain") == {(held, service) for service in replacing} | taken


def test_the_operator_role_alone_gives_other_roles_back_and_to_named_services_only(
    guard: StackTemplate,
) -> None:
    giving = services_of(release_grants(), ANY_ROLE)
    assert passes(guard, "Operator") == {(fill(ANY_ROLE), service) for service in giving}
    for part in ("Detect", "Notify"):
        assert passes(guard, part) == set()
    # What the canary passes may do nothing.
    assert passes(guard, "Sweep") == {(f"${{{guard.role_of('Canary')}.Arn}}", "events.amazonaws.com")}


def test_no_right_to_pass_roles_is_among_others(stacks: list[StackTemplate]) -> None:
    for stack in stacks:
        passing = [s for s in stack.statements() if "iam:PassRole" in s.actions]
        assert {s.actions for s in passing} <= {("iam:PassRole",)}


def test_without_quarantine_there_is_no_right_and_no_quarantine_role(plain: StackTemplate) -> None:
    assert rights_of_modules(plain, "Contain") == set()
    assert rights_of_modules(plain, "Operator") == set()
    assert held_role(plain) is None
    policies = plain.of_type("AWS::IAM::ManagedPolicy").values()
    assert {text(role) for p in policies for role in p["Roles"]} == {f"${{{plain.role_of('Sweep')}}}"}
    assert "QuarantineRoleArn" not in plain.template["Outputs"]


def test_where_one_service_is_quarantined_only_its_module_has_rights(stack_with: StackOf) -> None:
    stack = stack_with("lambda")
    assert rights_of_modules(stack, "Contain") == declared(
        [*LAMBDA[0].describe_grants, *LAMBDA[0].contain_grants]
    )
    assert rights_of_modules(stack, "Operator") == declared(
        [*LAMBDA[0].describe_grants, *LAMBDA[0].release_grants]
    )
    # Its module puts no role in the place of another.
    assert held_role(stack) is None
    assert "QUARANTINE_ROLE_ARN" not in stack.function_of("Contain")["Environment"]["Variables"]


def test_in_a_dry_run_contain_may_only_look(stack_with: StackOf) -> None:
    stack = stack_with("dry-run")
    assert rights_of_modules(stack, "Contain") == declared(describe_grants())
    assert held_role(stack) is None


@pytest.mark.parametrize(
    ("policy", "modules", "more_to_contain", "more_to_release"),
    [
        ("lambda-revoking", LAMBDA, [REVOKE_GRANT], [RESTORE_GRANT]),
        ("lambda-role", (*LAMBDA, ROLE_SCOPE), [], []),
        ("lambda-shared-role", (*LAMBDA, ROLE_SCOPE), [], []),
        ("lambda-passer", (*LAMBDA, PASSER_SCOPE), [], []),
    ],
)
def test_roles_and_passers_are_written_to_only_where_the_policy_reaches_them(
    stack_with: StackOf,
    policy: str,
    modules: tuple[QuarantineModule, ...],
    more_to_contain: list[Grant],
    more_to_release: list[Grant],
) -> None:
    # Given a policy that reaches beyond the resource in one way
    stack = stack_with(policy)
    # When the rights are told, then they are those of Lambda's module and of that way
    looking = [grant for module in modules for grant in module.describe_grants]
    acting = [grant for module in modules for grant in module.contain_grants]
    releasing = [grant for module in modules for grant in module.release_grants]
    assert rights_of_modules(stack, "Contain") == declared([*looking, *acting, *more_to_contain])
    assert rights_of_modules(stack, "Operator") == declared([*looking, *releasing, *more_to_release])
    assert DENIALS & stack.actions("Contain")
    # and who else uses a role is looked up only where roles are reached
    indexes = {r for s in stack.statements("Contain") for r in s.resources if "/index/" in r}
    assert {index.rpartition("/")[2] for index in indexes} == ({"roles"} if "role" in policy else set())


@pytest.mark.parametrize("policy", ["lambda", "every-module", "dry-run"])
def test_roles_and_passers_are_not_written_to_otherwise(stack_with: StackOf, policy: str) -> None:
    assert not DENIALS & stack_with(policy).actions("Contain")


def test_running_work_is_stopped_only_where_the_policy_says_so(stack_with: StackOf) -> None:
    # Given a policy under which every module acts, and none stops what runs
    stack = stack_with("every-module")
    grants = [grant for m in MODULES for grant in (*m.describe_grants, *m.contain_grants)]
    stopping = [grant for m in MODULES for grant in m.stop_grants]
    # When the rights are told, then none of those is among them that only stopping needs
    held = f"${{{held_role(stack)}.Arn}}"
    only_stopping = declared(stopping) - declared(grants)
    assert only_stopping
    assert not rights_of_modules(stack, "Contain") & only_stopping
    assert declared(grants, held) <= rights_of_modules(stack, "Contain")


def test_a_module_that_the_policy_does_not_let_act_gets_no_right() -> None:
    rules = replace(FULL_POLICY.quarantine, modules=("lambda-function",), role_scope=(), passer_scope=())
    found = policy_grants(replace(FULL_POLICY, quarantine=rules))
    assert declared(found) == declared([*LAMBDA[0].describe_grants, *LAMBDA[0].contain_grants, REVOKE_GRANT])
