"""What IAM Access Analyzer found of the role."""

from typing import Any

import pytest

from tests.unit.cli.conftest import Run
from tests.unit.cli.refine.role import LATELY, in_json
from tests.unit.refine.recorded import ANALYZER, ROLE, RecordedAws, Refusal
from tests.unit.samples import ACCOUNT


def test_access_analyzer_may_be_denied(run: Run, aws: RecordedAws) -> None:
    aws.answers["ListAnalyzers"] = [Refusal("AccessDeniedException", "not authorized", 403)]

    ran = run("refine", "orders")

    assert ran.status == 0
    assert "unknown   ListAnalyzers failed: AccessDeniedException: not authorized" in ran.out
    assert "actions kept" in ran.out


def test_access_analyzer_may_be_out_of_reach(
    run: Run, aws: RecordedAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_ACCESSANALYZER", "http://127.0.0.1:9")
    ran = run("refine", "orders")
    assert ran.status == 0
    assert "unknown   AWS: Could not connect" in ran.out


def analyzer(name: str, type_: str, status: str = "ACTIVE") -> dict[str, Any]:
    arn = ANALYZER.replace("console", name)
    return {"arn": arn, "name": name, "type": type_, "createdAt": LATELY, "status": status}


def finding(id_: str, type_: str, status: str = "ACTIVE", *details: Any) -> dict[str, Any]:
    """A finding, as ListFindingsV2 and, with details, as GetFindingV2 answers it."""
    answer = {
        "id": id_,
        "resource": ROLE,
        "resourceType": "AWS::IAM::Role",
        "resourceOwnerAccount": ACCOUNT,
        "status": status,
        "findingType": type_,
        **dict.fromkeys(("analyzedAt", "createdAt", "updatedAt"), LATELY),
    }
    return {**answer, "findingDetails": list(details)} if details else answer


BY_OTHERS = {
    "externalAccessDetails": {
        "principal": {"AWS": "444455556666"},
        "condition": {"sts:ExternalId": "3c1"},
        "isPublic": False,
    }
}
UNUSED = {
    "unusedPermissionDetails": {
        "serviceNamespace": "sqs",
        "actions": [{"action": "SendMessage"}, {"action": "X"}],
    }
}
NEVER: dict[str, Any] = {"unusedIamRoleDetails": {}}


def test_what_access_analyzer_found(run: Run, aws: RecordedAws) -> None:
    aws.answers["ListAnalyzers"] = [
        {"analyzers": [analyzer("console", "ACCOUNT")], "nextToken": "more"},
        {
            "analyzers": [
                analyzer("unused", "ACCOUNT_UNUSED_ACCESS", "DISABLED"),
                analyzer("inside", "ACCOUNT_INTERNAL_ACCESS"),
            ]
        },
    ]
    aws.answers["ListFindingsV2"] = [
        {"findings": [finding("f1", "ExternalAccess")]},
        {"findings": [finding("f2", "UnusedPermission")], "nextToken": "more"},
        {"findings": [finding("f3", "UnusedIAMRole", "ARCHIVED")]},
    ]
    aws.answers["GetFindingV2"] = [
        finding("f1", "ExternalAccess", "ACTIVE", BY_OTHERS),
        {**finding("f2", "UnusedPermission", "ACTIVE", UNUSED), "nextToken": "more"},
        finding("f2", "UnusedPermission", "ACTIVE", UNUSED),
        finding("f3", "UnusedIAMRole", "ARCHIVED", NEVER),
    ]

    ran = run("refine", "orders")

    assert ran.status == 1
    assert "external  1 finding of console (ACCOUNT)" in ran.out
    assert "ExternalAccess ACTIVE f1: 444455556666, if sts:ExternalId 3c1" in ran.out
    assert "unused    2 findings of unused (ACCOUNT_UNUSED_ACCESS), which is DISABLED" in ran.out
    assert "UnusedPermission ACTIVE f2: sqs: SendMessage, X; sqs: SendMessage, X" in ran.out
    assert "UnusedIAMRole ARCHIVED f3: last used never" in ran.out
    assert "inside" not in ran.out
    filter_ = {"resource": {"eq": [ROLE]}, "status": {"neq": ["RESOLVED"]}}
    assert [asked["filter"] for asked in aws.asked("ListFindingsV2")] == [filter_] * 3


@pytest.mark.parametrize(("status", "exit_status"), [("ACTIVE", 1), ("ARCHIVED", 0)])
def test_what_somebody_archived_is_meant_to_be(
    run: Run, aws: RecordedAws, status: str, exit_status: int
) -> None:
    aws.answers["ListAnalyzers"] = [{"analyzers": [analyzer("console", "ORGANIZATION")]}]
    aws.answers["ListFindingsV2"] = [{"findings": [finding("f1", "ExternalAccess", status)]}]
    aws.answers["GetFindingV2"] = [finding("f1", "ExternalAccess", status, BY_OTHERS)]

    ran = run("refine", "orders", "--json")

    assert ran.status == exit_status
    [told] = in_json(ran)["access_analyzer"]["analyzers"]
    assert told["findings"] == [
        {"id": "f1", "type": "ExternalAccess", "status": status, "details": [BY_OTHERS]}
    ]
