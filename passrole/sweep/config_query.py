"""AWS Config's advanced query in place of a listing: where it is on, one call tells of a hundred resources.

Sources: "SelectResourceConfig", "DescribeConfigurationRecorders", "RecordingGroup", "RecordingMode" and
"ConfigurationRecorderStatus" of the AWS Config API Reference; "Querying the Current Configuration State of
AWS Resources" and "Recording AWS Resources" of its Developer Guide. A recorder may be told to record types
that its region does not offer, so that an empty answer says nothing.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from passrole.arn import Arn
from passrole.clock import Clock, utc_now
from passrole.passes import RoleKind
from passrole.sweep.listing import Listing
from passrole.sweep.pace import Pace
from passrole.sweep.position import START, Place, Position, begun, mark
from passrole.sweep.walk import Held, ListingError, Look, Region, search

SERVICE = "config"
_PAGE = 100  # resources: as many as a call may be asked for
_KEPT = timedelta(minutes=5)
_INVENTORY = timedelta(days=1)  # that a recorder has for coming by what was there before it started
_THERE = ("OK", "ResourceDiscovered")
_ALL, _SOME, _ALL_BUT = (
    "ALL_SUPPORTED_RESOURCE_TYPES",
    "INCLUSION_BY_RESOURCE_TYPES",
    "EXCLUSION_BY_RESOURCE_TYPES",
)


def can_query(listing: Listing) -> bool:
    """Whether AWS Config can stand in for a listing, and saves calls by it.

    It has to know each place, and each resource has to count, since what a row's ``only`` asks it does not
    tell.
    """
    return (
        listing.config is not None
        and len(listing.steps) > 1
        and listing.only is None
        and not listing.is_global
        and all(role.kind is RoleKind.ROLE_ARN for role in listing.roles)
        and set(listing.config.roles) == {role.place for role in listing.roles}
    )


class Recorders:
    """What AWS Config records, region by region. It is asked once in a few minutes."""

    def __init__(self, clients: Callable[[str, str], Any], pace: Pace, clock: Clock = utc_now) -> None:
        self._clients = clients
        self._pace = pace
        self._clock = clock
        self._known: dict[str, tuple[datetime, _Recorder | None]] = {}

    def records(self, listing: Listing, region: str) -> bool:
        """Whether it tells what the listing would; not where there is any doubt, or it does not answer."""
        if listing.config is None or not can_query(listing):
            return False
        now = self._clock()
        asked_at, recorder = self._known.get(region, (None, None))
        if asked_at is None or now - asked_at >= _KEPT:
            recorder = self._ask(region, now)
            self._known[region] = now, recorder
        return recorder is not None and recorder.records(listing.config.type)

    def _ask(self, region: str, now: datetime) -> "_Recorder | None":
        try:
            client = self._clients(SERVICE, region)
            self._pace.wait(SERVICE, region)
            statuses = client.describe_configuration_recorder_status()["ConfigurationRecordersStatus"]
            if len(statuses) != 1 or not _is_well(statuses[0], now):
                return None
            self._pace.wait(SERVICE, region)
            recorders = client.describe_configuration_recorders()["ConfigurationRecorders"]
        except (ClientError, BotoCoreError):
            return None
        return _Recorder(recorders[0]) if len(recorders) == 1 else None


def _is_well(status: Mapping[str, Any], now: datetime) -> bool:
    """Whether a recorder records, without failure, and long enough to have come by all there is."""
    started = status.get("lastStartTime")
    return (
        status.get("recording") is True
        and status.get("lastStatus", "").upper() != "FAILURE"
        and started is not None
        and now - started >= _INVENTORY
    )


@dataclass(frozen=True, slots=True)
class _Recorder:
    """A recorder as `DescribeConfigurationRecorders` tells it."""

    told: Mapping[str, Any]

    def records(self, resource_type: str) -> bool:
        """Whether it records resources of a type, and whenever they change."""
        return self._takes(resource_type) and self._frequency(resource_type) == "CONTINUOUS"

    def _takes(self, resource_type: str) -> bool:
        group = self.told.get("recordingGroup") or {"allSupported": True}
        by_default = _ALL if group.get("allSupported") else _SOME
        strategy = group.get("recordingStrategy", {}).get("useOnly", by_default)
        if strategy == _SOME:
            return resource_type in group.get("resourceTypes", ())
        if strategy == _ALL_BUT:
            return resource_type not in group.get("exclusionByResourceTypes", {}).get("resourceTypes", ())
        return bool(strategy == _ALL)

    def _frequency(self, resource_type: str) -> str:
        mode: Mapping[str, Any] = self.told.get("recordingMode") or {}
        for other in mode.get("recordingModeOverrides", ()):
            if resource_type in other.get("resourceTypes", ()):
                return str(other.get("recordingFrequency"))
        return str(mode.get("recordingFrequency", "CONTINUOUS"))


class ConfigWalk:
    """What AWS Config tells of one type in one region, as a `Walk` would tell it."""

    def __init__(self, listing: Listing, region: Region, client: Any, pace: Pace) -> None:
        self._listing = listing
        self._region = region
        self._client = client
        self._pace = pace
        self._token: str | None = None
        self._done: set[bytes] = set()

    @property
    def position(self) -> Position:
        """Where to go on behind the last look."""
        return begun([Place(self._token, frozenset(self._done))])

    def looks(self, start: Position = START) -> Iterator[Look]:
        """What there is, from a position on, page by page.

        Raises:
            ListingError: AWS Config did not answer, or its answer leaves a doubt.
        """
        place = start[0] if start else Place()
        self._token, self._done = place.token, set(place.done)
        while True:
            answer = self._ask(self._token)
            for text in answer.get("Results", []):
                if (known := mark(text)) not in self._done:
                    self._done.add(known)
                    yield self._look(text)
            following = answer.get("NextToken")
            if not following:
                return
            if following == self._token:
                raise self._doubt("gives the same page again")
            self._token, self._done = following, set()
            yield Look()

    def _ask(self, token: str | None) -> Mapping[str, Any]:
        further = {"NextToken": token} if token is not None else {}
        self._pace.wait(SERVICE, self._region.name)
        try:
            answer: Mapping[str, Any] = self._client.select_resource_config(
                Expression=expression(self._listing, self._region), Limit=_PAGE, **further
            )
        except (ClientError, BotoCoreError) as error:
            raise self._doubt(f"does not answer: {error}") from error
        return answer

    def _look(self, text: str) -> Look:
        told = self._told(text)
        if told.get("configurationItemStatus") not in _THERE:
            raise self._doubt(f"does not know whether {told.get('arn')} is there")
        arn = Arn.parse(told.get("arn"))
        here = (self._region.partition, self._region.name, self._region.account)
        if arn is None or (arn.partition, arn.region, arn.account) != here:
            raise self._doubt(f"names a resource {told.get('arn')}")
        held = tuple(self._held(str(arn), told))
        return Look(str(arn), held)

    def _told(self, text: str) -> Mapping[str, Any]:
        try:
            told = json.loads(text)
        except ValueError as error:
            raise self._doubt(f"answers what is no JSON: {error}") from error
        if not isinstance(told, dict):
            raise self._doubt("answers what has no members")
        return told

    def _held(self, resource: str, told: Mapping[str, Any]) -> Iterator[Held]:
        for place in self._listing.roles:
            value = search(_paths(self._listing)[place.place], told)
            if not isinstance(value, str) or not value:
                raise self._doubt(f"tells no {place.place} of {resource}")
            yield Held(resource, place, value)

    def _doubt(self, what: str) -> ListingError:
        return ListingError(f"{self._listing.name}: AWS Config {what}")


def expression(listing: Listing, region: Region) -> str:
    """The query for all resources of a listing in a region."""
    if listing.config is None:
        raise ValueError(f"AWS Config does not know {listing.name}")
    wanted: Sequence[str] = ("arn", "configurationItemStatus", *_paths(listing).values())
    return (
        f"SELECT {', '.join(wanted)} WHERE resourceType = '{listing.config.type}'"
        f" AND awsRegion = '{region.name}' AND accountId = '{region.account}'"
    )


def _paths(listing: Listing) -> Mapping[str, str]:
    """Where AWS Config has the role of each place."""
    known = listing.config.roles if listing.config else {}
    return {place: f"configuration.{path}" for place, path in known.items()}
