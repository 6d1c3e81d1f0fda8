"""What is expected of each act, and the waiting until it is so."""

from collections.abc import Sequence
from dataclasses import dataclass

from passrole.demo.seen import Act, SeenPass, shown_role
from passrole.demo.stage import Stage
from passrole.finding import News
from passrole.names import short_passer, short_resource
from passrole.policy import Decision

NOTHING = "no resource"


@dataclass(frozen=True, slots=True)
class Expected:
    """One pass that an act makes, and what comes of it.

    Attributes:
        who, role, service, resource: as people say them; ``resource`` is `NOTHING` where there is none.
        alerts: how many messages come about the act, all of its passes together.
    """

    act: Act
    who: str
    role: str
    service: str
    resource: str
    decision: Decision
    alerts: int
    is_contained: bool = False

    @property
    def words(self) -> str:
        return _words(self.decision, self.who, self.role, self.service, self.resource)


def follow(stage: Stage, all_expected: Sequence[Expected]) -> None:
    """Shows what the guard does until all has come that is expected, then checks it."""
    acts = {id(expected.act): expected.act for expected in all_expected}.values()

    def has_come() -> bool:
        return all(_has_come(stage, act, [e for e in all_expected if e.act is act]) for act in acts)

    alerts = sum(max(e.alerts for e in all_expected if e.act is act) for act in acts)
    contained = sum(expected.is_contained for expected in all_expected)
    stage.follow(has_come, _waited_for(len(all_expected), alerts, contained))
    for expected in all_expected:
        _check(stage, expected)


def _has_come(stage: Stage, act: Act, expected: Sequence[Expected]) -> bool:
    observer = stage.observer
    return (
        len(observer.passes_of(act)) >= len(expected)
        and len(observer.alerts_of(act)) >= max(e.alerts for e in expected)
        and (not any(e.is_contained for e in expected) or observer.step_of(act, News.CONTAINED) is not None)
    )


def _check(stage: Stage, expected: Expected) -> None:
    passes = [_words_of(seen) for seen in stage.observer.passes_of(expected.act)]
    seen = expected.words if expected.words in passes else "; ".join(passes) or "no pass in the ledger"
    stage.expect(f"{expected.role} for {expected.resource}: {expected.decision}", expected.words, seen)
    if expected.is_contained:
        is_contained = stage.observer.step_of(expected.act, News.CONTAINED) is not None
        stage.expect(f"{expected.resource} is contained", True, is_contained)


def _words_of(seen: SeenPass) -> str:
    pass_ = seen.pass_
    resource = ", ".join(map(short_resource, pass_.resources)) or NOTHING
    return _words(
        seen.decision,
        short_passer(pass_.passer),
        shown_role(seen.role),
        " or ".join(pass_.services),
        resource,
    )


def _words(decision: Decision, who: str, role: str, service: str, resource: str) -> str:
    return f"{decision}: {who} passed {role} to {service} for {resource}"


def _waited_for(passes: int, alerts: int, contained: int) -> str:
    parts = [_count(passes, "verdict"), _count(alerts, "alert"), _count(contained, "containment")]
    return ", ".join(part for part in parts if part)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}" if number else ""
