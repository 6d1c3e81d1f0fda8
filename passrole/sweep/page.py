"""The sweep's listings as a page for people: ``docs/sweep.md``, from ``page.md``, the rows and the catalogue.

``python -m passrole.sweep.page`` writes it.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from passrole.catalogue import load_catalogue
from passrole.passes import Direction
from passrole.sweep.config_query import can_query
from passrole.sweep.listing import Listing, load_listings

PAGE = Path(__file__).resolve().parents[2] / "docs" / "sweep.md"
_TEXT = Path(__file__).with_name("page.md")

_LISTED = """\
## Listed

| resource | places of roles | calls | AWS Config |
|---|---|---|---|
"""
_ALONE = """\
## Told by events alone

Places of roles that no listing reads. *Every* is a type that is not listed at all: jobs that end by
themselves, kinds that few use, and those whose role no API tells.

| resource | places of roles |
|---|---|
"""


def page() -> str:
    """The page whole."""
    listings = sorted(load_listings(), key=lambda listing: listing.type)
    rows = (_row(listing) for listing in listings)
    return "".join([_TEXT.read_text("utf-8"), _LISTED, *rows, "\n", _ALONE, *_alone(listings)])


def _row(listing: Listing) -> str:
    places = ", ".join(dict.fromkeys(role.place for role in listing.roles))
    calls = " → ".join(f"`{step.call}`" for step in listing.steps)
    config = "asked" if can_query(listing) else ""
    return f"| `{listing.type}` | {places} | {calls} | {config} |\n"


def _alone(listings: list[Listing]) -> Iterator[str]:
    listed = {listing.type: {role.place for role in listing.roles} for listing in listings}
    for kind, places in sorted(_places().items()):
        left = [place for place in places if place not in listed.get(kind, ())]
        if left:
            yield f"| `{kind}` | {', '.join(left) if kind in listed else '*every*'} |\n"


def _places() -> Mapping[str, Mapping[str, None]]:
    """The places that calls fill by themselves, of each type of resource, in the catalogue's order."""
    places = defaultdict[str, dict[str, None]](dict)
    for call in load_catalogue().calls():
        if call.resource is None or not call.passes_roles:
            continue
        for role in call.roles:
            if role.direction is Direction.PASSES:
                places[call.resource.type][role.place] = None
    return places


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
