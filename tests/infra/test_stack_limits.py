"""Quotas of IAM and Lambda, which would refuse the deployment: with every module enabled, all fits."""

import json

from tests.infra.conftest import StackOf
from tests.infra.realistic import resolve, size_of
from tests.infra.stack_template import INLINE, MANAGED, StackTemplate

# IAM User Guide, "IAM and AWS STS quotas": managed policies, and the inline ones of a role together.
MANAGED_POLICY = 6_144
MANAGED_POLICIES_A_ROLE = 10
INLINE_POLICIES = 10_240
TRUST_POLICY = 2_048
# Lambda developer guide, "Lambda quotas": all environment variables together.
ENVIRONMENT = 4_096


def test_what_modules_may_do_fits_into_the_managed_policies_of_a_role(
    guard: StackTemplate, stack_with: StackOf
) -> None:
    for stack in (guard, stack_with("every-module")):
        for part in ("Contain", "Operator"):
            policies = stack.policies_of(stack.role_of(part), MANAGED)
            assert 1 <= len(policies) <= MANAGED_POLICIES_A_ROLE
            assert max(size_of(policy, stack) for policy in policies) <= MANAGED_POLICY


def test_the_inline_policies_of_each_role_fit(stacks: list[StackTemplate]) -> None:
    for stack in stacks:
        for role in stack.of_type("AWS::IAM::Role"):
            sizes = [size_of(policy, stack) for policy in stack.policies_of(role, INLINE)]
            assert 0 < sum(sizes) <= INLINE_POLICIES


def test_the_services_that_get_the_quarantine_role_fit_into_its_trust_policy(guard: StackTemplate) -> None:
    trust = guard.of_type("AWS::IAM::Role")[guard.role_of("Held")]["AssumeRolePolicyDocument"]
    assert size_of(trust, guard) <= TRUST_POLICY


def test_the_environment_of_each_function_fits(guard: StackTemplate) -> None:
    for function in guard.of_type("AWS::Lambda::Function").values():
        variables = resolve(function["Environment"]["Variables"], guard)
        assert len(json.dumps(variables)) < ENVIRONMENT
