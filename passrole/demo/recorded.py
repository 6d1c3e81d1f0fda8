"""Events as CloudTrail records them, from the project's fixtures, dated to the present."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

FIXTURES = Path("tests/fixtures/events")


@dataclass(frozen=True, slots=True)
class Recorded:
    """One recorded event: the record in its envelope's ``detail``, and the envelope's ``source``."""

    name: str
    source: str
    record: dict[str, Any]

    @property
    def event_id(self) -> str:
        return str(self.record["eventID"])


def load_recorded(root: Path, name: str, at: datetime) -> Recorded:
    """Reads a fixture and dates it ``at``: the roles that it names are only made when the demonstration runs.

    Args:
        root: the checkout.
        name: the fixture's file name without ``.json``.
        at: the event's new time; CloudTrail's have whole seconds.
    """
    envelope = json.loads((root / FIXTURES / f"{name}.json").read_text(encoding="utf-8"))
    moment = at.strftime("%Y-%m-%dT%H:%M:%SZ")
    return Recorded(name, envelope["source"], envelope["detail"] | {"eventTime": moment})
