"""Passes from the rows that an audit wrote, with what they tell of the roles."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from passrole.audit.contract import contract_of
from passrole.detection.detector import EvidenceSource
from passrole.evidence import Evidence, Known
from passrole.passes import Pass
from passrole.suggest.observed import with_role

# As whom an external role trusts, and one that is none: a row tells no more of its trust policy.
_TRUSTS: Mapping[bool, Mapping[str, Any]] = {
    True: {"Statement": [{"Effect": "Allow", "Principal": "*"}]},
    False: {"Statement": []},
}


def pass_of_row(row: Mapping[str, Any]) -> Pass:
    """The pass of a row of an audit, of the role that a snapshot resolved it to.

    Raises:
        ValueError, KeyError, TypeError: the row is none of an audit.
    """
    return with_role(Pass.from_json(contract_of(row)), row["role"])


class RowEvidence:
    """Another source of evidence, with what rows tell beside it: of each role by the latest row."""

    def __init__(self, source: EvidenceSource) -> None:
        self._source = source
        self._told: dict[str, tuple[tuple[str, str], Mapping[str, Any]]] = {}

    def add(self, row: Mapping[str, Any]) -> None:
        """Takes in what a row tells of its role."""
        role, age = row["role"], (row["event_time"] or "", row["event_id"])
        if role and row["role_tags"] is not None and age >= self._told.get(role, (("", ""), {}))[0]:
            self._told[role] = (age, row)

    def evidence(self, pass_: Pass) -> Evidence:
        """What is known of a pass's role."""
        known = self._source.evidence(pass_)
        _, row = self._told.get(pass_.role.arn or "", (None, None))
        return known if row is None else _with_row(known, row)

    def with_administrator(self, pass_: Pass, evidence: Evidence) -> Evidence:
        """The evidence, with whether the role is an administrator."""
        if isinstance(evidence.administrator, Known):
            return evidence
        return self._source.with_administrator(pass_, evidence)


def _with_row(evidence: Evidence, row: Mapping[str, Any]) -> Evidence:
    tags, administrator, external = row["role_tags"], row["is_administrator"], row["is_external"]
    return replace(
        evidence,
        tags=Known(dict(tags)),
        administrator=evidence.administrator if administrator is None else Known(administrator),
        trust_policy=evidence.trust_policy if external is None else Known(_TRUSTS[external]),
    )
