"""What a finding has contained: its resource, and the role or the passer where the policy reaches so far."""

from collections.abc import Iterator
from dataclasses import dataclass

from passrole.arn import Arn, parse_role_arn, parse_user_arn
from passrole.finding import Finding
from passrole.ledger import Ledger
from passrole.policy import QuarantineRules
from passrole.policy.reach import reaches
from passrole.quarantine.module import QuarantineModule
from passrole.quarantine.registry import PASSER_SCOPE, ROLE_SCOPE, module_for


@dataclass(frozen=True, slots=True)
class Target:
    """One thing to be contained. ``is_scope`` for what the policy reaches besides the resource."""

    arn: Arn
    module: QuarantineModule
    is_scope: bool = False

    @property
    def resource(self) -> str:
        return str(self.arn)


def targets_of(finding: Finding, rules: QuarantineRules) -> tuple[Target, ...]:
    """What is to be contained for a finding: the resource first."""
    return (*_resource_of(finding), *_scopes_of(finding, rules))


def places_of_holds(finding: Finding) -> tuple[str, ...]:
    """ARNs of all that may be held for a finding, whatever the policy says by now."""
    found = (finding.resource, finding.role, passer_arn(finding))
    return tuple(dict.fromkeys(arn for arn in found if arn is not None))


def passer_arn(finding: Finding) -> str | None:
    """ARN of the user or role that an inline policy can stand on; None for others."""
    arn = finding.passer.role_arn or finding.passer.arn
    return arn if parse_role_arn(arn) or parse_user_arn(arn) else None


def shared_by(finding: Finding, ledger: Ledger) -> str | None:
    """Another resource that got the finding's role, as far as the ledger knows; None if there is none."""
    others = (r for r in ledger.resources_of(finding.role) if r != finding.resource)
    return next(others, None)


def _resource_of(finding: Finding) -> Iterator[Target]:
    arn, module = Arn.parse(finding.resource), module_for(finding.resource_type, finding.place)
    if arn is not None and module is not None:
        yield Target(arn, module)


def _scopes_of(finding: Finding, rules: QuarantineRules) -> Iterator[Target]:
    role, passer = Arn.parse(finding.role), Arn.parse(passer_arn(finding))
    if role is not None and reaches((*rules.role_scope, *rules.shared_role_scope), finding.role):
        yield Target(role, ROLE_SCOPE, is_scope=True)
    if passer is not None and reaches(rules.passer_scope, str(passer)):
        yield Target(passer, PASSER_SCOPE, is_scope=True)
