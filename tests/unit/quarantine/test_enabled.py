"""Which modules a policy can ask for."""

from dataclasses import replace

import pytest

from passrole.policy import CompiledPolicy, Effect, PolicyStatement, QuarantineRules, Responses, Stage
from passrole.quarantine.enabled import asks_for_quarantine, enabled_modules, modules_asked_for
from passrole.quarantine.registry import MODULES

LAMBDA, EC2 = "lambda.amazonaws.com", "ec2.amazonaws.com"
ALL = tuple(module.name for module in MODULES)
NONE: tuple[str, ...] = ()
DENY = PolicyStatement("d", Effect.DENY, resources=("*",))
QUARANTINE = Stage.QUARANTINE


def policy(responses: Responses, *statements: PolicyStatement) -> CompiledPolicy:
    return CompiledPolicy(statements, responses)


def of(*services: str) -> tuple[str, ...]:
    return tuple(module.name for module in MODULES if set(services) & set(module.services))


def names(policy: CompiledPolicy) -> tuple[str, ...]:
    return tuple(module.name for module in enabled_modules(policy))


CASES = {
    "alerts only": (policy(Responses(), replace(DENY, response=Stage.ALERT)), NONE),
    "every violation": (policy(Responses(violation=QUARANTINE)), ALL),
    "every violation but those of a service": (
        policy(Responses(violation=QUARANTINE, services={LAMBDA: Stage.ALERT})),
        tuple(m.name for m in MODULES if set(m.services) - {LAMBDA}),
    ),
    "one service": (policy(Responses(services={LAMBDA: QUARANTINE})), of(LAMBDA)),
    "two services": (policy(Responses(services={LAMBDA: QUARANTINE, EC2: QUARANTINE})), of(LAMBDA, EC2)),
    "a service without a module": (policy(Responses(services={"x.amazonaws.com": QUARANTINE})), NONE),
    "an account": (policy(Responses(accounts={"111122223333": QUARANTINE})), ALL),
    "a check": (policy(Responses(checks={"unused-role": QUARANTINE})), ALL),
    "a severity": (policy(Responses(severities={"critical": QUARANTINE})), ALL),
    "a statement": (policy(Responses(), DENY, replace(DENY, response=QUARANTINE)), ALL),
}


@pytest.mark.parametrize(("policy", "expected"), CASES.values(), ids=CASES)
def test_the_modules_of_what_a_response_quarantines(
    policy: CompiledPolicy, expected: tuple[str, ...]
) -> None:
    assert names(policy) == expected


@pytest.mark.parametrize(("name", "policy"), [(name, policy) for name, (policy, _) in CASES.items()])
def test_whether_anything_is_quarantined(name: str, policy: CompiledPolicy) -> None:
    assert asks_for_quarantine(policy) is (name != "alerts only")


def test_the_policy_may_narrow_them_and_never_adds_any() -> None:
    asked = policy(Responses(violation=QUARANTINE))
    narrowed = replace(asked, quarantine=QuarantineRules(modules=("lambda-function", "ec2-instance")))
    assert names(narrowed) == tuple(n for n in ALL if n in ("lambda-function", "ec2-instance"))
    assert modules_asked_for(narrowed) == MODULES
    assert names(replace(narrowed, responses=Responses())) == NONE
    assert names(replace(narrowed, responses=Responses(services={EC2: QUARANTINE}))) == ("ec2-instance",)
