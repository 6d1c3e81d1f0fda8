"""Intents: a role is about to be passed by quarantine or release, so the pass that this makes is expected."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from passrole.clock import iso, parse_time
from passrole.ledger import keys
from passrole.ledger.table import Condition, Item, Put, Table
from passrole.passes import Outcome, Pass

_VALID = timedelta(minutes=10)
# Events come late: the intent is kept for longer than it is valid.
_KEPT = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Intent:
    """``principal`` will pass ``role_arn`` to ``resource`` between ``created_at`` and ``valid_until``.

    ``principal`` is the role of the guard that makes the call: that of `contain`, or the operators'.
    """

    resource: str
    role_arn: str
    principal: str
    finding_id: str
    created_at: str
    valid_until: str


class IntentRecords:
    """The part of the ledger that holds intents."""

    _table: Table

    def announce_pass(
        self, resource: str, role_arn: str, principal: str, finding_id: str, now: datetime
    ) -> Intent:
        """Writes an intent that is valid for ten minutes and for one call.

        A call that is made again has an intent of its own: the event of the first may be still to come.
        """
        intent = Intent(resource, role_arn, principal, finding_id, iso(now), iso(now + _VALID))
        body = json.dumps(
            {name: getattr(intent, name) for name in intent.__dataclass_fields__}, sort_keys=True
        )
        item = {"body": body, keys.TIME_TO_LIVE: int((now + _KEPT).timestamp())}
        self._table.put(Put(keys.of_intent(resource, role_arn, intent.created_at), item))
        return intent

    def match_intent(self, pass_: Pass, role_arn: str, principals: Collection[str]) -> Intent | None:
        """The intent that announced this pass, which it uses up; None if there is none.

        All must fit: the resource, the role, the role behind the passer (one of the deployment's
        ``principals``, not just what the intent says), and the time. An intent serves one event: a second
        call is a pass like others.
        """
        if pass_.outcome is not Outcome.SUCCEEDED or len(pass_.resources) != 1 or pass_.event_time is None:
            return None
        partition, prefix = keys.of_intent(pass_.resources[0], role_arn, "")
        # The one that was used before by this event; else the latest, which leaves earlier events theirs.
        items = sorted(
            self._table.query(partition, prefix),
            key=lambda item: (item.get("used_by") == pass_.event_id, item[keys.SORT_KEY]),
            reverse=True,
        )
        for item in items:
            intent = Intent(**json.loads(item["body"]))
            announced = intent.role_arn == role_arn and _announces(intent, pass_, principals)
            if announced and self._use(item, pass_.event_id):
                return intent
        return None

    def _use(self, item: Item, event_id: str) -> bool:
        """Uses an intent up; False if another event did."""
        unused = Condition(
            "#body = :body AND (attribute_not_exists(used_by) OR used_by = :event)",
            {"#body": "body"},
            {":body": item["body"], ":event": event_id},
        )
        key = (item[keys.PARTITION_KEY], item[keys.SORT_KEY])
        return self._table.put(Put(key, _without_keys(item) | {"used_by": event_id}, unused))


def _announces(intent: Intent, pass_: Pass, principals: Collection[str]) -> bool:
    if pass_.event_time is None or intent.principal not in principals:
        return False
    # A record's time has whole seconds.
    at, created = parse_time(pass_.event_time), parse_time(intent.created_at).replace(microsecond=0)
    return created <= at <= parse_time(intent.valid_until) and intent.principal == pass_.passer.role_arn


def _without_keys(item: Item) -> Item:
    return {name: value for name, value in item.items() if name not in (keys.PARTITION_KEY, keys.SORT_KEY)}
