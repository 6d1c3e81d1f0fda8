"""Where a part of a sweep goes on: the ledger keeps it, so that two deliveries of a task cannot part ways."""

import json
from dataclasses import dataclass
from enum import StrEnum

from passrole.sweep.position import START, Position, position_from_json, position_to_json


class Teller(StrEnum):
    """Who is asked what there is."""

    CONFIG = "config"
    SERVICE = "service"


@dataclass(frozen=True, slots=True)
class PartState:
    """Where a part goes on.

    Attributes:
        teller: who is asked; None until the part has begun.
        is_listed: all was listed, and what was not seen is left to be resolved.
        restarts: how often it began anew, since AWS did not know its position any more.
        faults: how often AWS did not answer since it got any further.
        passed_over: how often it went on without what AWS did not tell of.
    """

    position: Position = START
    teller: Teller | None = None
    is_listed: bool = False
    restarts: int = 0
    faults: int = 0
    passed_over: int = 0

    def to_text(self) -> str:
        return json.dumps(
            {
                "position": position_to_json(self.position),
                "teller": self.teller,
                "is_listed": self.is_listed,
                "restarts": self.restarts,
                "faults": self.faults,
                "passed_over": self.passed_over,
            }
        )

    @classmethod
    def from_text(cls, text: str | None) -> "PartState":
        """The state that `to_text` made a text of; that of a part that has not begun, of None.

        Raises:
            ValueError: another version wrote it.
        """
        if text is None:
            return cls()
        try:
            data = json.loads(text)
            teller = data["teller"]
            return cls(
                **data
                | {
                    "position": position_from_json(data["position"]),
                    "teller": None if teller is None else Teller(teller),
                }
            )
        except (KeyError, TypeError) as error:
            raise ValueError(f"not the state of a part: {error}") from error
