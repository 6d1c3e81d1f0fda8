"""What IAM Access Analyzer found about a role, in the region of the client.

Sources: ListAnalyzers, ListFindingsV2 and GetFindingV2 of the IAM Access Analyzer API reference, and "IAM
Access Analyzer filter keys" of the IAM User Guide. Analyzers are regional, and one of an organization is in
the account that it was delegated to.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from passrole.clock import iso

if TYPE_CHECKING:
    from mypy_boto3_accessanalyzer.client import AccessAnalyzerClient

_EXTERNAL = ("ACCOUNT", "ORGANIZATION")
_UNUSED = ("ACCOUNT_UNUSED_ACCESS", "ORGANIZATION_UNUSED_ACCESS")


@dataclass(frozen=True, slots=True)
class AnalyzerFinding:
    """One finding about the role that is not resolved.

    Attributes:
        type: ExternalAccess, UnusedIAMRole or UnusedPermission.
        status: ACTIVE, or ARCHIVED if somebody said that it is intended.
        details: as the API gives them.
    """

    id: str
    type: str
    status: str
    details: tuple[Mapping[str, Any], ...]

    def to_json(self) -> dict[str, Any]:
        """For programs."""
        details = json.loads(json.dumps(self.details, default=_text))
        return {"id": self.id, "type": self.type, "status": self.status, "details": details}

    @property
    def is_active(self) -> bool:
        return self.status == "ACTIVE"


@dataclass(frozen=True, slots=True)
class Analyzer:
    """One analyzer of external or unused access.

    Attributes:
        status: ACTIVE, or why it tells nothing new.
    """

    name: str
    type: str
    status: str
    findings: tuple[AnalyzerFinding, ...]

    def to_json(self) -> dict[str, Any]:
        """For programs."""
        findings = [finding.to_json() for finding in self.findings]
        return {"name": self.name, "type": self.type, "status": self.status, "findings": findings}

    @property
    def is_external(self) -> bool:
        """Whether it looks for access from outside."""
        return self.type in _EXTERNAL


def analyzers_of(client: "AccessAnalyzerClient", role: str) -> tuple[Analyzer, ...]:
    """The analyzers there, each with what it found about the role's ARN."""
    pages = client.get_paginator("list_analyzers").paginate()
    return tuple(
        Analyzer(each["name"], each["type"], each["status"], tuple(_findings(client, each["arn"], role)))
        for page in pages
        for each in page["analyzers"]
        if each["type"] in (*_EXTERNAL, *_UNUSED)
    )


def _findings(client: "AccessAnalyzerClient", analyzer: str, role: str) -> Iterator[AnalyzerFinding]:
    pages = client.get_paginator("list_findings_v2").paginate(
        analyzerArn=analyzer, filter={"resource": {"eq": [role]}, "status": {"neq": ["RESOLVED"]}}
    )
    for page in pages:
        for each in page["findings"]:
            parts = client.get_paginator("get_finding_v2").paginate(analyzerArn=analyzer, id=each["id"])
            details = tuple(detail for part in parts for detail in part["findingDetails"])
            yield AnalyzerFinding(each["id"], each.get("findingType", "finding"), each["status"], details)


def _text(value: object) -> str:
    return iso(value) if isinstance(value, datetime) else str(value)
