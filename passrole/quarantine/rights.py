"""The rights of quarantine and of release: those of the modules that the policy enables, and no others."""

from collections.abc import Iterable

from passrole.grants import Grant
from passrole.policy import CompiledPolicy
from passrole.quarantine.acting import ROLE_ID_GRANT
from passrole.quarantine.enabled import enabled_modules
from passrole.quarantine.grants import QUARANTINE_ROLE
from passrole.quarantine.module import QuarantineModule
from passrole.quarantine.registry import PASSER_SCOPE, ROLE_SCOPE
from passrole.quarantine.revocation import RESTORE_GRANT, REVOKE_GRANT


def acting_modules(policy: CompiledPolicy) -> tuple[QuarantineModule, ...]:
    """The modules that may act, those that reach beyond the resource too."""
    rules, enabled = policy.quarantine, enabled_modules(policy)
    if not enabled:
        return ()
    roles = (ROLE_SCOPE,) if rules.role_scope or rules.shared_role_scope else ()
    passers = (PASSER_SCOPE,) if rules.passer_scope else ()
    return (*enabled, *roles, *passers)


def contain_grants(policy: CompiledPolicy) -> tuple[Grant, ...]:
    """What `contain` may do: in a dry run, only look."""
    rules, modules = policy.quarantine, acting_modules(policy)
    grants = [grant for module in modules for grant in module.describe_grants]
    if rules.dry_run:
        return _once(grants)
    grants += [grant for module in modules for grant in module.contain_grants]
    grants += [g for module in modules if module.name in rules.stop_running for g in module.stop_grants]
    if any(_gives_role_back(module) for module in modules):
        grants.append(ROLE_ID_GRANT)
    if any(module.name in rules.revoke_credentials for module in modules):
        grants.append(REVOKE_GRANT)
    return _once(grants)


def release_grants(policy: CompiledPolicy) -> tuple[Grant, ...]:
    """What the operator role may do: put back what `contain` may change."""
    rules, modules = policy.quarantine, acting_modules(policy)
    grants = [g for module in modules for g in (*module.describe_grants, *module.release_grants)]
    if any(_gives_role_back(module) for module in modules):
        grants.append(ROLE_ID_GRANT)
    if any(module.name in rules.revoke_credentials for module in modules):
        grants.append(RESTORE_GRANT)
    return _once(grants)


def trusted_services(policy: CompiledPolicy) -> tuple[str, ...]:
    """The services that get the quarantine role in the place of another."""
    passing = (g for g in contain_grants(policy) if QUARANTINE_ROLE in g.resources)
    return tuple(
        sorted({service for g in passing for keys in g.conditions.values() for service in keys.values()})
    )


def _gives_role_back(module: QuarantineModule) -> bool:
    return any("iam:PassRole" in grant.actions for grant in module.release_grants)


def _once(grants: Iterable[Grant]) -> tuple[Grant, ...]:
    """Each action once a resource: modules may share what they need."""
    seen: set[tuple[object, ...]] = set()
    found = []
    for grant in grants:
        key = (grant.actions, grant.resources, repr(grant.conditions))
        if key not in seen:
            seen.add(key)
            found.append(grant)
    return tuple(found)
