"""Which quarantine modules a policy can ask for: what is deployed gets the rights of these alone."""

from collections.abc import Iterator

from passrole.policy.compiled import CompiledPolicy, Stage
from passrole.quarantine.module import QuarantineModule
from passrole.quarantine.registry import MODULES


def enabled_modules(policy: CompiledPolicy) -> tuple[QuarantineModule, ...]:
    """The modules whose containment the policy can ask for, and lets act; in the registry's order."""
    allowed = policy.quarantine.modules
    return tuple(m for m in modules_asked_for(policy) if allowed is None or m.name in allowed)


def modules_asked_for(policy: CompiledPolicy) -> tuple[QuarantineModule, ...]:
    """The modules of what some response quarantines, whether the policy lets them act or not."""
    responses = policy.responses
    # What these quarantine may be in any service.
    if Stage.QUARANTINE in _stages_of_any_service(policy):
        return MODULES
    return tuple(
        module
        for module in MODULES
        if any(responses.services.get(s, responses.violation) is Stage.QUARANTINE for s in module.services)
    )


def asks_for_quarantine(policy: CompiledPolicy) -> bool:
    """Whether anything in the policy says quarantine."""
    responses = policy.responses
    stages = (responses.violation, *responses.services.values(), *_stages_of_any_service(policy))
    return Stage.QUARANTINE in stages


def _stages_of_any_service(policy: CompiledPolicy) -> Iterator[Stage | None]:
    responses = policy.responses
    for mapping in (responses.accounts, responses.checks, responses.severities):
        yield from mapping.values()
    yield from (statement.response for statement in policy.statements)
