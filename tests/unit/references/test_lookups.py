"""The table of look-ups: each kind has one, reads what the API answers, and declares the rights it needs."""

from typing import Any

import botocore.session
import pytest

from passrole.catalogue import load_catalogue
from passrole.catalogue.references import REFERRED
from passrole.passes import PassedRole, RoleKind
from passrole.references import LOOKUPS, REFERENCE_GRANTS, Lookup
from tests.unit.references.passes import (
    OTHER_ROLE,
    PATH,
    PROFILE,
    ROLE,
    answering,
    lookup_of,
    referred,
    refusing,
    unread,
    values,
)
from tests.unit.samples import ACCOUNT, REGION

ALL = [(to, lookup) for to, lookups in LOOKUPS.items() for lookup in lookups]
IDS = [f"{to} {lookup.operation}" for to, lookup in ALL]
PROFILE_ID = "11111111-2222-3333-4444-555555555555"
ARNS = f"{REGION}:{ACCOUNT}"

# kind, operation, id, the request that the API gets, an answer, member -> what it names
TOLD: list[tuple[str, str, str, dict[str, Any], dict[str, Any], dict[str, list[str]]]] = [
    (
        "daemon task definition",
        "DescribeDaemonTaskDefinition",
        f"arn:aws:ecs:{ARNS}:daemon-task-definition/agent:4",
        {"daemonTaskDefinition": f"arn:aws:ecs:{ARNS}:daemon-task-definition/agent:4"},
        {"daemonTaskDefinition": {"family": "agent", "taskRoleArn": ROLE, "executionRoleArn": OTHER_ROLE}},
        {"taskRoleArn": [ROLE], "executionRoleArn": [OTHER_ROLE]},
    ),
    (
        "database",
        "DescribeDBInstances",
        f"arn:aws:rds:{ARNS}:db:orders",
        {"DBInstanceIdentifier": f"arn:aws:rds:{ARNS}:db:orders"},
        {
            "DBInstances": [
                {
                    "MonitoringRoleArn": ROLE,
                    "AssociatedRoles": [{"RoleArn": OTHER_ROLE}, {"RoleArn": ROLE}, {"RoleArn": ROLE}],
                }
            ]
        },
        {"monitoringRoleArn": [ROLE], "associatedRoles": [OTHER_ROLE, ROLE]},
    ),
    (
        "database",
        "DescribeDBClusters",
        f"arn:aws:rds:{ARNS}:cluster:orders",
        {"DBClusterIdentifier": f"arn:aws:rds:{ARNS}:cluster:orders"},
        {"DBClusters": [{"MonitoringRoleArn": ROLE, "AssociatedRoles": [{"RoleArn": OTHER_ROLE}]}]},
        {"monitoringRoleArn": [ROLE], "associatedRoles": [OTHER_ROLE]},
    ),
    (
        "infrastructure configuration",
        "GetInfrastructureConfiguration",
        f"arn:aws:imagebuilder:{ARNS}:infrastructure-configuration/builds",
        {
            "infrastructureConfigurationArn": (
                f"arn:aws:imagebuilder:{ARNS}:infrastructure-configuration/builds"
            )
        },
        {
            "infrastructureConfiguration": {
                "name": "builds",
                "instanceProfileName": "web-frontend",
                "dateCreated": "2026-01-01T00:00:00.000Z",
            }
        },
        {"iamInstanceProfile": ["web-frontend"]},
    ),
    (
        "job template",
        "DescribeJobTemplate",
        "0abc",
        {"id": "0abc"},
        {
            "jobTemplate": {
                "jobTemplateData": {"executionRoleArn": ROLE, "releaseLabel": "x", "jobDriver": {}}
            }
        },
        {"executionRoleArn": [ROLE]},
    ),
    (
        "launch configuration",
        "DescribeLaunchConfigurations",
        "web",
        {"LaunchConfigurationNames": ["web"]},
        {
            "LaunchConfigurations": [
                {
                    "LaunchConfigurationName": "web",
                    "ImageId": "ami-1",
                    "InstanceType": "t3.nano",
                    "CreatedTime": "2026-01-01T00:00:00Z",
                    "IamInstanceProfile": PROFILE,
                }
            ]
        },
        {"iamInstanceProfile": [PROFILE]},
    ),
    (
        "launch template",
        "DescribeLaunchTemplateVersions",
        "lt-0123456789abcdef0",
        {"LaunchTemplateId": "lt-0123456789abcdef0", "Versions": ["$Default"]},
        {"LaunchTemplateVersions": [{"LaunchTemplateData": {"IamInstanceProfile": {"Arn": PROFILE}}}]},
        {"iamInstanceProfile": [PROFILE]},
    ),
    (
        "pipeline",
        "DescribePipeline",
        "train",
        {"PipelineName": "train"},
        {"PipelineName": "train", "RoleArn": ROLE},
        {"roleArn": [ROLE]},
    ),
    (
        "profile",
        "GetProfile",
        PROFILE_ID,
        {"profileId": PROFILE_ID},
        {"profile": {"profileId": PROFILE_ID, "roleArns": [ROLE, OTHER_ROLE]}},
        {"roleArns": [ROLE, OTHER_ROLE]},
    ),
    (
        "remediation configuration",
        "DescribeRemediationConfigurations",
        "no public buckets",
        {"ConfigRuleNames": ["no public buckets"]},
        {
            "RemediationConfigurations": [
                {
                    "ConfigRuleName": "no public buckets",
                    "TargetType": "SSM_DOCUMENT",
                    "TargetId": "close-bucket",
                    "Parameters": {
                        "AutomationAssumeRole": {"StaticValue": {"Values": [ROLE]}},
                        "Bucket": {"ResourceValue": {"Value": "RESOURCE_ID"}},
                    },
                }
            ]
        },
        {"automationAssumeRole": [ROLE]},
    ),
    (
        "stack",
        "DescribeStacks",
        "orders",
        {"StackName": "orders"},
        {
            "Stacks": [
                {
                    "StackName": "orders",
                    "CreationTime": "2026-01-01T00:00:00Z",
                    "StackStatus": "UPDATE_COMPLETE",
                    "RoleARN": ROLE,
                }
            ]
        },
        {"roleARN": [ROLE]},
    ),
    (
        "task definition",
        "DescribeTaskDefinition",
        "orders:7",
        {"taskDefinition": "orders:7"},
        {"taskDefinition": {"taskRoleArn": ROLE, "executionRoleArn": "orders-starter"}},
        {"taskRoleArn": [ROLE], "executionRoleArn": ["orders-starter"]},
    ),
]


