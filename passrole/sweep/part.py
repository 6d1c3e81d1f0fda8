"""A part of a sweep: what one listing finds in one region is judged, what it finds no more is resolved."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import chain
from typing import Any, Protocol

from passrole.arn import parse_role_arn
from passrole.clock import Clock, iso, parse_time, utc_now
from passrole.detection.detector import EvidenceSource
from passrole.detection.ending import end_of
from passrole.finding import GUARD, Change, Finding
from passrole.ledger import Holding, Ledger, SweepPart
from passrole.ledger.keys import SHARDS
from passrole.ledger.sweeps import sight
from passrole.passes import Origin, Pass
from passrole.sweep.config_query import SERVICE, ConfigWalk, Recorders
from passrole.sweep.counts import Counts, Found
from passrole.sweep.faults import is_not_to_be_had
from passrole.sweep.found import pass_of
from passrole.sweep.listing import Listing
from passrole.sweep.pace import Pace
from passrole.sweep.position import START, Position
from passrole.sweep.rejudging import Cause, Rejudge, effect_of
from passrole.sweep.walk import REFUSALS, Look, Refusal, Region, Walk

# Roles that are judged together: IAM is asked at the pace of the sweep, so that one may take seconds, and
# what is not judged when the function is out of time is lost.
_AT_ONCE = 20
_MOST_LOOKS = 1_000  # that are kept until then: most instances have no role
_ATTEMPTS = 4
# Lists are eventually consistent: what was there before for less than that, they may not have yet.
SETTLED = timedelta(minutes=1)


class UnfinishedError(RuntimeError):
    """Time was up before all was resolved that was not seen.

    Attributes:
        part: with what was.
    """

    def __init__(self, part: SweepPart) -> None:
        super().__init__(f"{part.name} is not ended yet")
        self.part = part


class Clients(Protocol):
    """Makes clients."""

    def __call__(self, service: str, region: str) -> Any:
        """A client for a service in a region."""


@dataclass(frozen=True, slots=True)
class Progress:
    """What one go at a part came to.

    Attributes:
        part: its counts, with those of earlier goes.
        position: where to go on; None once all is listed.
        refusal: why it came no further; None if it only ran out of time.
    """

    part: SweepPart
    position: Position | None
    refusal: Refusal | None = None


class PartSweeper:
    """Goes through parts of sweeps.

    Args:
        is_out_of_time: whether it is time to stop; asked after each answer of AWS.
        recorders: tells where AWS Config can be asked; None asks it nowhere.
    """

    def __init__(
        self,
        clients: Clients,
        evidence: EvidenceSource,
        rejudge: Rejudge,
        ledger: Ledger,
        pace: Pace,
        is_out_of_time: Callable[[], bool],
        clock: Clock = utc_now,
        recorders: Recorders | None = None,
    ) -> None:
        self._clients = clients
        self._evidence = evidence
        self._rejudge = rejudge
        self._ledger = ledger
        self._pace = pace
        self._is_out_of_time = is_out_of_time
        self._clock = clock
        self._recorders = recorders

    def is_in_config(self, listing: Listing, region: Region) -> bool:
        """Whether AWS Config can be asked for what a listing would find."""
        return self._recorders is not None and self._recorders.records(listing, region.name)

    def go_on(
        self,
        listing: Listing,
        region: Region,
        sweep: str,
        part: SweepPart,
        position: Position = START,
        cause: Cause | None = None,
        more: Mapping[str, Any] | None = None,
        *,
        in_config: bool = False,
    ) -> Progress:
        """Lists and judges from a position on, until all is listed or it is out of time.

        What was listed before AWS refused to go on is judged.

        Args:
            cause: what brought it about, if not the schedule.
            more: members for the first call's input, to list less than all.
            in_config: AWS Config is asked in place of the service; what is seen there counts apart.

        Raises:
            ClientError, BotoCoreError: what is the guard's own cannot be reached.
        """
        cause = cause or Cause(Origin.SWEEP, GUARD, f"the sweep of {sweep} found it", iso(self._clock()))
        walk = self._config_walk(listing, region) if in_config else self._walk(listing, region, more)
        looks: list[Look] = []
        roles = 0
        try:
            for look in _listed(walk, position):
                looks.append(look)
                roles += len(look.held)
                is_late = self._is_out_of_time()
                if is_late or roles >= _AT_ONCE or len(looks) >= _MOST_LOOKS:
                    part = self._judge(listing, region, sweep, part, looks, cause, in_config=in_config)
                    looks, roles = [], 0
                if is_late:
                    return Progress(part, walk.position)
        except _RefusedError as refused:
            part = self._judge(listing, region, sweep, part, looks, cause, in_config=in_config)
            return Progress(part, walk.position, refused.error)
        return Progress(self._judge(listing, region, sweep, part, looks, cause, in_config=in_config), None)

    def is_not_to_be_had(self, listing: Listing, region: Region, refusal: Refusal) -> bool:
        """Whether a service is not there for the account: not where the ledger knows of what it has there."""
        if not is_not_to_be_had(refusal, region.name, self._clients):
            return False
        kind = _kind(listing, region)
        is_held = any(any(self._ledger.holdings_in(shard, kind)) for shard in range(SHARDS))
        return not is_held and not any(self._standing(listing, region, frozenset()))

    def end(self, listing: Listing, region: Region, sweep: str, part: SweepPart) -> SweepPart:
        """Resolves what stood before the sweep began and was not seen by it.

        Nothing is resolved where AWS does not tell what it is that the guard may not see.

        Raises:
            UnfinishedError: it is out of time: what is left is left to the next go.
        """
        if part.is_blind:
            return part
        seen = self._ledger.seen_by(sweep, part.name)
        for each in self._standing(listing, region, seen):
            part = replace(part, resolved=part.resolved + self._resolve(each.id, sweep))
            self._check_time(part)
        for held in self._held(listing, region, sweep, seen):
            self._ledger.end_holding(held, sweep)
            self._check_time(part)
        return part

    def _check_time(self, part: SweepPart) -> None:
        if self._is_out_of_time():
            raise UnfinishedError(part)

    def is_all_in_config(self, listing: Listing, region: Region, sweep: str, part: SweepPart) -> bool:
        """Whether AWS Config told of something, and of all that the part's end would resolve otherwise.

        It lags behind, so that what it does not tell of may be there.
        """
        seen = self._ledger.seen_by(sweep, _seen_as(part, in_config=True))
        return (
            part.resources > 0
            and not any(self._held(listing, region, sweep, seen))
            and not any(self._end_of(each.id, sweep) for each in self._standing(listing, region, seen))
        )

    def _standing(self, listing: Listing, region: Region, seen: frozenset[bytes]) -> Iterator[Finding]:
        """The findings that stand on what was not seen."""
        for finding in self._ledger.standing_on(*_kind(listing, region)):
            if not _is_seen(seen, listing, finding.resource, finding.place, finding.role_id or finding.role):
                yield finding

    def _held(
        self, listing: Listing, region: Region, sweep: str, seen: frozenset[bytes]
    ) -> Iterator[Holding]:
        """What the ledger has as held since before the sweep began, and was not seen."""
        for shard in range(SHARDS):
            for held in self._ledger.holdings_in(shard, _kind(listing, region)):
                if _is_before(held.since, sweep) and not _is_held(seen, listing, held):
                    yield held

    def _walk(self, listing: Listing, region: Region, more: Mapping[str, Any] | None) -> Walk:
        return Walk(listing, region, self._clients(listing.client, region.name), self._pace, more)

    def _config_walk(self, listing: Listing, region: Region) -> ConfigWalk:
        return ConfigWalk(listing, region, self._clients(SERVICE, region.name), self._pace)

    def _judge(
        self,
        listing: Listing,
        region: Region,
        sweep: str,
        part: SweepPart,
        looks: Sequence[Look],
        cause: Cause,
        *,
        in_config: bool,
    ) -> SweepPart:
        found = [
            Found(held, pass_of(held, listing, region, sweep, cause.as_of))
            for look in looks
            for held in look.held
        ]
        part = _with_refusals(part, looks)
        counts = Counts(replace(part, resources=part.resources + sum(1 for look in looks if look.resource)))
        # A listing may come by the same thing twice (versions of a template).
        resolved = list({each.key: each for each in self._resolved(found, counts)}.values())
        there = self._ledger.held_now(f.key for f in resolved)
        whats = chain(_unseen(looks), (what for each in found for what in each.seen))
        seen = list(dict.fromkeys(map(sight, whats)))
        judged_ones = set()
        for judged in self._rejudge.holdings(there.values(), cause):
            judged_ones.add(judged.pass_.id)
            counts.add(judged)
        for each in resolved:
            # What is held by a pass that the ledger has no more is as good as new.
            is_known = each.key in there and there[each.key].pass_id in judged_ones
            if not is_known and not (in_config and self._is_outdated(each)):
                self._record(each.pass_, cause, counts)
        if seen:
            self._ledger.note_seen(sweep, _seen_as(part, in_config=in_config), seen)
        return counts.part

    def _is_outdated(self, found: Found) -> bool:
        """Whether the ledger knows another role in the place: AWS Config may not know of the change yet."""
        held = self._ledger.holdings_of(found.held.resource)
        return any(h.place == found.held.place.place and h.role != found.arn for h in held)

    def _resolved(self, found: Iterable[Found], counts: Counts) -> Iterator[Found]:
        """What was found, with the ARN of the role; what has none is counted."""
        for each in found:
            evidence = self._evidence.evidence(each.pass_)
            counts.see(evidence)
            each.evidence = evidence
            if each.arn:
                yield each

    def _record(self, pass_: Pass, cause: Cause, counts: Counts) -> None:
        """Writes that a resource holds a role, of which the ledger did not know, and what that leads to."""
        for _ in range(_ATTEMPTS):
            judged, fresh = self._rejudge.weigh(pass_, cause)
            if judged.verdict is None:
                counts.add(judged)
                return  # the next sweep finds it again
            changes = tuple(self._rejudge.changes(judged, fresh, cause))
            now = iso(self._clock())
            if self._ledger.record_pass(pass_, judged.verdict, judged.evidence, changes, now):
                for change in changes:
                    self._rejudge.publish(change.finding)
                effects = tuple(effect for change in changes if (effect := effect_of(change)))
                counts.add(replace(judged, effects=effects), is_new=True)
                return
            if self._ledger.has_pass(pass_.id):
                for finding in self._ledger.findings_fed_by(pass_.id):
                    self._rejudge.publish(finding)
                return

    def _end_of(self, finding_id: str, sweep: str) -> Change | None:
        finding = self._ledger.finding(finding_id)  # what an index tells may be of some time ago
        if finding is None or not _was_before(finding, sweep):
            return None
        why = f"the sweep of {sweep} did not find it holding the role any more"
        return end_of(self._ledger, finding, GUARD, why, iso(self._clock()))

    def _resolve(self, finding_id: str, sweep: str) -> bool:
        change = self._end_of(finding_id, sweep)
        if change is None or not self._ledger.record_change(change):
            return False
        self._rejudge.publish(change.finding)
        return True


class _RefusedError(RuntimeError):
    """Of the walk, and not of what is done about its looks."""

    def __init__(self, error: Refusal) -> None:
        super().__init__(str(error))
        self.error = error


def _listed(walk: Walk | ConfigWalk, position: Position) -> Iterator[Look]:
    try:
        yield from walk.looks(position)
    except REFUSALS as error:
        raise _RefusedError(error) from error


def _kind(listing: Listing, region: Region) -> tuple[str, str | None]:
    """The type of the resources and their region; None for every one."""
    return listing.type, None if listing.is_global else region.name


def _seen_as(part: SweepPart, *, in_config: bool) -> str:
    """Under which name the ledger keeps what a part has seen."""
    return f"{part.name}, as AWS Config has it" if in_config else part.name


def _was_before(finding: Finding, sweep: str) -> bool:
    """Whether it stood as it is when the sweep began; what came later may not have been there to see."""
    return _is_before(max(finding.updated_at, finding.event_time or ""), sweep)


def _is_before(at: str, sweep: str) -> bool:
    """Whether what there was at that time was in AWS's lists when the sweep began."""
    return at < iso(parse_time(sweep) - SETTLED)


