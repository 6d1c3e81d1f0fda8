"""Takes passes in, in any order and each as often as it comes, and keeps what a suggestion needs of them."""

import hashlib
from collections import Counter
from dataclasses import dataclass, replace
from enum import StrEnum
from sys import intern

from passrole.arn import parse_role_arn
from passrole.detection.detector import EvidenceSource
from passrole.evidence import ABSENT, Evidence, Known, known
from passrole.language import fold
from passrole.passes import Coverage, Direction, Origin, Outcome, Pass, PassedRole, RoleKind
from passrole.policy.context import PassContext
from passrole.suggest.roles import RoleFacts
from passrole.suggest.triples import AWS_SERVICES, Seen, Triple

_PASSER = fold("aws:PrincipalArn")


class LeftOut(StrEnum):
    """Why a pass says nothing about what is normal."""

    CHAINED = "of roles that a service takes through another, or gives back"
    NOT_DONE = "refused, or failed otherwise"
    UNKNOWN_CALL = "by calls that the catalogue does not know"
    SWEPT = "found by sweeps: nobody knows who passed the role"
    NO_ROLE = "of roles that the records do not show"
    NO_SERVICE = "to services that the records do not tell"


@dataclass(frozen=True, slots=True)
class Case:
    """Passes that a suggested policy judges alike, by the latest of them.

    Attributes:
        role: ARN.
        services: that may have got it.
        passer: as `Triple` has it.
    """

    role: str
    services: tuple[str, ...]
    passer: str


@dataclass(slots=True)
class _Counted:
    """What is counted of a case."""

    count: int
    days: set[str]
    latest: Pass


class Observed:
    """Passes, reduced.

    Attributes:
        read: passes that came, each once.
        duplicates: how often one came again.
        left_out: how many say nothing about what is normal, by why.
    """

    def __init__(self, evidence: EvidenceSource) -> None:
        self.read = 0
        self.duplicates = 0
        self.left_out: Counter[LeftOut] = Counter()
        self._evidence = evidence
        self._ids: set[bytes] = set()
        self._cases: dict[Case, _Counted] = {}

    def add(self, pass_: Pass) -> bool:
        """Takes a pass in; False if it has come before."""
        identity = hashlib.blake2b(pass_.id.encode("utf-8", "surrogatepass"), digest_size=12).digest()
        if identity in self._ids:
            self.duplicates += 1
            return False
        self._ids.add(identity)
        self.read += 1
        why = _why_left_out(pass_)
        role = None if why else self._role_of(pass_)
        if role is None:
            self.left_out[why or LeftOut.NO_ROLE] += 1
        else:
            self._count(role, pass_)
        return True

    @property
    def triples(self) -> dict[Triple, Seen]:
        """What was seen of each role, service and passer."""
        found: dict[Triple, tuple[int, set[str]]] = {}
        for case, counted in self._cases.items():
            for service in case.services:
                triple = Triple(case.role, service, case.passer)
                count, days = found.get(triple, (0, set()))
                found[triple] = (count + counted.count, days | counted.days)
        return {triple: Seen(count, frozenset(days)) for triple, (count, days) in found.items()}

    @property
    def cases(self) -> dict[Case, tuple[int, Pass]]:
        """How many passes there are of each case, and the latest of them, in a fixed order."""
        ordered = sorted(self._cases, key=lambda case: (case.role, case.services, case.passer))
        return {case: (self._cases[case].count, self._cases[case].latest) for case in ordered}

    @property
    def days(self) -> tuple[str, str] | None:
        """The first day and the last; None if no pass tells."""
        days = [day for counted in self._cases.values() for day in counted.days]
        return (min(days), max(days)) if days else None

    def roles(self) -> dict[str, RoleFacts]:
        """What is known of each role, as of its latest pass."""
        latest: dict[str, Pass] = {}
        for case, counted in self._cases.items():
            latest[case.role] = max(latest.get(case.role, counted.latest), counted.latest, key=_age)
        facts = {arn: RoleFacts.of(arn, self.evidence(pass_)) for arn, pass_ in sorted(latest.items())}
        return {arn: role for arn, role in facts.items() if role is not None}

    def evidence(self, pass_: Pass) -> Evidence:
        """What is known of a pass's role, administrator or not included."""
        return self._evidence.with_administrator(pass_, self._evidence.evidence(pass_))

    def _count(self, role: str, pass_: Pass) -> None:
        services = tuple(sorted(set(pass_.services)))
        case = Case(role, services, passer_of(pass_))
        counted = self._cases.get(case)
        if counted is None:
            counted = self._cases[case] = _Counted(0, set(), pass_)
        counted.count += 1
        if pass_.event_time:
            counted.days.add(intern(pass_.event_time[:10]))  # few days stand in very many cases
        counted.latest = max(counted.latest, pass_, key=_age)

    def _role_of(self, pass_: Pass) -> str | None:
        arn = pass_.role.arn or known(self._evidence.evidence(pass_).arn)
        return arn if parse_role_arn(arn) else None


def with_role(pass_: Pass, arn: str | None) -> Pass:
    """The pass, of the role that somebody resolved it to; as it is if nobody did."""
    role = parse_role_arn(arn)
    if arn is None or role is None:
        return pass_
    return replace(pass_, role=PassedRole(arn, RoleKind.ROLE_ARN, arn, role.name))


def passer_of(pass_: Pass) -> str:
    """The passer as conditions see it: the ARN of a user, or of the role behind a session."""
    nothing = Evidence.unknown("it is not needed to tell the passer", "")
    fact = PassContext(pass_, nothing, ABSENT).fact(_PASSER)
    if fact is ABSENT:
        return AWS_SERVICES
    return fact.value if isinstance(fact, Known) and isinstance(fact.value, str) else ""


def _why_left_out(pass_: Pass) -> LeftOut | None:
    if pass_.direction is not Direction.PASSES:
        return LeftOut.CHAINED
    if pass_.outcome is not Outcome.SUCCEEDED:
        return LeftOut.NOT_DONE
    if pass_.origin is not Origin.EVENT:
        return LeftOut.SWEPT
    if pass_.coverage is Coverage.UNCATALOGUED:
        return LeftOut.UNKNOWN_CALL
    return None if pass_.services else LeftOut.NO_SERVICE


def _age(pass_: Pass) -> tuple[str, str]:
    return (pass_.event_time or "", pass_.id)
