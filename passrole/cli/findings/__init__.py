"""``passrole findings``: what is wrong, and what people decide about it. Each command is a file."""

from passrole.cli.lazy import LazyGroup

findings = LazyGroup(
    "findings",
    {
        "list": ("passrole.cli.findings.list_:list_", "List findings, newest first."),
        "show": ("passrole.cli.findings.show:show", "Show all of one finding."),
        "resend": ("passrole.cli.findings.resend:resend", "Have news told again."),
        "release": ("passrole.cli.findings.release:release", "Undo a quarantine: put the prior state back."),
        "approve": ("passrole.cli.findings.approve:approve", "Have a finding's resource contained now."),
        "exempt": ("passrole.cli.findings.exempt:exempt", "Exempt one finding, for a time."),
        "resolve": ("passrole.cli.findings.resolve:resolve", "Close a finding about the guard itself."),
    },
    help="See findings, and decide about them.\n\n"
    "An ID may be cut short to what is unique. Everything is done in the guard's operator role.",
)

__all__ = ["findings"]
