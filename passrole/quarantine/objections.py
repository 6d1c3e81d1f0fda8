"""What speaks against containing something: before it is looked at, and afterwards."""

from collections.abc import Sequence

from passrole.arn import parse_role_arn
from passrole.finding import NO_ACT, Finding
from passrole.ledger import Ledger
from passrole.policy import CompiledPolicy
from passrole.policy.reach import reaches
from passrole.quarantine.enabled import enabled_modules
from passrole.quarantine.errors import RefusedError
from passrole.quarantine.hold import View
from passrole.quarantine.targets import Target, shared_by

_SERVICE_LINKED = "/aws-service-role/"


class Objections:
    """Knows what a policy protects, what the modules cannot give back, and what is the guard's own."""

    def __init__(self, ledger: Ledger, policy: CompiledPolicy, own: frozenset[str]) -> None:
        self._ledger = ledger
        self._rules = policy.quarantine
        self._enabled = {module.name for module in enabled_modules(policy)}
        self._own = own

    def refuse_beforehand(self, finding: Finding, targets: Sequence[Target]) -> None:
        """Refuses what is never contained, before anything is looked at.

        Raises:
            RefusedError: it says why.
        """
        role = parse_role_arn(finding.role)
        if not targets:
            what = f"the {finding.place} of {finding.resource_type or 'what holds the role'}"
            raise RefusedError(f"{NO_ACT} for {what}")
        if role is None:
            raise RefusedError(
                "the passed role could not be read, so nobody can tell whether the resource still holds it"
            )
        if role.path.startswith(_SERVICE_LINKED):
            raise RefusedError("the role is service-linked: the resource works for AWS itself")
        for target in targets:
            if target.is_scope:
                continue
            protection = self._protection(target)
            if protection is not None:
                raise RefusedError(protection)
            if target.module.name not in self._enabled:
                raise RefusedError(f"the policy does not enable {target.module.name}")

    def able(self, finding: Finding, views: Sequence[View]) -> tuple[list[View], list[str]]:
        """What can be contained, and notes on the scopes that cannot.

        Raises:
            RefusedError: nothing can, or the resource cannot.
        """
        able, notes = [], []
        for view in views:
            objection = self._objection(finding, view)
            if objection is None:
                able.append(view)
            elif view.target.is_scope:
                notes.append(f"{view.target.module.name} was left out: {objection}")
            else:
                raise RefusedError(objection)
        if not able:
            raise RefusedError("; ".join(notes))
        return able, notes

    def _objection(self, finding: Finding, view: View) -> str | None:
        if view.now is None:
            return "it is gone"
        if view.is_contained:
            return None
        protection = self._protection(view.target)
        if protection is not None:
            return protection
        if view.active is None:  # else its prior state is saved, and what is seen now is half-way
            objection = view.target.module.objection(view.now, finding.role)
            if objection is not None:
                return objection
        if view.target.resource != finding.role or reaches(self._rules.shared_role_scope, finding.role):
            return None
        other = shared_by(finding, self._ledger)
        return f"{other} uses the role, too" if other else None

    def _protection(self, target: Target) -> str | None:
        if target.resource in self._own:
            return f"{target.resource} is the guardrail's own"
        if reaches(self._rules.protected, target.resource):
            return f"the policy protects {target.resource}"
        return None
