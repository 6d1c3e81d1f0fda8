"""A finding: this resource holds this role in this place and should not. Its state; its life: ``life.py``."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from passrole.passes import SWEPT, Origin, Outcome, Passer
from passrole.policy import Decision, Severity, Stage

NO_ACT = "no reversible act is known"  # begins the reason why something is never contained
APPROVED_NOW = "the policy approves the pass now"  # the reason of what is resolved, and holds its role still
BEGUN = "what was begun is not finished"  # ends the reason of what is refused half-way
GUARD = "passrole-guardrail"  # who did it, where it was the guard; and the source of what is about itself


class State(StrEnum):
    """Where a finding is in its life."""

    OPEN = "open"
    CONTAINED = "contained"
    RELEASED = "released"
    RESOLVED = "resolved"
    EXEMPTED = "exempted"


class News(StrEnum):
    """A step in a finding's life that people and functions are told of."""

    OPENED = "opened"
    REOPENED = "reopened"
    CONTAINMENT_WAITS = "containment_waits"
    APPROVED = "approved"
    WOULD_CONTAIN = "would_contain"
    CONTAINED = "contained"
    CONTAINMENT_REFUSED = "containment_refused"
    CONTAINMENT_FAILED = "containment_failed"
    RELEASED = "released"
    RESOLVED = "resolved"
    EXEMPTED = "exempted"
    EXEMPTION_ENDED = "exemption_ended"
    UNDONE = "undone"

    @property
    def opens(self) -> bool:
        """Whether the finding stands open since, for the pass that it is about."""
        return self in (News.OPENED, News.REOPENED, News.EXEMPTION_ENDED)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a finding's life: what happened, by whom, why. ``at`` is ISO 8601, UTC."""

    revision: int
    at: str
    news: News
    who: str
    why: str

    def to_json(self) -> dict[str, Any]:
        return {f: getattr(self, f) for f in self.__dataclass_fields__}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Step":
        return cls(data["revision"], data["at"], News(data["news"]), data["who"], data["why"])


@dataclass(frozen=True, slots=True)
class Finding:
    """The present state of a finding.

    Attributes:
        id: derived from what the finding is about, so that it is found again and never made twice.
        resource: ARN of what holds the role; None for attempts, and where the record does not tell.
        role: the role's ARN, or the text of the record where IAM did not resolve it.
        role_id: IAM's unique id, if known.
        passer, event_source, event_name, event_time, last_pass: of the latest pass that fed the finding.
        passes: how many passes fed it.
        reasons: of the latest verdict.
        revision: the number of its latest step; ``published`` that of the latest step told on the topic.
        updated_at: time of the latest step.
        refused_at: when its containment was refused or failed, if that is where it stands.
        exemption: the name of the exemption under which it stands, and ``exempt_until`` when that ends.
        exempt_by: who granted that for this finding alone; None for an exemption of the policy.
        waits_until: when its containment is due, if the policy gives a fix some time.
        awaits_approval: its containment waits for a person.
        approved_by: who approved its containment.
        would_contain: in a dry run, that the resource would have been contained.
        check_at: when the resource is to be looked at again, while it is contained.
        checks: names of the statements and checks that deny it, and ``unapproved`` where nothing approves it;
            none for attempts and for what is undetermined. Of one about the guard, what kind of trouble.
        was_told: people were told of it, though its response may be to observe by now.
        origin: what made it stand open, the last time that it was opened.
    """

    id: str
    account: str | None
    region: str | None
    resource: str | None
    resource_type: str | None
    place: str
    role: str
    role_id: str | None
    services: tuple[str, ...]
    passer: Passer
    event_source: str
    event_name: str
    event_time: str | None
    outcome: Outcome
    decision: Decision
    reasons: tuple[str, ...]
    policy_hash: str
    severity: Severity
    response: Stage
    state: State
    passes: int
    last_pass: str
    opened_at: str
    updated_at: str
    revision: int
    published: int
    refused_at: str | None = None
    exemption: str | None = None
    exempt_until: str | None = None
    exempt_by: str | None = None
    waits_until: str | None = None
    awaits_approval: bool = False
    approved_by: str | None = None
    would_contain: bool = False
    check_at: str | None = None
    checks: tuple[str, ...] = ()
    was_told: bool = False
    origin: Origin = Origin.EVENT

    @property
    def is_told(self) -> bool:
        """Whether people hear of it: who was told of it hears what becomes of it."""
        return self.was_told or self.response is not Stage.OBSERVE

    @property
    def has_news(self) -> bool:
        """Whether a step is not yet told on the topic."""
        return self.published < self.revision

    @property
    def due_at(self) -> str | None:
        """Since when something is to be done about it that no event brings: the sweep finds it by this."""
        if self.has_news:
            return self.updated_at
        return self.exempt_until or self.waits_until or self.check_at

    @property
    def is_about_guard(self) -> bool:
        """Whether it is about the guard itself, and not about a pass."""
        return self.event_source == GUARD

    @property
    def is_of_sweep(self) -> bool:
        """Whether the latest pass that fed it is none, but what a sweep found."""
        return self.last_pass.startswith(SWEPT)

    @property
    def is_to_be_contained(self) -> bool:
        """Whether the policy has its resource contained: what the ledger says decides, and no message."""
        return (
            self.state is State.OPEN
            and self.response is Stage.QUARANTINE
            and self.decision is Decision.VIOLATION
            and self.outcome is Outcome.SUCCEEDED
        )

    def to_json(self) -> dict[str, Any]:
        data = {f: getattr(self, f) for f in self.__dataclass_fields__}
        return data | {
            "passer": self.passer.to_json(),
            "services": list(self.services),
            "reasons": list(self.reasons),
            "checks": list(self.checks),
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Finding":
        return cls(
            **data
            | {
                "services": tuple(data["services"]),
                "passer": Passer.from_json(data["passer"]),
                "outcome": Outcome(data["outcome"]),
                "decision": Decision(data["decision"]),
                "reasons": tuple(data["reasons"]),
                "checks": tuple(data.get("checks", ())),  # earlier versions wrote none
                "severity": Severity(data["severity"]),
                "response": Stage(data["response"]),
                "state": State(data["state"]),
                "origin": Origin(data.get("origin", Origin.EVENT)),
            }
        )


@dataclass(frozen=True, slots=True)
class Change:
    """A finding as it should become, with the step that says so (None: only counted), from ``before``."""

    finding: Finding
    step: Step | None
    before: Finding | None