def test_each_kind_whose_roles_an_api_tells_has_look_ups_for_each_of_its_roles() -> None:
    assert LOOKUPS.keys() == REFERRED.keys()
    for to, lookup in ALL:
        assert lookup.roles.keys() == {role.member for role in REFERRED[to]}, to


def test_a_name_of_a_kind_means_the_same_in_all_of_the_catalogue() -> None:
    """Else the pipeline of one service would be looked up among those of another."""
    sources: dict[str, set[str]] = {}
    for call in load_catalogue().calls():
        for reference in call.references:
            sources.setdefault(reference.to, set()).add(call.source)
    used_by_others = {"infrastructure configuration", "launch template"}
    for to in REFERRED.keys() - used_by_others:
        assert len(sources[to]) == 1, to


@pytest.mark.parametrize(("to", "lookup"), ALL, ids=IDS)
def test_a_look_up_declares_the_right_to_its_operation_and_no_other(to: str, lookup: Lookup) -> None:
    model = botocore.session.get_session().get_service_model(lookup.service)
    assert lookup.operation in model.operation_names
    assert lookup.grant.actions == (f"{model.signing_name}:{lookup.operation}",)
    assert lookup.grant in REFERENCE_GRANTS


@pytest.mark.parametrize(("to", "lookup"), ALL, ids=IDS)
def test_rights_are_of_the_account_or_say_why_they_cannot_be(to: str, lookup: Lookup) -> None:
    (resource,) = lookup.grant.resources
    if resource == "*":
        assert "cannot be limited to resources" in lookup.grant.reason
    else:
        assert resource.startswith(f"arn:{{partition}}:{lookup.service}:*:{{account}}:")
    assert len(lookup.grant.reason) > 40


def test_each_operation_is_tried_below() -> None:
    assert {(to, operation) for to, operation, *_ in TOLD} == {(to, one.operation) for to, one in ALL}


@pytest.mark.parametrize(
    ("to", "operation", "id_", "request_", "answer", "told"), TOLD, ids=[f"{t} {o}" for t, o, *_ in TOLD]
)
def test_the_roles_are_read_out_of_the_answer_of_one_call(
    to: str,
    operation: str,
    id_: str,
    request_: dict[str, Any],
    answer: dict[str, Any],
    told: dict[str, list[str]],
) -> None:
    lookup = lookup_of(to, operation)
    passes = [referred(to, id_, member) for member in told]
    with answering(lookup, answer, request_) as references:
        resolved = list(references.resolve(passes))
    assert values(resolved) == [value for texts in told.values() for value in texts]
    assert [pass_.path for pass_ in resolved] == [
        f"{PATH}{member}.{number}" if number else f"{PATH}{member}"
        for member, texts in told.items()
        for number in range(len(texts))
    ]
    assert all(pass_.referral and pass_.referral.unread is None for pass_ in resolved)


