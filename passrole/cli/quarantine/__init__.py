"""``passrole quarantine``: whether the guard may contain anything at all. Each command is a file."""

from passrole.cli.lazy import LazyGroup

quarantine = LazyGroup(
    "quarantine",
    {
        "status": (
            "passrole.cli.quarantine.status:status",
            "Show whether containment is on, and who says so.",
        ),
        "off": (
            "passrole.cli.quarantine.switch:off",
            "Stop all containment, at once and without a deployment.",
        ),
        "on": ("passrole.cli.quarantine.switch:on", "Let the guard contain again."),
        "reset": ("passrole.cli.quarantine.reset:reset", "Let it go on after the breaker stopped it."),
    },
    help="Stop containment, and let it go on.",
)

__all__ = ["quarantine"]
