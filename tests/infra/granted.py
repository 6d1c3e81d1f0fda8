"""Rights as the quarantine modules declare them, and as the templates have them, one by one."""

from collections.abc import Iterable, Sequence

from passrole.grants import Grant
from passrole.quarantine.acting import ROLE_ID_GRANT
from passrole.quarantine.module import QuarantineModule
from passrole.quarantine.registry import MODULES, PASSER_SCOPE, ROLE_SCOPE
from passrole.quarantine.revocation import RESTORE_GRANT, REVOKE_GRANT
from tests.infra.stack_template import StackTemplate, Statement, listed, text

ACCOUNT = "${AWS::AccountId}"
EVERY_MODULE = (*MODULES, ROLE_SCOPE, PASSER_SCOPE)

Right = tuple[str, str, frozenset[tuple[str, str, str]]]
"""Action, resource, and the conditions: operator, key and value."""


def contain_grants(modules: Sequence[QuarantineModule] = EVERY_MODULE) -> list[Grant]:
    """What `contain` needs where a policy enables all that it can."""
    names = ("describe_grants", "contain_grants", "stop_grants")
    return [*_declared(modules, names), ROLE_ID_GRANT, REVOKE_GRANT]


def release_grants(modules: Sequence[QuarantineModule] = EVERY_MODULE) -> list[Grant]:
    """What operators need there."""
    return [*_declared(modules, ("describe_grants", "release_grants")), ROLE_ID_GRANT, RESTORE_GRANT]


def describe_grants(modules: Sequence[QuarantineModule] = EVERY_MODULE) -> list[Grant]:
    """What it takes to look."""
    return _declared(modules, ("describe_grants",))


def actions_of(grants: Iterable[Grant]) -> set[str]:
    return {action for grant in grants for action in grant.actions}


def patterns(grants: Iterable[Grant]) -> set[str]:
    """The wildcard resources of grants, as the template has them."""
    return {fill(resource) for grant in grants for resource in grant.resources if "*" in resource}


def fill(resource: str, quarantine_role: str = "") -> str:
    """A resource of a grant as the template has it."""
    return resource.format(
        partition="${AWS::Partition}",
        region="${AWS::Region}",
        account=ACCOUNT,
        quarantine_role=quarantine_role,
    )


def declared(grants: Iterable[Grant], quarantine_role: str = "") -> set[Right]:
    """Each right of some grants."""
    return {
        (
            action,
            fill(resource, quarantine_role),
            frozenset(
                (operator, key, fill(value))
                for operator, keys in g.conditions.items()
                for key, value in keys.items()
            ),
        )
        for g in grants
        for action in g.actions
        for resource in g.resources
    }


def granted(statements: Iterable[Statement]) -> set[Right]:
    """Each right of some statements of a template."""
    return {
        (
            action,
            resource,
            frozenset(
                (operator, key, text(value))
                for operator, keys in statement.conditions.items()
                for key, values in keys.items()
                for value in listed(values)
            ),
        )
        for statement in statements
        for action in statement.actions
        for resource in statement.resources
    }


def rights_of_modules(stack: StackTemplate, part: str) -> set[Right]:
    """What a part may do outside the stack: all but the ledger, the topic, queues, logs and the key."""
    own = {f"${{{name}" for name in stack.template["Resources"] if name != held_role(stack)}
    return {r for r in granted(stack.statements(part)) if not r[1].startswith(tuple(own))}


def held_role(stack: StackTemplate) -> str | None:
    """Logical id of the quarantine role."""
    found = [name for name in stack.of_type("AWS::IAM::Role") if "HeldRole" in name]
    return found[0] if found else None


def _declared(modules: Sequence[QuarantineModule], names: Iterable[str]) -> list[Grant]:
    return [grant for name in names for module in modules for grant in getattr(module, name)]