def _unseen(looks: Iterable[Look]) -> Iterator[tuple[str, str]]:
    """What stands for resources that AWS lists and does not describe."""
    return (("unclear", look.resource) for look in looks if look.refused and look.resource)


def _with_refusals(part: SweepPart, looks: Iterable[Look]) -> SweepPart:
    """A part has failed where AWS lists what it does not describe: nobody hides a role in silence."""
    for look in looks:
        if look.untold:
            is_blind = part.is_blind or look.resource is None
            part = replace(part, failed=part.failed or look.untold, is_blind=is_blind)
    return part


def _is_held(seen: frozenset[bytes], listing: Listing, held: Holding) -> bool:
    """Whether the sweep saw that the resource holds the role, or names it while there is none."""
    arn = parse_role_arn(held.role)
    named = "named", held.resource, held.place, arn.name if arn else ""
    return sight(named) in seen or _is_seen(seen, listing, held.resource, held.place, held.role)


def _is_seen(seen: frozenset[bytes], listing: Listing, resource: str | None, place: str, role: str) -> bool:
    """Whether the sweep saw that the resource holds the role, or could not have, or cannot say."""
    if resource is None or place not in {listed.place for listed in listing.roles}:
        return True
    return sight((resource, place, role)) in seen or sight(("unclear", resource)) in seen
