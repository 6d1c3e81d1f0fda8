"""The rights that sweeping needs: those that the listings name, and to see whom a change of IAM concerns."""

from itertools import groupby

from passrole.quarantine.grants import Grant
from passrole.sweep.listing import load_listings

ROLE_CHANGE_GRANTS = (
    Grant(
        actions=("iam:ListEntitiesForPolicy",),
        resources=("arn:{partition}:iam::{account}:policy/*",),
        reason="Whose managed policy changed is judged again, and any policy of the account can change.",
    ),
)


def listing_grants() -> tuple[Grant, ...]:
    """One grant a service, to list and describe what it has: nothing of it changes anything."""
    actions = sorted({action for listing in load_listings() for action in listing.actions})
    by_service = groupby(actions, key=lambda action: action.partition(":")[0])
    return tuple(
        Grant(
            actions=tuple(of_service),
            resources=("*",),
            reason="Any resource of the account can hold a role; listing names none.",
        )
        for _, of_service in by_service
    )
