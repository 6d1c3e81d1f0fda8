"""The look-ups by the kind of thing that a call refers to.

Sources: the services' API references (names, answers, errors), the Service Authorization Reference (which
action can be limited to which resources).
"""

import re
from collections.abc import Mapping

from passrole.grants import Grant
from passrole.references.lookup import ArnForm, Lookup, Request

_LAUNCH_TEMPLATE_ID = re.compile(r"lt-[0-9a-f]+")
_FAMILY = re.compile(r"[A-Za-z0-9_-]{1,255}(?::[0-9]{1,10})?")
_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-z]{4}-){3}[0-9a-z]{12}")
_TASK_ROLES = {"taskRoleArn": ("taskRoleArn",), "executionRoleArn": ("executionRoleArn",)}


def _launch_template(id_: str, version: str | None) -> Request:
    member = "LaunchTemplateId" if _LAUNCH_TEMPLATE_ID.fullmatch(id_) else "LaunchTemplateName"
    # A request without a version means the default one.
    return {member: id_, "Versions": [version or "$Default"]}


def _any(action: str, reason: str) -> Grant:
    return Grant(
        actions=(action,), resources=("*",), reason=f"{action} cannot be limited to resources. {reason}"
    )


def _ours(action: str, resource: str, reason: str) -> Grant:
    service = action.partition(":")[0]
    pattern = f"arn:{{partition}}:{service}:*:{{account}}:{resource}*"
    return Grant(actions=(action,), resources=(pattern,), reason=reason)


