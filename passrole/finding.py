"""A finding: this resource holds this role in this place and should not. Its state and its life."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from passrole.clock import parse_time
from passrole.passes import Outcome, Passer
from passrole.policy import Decision, Severity, Stage, gravest

NO_ACT = "no reversible act is known"  # begins the reason why something is never contained
APPROVED_NOW = "the policy approves the pass now"  # the reason of what is resolved, and holds its role still
BEGUN = "what was begun is not finished"  # ends the reason of what is refused half-way
GUARD = "passrole-guardrail"  # who did it, where it was the guard; and the source of what is about itself
_STAGE_ORDER = (Stage.OBSERVE, Stage.ALERT, Stage.QUARANTINE)


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
            }
        )


@dataclass(frozen=True, slots=True)
class Change:
    """A finding as it should become, with the step that says so (None: only counted), from ``before``."""

    finding: Finding
    step: Step | None
    before: Finding | None


def exempted(fresh: Finding, exemption: str, until: str) -> Finding:
    """A finding as it stands while an exemption counts: nobody is told of it before that ends."""
    return replace(fresh, state=State.EXEMPTED, published=1, exemption=exemption, exempt_until=until)


def end_of_exemption(finding: Finding, at: str) -> Change:
    """The step of a finding whose exemption has expired: it comes back."""
    why = f"the exemption {finding.exemption} expired"
    return advance(finding, State.OPEN, News.EXEMPTION_ENDED, at, GUARD, why)


def feed(before: Finding | None, fresh: Finding) -> Change:
    """What a pass does to a finding: opens it, is counted by it, or opens it again.

    Events come late and unordered: a pass from before the finding's latest step is only counted.
    """
    if before is None:
        news = News.EXEMPTED if fresh.state is State.EXEMPTED else News.OPENED
        return Change(fresh, Step(1, fresh.opened_at, news, _who(fresh.passer), fresh.reasons[0]), None)
    is_late = _is_earlier(fresh, before)
    latest = before if is_late else fresh
    # A late pass takes no verdict from a later one; only a stricter response counts whenever it comes.
    judged = before if is_late and not _is_stricter(fresh, before) else fresh
    counted = replace(
        fresh,
        decision=judged.decision,
        reasons=judged.reasons,
        policy_hash=judged.policy_hash,
        severity=_severity(before, fresh, judged),
        checks=judged.checks,
        response=judged.response,
        passer=latest.passer,
        event_source=latest.event_source,
        event_name=latest.event_name,
        event_time=latest.event_time,
        last_pass=latest.last_pass,
        state=before.state,
        passes=before.passes + 1,
        opened_at=before.opened_at,
        updated_at=before.updated_at,
        revision=before.revision,
        published=before.published,
        refused_at=before.refused_at,
        exemption=_longer(fresh, before).exemption if before.state is State.EXEMPTED else None,
        exempt_until=_longer(fresh, before).exempt_until if before.state is State.EXEMPTED else None,
        exempt_by=before.exempt_by,
        waits_until=before.waits_until,
        awaits_approval=before.awaits_approval,
        approved_by=before.approved_by,
        would_contain=before.would_contain,
        check_at=before.check_at,
        was_told=before.is_told and not _is_exempt_from_the_start(before),
    )
    if not counted.is_to_be_contained:
        counted = replace(counted, waits_until=None)  # nothing falls due then
    if fresh.state is State.EXEMPTED:
        # What stands open for another reason goes on; what is exempt is so for as long as the latest pass.
        return Change(counted, None, before)
    why = None if _is_waived(before, fresh.updated_at) else _why_reopened(before, fresh)
    if why is None:
        return Change(counted, None, before)
    return advance(
        counted, State.OPEN, News.REOPENED, fresh.updated_at, _who(fresh.passer), why, before=before
    )


def advance(
    finding: Finding,
    state: State,
    news: News,
    at: str,
    who: str,
    why: str,
    before: Finding | None = None,
    **standing: Any,
) -> Change:
    """The next step of a finding's life; ``standing`` is what of its fields belongs to the step."""
    revision = finding.revision + 1
    refused_at = at if news in (News.CONTAINMENT_REFUSED, News.CONTAINMENT_FAILED) else None
    after = replace(
        finding,
        state=state,
        revision=revision,
        updated_at=at,
        refused_at=refused_at,
        exemption=None,
        exempt_until=None,
        exempt_by=None,
        waits_until=None,
        awaits_approval=False,
        approved_by=None,
        would_contain=False,
        check_at=None,
    )
    after = replace(after, **standing)
    return Change(after, Step(revision, at, news, who, why), before or finding)


def _severity(before: Finding, fresh: Finding, judged: Finding) -> Severity:
    """The severity of the verdict that counts; under one policy no further pass makes it milder.

    Who passes the role once more, as a machine or while IAM is too busy to tell what it is, makes nothing
    better. What was released or resolved is judged anew.
    """
    if before.state in (State.RELEASED, State.RESOLVED) or fresh.policy_hash != before.policy_hash:
        return judged.severity
    return gravest(before.severity, fresh.severity)


def _why_reopened(before: Finding, fresh: Finding) -> str | None:
    if _is_stricter(fresh, before):
        return f"the policy now says {fresh.response} where it said {before.response}"
    if before.state is State.OPEN and not _may_be_tried_again(before, fresh):
        return None
    # CloudTrail's times have whole seconds: in the same second the pass may be the later one.
    if fresh.event_time is not None and fresh.event_time[:19] < before.updated_at[:19]:
        return None
    if before.state is State.OPEN and before.would_contain:
        return "the role was passed again under another policy than that of the dry run"
    if before.state is State.OPEN:
        return "the role was passed again after its containment was refused"
    return f"the role was passed again after it was {before.state}"


def _longer(fresh: Finding, before: Finding) -> Finding:
    """Whose exemption counts: the latest one of the policy, but what a person granted is not cut short."""
    if fresh.exempt_until is None:
        return before
    is_granted = before.exempt_by is not None and before.exempt_until is not None
    return before if is_granted and (before.exempt_until or "") > fresh.exempt_until else fresh


def _is_waived(finding: Finding, at: str) -> bool:
    """Whether a person has exempted this very finding, for that time still."""
    return (
        finding.state is State.EXEMPTED
        and finding.exempt_by is not None
        and finding.exempt_until is not None
        and parse_time(finding.exempt_until) > parse_time(at)
    )


def _is_exempt_from_the_start(finding: Finding) -> bool:
    return finding.state is State.EXEMPTED and finding.revision == 1


def _may_be_tried_again(before: Finding, fresh: Finding) -> bool:
    """Whether a containment that was not done is due again.

    One that was refused is not in the hour whose acts were used up; that of a dry run is under a new policy.
    """
    if fresh.response is not Stage.QUARANTINE:
        return False
    if before.would_contain:
        return fresh.policy_hash != before.policy_hash
    hour = slice(0, 13)
    return before.refused_at is not None and fresh.updated_at[hour] != before.refused_at[hour]


def _is_stricter(fresh: Finding, before: Finding) -> bool:
    return _STAGE_ORDER.index(fresh.response) > _STAGE_ORDER.index(before.response)


def _is_earlier(fresh: Finding, before: Finding) -> bool:
    """Whether a pass came late: what is known of a later one stays."""
    if fresh.event_time is None or before.event_time is None:
        return False
    return fresh.event_time < before.event_time


def _who(passer: Passer) -> str:
    return passer.arn or passer.invoked_by or passer.principal_id or "unknown"
