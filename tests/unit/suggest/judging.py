"""Suggestions made and held against what they come from, as the command does it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from passrole.evidence.snapshot import Snapshot
from passrole.evidence.wanted import Wanted
from passrole.language import Effect, FlatContext, Ruling, decide
from passrole.passes import Pass
from passrole.policy import CompiledPolicy, Decision, evaluate
from passrole.policy.load import parse_guardrail
from passrole.policy.source.document import Document
from passrole.policy.source.iam_document import read_iam
from passrole.suggest import Observed, Options, Suggestion, policy_text, suggest


@dataclass(frozen=True)
class Made:
    """A suggestion, its text, and what the text means."""

    suggestion: Suggestion
    text: str
    policy: CompiledPolicy
    snapshot: Snapshot

    def decision(self, pass_: Pass) -> Decision:
        """The verdict on a pass."""
        evidence = self.snapshot.evidence(pass_)
        return evaluate(self.policy, pass_, evidence, evidence.observed_at).decision

    def with_roles(self, details: Mapping[str, Any], *roles: dict[str, Any]) -> "Made":
        """The same policy in an account that has further roles."""
        snapshot = snapshot_of({**details, "RoleDetailList": [*details["RoleDetailList"], *roles]})
        return replace(self, snapshot=snapshot)


def snapshot_of(details: dict[str, Any]) -> Snapshot:
    """A snapshot that tells who is an administrator, too."""
    return Snapshot(details, wanted=Wanted(administrator=True))


def made_of(passes: Iterable[Pass], details: dict[str, Any], options: Options | None = None) -> Made:
    """The suggestion for some passes in an account."""
    snapshot = snapshot_of(details)
    observed = Observed(snapshot)
    for pass_ in passes:
        observed.add(pass_)
    suggestion = suggest(observed.triples, observed.roles(), options or Options())
    text = policy_text(suggestion, ["Suggested."])
    return Made(suggestion, text, parse_guardrail(text.encode()).compiled, snapshot)


def allows(document: Mapping[str, Any], role: str, service: str) -> bool:
    """Whether an identity policy allows its owner to pass a role to a service."""
    statements = read_iam(Document("", data=dict(document)), (), strict=False).statements
    assert all(statement.effect is Effect.ALLOW for statement in statements)
    context = FlatContext({"role:Arn": role, "iam:PassedToService": service})
    return decide(statements, context) is Ruling.ALLOWED
