"""A sweep without a guard: lists with the caller's credentials, judges, and writes nothing."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import click
from botocore.config import Config

from passrole.arn import partition_of, region_of_global
from passrole.cli.aws import aws_errors, code_of, explain, open_session
from passrole.cli.errors import BAD_INPUT, InputError
from passrole.cli.judging import read_evidence, read_guardrail
from passrole.cli.progress import Progress
from passrole.cli.terminal import print_json, safe
from passrole.clock import iso, utc_now
from passrole.detection.judged import Judged, judge
from passrole.evidence.iam import LiveIam
from passrole.evidence.wanted import Wanted
from passrole.policy import CompiledPolicy, Decision, stage_of_existing
from passrole.sweep.faults import in_short, is_not_to_be_had
from passrole.sweep.found import pass_of
from passrole.sweep.listing import Listing, load_listings
from passrole.sweep.pace import PER_SECOND, Pace
from passrole.sweep.reach import Reach
from passrole.sweep.tasks import part_name
from passrole.sweep.walk import REFUSALS, Walk

if TYPE_CHECKING:
    import boto3

    from passrole.detection.detector import EvidenceSource

_VIOLATIONS, _UNDETERMINED = 1, 3
_RETRIES = Config(retries={"mode": "adaptive", "total_max_attempts": 6})
_LOGGED_OUT = ("ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "RequestExpired")


@dataclass(slots=True)
class _Counts:
    """What a sweep came by.

    Attributes:
        dangling: roles held that do not exist.
        failed: why parts were not listed to their end, by their names.
    """

    resources: int = 0
    roles: int = 0
    dangling: int = 0
    decisions: Counter[Decision] = field(default_factory=Counter)
    failed: dict[str, str] = field(default_factory=dict)


def sweep_here(
    policy_file: str,
    snapshot_file: str | None,
    only: Sequence[str],
    regions: Sequence[str],
    rate: float | None,
    as_json: bool,
) -> int:
    """Lists, judges, and prints what is held with its verdict.

    Raises:
        InputError, click.UsageError: policy or snapshot cannot be used, no listing is of the type that is
            asked for, or AWS does not say whose credentials these are.
    """
    policy = read_guardrail(policy_file)
    listings = _listings(policy, only)
    session = open_session(regions[0] if regions else None)
    clients = _clients(session)
    home = str(session.region_name)
    evidence: EvidenceSource
    if snapshot_file is not None:
        evidence = read_evidence(snapshot_file, policy)
    else:
        iam = clients("iam", region_of_global(partition_of(home)))
        evidence = LiveIam(iam, wanted=Wanted.of(policy.keys))
    with aws_errors():
        account = clients("sts", home).get_caller_identity()["Account"]
    there = tuple(dict.fromkeys(regions)) or (home,)
    reach = Reach(partition_of(home), account, there, listings, _is_there(session, partition_of(home)))
    counts = _Counts()
    with Progress() as progress:
        found = _Here(policy, evidence, reach, clients, Pace(rate or PER_SECOND), counts, progress).judged()
        if as_json:
            for one in found:
                with progress.above():
                    print_json(one.to_json())
        kept = [] if as_json else list(found)
    if not as_json:
        from passrole.cli.verdicts import print_held

        print_held(kept, counts.resources)
    _tell(counts)
    return _exit_status(counts)


@dataclass(frozen=True, slots=True)
class _Here:
    """One sweep."""

    policy: CompiledPolicy
    evidence: "EvidenceSource"
    reach: Reach
    clients: Callable[[str, str], Any]
    pace: Pace
    counts: _Counts
    progress: Progress

    def judged(self) -> Iterator[Judged]:
        """Each role held, with its verdict; what cannot be listed is noted among the counts."""
        parts = list(self.reach.parts())
        began = iso(utc_now())
        for number, (listing, region) in enumerate(parts):
            name = part_name(listing.name, region)
            self._show(name, number, len(parts))
            try:
                for one in self._part(listing, region, began):
                    yield one
                    self._show(name, number, len(parts))
            except REFUSALS as error:
                if code_of(error) in _LOGGED_OUT:
                    raise InputError(f"{explain(error)}; the sweep was at {name}") from None
                if not is_not_to_be_had(error, region, self.clients):
                    self.counts.failed[name] = in_short(explain(error))

    def _part(self, listing: Listing, region: str, began: str) -> Iterator[Judged]:
        where, counts = self.reach.region(region), self.counts
        for look in Walk(listing, where, self.clients(listing.client, region), self.pace).looks():
            counts.resources += look.resource is not None
            if look.untold:
                counts.failed.setdefault(part_name(listing.name, region), look.untold)
            for held in look.held:
                counts.roles += 1
                pass_ = pass_of(held, listing, where, began, iso(utc_now()))
                known = self.evidence.evidence(pass_)
                if known.is_of_no_role:
                    counts.dangling += 1
                    continue
                one = judge(self.policy, pass_, known, self.evidence, stage_of_existing)
                counts.decisions[one.verdict.decision] += 1
                yield one

    def _show(self, name: str, number: int, of: int) -> None:
        counts = self.counts
        text = f"{number:,} of {of:,} parts: {counts.resources:,} resources, {counts.roles:,} roles; {name}"
        self.progress.show(text, number, of)


def _listings(policy: CompiledPolicy, only: Sequence[str]) -> tuple[Listing, ...]:
    """What the policy does not leave out, or of it what is asked for."""
    there = {listing.name: listing for listing in load_listings()}
    unknown = [name for name in only if name not in there]
    if unknown:
        raise click.UsageError(
            f"nothing lists {unknown[0]!r}; docs/sweep.md has the types, such as lambda:function"
        )
    return tuple(
        listing
        for name, listing in there.items()
        if (not only or name in only)
        and f"{listing.type.partition(':')[0]}.amazonaws.com" not in policy.left_out.sources
    )


def _clients(session: "boto3.Session") -> Callable[[str, str], Any]:
    make: Any = session.client  # its types are overloads on literal names
    # Not kept: a client for each of two hundred services is more than what it takes to make one.
    return lambda service, region: make(service, region_name=region, config=_RETRIES)


def _is_there(session: "boto3.Session", partition: str) -> Callable[[str, str], bool]:
    def is_there(service: str, region: str) -> bool:
        regions = session.get_available_regions(service, partition_name=partition)
        return not regions or region in regions  # of global services and new ones botocore knows no regions

    return is_there


def _tell(counts: _Counts) -> None:
    """What is missing of the picture."""
    if counts.dangling:
        click.echo(f"{counts.dangling:,} held, of roles that do not exist", err=True)
    for name, why in counts.failed.items():
        click.echo(f"not listed: {safe(name)}: {safe(why)}", err=True)


def _exit_status(counts: _Counts) -> int:
    if counts.failed:
        return BAD_INPUT
    if counts.decisions[Decision.VIOLATION]:
        return _VIOLATIONS
    return _UNDETERMINED if counts.decisions[Decision.UNDETERMINED] else 0
