"""What a listing found, as a pass: of how the resource came to its role, the sweep knows nothing else."""

from hashlib import sha256

from passrole.passes import SWEPT, Origin, Outcome, Pass, Passer
from passrole.sweep.listing import Listing
from passrole.sweep.walk import Held, Region
from passrole.trail.roles import named_role

SOURCE = "sweep"  # not the guard's own name, which is the source of what is about the guard itself


def pass_of(held: Held, listing: Listing, region: Region, sweep: str, as_of: str) -> Pass:
    """The pass by which the resource must have come to its role.

    Its identity is of the sweep: the same role may come back after another.

    Args:
        sweep: the id of the sweep: when it began, ISO 8601.
        as_of: the time that the pass gets: that of the look, ISO 8601.
    """
    about = repr([held.resource, held.place.place, held.value]).encode("utf-8", "surrogatepass")
    return Pass(
        event_id=f"{SWEPT}{sweep}-{sha256(about).hexdigest()[:16]}",
        event_time=as_of,
        event_source=SOURCE,
        event_name="sweep",
        account=region.account,
        region=region.name,
        outcome=Outcome.SUCCEEDED,
        role=named_role(held.value, held.kind),
        path=held.place.path,
        place=held.place.place,
        services=held.place.services,
        resources=(held.resource,),
        resource_type=listing.type,
        passer=Passer(),
        origin=Origin.SWEEP,
    )
