"""Rights to pass roles, which modules of quarantine need."""

from passrole.grants import ANY_ROLE, Grant

QUARANTINE_ROLE = "{quarantine_role}"


def pass_quarantine_role(service: str) -> Grant:
    """The right to put the quarantine role in the place of another, for one service."""
    return Grant(
        actions=("iam:PassRole",),
        resources=(QUARANTINE_ROLE,),
        reason="the quarantine role, which may do nothing, and no other",
        conditions={"StringEquals": {"iam:PassedToService": service}},
    )


def give_back_role(service: str) -> Grant:
    """The right to give a resource back the role that it held, for one service."""
    return Grant(
        actions=("iam:PassRole",),
        resources=(ANY_ROLE,),
        reason="the role that the resource held before can be any role; it goes back to its service only",
        conditions={"StringEquals": {"iam:PassedToService": service}},
    )
