"""The compiled policy: what the Lambda functions load in place of guardrail.yaml.

It is plain JSON, made and validated when the stack is synthesized (``policy/load.py``), so that no function
needs a YAML parser or a validator.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from importlib import resources
from typing import Any

from passrole.catalogue.left_out import NOTHING, LeftOut
from passrole.language import Condition, Effect, Statement, is_operator
from passrole.policy.quarantine_rules import USUAL_RULES, QuarantineRules

VERSION = 3
ANY_ROLE = "arn:*:iam::*:role/"  # begins the pattern of a path in whatever partition and account

_PACKAGE = "passrole_policy"  # the layer that carries the policy; see infra/policy_asset.py
_FILE = "policy.json"


class Stage(StrEnum):
    """What a policy does about a finding."""

    OBSERVE = "observe"
    ALERT = "alert"
    QUARANTINE = "quarantine"


class Severity(StrEnum):
    """How grave a finding is."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """The graver, the higher."""
        return _RANKS[self]


_RANKS = {severity: rank for rank, severity in enumerate(Severity)}


def gravest(*severities: Severity) -> Severity:
    """The gravest of some severities."""
    return max(severities, key=lambda severity: severity.rank)


@dataclass(frozen=True)
class PolicyStatement(Statement):
    """A statement, and what guardrail.yaml says about it beyond IAM's language.

    Attributes:
        check: the ready-made check that it belongs to, if any.
        severity: of findings that it makes; None where the policy does not say.
        response: the stage for findings that it makes; None where the policy does not say.
    """

    check: str | None = None
    severity: Severity | None = None
    response: Stage | None = None


@dataclass(frozen=True)
class Exemption:
    """A time-limited waiver.

    Attributes:
        name: what verdicts call it.
        scope: an Allow statement: the passes that it is for.
        expires: the first moment at which it no longer counts, ISO 8601.
        checks: the checks that it waives; all that speaks against the pass where there are none.
    """

    name: str
    owner: str
    reason: str
    expires: str
    scope: PolicyStatement
    checks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Responses:
    """The stage for what is not approved, by verdict and outcome; the mappings refine ``violation``.

    ``existing`` is the strongest for what no event of a pass told: what a sweep found, and what stood
    approved until its role or the policy changed.
    """

    violation: Stage = Stage.ALERT
    undetermined: Stage = Stage.ALERT
    denied: Stage = Stage.ALERT
    failed: Stage = Stage.OBSERVE
    services: Mapping[str, Stage] = field(default_factory=dict)
    checks: Mapping[str, Stage] = field(default_factory=dict)
    accounts: Mapping[str, Stage] = field(default_factory=dict)
    severities: Mapping[str, Stage] = field(default_factory=dict)
    existing: Stage = Stage.ALERT


@dataclass(frozen=True)
class CompiledPolicy:
    """A validated policy, ready to evaluate.

    Attributes:
        statements: in the order of guardrail.yaml; those of the checks come last.
        responses: what is done about the rest.
        quarantine: limits of containment, and how far it may reach.
        exemptions: in the order of guardrail.yaml.
        left_out: events that are not judged, though a rule may bring them.
    """

    statements: tuple[PolicyStatement, ...]
    responses: Responses
    quarantine: QuarantineRules = USUAL_RULES
    exemptions: tuple[Exemption, ...] = ()
    left_out: LeftOut = NOTHING

    @cached_property
    def hash(self) -> str:
        """Twelve hex digits that name this policy in every verdict."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()[:12]

    @cached_property
    def keys(self) -> frozenset[str]:
        """The condition keys that verdicts depend on, folded: what evidence must be gathered."""
        scopes = (exemption.scope for exemption in self.exemptions)
        return frozenset().union(*(statement.keys for statement in (*self.statements, *scopes)))

    def to_json(self) -> str:
        """The policy as deterministic JSON text."""
        responses = self.responses
        return json.dumps(
            {
                "version": VERSION,
                "statements": [_statement_json(statement) for statement in self.statements],
                "responses": {name: getattr(responses, name) for name in responses.__dataclass_fields__},
                "quarantine": self.quarantine.to_json(),
                "exemptions": [_exemption_json(exemption) for exemption in self.exemptions],
                "left_out": self.left_out.to_json(),
            },
            indent=1,
            sort_keys=True,
        )

    @classmethod
    def from_json(cls, text: str) -> "CompiledPolicy":
        """Reads what ``to_json`` wrote.

        Raises:
            ValueError: another version, or no compiled policy at all.
        """
        data = json.loads(text)
        if not isinstance(data, dict) or data.get("version") != VERSION:
            raise ValueError(f"not a compiled policy of version {VERSION}")
        try:
            return cls(
                statements=tuple(_statement(s) for s in data["statements"]),
                responses=_responses(data["responses"]),
                quarantine=QuarantineRules.from_json(data["quarantine"]),
                exemptions=tuple(_exemption(e) for e in data["exemptions"]),
                left_out=LeftOut.from_json(data["left_out"]),
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"not a compiled policy: {type(error).__name__}: {error}") from error


