"""The ``passrole`` command. Nothing imports it, and no Lambda bundle needs it.

Commands are loaded when they are called: ``passrole --help`` imports none of them.
"""

from passrole.cli.group import CommandGroup

main = CommandGroup(
    name="passrole",
    help="Who passed which IAM role to which AWS service, and was that approved?",
    commands={
        "extract": ("passrole.cli.extract:extract", "List the passes in CloudTrail records."),
        "check": ("passrole.cli.check:check", "Judge the passes in CloudTrail records by a policy."),
        "audit": ("passrole.cli.audit.command:audit", "Tell who passed which role to what, from logs."),
        "catalogue": ("passrole.cli.catalogue:catalogue", "See which calls pass a role."),
        "suggest": (
            "passrole.cli.suggest.command:suggest_command",
            "Suggest the policy that approves what is normal.",
        ),
        "policy": ("passrole.cli.policy:policy", "Work on guardrail.yaml."),
        "findings": ("passrole.cli.findings:findings", "See findings, and decide about them."),
        "ledger": ("passrole.cli.ledger:ledger", "See who passed which role to what, and who holds it."),
        "sweep": ("passrole.cli.sweep.command:sweep", "Look at all that exists and holds a role."),
        "quarantine": ("passrole.cli.quarantine:quarantine", "Stop containment, and let it go on."),
        "redrive": (
            "passrole.cli.redrive.command:redrive",
            "Return dead letters to the queues that they were meant for.",
        ),
        "backfill": ("passrole.cli.backfill.command:backfill", "Bring the guard the events that it missed."),
        "doctor": ("passrole.cli.doctor:doctor", "Check what the guard needs, and whether it works."),
        "refine": (
            "passrole.cli.refine.command:refine",
            "Find who beyond the account may take a role, and what it does not use.",
        ),
        "demo": ("passrole.cli.demo:demo", "See it all work on an AWS emulator on this machine."),
    },
)

__all__ = ["main"]