LOOKUPS: Mapping[str, tuple[Lookup, ...]] = {
    "daemon task definition": (
        Lookup(
            service="ecs",
            operation="DescribeDaemonTaskDefinition",
            request=lambda id_, _: {"daemonTaskDefinition": id_},
            thing="daemonTaskDefinition",
            roles=_TASK_ROLES,
            grant=_any(
                "ecs:DescribeDaemonTaskDefinition",
                "A daemon gets the roles of any daemon task definition in any region; detection reads which.",
            ),
            name=_FAMILY,
            arn=ArnForm("ecs", "daemon-task-definition/"),
            gone=(("ClientException", "Unable to describe"),),
            made=("registeredAt",),
        ),
    ),
    "database": (
        Lookup(
            service="rds",
            operation="DescribeDBInstances",
            request=lambda id_, _: {"DBInstanceIdentifier": id_},
            thing="DBInstances[]",
            roles={
                "monitoringRoleArn": ("MonitoringRoleArn",),
                "associatedRoles": ("AssociatedRoles[].RoleArn",),
            },
            grant=_ours(
                "rds:DescribeDBInstances",
                "db:",
                "A blue/green deployment copies any database of the account; detection reads its roles.",
            ),
            arn=ArnForm("rds", "db:"),
            gone=(("DBInstanceNotFound", ""), ("DBInstanceNotFoundFault", "")),
            made=("InstanceCreateTime",),
        ),
        Lookup(
            service="rds",
            operation="DescribeDBClusters",
            request=lambda id_, _: {"DBClusterIdentifier": id_},
            thing="DBClusters[]",
            roles={
                "monitoringRoleArn": ("MonitoringRoleArn",),
                "associatedRoles": ("AssociatedRoles[].RoleArn",),
            },
            grant=_ours(
                "rds:DescribeDBClusters",
                "cluster:",
                "A blue/green deployment copies any cluster of the account; detection reads its roles.",
            ),
            arn=ArnForm("rds", "cluster:"),
            gone=(("DBClusterNotFoundFault", ""),),
            made=("ClusterCreateTime",),
        ),
    ),
    "infrastructure configuration": (
        Lookup(
            service="imagebuilder",
            operation="GetInfrastructureConfiguration",
            request=lambda id_, _: {"infrastructureConfigurationArn": id_},
            thing="infrastructureConfiguration",
            roles={"iamInstanceProfile": ("instanceProfileName",)},
            grant=_ours(
                "imagebuilder:GetInfrastructureConfiguration",
                "infrastructure-configuration/",
                "Images are built with the profile of any such configuration; detection reads which.",
            ),
            arn=ArnForm("imagebuilder", "infrastructure-configuration/"),
            gone=(("ResourceNotFoundException", ""),),
            made=("dateUpdated", "dateCreated"),
        ),
    ),
    "job template": (
        Lookup(
            service="emr-containers",
            operation="DescribeJobTemplate",
            request=lambda id_, _: {"id": id_},
            thing="jobTemplate",
            roles={"executionRoleArn": ("jobTemplateData.executionRoleArn",)},
            grant=_ours(
                "emr-containers:DescribeJobTemplate",
                "/jobtemplates/",
                "A job run can get the role of any job template of the account; detection reads which.",
            ),
            name=re.compile(r"[0-9a-z]{1,64}"),
            gone=(("ResourceNotFoundException", ""),),
            made=("createdAt",),
            broken="decryptionError",
        ),
    ),
    "launch configuration": (
        Lookup(
            service="autoscaling",
            operation="DescribeLaunchConfigurations",
            request=lambda id_, _: {"LaunchConfigurationNames": [id_]},
            thing="LaunchConfigurations[]",
            roles={"iamInstanceProfile": ("IamInstanceProfile",)},
            grant=_any(
                "autoscaling:DescribeLaunchConfigurations",
                "A group's instances get the profile of any launch configuration; detection reads which.",
            ),
            name=re.compile(r"[^\x00-\x1f]{1,255}"),
            arn=ArnForm("autoscaling", "launchConfiguration:"),
            made=("CreatedTime",),
        ),
    ),
    "launch template": (
        Lookup(
            service="ec2",
            operation="DescribeLaunchTemplateVersions",
            request=_launch_template,
            thing="LaunchTemplateVersions[]",
            roles={
                "iamInstanceProfile": (
                    "LaunchTemplateData.IamInstanceProfile.Arn",
                    "LaunchTemplateData.IamInstanceProfile.Name",
                )
            },
            grant=_any(
                "ec2:DescribeLaunchTemplateVersions",
                "Instances get the profile of any launch template in any region; detection reads which.",
            ),
            name=re.compile(r"[A-Za-z0-9()./_-]{3,128}"),
            gone=(
                ("InvalidLaunchTemplateId.NotFound", ""),
                ("InvalidLaunchTemplateId.VersionNotFound", ""),
                ("InvalidLaunchTemplateName.NotFoundException", ""),
            ),
            made=("CreateTime",),
        ),
    ),
    "pipeline": (
        Lookup(
            service="sagemaker",
            operation="DescribePipeline",
            request=lambda id_, _: {"PipelineName": id_},
            thing="",
            roles={"roleArn": ("RoleArn",)},
            grant=_ours(
                "sagemaker:DescribePipeline",
                "pipeline/",
                "An execution gets the role of any pipeline of the account; detection reads which.",
            ),
            name=re.compile(r"[A-Za-z0-9-]{1,256}"),
            arn=ArnForm("sagemaker", "pipeline/"),
            gone=(("ResourceNotFound", ""),),
            made=("LastModifiedTime", "CreationTime"),
        ),
    ),
    "profile": (
        Lookup(
            service="rolesanywhere",
            operation="GetProfile",
            request=lambda id_, _: {"profileId": id_},
            thing="profile",
            roles={"roleArns": ("roleArns[]",)},
            grant=_ours(
                "rolesanywhere:GetProfile",
                "profile/",
                "Any profile of the account can be enabled and gives out its roles; detection reads which.",
            ),
            name=_UUID,
            arn=ArnForm("rolesanywhere", "profile/"),
            gone=(("ResourceNotFoundException", ""),),
            made=("createdAt",),
        ),
    ),
    "remediation configuration": (
        Lookup(
            service="config",
            operation="DescribeRemediationConfigurations",
            request=lambda id_, _: {"ConfigRuleNames": [id_]},
            thing="RemediationConfigurations[]",
            roles={"automationAssumeRole": ("Parameters.AutomationAssumeRole.StaticValue.Values[]",)},
            grant=_ours(
                "config:DescribeRemediationConfigurations",
                "remediation-configuration/",
                "A remediation runs with the role of any such configuration; detection reads which.",
            ),
            name=re.compile(r"[^\x00-\x1f]{1,128}"),
            gone=(("NoSuchRemediationConfigurationException", ""), ("NoSuchConfigRuleException", "")),
        ),
    ),
    "stack": (
        Lookup(
            service="cloudformation",
            operation="DescribeStacks",
            request=lambda id_, _: {"StackName": id_},
            thing="Stacks[]",
            roles={"roleARN": ("RoleARN",)},
            grant=_ours(
                "cloudformation:DescribeStacks",
                "stack/",
                "Who changes a stack uses the role that it holds; detection reads which.",
            ),
            name=re.compile(r"[A-Za-z][A-Za-z0-9-]{0,127}"),
            arn=ArnForm("cloudformation", "stack/"),
            gone=(("ValidationError", "does not exist"),),
            made=("CreationTime",),
            # A change set can make its stack.
            slack=5,
        ),
    ),
    "task definition": (
        Lookup(
            service="ecs",
            operation="DescribeTaskDefinition",
            request=lambda id_, _: {"taskDefinition": id_},
            thing="taskDefinition",
            roles=_TASK_ROLES,
            grant=_any(
                "ecs:DescribeTaskDefinition",
                "Tasks get the roles of any task definition in any region; detection reads which.",
            ),
            name=_FAMILY,
            arn=ArnForm("ecs", "task-definition/"),
            gone=(("ClientException", "Unable to describe"),),
            made=("registeredAt",),
        ),
    ),
}

REFERENCE_GRANTS = tuple(lookup.grant for lookups in LOOKUPS.values() for lookup in lookups)
"""The rights of all look-ups, one grant an operation."""
