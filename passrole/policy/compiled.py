"""The compiled policy: what the Lambda functions load in place of guardrail.yaml.

It is plain JSON, made and validated when the stack is synthesized (``policy/load.py``), so that no function
needs a YAML parser or a validator. Statements are IAM statements for ``iam:PassRole``: ``resources`` are role
ARN patterns, conditions use IAM's operators over AWS's keys and over keys of our own (``role:Tag/…``).
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

VERSION = 1
ANY_ROLE = "arn:*:iam::*:role/"  # begins the pattern of a path in whatever partition and account

# Condition keys: AWS's own, and those of ours that IAM does not offer for PassRole.
PASSED_TO_SERVICE = "iam:PassedToService"
ROLE_ARN = "role:Arn"
ROLE_NAME = "role:Name"
ROLE_TAG = "role:Tag/"  # followed by the tag's key

_EFFECTS = ("Allow", "Deny")
_OPERATORS = ("StringEquals", "StringLike", "ArnLike")
_KEYS = (PASSED_TO_SERVICE, ROLE_ARN, ROLE_NAME)
_PACKAGE = "passrole_policy"  # the layer that carries the policy; see infra/policy_asset.py
_FILE = "policy.json"


class Stage(StrEnum):
    """What a policy does about a finding."""

    OBSERVE = "observe"
    ALERT = "alert"
    QUARANTINE = "quarantine"


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition: ``operator`` is IAM's name; any of ``values`` satisfies it."""

    operator: str
    key: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement: it matches if any resource pattern and every condition does."""

    sid: str
    effect: str
    resources: tuple[str, ...]
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Responses:
    """The stage for what is not approved, by verdict and outcome; ``services`` refines ``violation``."""

    violation: Stage = Stage.ALERT
    undetermined: Stage = Stage.ALERT
    denied: Stage = Stage.ALERT
    failed: Stage = Stage.OBSERVE
    services: Mapping[str, Stage] = field(default_factory=dict)


@dataclass(frozen=True)
class CompiledPolicy:
    """A validated policy, ready to evaluate.

    Attributes:
        statements: in the order of guardrail.yaml.
        responses: what is done about the rest.
        acts_per_hour: most containments in one clock hour.
        left_out: events that are not judged, though a rule may bring them.
    """

    statements: tuple[Statement, ...]
    responses: Responses
    acts_per_hour: int
    left_out: LeftOut = NOTHING

    @cached_property
    def hash(self) -> str:
        """Twelve hex digits that name this policy in every verdict."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()[:12]

    def to_json(self) -> str:
        """The policy as deterministic JSON text."""
        return json.dumps(
            {
                "version": VERSION,
                "statements": [
                    {
                        "sid": s.sid,
                        "effect": s.effect,
                        "resources": list(s.resources),
                        "conditions": [[c.operator, c.key, list(c.values)] for c in s.conditions],
                    }
                    for s in self.statements
                ],
                "responses": {
                    "violation": self.responses.violation,
                    "undetermined": self.responses.undetermined,
                    "denied": self.responses.denied,
                    "failed": self.responses.failed,
                    "services": dict(self.responses.services),
                },
                "acts_per_hour": self.acts_per_hour,
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
                acts_per_hour=int(data["acts_per_hour"]),
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


def _statement(data: dict[str, Any]) -> Statement:
    conditions = tuple(
        Condition(operator, key, tuple(values)) for operator, key, values in data["conditions"]
    )
    if data["effect"] not in _EFFECTS:
        raise ValueError(f"not a compiled policy: effect {data['effect']!r}")
    for condition in conditions:
        # A condition that is not understood must not be passed over: it may belong to a Deny.
        known_key = condition.key in _KEYS or condition.key.startswith(ROLE_TAG)
        if condition.operator not in _OPERATORS or not known_key:
            raise ValueError(f"not a compiled policy: condition {condition.operator} {condition.key}")
    return Statement(data["sid"], data["effect"], tuple(data["resources"]), conditions)


def _responses(data: dict[str, Any]) -> Responses:
    return Responses(
        violation=Stage(data["violation"]),
        undetermined=Stage(data["undetermined"]),
        denied=Stage(data["denied"]),
        failed=Stage(data["failed"]),
        services={service: Stage(stage) for service, stage in data["services"].items()},
    )
