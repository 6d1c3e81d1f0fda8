"""Trails: EventBridge gets CloudTrail's events only where a trail logs management write events.

Source: "Logging management events" and "Amazon EventBridge and CloudTrail" in AWS's documentation.
"""

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from passrole.arn import partition_of
from passrole.catalogue import load_catalogue
from passrole.catalogue.left_out import NOTHING, LeftOut
from passrole.cli.doctor.checks import Check, Clients, Status, doubtful, fine, unknown, wrong
from passrole.cli.doctor.selectors import logged_sources

# Where IAM tells its events, in each partition.
_GLOBAL_REGIONS = {"aws": "us-east-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}
_MAKE_A_TRAIL = "make a multi-region trail that logs management events (read and write, or write only)"


@dataclass(frozen=True, slots=True)
class Trail:
    """One trail, and whether it does what the guard needs.

    Attributes:
        home: the region that it was made in.
        global_events: whether it logs the events of global services, such as IAM.
        fault: why it is of no use to the guard; None if it is.
        unread: what could not be read of it, so that ``fault`` is unknown.
    """

    name: str
    home: str
    multi_region: bool
    global_events: bool
    fault: str | None = None
    unread: Check | None = None

    @property
    def works(self) -> bool:
        return self.fault is None and self.unread is None

    def covers(self, region: str) -> bool:
        return self.multi_region or self.home == region


def trail_checks(clients: Clients, regions: Sequence[str], left_out: LeftOut = NOTHING) -> Iterator[Check]:
    """Whether events of the calls in the catalogue come from each region, and IAM's own.

    No trail need log what is left out.

    Raises:
        ClientError, BotoCoreError: the trails cannot be listed.
    """
    calls = (call for call in load_catalogue().calls() if call.passes_roles)
    sources = {c.source for c in calls if not all(left_out.has(c.source, name) for name in c.names)}
    trails = _trails(clients, regions, sources)
    for region in regions:
        yield _region(region, [trail for trail in trails if trail.covers(region)])
    yield from _global_events(trails, regions)


def _trails(clients: Clients, regions: Sequence[str], sources: Set[str]) -> list[Trail]:
    found: dict[str, Trail] = {}
    for region in regions:
        answer = clients("cloudtrail", region).describe_trails(includeShadowTrails=True)
        for described in answer["trailList"]:
            if described["TrailARN"] not in found:
                found[described["TrailARN"]] = _trail(clients, described, sources)
    return list(found.values())


def _trail(clients: Clients, described: dict[str, Any], sources: Set[str]) -> Trail:
    fault, unread = None, None
    try:
        fault = _fault(clients, described["TrailARN"], described["HomeRegion"], sources)
    except (ClientError, BotoCoreError) as error:
        # A member account may see its organization's trail and yet not ask how it is set.
        unread = unknown(f"trail {described['Name']}", error)
    return Trail(
        name=described["Name"],
        home=described["HomeRegion"],
        multi_region=described.get("IsMultiRegionTrail", False),
        global_events=described.get("IncludeGlobalServiceEvents", False),
        fault=fault,
        unread=unread,
    )


def _fault(clients: Clients, arn: str, home: str, sources: Set[str]) -> str | None:
    client = clients("cloudtrail", home)
    if not client.get_trail_status(Name=arn)["IsLogging"]:
        return "logging is switched off"
    missing = sources - logged_sources(client.get_event_selectors(TrailName=arn), sources)
    if missing == sources:
        return "its event selectors leave management write events out"
    if missing:
        return f"its event selectors leave out {', '.join(sorted(missing))}"
    return None


def _region(region: str, trails: Sequence[Trail]) -> Check:
    about = f"trail {region}"
    for trail in trails:
        if trail.works:
            return fine(about, f"{trail.name} logs management write events")
    for trail in trails:
        if trail.unread:
            return Check(about, Status.UNKNOWN, f"{trail.name}: {trail.unread.found}", trail.unread.advice)
    faults = "; ".join(f"{trail.name}: {trail.fault}" for trail in trails)
    return wrong(about, faults or "no trail: no event of this region reaches the guard", _MAKE_A_TRAIL)


def _global_events(trails: Sequence[Trail], regions: Sequence[str]) -> Iterator[Check]:
    about = "IAM's events"
    where = _GLOBAL_REGIONS.get(partition_of(regions[0]))
    if where is None:
        return
    logging = [trail for trail in trails if trail.global_events and trail.covers(where)]
    works = [trail for trail in logging if trail.works]
    if works:
        yield fine(about, f"{works[0].name} logs global service events")
    elif any(trail.unread for trail in logging):
        yield Check(about, Status.UNKNOWN, "the trails that log global service events cannot be read")
    else:
        yield wrong(
            about,
            "no trail that works logs global service events",
            "include them: aws cloudtrail update-trail --name … --include-global-service-events",
        )
    if where not in regions:
        yield doubtful(
            about,
            f"IAM tells them in {where} only, which is not watched",
            f"add {where} to regions in guardrail.yaml, and deploy",
        )
