"""The resources of a finding in the AWS Security Finding Format: what got the role, or who passed it."""

import re
from typing import Any

from passrole.alerts.renderings.asff_text import shown
from passrole.arn import Arn, parse_role_arn
from passrole.finding import Finding

# No limit is documented for an Id; the longest ARN that any service gives is of about this length.
RESOURCE_ID_LIMIT = 2_048
_REGION = r"[a-z0-9-]{1,16}"
_PARTITIONS = ("aws", "aws-cn", "aws-us-gov", "aws-us-iso", "aws-us-iso-b")
# "Supported resource types" of the Security Hub user guide; of all else the type is Other.
RESOURCE_TYPES = {
    "apigateway:RestApi": "AwsApiGatewayRestApi",
    "athena:workgroup": "AwsAthenaWorkGroup",
    "autoscaling:autoScalingGroup": "AwsAutoScalingAutoScalingGroup",
    "backup:backupPlan": "AwsBackupBackupPlan",
    "cloudformation:stack": "AwsCloudFormationStack",
    "cloudtrail:trail": "AwsCloudTrailTrail",
    "codebuild:project": "AwsCodeBuildProject",
    "ec2:instance": "AwsEc2Instance",
    "ec2:launch-template": "AwsEc2LaunchTemplate",
    "ecs:service": "AwsEcsService",
    "ecs:task": "AwsEcsTask",
    "ecs:task-definition": "AwsEcsTaskDefinition",
    "eks:cluster": "AwsEksCluster",
    "lambda:function": "AwsLambdaFunction",
    "rds:cluster": "AwsRdsDbCluster",
    "rds:db": "AwsRdsDbInstance",
    "redshift:cluster": "AwsRedshiftCluster",
    "s3:bucket": "AwsS3Bucket",
    "sagemaker:notebook-instance": "AwsSageMakerNotebookInstance",
    "states:stateMachine": "AwsStepFunctionStateMachine",
}


def resources(finding: Finding, product: Arn) -> list[dict[str, Any]]:
    """What got the role, or who passed it where nothing got it, then the role; else the account.

    Args:
        product: the product that finds it: it tells partition and account where the record does not.
    """
    found = [] if finding.is_about_guard else [_receiver(finding) or _passer(finding), _role(finding)]
    # A role can pass itself: told once, with its details.
    by_id = {each["Id"]: each for each in found if each is not None}
    return list(by_id.values()) or [_account(finding, product)]


def _receiver(finding: Finding) -> dict[str, Any] | None:
    kind = RESOURCE_TYPES.get(finding.resource_type or "", "Other")
    return _resource(kind, finding.resource, finding.region, "Target")


def _passer(finding: Finding) -> dict[str, Any] | None:
    passer = finding.passer
    if parse_role_arn(passer.role_arn):
        return _resource("AwsIamRole", passer.role_arn, finding.region, "Actor")
    kind = "AwsIamUser" if passer.type == "IAMUser" else "Other"
    return _resource(kind, passer.arn, finding.region, "Actor")


def _role(finding: Finding) -> dict[str, Any] | None:
    role = parse_role_arn(finding.role)
    told = _resource("AwsIamRole" if role else "Other", finding.role, finding.region, "Target")
    if told is None or role is None:
        return told
    details = {"RoleName": role.name, "Path": role.path}
    if finding.role_id and finding.role_id.strip():
        details["RoleId"] = shown(finding.role_id, 128)
    return {**told, "Details": {"AwsIamRole": details}}


def _account(finding: Finding, product: Arn) -> dict[str, Any]:
    region = {"Region": finding.region} if _is_region(finding.region) else {}
    return {"Type": "AwsAccount", "Id": f"AWS::::Account:{product.account}", **region}


def _resource(kind: str, name: str | None, region: str | None, part: str) -> dict[str, Any] | None:
    """A resource; None where its name is not known, or blank, which Security Hub does not take."""
    if not name or not name.strip():
        return None
    told = {"Type": kind, "Id": shown(name, RESOURCE_ID_LIMIT), "ResourceRole": part}
    arn = Arn.parse(name)
    if arn and arn.partition in _PARTITIONS:
        told["Partition"] = arn.partition
    if _is_region(region):
        told["Region"] = str(region)
    return told


def _is_region(text: str | None) -> bool:
    """Whether it looks like a region, and is of the 16 characters that Security Hub takes."""
    return text is not None and re.fullmatch(_REGION, text) is not None
