"""The rights that sweeping needs: those that the listings name, and to see whom a change of IAM concerns."""

from collections.abc import Collection
from itertools import groupby

from passrole.grants import Grant
from passrole.sweep.config_query import can_query
from passrole.sweep.listing import listings_for

_CONFIG_ACTIONS = (
    "config:DescribeConfigurationRecorderStatus",
    "config:DescribeConfigurationRecorders",
    "config:SelectResourceConfig",
)
ROLE_CHANGE_GRANTS = (
    Grant(
        actions=("iam:ListEntitiesForPolicy",),
        resources=("arn:{partition}:iam::{account}:policy/*",),
        reason="Whose managed policy changed is judged again, and any policy of the account can change.",
    ),
)


def listing_grants(types: Collection[str] = ()) -> tuple[Grant, ...]:
    """One grant a service, to list and describe what it has of these types, or of all.

    Where AWS Config may know a type, also to ask it what it records, and for that.
    """
    listings = listings_for(types)
    actions = {action for listing in listings for action in listing.actions}
    if any(can_query(listing) for listing in listings):
        actions.update(_CONFIG_ACTIONS)
    by_service = groupby(sorted(actions), key=lambda action: action.partition(":")[0])
    return tuple(
        Grant(
            actions=tuple(of_service),
            resources=("*",),
            reason="Any resource of the account can hold a role; listing names none.",
        )
        for _, of_service in by_service
    )
