"""``passrole ledger``: who passed which role to what, and who holds it now. Each command is a function."""

from passrole.cli.lazy import LazyGroup

_PASSES, _HOLDINGS = "passrole.cli.ledger.passes", "passrole.cli.ledger.holdings"

ledger = LazyGroup(
    "ledger",
    {
        "who-passed": (f"{_PASSES}:who_passed", "List who passed a role, to what."),
        "roles-of": (f"{_PASSES}:roles_of", "List the roles that a principal passed."),
        "passes": (f"{_PASSES}:passes", "List the passes of some days, or to a service."),
        "resources-of": (f"{_HOLDINGS}:resources_of", "List what holds a role now."),
        "held-by": (f"{_HOLDINGS}:held_by", "List the roles that a resource holds now."),
    },
    help="See who passed which role to what, and who holds it now.\n\n"
    "A ROLE is its ARN, or path and name (app/orders). Of what was passed before the guard was "
    "deployed it has what a sweep found, without the passer. What was replaced or refused stays for 400 "
    "days.",
)

__all__ = ["ledger"]
