"""What the tests synthesize, and the questions that they ask of the templates."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from passrole.catalogue.left_out import LeftOut

ACCOUNT = "111122223333"
HOME = "eu-west-1"
REGIONS = ("us-east-1", "ap-southeast-2")
OPERATORS = (f"arn:aws:iam::{ACCOUNT}:role/security/responders", f"arn:aws:iam::{ACCOUNT}:user/alice")
BUS = f"arn:aws:events:{HOME}:{ACCOUNT}:event-bus/security"
LEFT_OUT = LeftOut(frozenset({"glue.amazonaws.com"}))
POLICY = json.dumps({"version": 1, "statements": []})

INLINE, MANAGED = "AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"

Properties = dict[str, Any]


@dataclass(frozen=True)
class Statement:
    """One statement of a role's policies, inline or managed; ``role`` is the role's logical id."""

    role: str
    sid: str
    effect: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: dict[str, Any]
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class StackTemplate:
    """A template with the questions that the tests have."""

    template: dict[str, Any]

    def of_type(self, resource_type: str) -> dict[str, Properties]:
        """Logical id -> properties of all resources of a type."""
        return {
            name: resource.get("Properties", {})
            for name, resource in self.template["Resources"].items()
            if resource["Type"] == resource_type
        }

    def types(self) -> set[str]:
        return {resource["Type"] for resource in self.template["Resources"].values()}

    def role_of(self, part: str) -> str:
        """Logical id of the role of a function, or of the operators."""
        (name,) = (n for n in self.of_type("AWS::IAM::Role") if f"{part}Role" in n)
        return name

    def function_of(self, part: str) -> Properties:
        (properties,) = (
            p
            for p in self.of_type("AWS::Lambda::Function").values()
            if p["Handler"] == f"lambdas.{part.lower()}.handler.handler"
        )
        return properties

    def statements(self, part: str | None = None) -> list[Statement]:
        """Statements of roles' policies; of one role if ``part`` is given."""
        role = self.role_of(part) if part else None
        return [s for s in self._statements() if role in (None, s.role)]

    def actions(self, part: str) -> set[str]:
        return {action for statement in self.statements(part) for action in statement.actions}

    def policies_of(self, role: str, kind: str) -> list[Any]:
        """Documents of the policies of a role: `INLINE` or `MANAGED`."""
        return [document for name, document, _ in self._documents(kind) if name == role]

    def _statements(self) -> Iterator[Statement]:
        for kind in (INLINE, MANAGED):
            for role, document, reasons in self._documents(kind):
                for statement in document["Statement"]:
                    yield Statement(
                        role,
                        statement.get("Sid", ""),
                        statement["Effect"],
                        tuple(listed(statement["Action"])),
                        tuple(text(resource) for resource in listed(statement["Resource"])),
                        statement.get("Condition", {}),
                        reasons,
                    )

    def _documents(self, kind: str) -> Iterator[tuple[str, Any, tuple[str, ...]]]:
        """Role, document, and the reasons that are noted on it."""
        for name, resource in self.template["Resources"].items():
            properties = resource.get("Properties", {})
            noted = resource.get("Metadata", {}).get("cdk_nag", {}).get("rules_to_suppress", [])
            reasons = tuple(note["reason"] for note in noted)
            if resource["Type"] == kind:
                (role,) = properties["Roles"]
                yield role["Ref"], properties["PolicyDocument"], reasons
            elif resource["Type"] == "AWS::IAM::Role" and kind == INLINE:
                for policy in properties.get("Policies", ()):
                    yield name, policy["PolicyDocument"], reasons

    def acknowledged(self) -> list[tuple[str, str, str]]:
        """Logical id, finding and reason of each acknowledged finding of cdk-nag."""
        return [
            (name, note["id"], note["reason"])
            for name, resource in self.template["Resources"].items()
            for note in resource.get("Metadata", {}).get("cdk_nag", {}).get("rules_to_suppress", [])
        ]


@dataclass(frozen=True)
class Synthesized:
    """A synthesized cloud assembly."""

    directory: Path

    def stack(self, name: str) -> StackTemplate:
        return StackTemplate(json.loads((self.directory / f"{name}.template.json").read_text()))

    def assets(self, name: str) -> dict[str, Any]:
        files: dict[str, Any] = json.loads((self.directory / f"{name}.assets.json").read_text())["files"]
        return files


def listed(value: Any) -> list[Any]:
    """CloudFormation writes a list of one as the one."""
    return value if isinstance(value, list) else [value]


def text(value: Any) -> str:
    """A value with its intrinsic functions spelled as in Fn::Sub."""
    if isinstance(value, str):
        return value
    if "Ref" in value:
        return f"${{{value['Ref']}}}"
    if "Fn::GetAtt" in value:
        return f"${{{'.'.join(value['Fn::GetAtt'])}}}"
    separator, parts = value["Fn::Join"]
    return str(separator).join(text(part) for part in parts)
