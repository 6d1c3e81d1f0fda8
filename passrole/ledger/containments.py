"""Containments in the ledger: the lease on a resource, its holds and its prior state."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from passrole.clock import iso
from passrole.ledger import keys
from passrole.ledger.table import IS_NEW, Condition, Put, Table

_LEASE = timedelta(minutes=5)
# DynamoDB takes items of 400 KB, and characters beyond ASCII are written longer than they are.
MOST_SAVED = 300_000  # bytes


class ContainmentState(StrEnum):
    """How far a containment is: its prior state is saved, the resource is contained, it was given back."""

    SAVED = "saved"
    CONTAINED = "contained"
    RELEASED = "released"


@dataclass(frozen=True, slots=True)
class Containment:
    """The hold on one resource, or on a role or passer where a policy reaches so far.

    Attributes:
        resource: its ARN.
        module: the quarantine module that acts on it.
        prior: its state before the first act; saved once, and what a release puts back.
        holds: ids of the findings that hold the resource; it is released when the last one ends.
        role_ids: IAM's ids of the roles that were taken away, so that none is given back that was made anew
            under the name of another.
        revoked: ARNs of the roles that deny this one resource everything, for its credentials' sake.
    """

    resource: str
    module: str
    prior: dict[str, Any]
    holds: tuple[str, ...]
    state: ContainmentState
    saved_at: str
    role_ids: Mapping[str, str | None] = field(default_factory=dict)
    revoked: tuple[str, ...] = ()

    @property
    def is_active(self) -> bool:
        """Whether the resource is held, or is about to be."""
        return self.state is not ContainmentState.RELEASED

    @property
    def fits(self) -> bool:
        """Whether the ledger can hold it whole."""
        return len(_text(self).encode()) <= MOST_SAVED

    def held_by(self, finding_id: str) -> "Containment":
        """With one more hold."""
        return replace(self, holds=tuple(dict.fromkeys((*self.holds, finding_id))))

    def without(self, finding_id: str) -> "Containment":
        """With one hold less."""
        return replace(self, holds=tuple(h for h in self.holds if h != finding_id))


class ContainmentRecords:
    """The part of the ledger that holds containments."""

    _table: Table

    def take_lease(self, resource: str, owner: str, now: datetime) -> bool:
        """Takes the resource for ``owner`` for five minutes; False while another owner has it."""
        free = Condition(
            "attribute_not_exists(#pk) OR #owner = :owner OR #until < :now",
            {"#pk": keys.PARTITION_KEY, "#owner": "owner", "#until": "until"},
            {":owner": owner, ":now": iso(now)},
        )
        lease = {"owner": owner, "until": iso(now + _LEASE)}
        return self._table.put(Put(keys.of_lease(resource), lease, free))

    def give_lease_back(self, resource: str, owner: str) -> None:
        """Ends the owner's lease, if it still has it."""
        mine = Condition("#owner = :owner", {"#owner": "owner"}, {":owner": owner})
        self._table.delete(keys.of_lease(resource), mine)

    def containment(self, resource: str) -> Containment | None:
        """The containment of a resource, past ones too."""
        key = keys.of_containment(resource)
        item = self._table.get(key)
        if item is None:
            return None
        containment = _containment(json.loads(item["body"]))
        if item["body"] != _text(containment):
            # An earlier version wrote it, with fewer fields: as it stands, its text would lock nothing.
            self._table.put(Put(key, {"body": _text(containment)}, _is_still(item["body"])))
        return containment

    def save_containment(self, containment: Containment, before: Containment | None) -> bool:
        """Writes a containment over what was read; False if it has changed meanwhile."""
        lock = _is_still(_text(before)) if before else IS_NEW
        key = keys.of_containment(containment.resource)
        return self._table.put(Put(key, {"body": _text(containment)}, lock))


def _is_still(body: str) -> Condition:
    return Condition("#body = :body", {"#body": "body"}, {":body": body})


def _text(containment: Containment) -> str:
    data = {name: getattr(containment, name) for name in containment.__dataclass_fields__}
    return json.dumps(data, sort_keys=True)


def _containment(data: dict[str, Any]) -> Containment:
    return Containment(
        **data
        | {
            "holds": tuple(data["holds"]),
            "state": ContainmentState(data["state"]),
            "revoked": tuple(data.get("revoked", ())),
        },
    )
