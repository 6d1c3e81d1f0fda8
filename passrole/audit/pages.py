"""Records that come page by page, as from CloudTrail's history or a query, into the store of an audit."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from passrole.audit.auditor import Auditor
from passrole.audit.lines import line_of
from passrole.audit.spool import Spool
from passrole.audit.store import Store
from passrole.audit.tally import Tally
from passrole.trail.documents import Kind


@dataclass(slots=True)
class PageReader:
    """Takes pages in; what was taken is kept until the audit is done.

    Attributes:
        show: is told what all that is done came to, as often as that changes.
    """

    auditor: Auditor
    spool: Spool
    store: Store
    tally: Tally
    show: Callable[[Tally], None]

    def take(self, name: str, records: Sequence[dict[str, Any]], unreadable: int = 0) -> None:
        """Judges a page, and keeps what comes of it under a name that no other page has.

        Raises:
            OSError: it cannot be written.
        """
        self.spool.write(name, map(line_of, self.auditor.rows_of(records)))
        found = self.auditor.take_tally()
        found.files = 1
        found.note(Kind.BROKEN, name, unreadable)
        self.spool.finish(name, found, ())
        self.store.add(self.spool.rows_of(name))
        self.tally.add(found)
        self.show(self.tally)

    def has(self, name: str) -> bool:
        """Whether a page was taken, by this run or the one before that was interrupted."""
        return self.spool.has(name)

    def state(self, name: str) -> Mapping[str, Any] | None:
        """What was noted about a source last."""
        try:
            found: Any = json.loads((self.spool.folder / f"{name}.state").read_text("utf-8"))
        except (OSError, ValueError):
            return None
        return found if isinstance(found, dict) else None

    def note(self, name: str, state: Mapping[str, Any]) -> None:
        """Notes where the reading of a source stands."""
        self.spool.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        half = self.spool.folder / f"{name}.half"
        half.write_text(json.dumps(state), "utf-8")
        half.replace(self.spool.folder / f"{name}.state")
