"""Sweeps: one begins at a time, and goes through its parts, each for as long as there is time."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from botocore.exceptions import ClientError
from botocore.parsers import ResponseParserError

from passrole.clock import Clock, iso, utc_now
from passrole.ledger import Ledger, SweepPart, SweepRecord
from passrole.sweep.faults import in_short, is_transient, may_be_of_token
from passrole.sweep.listing import Listing
from passrole.sweep.part import PartSweeper, Progress, UnfinishedError
from passrole.sweep.position import START, behind, is_further
from passrole.sweep.reach import Reach
from passrole.sweep.state import PartState, Teller
from passrole.sweep.tasks import SweepPartOf, part_name
from passrole.sweep.walk import Refusal, Region
from passrole.sweep.work import MOST_FAULTS, MOST_RESTARTS, Done, Tasks, pause_after

_MOST_PASSED_OVER = 3  # things that AWS lists and fails to tell of, eight times each


@dataclass(frozen=True, slots=True)
class _Go:
    """One delivery of a task; ``before`` is the part as it was then."""

    task: SweepPartOf
    sweep: SweepRecord
    before: SweepPart
    listing: Listing
    region: Region


class Sweeps:
    """Begins sweeps, and goes on with their parts.

    Where a part goes on, the ledger keeps, and only who read it last may write it. So a task that was
    delivered twice, or put into the queue twice, goes on where the other is: nothing is counted twice.
    """

    def __init__(
        self,
        reach: Reach,
        sweeper: PartSweeper,
        ledger: Ledger,
        tasks: Tasks,
        is_out_of_time: Callable[[], bool],
        clock: Clock = utc_now,
    ) -> None:
        self._reach = reach
        self._sweeper = sweeper
        self._ledger = ledger
        self._tasks = tasks
        self._is_out_of_time = is_out_of_time
        self._clock = clock

    def begin(self) -> Done:
        """Begins a sweep; where one is running, sees to it that the queue has all of that."""
        parts = {
            part_name(listing.name, region): (listing, region) for listing, region in self._reach.parts()
        }
        sweep = self._running_or_new(tuple(parts))
        if not sweep.is_under_way:  # who began it may have died before the queue had all of it
            for listing, region in (parts[name] for name in sweep.parts if name in parts):
                self._tasks.put(SweepPartOf(sweep.id, listing.name, region))
            self._ledger.note_under_way(sweep)
        return Done()

    def _running_or_new(self, parts: tuple[str, ...]) -> SweepRecord:
        while True:
            latest = self._ledger.latest_sweep()
            if latest is not None and self._is_running(latest):
                return latest
            new = SweepRecord(iso(self._clock()), parts)
            if self._ledger.begin_sweep(new, latest):
                return new

    def _is_running(self, sweep: SweepRecord) -> bool:
        if sweep.ended_at is not None:
            return False
        return not sweep.is_stuck(self._ledger.parts_of(sweep.id), self._clock())

    def go_on(self, task: SweepPartOf) -> Done:
        """Goes on with a part.

        Raises:
            ClientError, BotoCoreError: the ledger or the topic did not answer: to be tried again.
        """
        sweep = self._ledger.latest_sweep()
        if sweep is None or sweep.id != task.sweep or sweep.is_too_old(self._clock()):
            return Done()  # it was given up, and another one sees what there is
        part, listing = self._ledger.part_of(sweep.id, task.name), self._reach.listing(task.listing)
        if part.ended_at is not None:
            return Done(is_swept=self._end_sweep(sweep, part.ended_at))
        region = self._reach.region(task.region)
        if listing is None:
            return self._end_part(sweep, part, replace(part, failed="this version lists no such resources"))
        try:
            state = PartState.from_text(part.standing)
        except ValueError:  # of another version: what it has seen and told stays so
            part, state = _uncounted(part), PartState()
        go = _Go(task, sweep, part, listing, region)
        if state.teller is None:
            is_in_config = self._sweeper.is_in_config(listing, region)
            state = replace(state, teller=Teller.CONFIG if is_in_config else Teller.SERVICE)
        return self._resolve(go, part, state) if state.is_listed else self._list(go, state)

    def _list(self, go: _Go, state: PartState) -> Done:
        in_config = state.teller is Teller.CONFIG
        progress = self._sweeper.go_on(
            go.listing, go.region, go.sweep.id, go.before, state.position, in_config=in_config
        )
        if progress.refusal is not None:
            if in_config:
                return self._ask_service(go, progress.part)
            return self._refused(go, progress, progress.refusal, state)
        is_listed = progress.position is None
        state = replace(state, position=progress.position or START, is_listed=is_listed, faults=0)
        if not is_listed or self._is_out_of_time():
            return self._leave(go, progress.part, state)
        saved = self._save(go, progress.part, state)
        return self._resolve(go, saved, state) if saved else Done()

    def _resolve(self, go: _Go, part: SweepPart, state: PartState) -> Done:
        if state.teller is Teller.CONFIG:
            if not self._sweeper.is_all_in_config(go.listing, go.region, go.sweep.id, part):
                return self._ask_service(go, part)
            return self._end_part(go.sweep, go.before, part)
        try:
            part = self._sweeper.end(go.listing, go.region, go.sweep.id, part)
        except UnfinishedError as unfinished:
            return self._leave(go, unfinished.part, state)
        return self._end_part(go.sweep, go.before, part)

    def _ask_service(self, go: _Go, part: SweepPart) -> Done:
        """Lists all once more by the service itself: AWS Config's word alone resolves nothing."""
        return self._leave(go, _uncounted(part), PartState(teller=Teller.SERVICE))

    def _refused(self, go: _Go, progress: Progress, error: Refusal, state: PartState) -> Done:
        """A part that AWS refuses has failed, and resolves nothing; what passes by itself is tried again."""
        part, position = progress.part, progress.position or START
        if self._sweeper.is_not_to_be_had(go.listing, go.region, error):
            return self._end_part(go.sweep, go.before, replace(part, skipped=in_short(error)))
        if is_transient(error):
            faults = 1 if is_further(position, state.position) else state.faults + 1
            if faults <= MOST_FAULTS:
                state = replace(state, position=position, faults=faults)
                return replace(self._leave(go, part, state, pause_after(faults)), fault=in_short(error))
            # Where nothing answers, it is not for what was asked about.
            further = behind(position) if isinstance(error, ClientError | ResponseParserError) else START
            if further != START and state.passed_over < _MOST_PASSED_OVER:
                # It may be broken: it hides no others, and as nobody knows what it is, nothing is resolved.
                state = replace(state, position=further, faults=0, passed_over=state.passed_over + 1)
                part = replace(part, failed=part.failed or in_short(error), is_blind=True)
                return replace(self._leave(go, part, state), fault=in_short(error))
        elif position != START and state.restarts < MOST_RESTARTS and may_be_of_token(error):
            state = PartState(teller=state.teller, restarts=state.restarts + 1)
            return self._leave(go, _uncounted(part), state)
        return self._end_part(go.sweep, go.before, replace(part, failed=in_short(error)))

    def _leave(self, go: _Go, part: SweepPart, state: PartState, pause: int = 0) -> Done:
        """Leaves the rest to the next delivery; nothing if another one has gone on meanwhile."""
        saved = self._save(go, part, state)
        if saved is None:
            return Done()
        self._tasks.put(go.task, pause)
        return _done(saved, go.before)

    def _save(self, go: _Go, part: SweepPart, state: PartState) -> SweepPart | None:
        now = iso(self._clock())
        return self._ledger.save_part(go.sweep.id, replace(part, standing=state.to_text(), saved_at=now))

    def _end_part(self, sweep: SweepRecord, before: SweepPart, part: SweepPart) -> Done:
        ended_at = iso(self._clock())
        part = replace(part, ended_at=ended_at, saved_at=ended_at, standing=None)
        if self._ledger.save_part(sweep.id, part) is None:
            return Done()
        return replace(_done(part, before), is_swept=self._end_sweep(sweep, ended_at))

    def _end_sweep(self, sweep: SweepRecord, at: str) -> bool:
        """Whether all its parts have ended, and nobody has noted that before."""
        # All are many to read each time that one of them ends: the last to begin seldom ends before others.
        if sweep.parts and self._ledger.part_of(sweep.id, sweep.parts[-1]).ended_at is None:
            return False
        ended_ones = {part.name for part in self._ledger.parts_of(sweep.id) if part.ended_at is not None}
        return ended_ones >= set(sweep.parts) and self._ledger.end_sweep(sweep, at)


def _uncounted(part: SweepPart) -> SweepPart:
    """The part before all is listed once more."""
    return replace(part, resources=0, roles=0, unanswered=0, dangling=0)


def _done(part: SweepPart, before: SweepPart) -> Done:
    return Done(opened=part.opened - before.opened, resolved=part.resolved - before.resolved, part=part)