@pytest.mark.parametrize(
    ("to", "operation", "id_", "request_", "answer", "told"),
    # A job template always has its role.
    [row for row in TOLD if row[0] != "job template"],
)
def test_a_thing_that_holds_no_role_makes_no_pass(
    to: str,
    operation: str,
    id_: str,
    request_: dict[str, Any],
    answer: dict[str, Any],
    told: dict[str, list[str]],
) -> None:
    lookup = lookup_of(to, operation)
    with answering(lookup, _bare(answer), request_) as references:
        assert list(references.resolve([referred(to, id_, member) for member in told])) == []


@pytest.mark.parametrize(
    ("to", "operation", "code", "message"),
    [
        ("daemon task definition", None, "ClientException", "Unable to describe daemon task definition."),
        ("database", "DescribeDBInstances", "DBInstanceNotFound", ""),
        ("database", "DescribeDBClusters", "DBClusterNotFoundFault", ""),
        ("infrastructure configuration", None, "ResourceNotFoundException", ""),
        ("job template", None, "ResourceNotFoundException", ""),
        ("launch template", None, "InvalidLaunchTemplateId.NotFound", ""),
        ("launch template", None, "InvalidLaunchTemplateId.VersionNotFound", ""),
        ("launch template", None, "InvalidLaunchTemplateName.NotFoundException", ""),
        ("pipeline", None, "ResourceNotFound", ""),
        ("profile", None, "ResourceNotFoundException", ""),
        ("remediation configuration", None, "NoSuchRemediationConfigurationException", ""),
        ("stack", None, "ValidationError", "Stack with id orders does not exist"),
        ("task definition", None, "ClientException", "Unable to describe task definition."),
    ],
)
def test_a_thing_that_is_gone_is_told(to: str, operation: str | None, code: str, message: str) -> None:
    lookup = lookup_of(to, operation)
    id_ = next(id_ for kind, one, id_, *_ in TOLD if (kind, one) == (to, lookup.operation))
    with refusing(lookup, code, message) as references:
        passes = list(references.resolve([referred(to, id_, REFERRED[to][0].member)]))
    assert unread(passes) == f"the {to} does not exist now"


@pytest.mark.parametrize(
    ("to", "code"), [("stack", "ValidationError"), ("task definition", "ClientException")]
)
def test_an_error_that_may_mean_more_is_not_taken_for_a_thing_that_is_gone(to: str, code: str) -> None:
    lookup = lookup_of(to)
    with refusing(lookup, code, "Rate exceeded") as references:
        passes = list(references.resolve([referred(to, "orders", REFERRED[to][0].member)]))
    assert unread(passes) == f"{lookup.action} failed: {code}"


@pytest.mark.parametrize("to", ["launch configuration", "remediation configuration"])
def test_an_empty_list_means_that_there_is_none(to: str) -> None:
    lookup = lookup_of(to)
    with answering(lookup, {lookup.thing.removesuffix("[]"): []}) as references:
        passes = list(references.resolve([referred(to, "web", REFERRED[to][0].member)]))
    assert unread(passes) == f"the {to} does not exist now"


def test_a_template_that_cannot_be_decrypted_is_not_one_without_a_role() -> None:
    data = {"executionRoleArn": "encrypted", "releaseLabel": "x", "jobDriver": {}}
    answer = {"jobTemplate": {"jobTemplateData": data, "decryptionError": "access denied"}}
    with answering(lookup_of("job template"), answer) as references:
        passes = list(references.resolve([referred("job template", "0abc", "executionRoleArn")]))
    assert unread(passes) == "emr-containers:DescribeJobTemplate could not read the job template"


def test_a_text_that_names_no_role_is_kept_and_none_is_made_of_it() -> None:
    answer = {
        "jobTemplate": {
            "jobTemplateData": {"executionRoleArn": "${Role}", "releaseLabel": "x", "jobDriver": {}}
        }
    }
    with answering(lookup_of("job template"), answer) as references:
        (resolved,) = references.resolve([referred("job template", "0abc", "executionRoleArn")])
    assert resolved.role == PassedRole("${Role}", RoleKind.ROLE_ARN, None, None)


def _bare(answer: Any) -> Any:
    """The answer without the roles in it."""
    if isinstance(answer, list):
        return [_bare(one) for one in answer]
    if not isinstance(answer, dict):
        return answer
    roles = {"iaminstanceprofile", "instanceprofilename", "automationassumerole"}
    return {
        key: _bare(value)
        for key, value in answer.items()
        if key.lower() not in roles and "role" not in key.lower()
    }
