"""The passes that the page holds: the gravest, then the latest, as text that is safe to show."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from passrole.audit.report.words import moment, passer_name, resource_name, role_name, service_name
from passrole.audit.store import Store
from passrole.audit.summary.terms import RANK, rows
from passrole.names import shown
from passrole.passes import Coverage, Direction
from passrole.policy import Decision

MOST = 5_000
_ROOM = 12_000_000  # characters of all different texts: hostile names make a long page, not an endless one
_TEXT, _REASON, _REASONS = 300, 500, 12

# What a row tells: cells first, then its details. The page's script knows these names, too.
FIELDS = (
    *("time", "verdict", "severity", "outcome", "passer", "role", "service", "resource"),
    *(
        "services",
        "reasons",
        "role_arn",
        "resource_arn",
        "passer_arn",
        "passer_name",
        "invoked_by",
        "account",
    ),
    *("region", "call", "place", "note", "checks", "source_ip", "user_agent", "event"),
)
_COLUMNS = (
    *("event_time", "verdict", "severity", "outcome", "error_code", "passer", "passer_arn", "passer_name"),
    *("invoked_by", "role", "resource", "account", "region", "event_source", "event_name", "action", "place"),
    *("direction", "coverage", "source_ip", "user_agent", "event_id", "path"),
)
_CUT = ", ".join(f"left({column}, 1000) AS {column}" for column in _COLUMNS)
_ORDER = (
    f"{RANK} DESC, (verdict = '{Decision.VIOLATION}') DESC NULLS LAST, event_time DESC NULLS LAST, rowid DESC"
)
_SELECT = (
    f"SELECT {_CUT}, list_sort(services[:12]) AS services, "
    f"[left(r, 2000) for r in reasons[:{_REASONS}]] AS reasons, "
    "[left(c, 200) for c in checks[:20]] AS checks FROM passes "
    f"WHERE rowid IN (SELECT rowid FROM passes ORDER BY {_ORDER} LIMIT {{limit}}) ORDER BY {_ORDER}"
)
_COVERAGE = {
    Coverage.UNCATALOGUED: "a call that the catalogue does not know",
    Coverage.NOT_VISIBLE: "role not visible",
}


@dataclass(frozen=True, slots=True)
class Rows:
    """The passes of the page, each as the values of `FIELDS`, and how many the audit has."""

    rows: Sequence[tuple[str, ...]]
    total: int

    @property
    def is_whole(self) -> bool:
        return len(self.rows) == self.total

    def values(self, field: str) -> list[str]:
        """All different values of a field."""
        place = FIELDS.index(field)
        return sorted({row[place] for row in self.rows} - {""})

    def to_script(self) -> str:
        """The rows as JSON that is safe in an element of HTML: each text once, and rows of their numbers."""
        texts: dict[str, int] = {}
        numbers = [[texts.setdefault(value, len(texts)) for value in row] for row in self.rows]
        data = {"fields": FIELDS, "texts": list(texts), "rows": numbers}
        return _harmless(json.dumps(data, separators=(",", ":")))


def _harmless(text: str) -> str:
    """JSON in which no character means anything to HTML."""
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def embedded(store: Store, limit: int = MOST) -> Rows:
    """The rows of the page."""
    names = (*_COLUMNS, "services", "reasons", "checks")
    found, room, texts = [], _ROOM, set[str]()
    for values in rows(store.connection, _SELECT.format(limit=limit)):
        row = _row(dict(zip(names, values, strict=True)))
        room -= sum(len(value) for value in row if value not in texts)
        if room < 0:
            break
        texts.update(row)
        found.append(row)
    return Rows(found, len(store))


def _row(told: dict[str, Any]) -> tuple[str, ...]:
    services = " or ".join(told["services"] or ())
    cells = (
        moment(told["event_time"]),
        told["verdict"],
        told["severity"],
        told["outcome"],
        passer_name(told["passer"]),
        role_name(told["role"]),
        service_name(services),
        resource_name(told["resource"]),
    )
    details = (
        services,
        told["role"],
        told["resource"],
        told["passer_arn"] or told["passer"],
        told["passer_name"],
        told["invoked_by"],
        told["account"],
        told["region"],
        f"{told['event_name']} ({told['action'] or told['event_source']})",
        told["place"],
        _note(told),
        ", ".join(told["checks"] or ()),
        told["source_ip"],
        told["user_agent"],
        f"{told['event_id']}, {told['path']}",
    )
    before, after = details[:1], details[1:]
    reasons = "\n".join(shown(reason, _REASON) for reason in told["reasons"] or ())
    return (*map(_safe, (*cells, *before)), reasons, *map(_safe, after))


def _safe(value: str | None) -> str:
    return shown(value, _TEXT) if value else ""


def _note(told: dict[str, Any]) -> str:
    notes = [
        told["error_code"],
        "named to be assumed through a passed role" if told["direction"] == Direction.CHAINED else None,
        _COVERAGE.get(told["coverage"]),
    ]
    return ", ".join(note for note in notes if note)
