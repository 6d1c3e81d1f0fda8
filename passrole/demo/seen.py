"""What was seen while the guard worked: values, with times in Unix seconds of this machine's clock."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from passrole.arn import parse_role_arn
from passrole.emulator import ACCOUNT
from passrole.finding import Finding, News, Step
from passrole.names import short_passer, short_resource
from passrole.passes import Origin, Outcome, Pass, Passer
from passrole.policy import Decision


@dataclass(frozen=True, slots=True)
class Act:
    """One call that hands over roles, or one event put on the bus.

    Attributes:
        operation: the API's name for the call.
        about: name or id of what gets the role; for refused calls, the role's name.
        started: when the call was made, or the event put.
        event_id: the event's id, where it is known beforehand.
    """

    operation: str
    about: str
    started: float
    event_id: str | None = None

    def made(self, pass_: Pass) -> bool:
        """Whether a pass in the ledger is this act's."""
        if self.event_id is not None:
            return pass_.event_id == self.event_id
        if not pass_.event_name.startswith(self.operation):
            return False
        held_by = [short_resource(resource) for resource in pass_.resources]
        return self.about in held_by or (not held_by and shown_role(pass_.role.value).endswith(self.about))


@dataclass(frozen=True, slots=True)
class SeenPass:
    """A pass as it came into the ledger; ``role`` is the role's ARN as IAM resolved it, else as recorded."""

    at: float
    act: Act | None
    pass_: Pass
    role: str | None
    decision: Decision
    reasons: tuple[str, ...]
    finding_ids: tuple[str, ...]

    @property
    def seconds(self) -> float | None:
        """From the call to the verdict in the ledger."""
        return self.at - self.act.started if self.act else None


@dataclass(frozen=True, slots=True)
class SeenStep:
    """A step of a finding's life as it came into the ledger."""

    at: float
    act: Act | None
    finding: Finding
    step: Step

    @property
    def seconds(self) -> float | None:
        """From the call to the step."""
        return self.at - self.act.started if self.act else None


@dataclass(frozen=True, slots=True)
class SeenAlert:
    """A message as it arrived at the webhook; the rest is None if it is about no known finding."""

    at: float
    act: Act | None
    finding_id: str | None
    news: News | None
    payload: Mapping[str, Any]

    @property
    def seconds(self) -> float | None:
        """From the call to the message."""
        return self.at - self.act.started if self.act else None

    @property
    def title(self) -> str:
        """The text of its header block."""
        for block in self.payload.get("blocks", ()):
            if block.get("type") == "header":
                return str(block["text"]["text"])
        return ""


Seen = SeenPass | SeenStep | SeenAlert


def deed(pass_: Pass) -> tuple[str, str, str]:
    """Who did what with the role, and how it went on: ``("Dana", "passed", "to")``."""
    if pass_.origin is Origin.SWEEP:
        return "The sweep", "found", "held by"
    did = "passed" if pass_.outcome is Outcome.SUCCEEDED else "tried to pass"
    return shown_passer(pass_.passer), did, "to"


def shown_passer(passer: Passer) -> str:
    """A user by name, a session by its own name with the role behind it."""
    role, separator, session = short_passer(passer).partition("/")
    return f"{session} ({role})" if separator else role


def without_account(text: str) -> str:
    """Role ARNs of the account as paths, as guardrail.yaml has them."""
    return text.replace(f"arn:aws:iam::{ACCOUNT}:role/", "/")


def seconds(value: float) -> str:
    """A measured time in words."""
    return f"{value:.2f} s" if value < 0.995 else f"{value:.1f} s"


def shown_role(role: str | None) -> str:
    """Path and name of a role, as people say it; other text as it is."""
    arn = parse_role_arn(role)
    return f"{arn.path}{arn.name}".removeprefix("/") if arn else role or "a role that is not named"
