"""Which quarantine module acts on what: keyed by the resource's type and the place of the role on it."""

from passrole.quarantine.ec2_instance import Ec2Instance
from passrole.quarantine.lambda_function import LambdaFunction
from passrole.quarantine.module import QuarantineModule

MODULES: tuple[QuarantineModule, ...] = (Ec2Instance(), LambdaFunction())


def module_for(resource_type: str | None, place: str) -> QuarantineModule | None:
    """The module that contains such a resource; None if no reversible act is known."""
    fitting = (m for m in MODULES if m.resource_type == resource_type and place in m.places)
    return next(fitting, None)


def module_named(name: str) -> QuarantineModule:
    """The module that a saved containment names.

    Raises:
        KeyError: no such module.
    """
    return {module.name: module for module in MODULES}[name]
