"""What is swept: which listings, in which regions."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from passrole.sweep.listing import Listing
from passrole.sweep.walk import Region


@dataclass(frozen=True, slots=True)
class Reach:
    """What is swept.

    Attributes:
        regions: home first.
        is_there: whether a service is there in a region.
    """

    partition: str
    account: str
    regions: tuple[str, ...]
    listings: tuple[Listing, ...]
    is_there: Callable[[str, str], bool]

    def parts(self) -> Iterator[tuple[Listing, str]]:
        """Each listing in each region that has the service; once, if it is the same in all."""
        for region in self.regions:
            for listing in self.listings:
                if (region == self.regions[0] or not listing.is_global) and self.is_there(
                    listing.client, region
                ):
                    yield listing, region

    def listing(self, name: str) -> Listing | None:
        return next((listing for listing in self.listings if listing.name == name), None)

    def region(self, name: str) -> Region:
        return Region(self.partition, name, self.account)
