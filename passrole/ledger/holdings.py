"""Holdings: which role a resource holds now, in which place, and by which pass it came to it."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import chain
from typing import Any

from passrole.arn import parse_role_arn
from passrole.clock import iso, parse_time
from passrole.ledger import keys
from passrole.ledger.table import IS_NEW, Condition, Item, Put, Table
from passrole.passes import SWEPT, Origin, Outcome, Pass

# What was handed out is looked up long after, for as long as auditors ask back and a month more.
KEPT = timedelta(days=400)
_END_OF_TIME = "~"
# Calls that give a resource a further role, and leave it those that it has (AddRoleToDBCluster).
_ADDING = ("Add", "ModifyClusterIamRoles")


@dataclass(frozen=True, slots=True)
class Holding:
    """A resource holds a role in a place.

    Attributes:
        role: the role's ARN.
        since: time of the pass by which it holds it, ISO 8601.
        event_id, pass_id: of that pass.
        until: time of the pass that took the role's place; None while it holds it, as far as events tell.
    """

    resource: str
    resource_type: str | None
    place: str
    role: str
    services: tuple[str, ...]
    account: str | None
    region: str | None
    since: str
    event_id: str
    pass_id: str
    until: str | None = None

    def to_json(self) -> dict[str, Any]:
        data = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return data | {"services": list(self.services)}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Holding":
        return cls(**data | {"services": tuple(data["services"])})


@dataclass(frozen=True, slots=True)
class Handover:
    """What a pass changes about one place of one resource.

    Attributes:
        holding: the new one; None where the pass comes late, and the place holds another role by now.
        before: what is written under its key.
        replaced: what its role takes the place of.
        lock: the pass that changed the place last; None where it is the first.
    """

    holding: Holding | None
    before: Holding | None
    replaced: tuple[Holding, ...] = ()
    lock: str | None = None

    @property
    def ended(self) -> Iterator[tuple[str, str]]:
        """The passes by which the place holds nothing any more, and since when."""
        new, before = self.holding, self.before
        if new is None:
            return
        is_overtaken = before is not None and before.until is None and before.pass_id != new.pass_id
        for old in chain(self.replaced, (before,) if before and is_overtaken else ()):
            yield old.pass_id, new.since


class HoldingRecords:
    """The part of the ledger that holds holdings."""

    _table: Table

    def holdings_of(self, resource: str) -> tuple[Holding, ...]:
        """What a resource holds now, as far as events tell."""
        partition, prefix = keys.of_holdings(resource)
        found = (_holding(item) for item in self._table.query(partition, prefix) if "body" in item)
        return tuple(holding for holding in found if holding.until is None)

    def holders_of(self, role_arn: str) -> Iterator[Holding]:
        """Who holds a role now, as far as is known; the latest last."""
        arn = parse_role_arn(role_arn)
        if arn is None:
            return iter(())
        return (h for h in self.holders_named(arn.account, arn.name) if h.role == role_arn)

    def holders_named(self, account: str, role_name: str, after: str = "") -> Iterator[Holding]:
        """Who holds the role of that name now, whatever its path; from behind a `mark_of_holder` on."""
        items = self._table.query_index(
            keys.ROLES_INDEX,
            keys.of_holders(account, role_name),
            _END_OF_TIME,
            after,
        )
        return (_holding(item) for item in items if item[keys.ROLES_SK] != after)

    def holdings_in(
        self, shard: int, kind: tuple[str, str | None] | None = None, after: str = ""
    ) -> Iterator[Holding]:
        """What is held now, of one of the `keys.SHARDS` shards.

        Args:
            kind: the type of resource and the region, None for every one; None for all.
            after: go on behind this `mark_of_held`.
        """
        prefix = keys.all_of_kind(*kind) if kind else ""
        items = self._table.query_index(
            keys.HELD_INDEX,
            keys.of_held(shard),
            f"{prefix}{_END_OF_TIME}",
            after or prefix,
        )
        return (_holding(item) for item in items if item[keys.HELD_SK] != after)

    def held_now(self, wanted: Iterable[tuple[str, str, str]]) -> dict[tuple[str, str, str], Holding]:
        """Which of these are held now, each by resource, place and ARN of the role."""
        by_key = {keys.of_holding(*each): each for each in wanted}
        found = self._table.get_many(by_key)
        holdings = {by_key[key]: _holding(item) for key, item in found.items()}
        return {each: holding for each, holding in holdings.items() if holding.until is None}

    def handovers(self, pass_: Pass, role_arn: str | None) -> tuple[Handover, ...]:
        """What a pass changes, one for each resource that it names; nothing if no role was handed over."""
        if role_arn is None or pass_.outcome is not Outcome.SUCCEEDED or pass_.event_time is None:
            return ()
        since = iso(parse_time(pass_.event_time))
        return tuple(
            self._handover(pass_, role_arn, resource, since) for resource in dict.fromkeys(pass_.resources)
        )

    def _handover(self, pass_: Pass, role_arn: str, resource: str, since: str) -> Handover:
        items = list(self._table.query(*keys.of_holdings(resource, pass_.place)))
        there = [_holding(item) for item in items if "body" in item]
        lock = next((item["pass_id"] for item in items if "body" not in item), None)
        before = next((holding for holding in there if holding.role == role_arn), None)
        # One call may pass several roles to the same place: none of them takes the other's.
        others = [h for h in there if h.event_id != pass_.event_id]
        # A sweep tells of what is no longer held at its end, by all that it saw.
        if adds_role(pass_) or pass_.origin is Origin.SWEEP:
            others = [h for h in others if h.role == role_arn or h.until]
        # A sweep tells nothing of when the resource came to its role: an event does, however late.
        told = [h for h in others if h.role != role_arn or h.until or not _is_by_sweep(h)]
        if any(max(h.since, h.until or "") > since for h in told):
            return Handover(None, before)  # events come late and unordered
        holding = Holding(
            resource=resource,
            resource_type=pass_.resource_type,
            place=pass_.place,
            role=role_arn,
            services=pass_.services,
            account=pass_.account,
            region=pass_.region,
            since=since,
            event_id=pass_.event_id,
            pass_id=pass_.id,
        )
        replaced = tuple(h for h in others if h.until is None and h.role != role_arn)
        return Handover(holding, before, replaced, lock)


def puts_of(handover: Handover) -> Iterator[Put]:
    """What writes a handover, each over what was read: nothing that changed meanwhile is lost."""
    new = handover.holding
    if new is None:
        return
    # Others may be writing other roles to the same place: what was not there has no lock of its own.
    is_still = Condition("#p = :p", {"#p": "pass_id"}, {":p": handover.lock}) if handover.lock else IS_NEW
    yield Put(keys.of_place(new.resource, new.place), {"pass_id": new.pass_id}, is_still)
    for old in handover.replaced:
        ended = replace(old, until=new.since)
        item = {"body": _text(ended), keys.TIME_TO_LIVE: expiry(new.since)}
        yield Put(_key(old), item, _is_still(old))
    lock = _is_still(handover.before) if handover.before else IS_NEW
    yield Put(_key(new), {"body": _text(new), **_index_of(new)}, lock)


def put_of_end(holding: Holding, at: str) -> Put:
    """What ends a holding that nothing took the place of, over what was read."""
    ended = replace(holding, until=at)
    return Put(_key(holding), {"body": _text(ended), keys.TIME_TO_LIVE: expiry(at)}, _is_still(holding))


def mark_of_holder(holding: Holding) -> str:
    """Where a holding stands among those of its role."""
    # One call may give a resource the same role in several places.
    return keys.of_time(holding.since, f"{holding.resource}#{holding.place}")


def mark_of_held(holding: Holding) -> str:
    """Where a holding stands among all."""
    name = f"{holding.resource}#{holding.place}#{holding.role}"
    return keys.of_kind(holding.resource_type, holding.region, name)


def shard_of_held(holding: Holding) -> int:
    return keys.text_shard(holding.resource)


def adds_role(pass_: Pass) -> bool:
    """Whether the call leaves the resource the roles that it has in that place."""
    return pass_.event_name.startswith(_ADDING)


def expiry(at: str) -> int:
    """When what ended at that time is deleted, in seconds since 1970."""
    return int(parse_time(at).timestamp() + KEPT.total_seconds())


def _index_of(holding: Holding) -> Item:
    index: Item = {
        keys.HELD_PK: keys.of_held(shard_of_held(holding)),
        keys.HELD_SK: mark_of_held(holding),
    }
    if arn := parse_role_arn(holding.role):
        index |= {
            keys.ROLES_PK: keys.of_holders(arn.account, arn.name),
            keys.ROLES_SK: mark_of_holder(holding),
        }
    return index


def _is_by_sweep(holding: Holding) -> bool:
    return holding.event_id.startswith(SWEPT)


def _key(holding: Holding) -> tuple[str, str]:
    return keys.of_holding(holding.resource, holding.place, holding.role)


def _is_still(holding: Holding) -> Condition:
    return Condition("#body = :body", {"#body": "body"}, {":body": _text(holding)})


def _holding(item: Item) -> Holding:
    return Holding.from_json(json.loads(item["body"]))


def _text(holding: Holding) -> str:
    return json.dumps(holding.to_json(), sort_keys=True)
