"""Findings in the ledger: listed, and kept in the outbox until published."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from passrole.finding import Change, Finding, State, Step
from passrole.ledger import keys
from passrole.ledger.table import IS_NEW, Condition, Item, Put, Table
from passrole.policy import Severity

_END_OF_TIME = "9999"
_END_OF_TEXT = "~"


class FindingRecords:
    """The part of the ledger that holds findings and their steps."""

    _table: Table

    def record_change(self, change: Change) -> bool:
        """Writes a finding's next step; False if the finding has changed meanwhile."""
        return self._table.put_all(list(puts_of_change(change)))

    def finding(self, finding_id: str) -> Finding | None:
        """A finding as it is now."""
        item = self._table.get(keys.of_finding(finding_id))
        if item is None:
            return None
        finding = _finding(item)
        if item["body"] != _text(finding.to_json()):
            # An earlier version wrote it, with fewer fields: as it stands, its text would lock nothing.
            self._table.put(replace(_put(finding, None), condition=_is_still(item["body"])))
        return finding

    def step(self, finding_id: str, revision: int) -> Step | None:
        """One step of a finding's life."""
        item = self._table.get(keys.of_step(finding_id, revision))
        return Step.from_json(json.loads(item["body"])) if item else None

    def history(self, finding_id: str) -> tuple[Step, ...]:
        """All steps of a finding's life, oldest first."""
        items = self._table.query(keys.of_finding(finding_id)[0], "STEP#")
        return tuple(Step.from_json(json.loads(item["body"])) for item in items)

    def findings(self) -> Iterator[Finding]:
        """All findings, oldest first within each shard."""
        for shard in range(keys.SHARDS):
            yield from self._indexed(keys.FINDINGS_INDEX, f"FINDINGS#{shard}", _END_OF_TIME)

    def findings_with(self, ids: Iterable[str]) -> dict[str, Finding]:
        """Those of the findings that there are, as they are now, by their ids."""
        found = self._table.get_many(keys.of_finding(finding_id) for finding_id in ids)
        return {finding.id: finding for finding in map(_finding, found.values())}

    def findings_on(self, resource: str) -> tuple[Finding, ...]:
        """All findings about a resource, whatever became of them."""
        items = list(self._table.query(*keys.of_finding_on(resource)))
        # Most resources have none: that costs no second request.
        return tuple(self.findings_with(item["finding_id"] for item in items).values()) if items else ()

    def standing(self, severity: Severity) -> Iterator[Finding]:
        """The findings of a severity that are not resolved, by type of resource and region in each shard."""
        for shard in range(keys.SHARDS):
            yield from self._indexed(keys.STANDING_INDEX, keys.of_standing(severity, shard), _END_OF_TEXT)

    def standing_on(self, resource_type: str, region: str | None) -> Iterator[Finding]:
        """The findings that are not resolved on resources of a type in a region; in all, if it is None."""
        prefix = keys.all_of_kind(resource_type, region)
        for severity in Severity:
            for shard in range(keys.SHARDS):
                partition = keys.of_standing(severity, shard)
                yield from self._indexed(keys.STANDING_INDEX, partition, f"{prefix}{_END_OF_TEXT}", prefix)

    def due(self, until: str) -> Iterator[Finding]:
        """Findings with something to be done since ``until`` or before: see `Finding.due_at`."""
        for shard in range(keys.SHARDS):
            yield from self._indexed(keys.OUTBOX_INDEX, f"OUTBOX#{shard}", until)

    def unpublished_steps(self, finding: Finding) -> tuple[Step, ...]:
        """The steps after the last one that was published, oldest first."""
        revisions = range(finding.published + 1, finding.revision + 1)
        return tuple(s for s in (self.step(finding.id, r) for r in revisions) if s is not None)

    def mark_published(self, finding: Finding) -> None:
        """Notes that the topic was told all steps up to ``finding.revision``."""
        now = self.finding(finding.id)
        while now is not None and now.published < finding.revision:
            marked = replace(now, published=finding.revision)
            if self._table.put(_put(marked, now)):
                return
            now = self.finding(finding.id)

    def _indexed(self, index: str, partition: str, until: str, since: str = "") -> Iterator[Finding]:
        for item in self._table.query_index(index, partition, until, since):
            yield _finding(item)


def puts_of_change(change: Change) -> Iterator[Put]:
    """A finding, over what was read of it, and its new step."""
    yield _put(change.finding, change.before)
    if change.before is None and change.finding.resource is not None:
        key = keys.of_finding_on(change.finding.resource, change.finding.id)
        yield Put(key, {"finding_id": change.finding.id})
    if change.step:
        key = keys.of_step(change.finding.id, change.step.revision)
        yield Put(key, {"body": _text(change.step.to_json())}, IS_NEW)


def _put(finding: Finding, before: Finding | None) -> Put:
    """Written only over what was read: the text of the record itself is the lock."""
    shard = keys.shard_of(finding.id)
    item: Item = {
        "body": _text(finding.to_json()),
        keys.FINDINGS_PK: f"FINDINGS#{shard}",
        keys.FINDINGS_SK: f"{finding.opened_at}#{finding.id}",
    }
    if finding.due_at is not None:
        item |= {keys.OUTBOX_PK: f"OUTBOX#{shard}", keys.OUTBOX_SK: finding.due_at}
    if finding.state is not State.RESOLVED:
        name = f"{finding.opened_at}#{finding.id}"
        item |= {
            keys.STANDING_PK: keys.of_standing(finding.severity, shard),
            keys.STANDING_SK: keys.of_kind(finding.resource_type, finding.region, name),
        }
    lock = _is_still(_text(before.to_json())) if before else IS_NEW
    return Put(keys.of_finding(finding.id), item, lock)


def _is_still(body: str) -> Condition:
    return Condition("#body = :body", {"#body": "body"}, {":body": body})


def _finding(item: Item) -> Finding:
    return Finding.from_json(json.loads(item["body"]))


def _text(data: dict[str, Any]) -> str:
    return json.dumps(data, sort_keys=True)