def load_deployed() -> CompiledPolicy:
    """The policy that was deployed with the function, from its layer.

    Raises:
        ModuleNotFoundError: no policy was deployed.
    """
    return CompiledPolicy.from_json((resources.files(_PACKAGE) / _FILE).read_text("utf-8"))


def _statement_json(statement: PolicyStatement) -> dict[str, Any]:
    """A statement, without what it does not say."""
    data = {
        "sid": statement.sid,
        "effect": statement.effect,
        "actions": statement.actions,
        "not_actions": statement.not_actions,
        "resources": statement.resources,
        "not_resources": statement.not_resources,
        "conditions": [[c.operator, c.key, c.values] for c in statement.conditions],
        "variables": statement.variables,
        "check": statement.check,
        "severity": statement.severity,
        "response": statement.response,
    }
    return {key: value for key, value in data.items() if value is not None}


def _statement(data: dict[str, Any]) -> PolicyStatement:
    variables = bool(data["variables"])
    for operator, _, _ in data["conditions"]:
        # A condition that is not understood must not be passed over: it may belong to a Deny.
        if not is_operator(operator):
            raise ValueError(f"not a compiled policy: condition operator {operator!r}")
    return PolicyStatement(
        sid=data["sid"],
        effect=Effect(data["effect"]),
        actions=_texts(data.get("actions")),
        not_actions=_texts(data.get("not_actions")),
        resources=_texts(data.get("resources")),
        not_resources=_texts(data.get("not_resources")),
        conditions=tuple(
            Condition(operator, key, tuple(values), variables) for operator, key, values in data["conditions"]
        ),
        variables=variables,
        check=data.get("check"),
        severity=Severity(data["severity"]) if "severity" in data else None,
        response=Stage(data["response"]) if "response" in data else None,
    )


def _exemption_json(exemption: Exemption) -> dict[str, Any]:
    return {
        "name": exemption.name,
        "owner": exemption.owner,
        "reason": exemption.reason,
        "expires": exemption.expires,
        "scope": _statement_json(exemption.scope),
        "checks": exemption.checks,
    }


def _exemption(data: dict[str, Any]) -> Exemption:
    return Exemption(
        name=data["name"],
        owner=data["owner"],
        reason=data["reason"],
        expires=data["expires"],
        scope=_statement(data["scope"]),
        checks=tuple(data["checks"]),
    )


def _texts(values: Any) -> tuple[str, ...] | None:
    return None if values is None else tuple(values)


def _responses(data: dict[str, Any]) -> Responses:
    stages: dict[str, Any] = {
        name: {key: Stage(stage) for key, stage in value.items()} if isinstance(value, dict) else Stage(value)
        for name, value in data.items()
    }
    return Responses(**stages)
