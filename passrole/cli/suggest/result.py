"""A suggestion with all that is told about it, as one object: for people, for programs, and for files."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from passrole.cli.policy.diff_judging import Change, Comparison
from passrole.policy import Decision
from passrole.suggest import Observed, Options, Permissions, Suggestion, Triple
from passrole.suggest.judged import JudgedCase
from passrole.suggest.suggestion import GONE
from passrole.suggest.triples import Seen
from passrole.suggest.writing import names_in

_UNFIT = re.compile(r"[^A-Za-z0-9+=,.@_-]+")
_LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class Differences:
    """What the suggested policy judges otherwise than a present one.

    Attributes:
        groups: passes of one role to the same services by the same passer, and how many they are.
    """

    file: str
    comparison: Comparison
    groups: Mapping[tuple[str, str, str, str], int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Result:
    """All that a suggestion tells.

    Attributes:
        text: the guardrail.yaml.
        judged: what it says of the passes that it comes from.
    """

    suggestion: Suggestion
    observed: Observed
    options: Options
    text: str
    judged: tuple[JudgedCase, ...]
    permissions: tuple[Permissions, ...]
    differences: Differences | None = None

    def count(self, decision: Decision) -> int:
        """How many passes have a verdict."""
        return sum(case.count for case in self.judged if case.verdict.decision is decision)

    @property
    def not_approved(self) -> list[tuple[JudgedCase, str]]:
        """What is not approved, and why: violations first, and of each the most frequent."""
        why = {remaining.triple: remaining.why for remaining in self.suggestion.remaining}
        cases = [case for case in self.judged if not case.is_approved]
        cases.sort(key=lambda case: (case.verdict.decision is Decision.UNDETERMINED, -case.count))
        return [(case, self._why(case, why)) for case in cases]

    def _why(self, case: JudgedCase, remaining: Mapping[Triple, str]) -> str:
        triples = (Triple(case.case.role, service, case.case.passer) for service in case.case.services)
        found = next((remaining[triple] for triple in triples if triple in remaining), None)
        return found or (GONE if case.case.role in self.suggestion.gone else case.verdict.reasons[0])

    def to_json(self) -> dict[str, Any]:
        """The contract of ``passrole suggest --json``."""
        observed = self.observed
        return {
            "policy": self.text,
            "passes": {
                "read": observed.read,
                "duplicates": observed.duplicates,
                "left_out": {str(why): count for why, count in sorted(observed.left_out.items())},
                **{str(decision): self.count(decision) for decision in Decision},
            },
            "statements": [
                {
                    "name": name,
                    "passes": statement.normal.count,
                    **_seen(statement.normal),
                    "roles": statement.roles,
                    "by_analogy": {"passes": statement.analogous.count, "roles": statement.analogies},
                    "confidence": statement.confidence,
                }
                for name, statement in zip(names_in(self.suggestion), self.suggestion.statements, strict=True)
            ],
            "set_apart": [
                {"role": apart.role.arn, "why": apart.why, "passes": apart.seen.count, **_seen(apart.seen)}
                for apart in self.suggestion.set_apart
            ],
            "checks": {check.name: check.is_on for check in self.suggestion.checks},
            "not_approved": [
                {
                    "role": case.case.role,
                    "services": list(case.case.services),
                    "passer": case.case.passer or None,
                    "passes": case.count,
                    "verdict": case.verdict.decision,
                    "why": why,
                }
                for case, why in self.not_approved
            ],
            "permissions": {each.passer: each.policy.document for each in self.permissions},
            "against": self._against(),
        }

    def _against(self) -> dict[str, Any] | None:
        if self.differences is None:
            return None
        comparison = self.differences.comparison
        return {
            "policy": self.differences.file,
            "judged": comparison.judged,
            "kinds": {str(kind): count for kind, count in sorted(comparison.kinds.items())},
            "differences": [
                {
                    "change": change,
                    "role": role,
                    "services": services.split(" or "),
                    "passer": who,
                    "passes": count,
                }
                for (change, role, services, who), count in self.differences.groups.items()
            ],
        }


def group_of(change: Change) -> tuple[str, str, str, str]:
    """What changes alike are told together by: what becomes of it, role, services and passer."""
    passer = change.pass_.passer
    who = passer.role_arn or passer.arn or passer.invoked_by or "unknown"
    return (change.kind, change.pass_.role.value or "unknown", " or ".join(change.pass_.services), who)


def file_names(permissions: Sequence[Permissions]) -> list[str]:
    """A name for the document of each passer that fits every file system, and that no other has."""
    taken: set[str] = set()
    names = []
    for each in permissions:
        stem = _UNFIT.sub("_", each.passer.partition("::")[2] or each.passer)[-_LONGEST_NAME:]
        name, number = stem, 2
        while name.casefold() in taken:
            name, number = f"{stem}-{number}", number + 1
        taken.add(name.casefold())
        names.append(f"{name}.json")
    return names


def _seen(seen: Seen) -> dict[str, Any]:
    return {"days": len(seen.days), "first": seen.first, "last": seen.last}
