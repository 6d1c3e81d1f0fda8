"""What was decided about members that look like a role, each with its reason.

A path is below requestParameters, with ``[]`` for any index and ``*`` for any text. Each entry must be
needed: one that no operation has fails.
"""

from fnmatch import fnmatchcase

# Of another system, a name of something else, or a role that the call only speaks of: no pass.
NOT_PASSED = {
    "accessanalyzer:StartPolicyGeneration policyGenerationDetails.principalArn": "the role that is analysed",
    "budgets:*BudgetAction definition.iamActionDefinition.roles[]": "roles that a policy is attached to",
    "datazone:*Connection props.snowflakeProperties.snowflakeRole": "a role of Snowflake",
    "datazone:PutEnvironmentBlueprintConfiguration environmentRolePermissionBoundary": "a policy",
    "dms:*MigrationProject instanceProfileIdentifier": "DMS calls its own settings an instance profile",
    "es:* advancedSecurityOptions.sAMLOptions.*": "roles of OpenSearch, not of IAM",
    "firehose:* *.snowflakeRoleConfiguration.snowflakeRole": "a role of Snowflake",
    "glue:* *.roleSessionName": "the name of a session",
    "glue:* *.snowflake*.data.iamRole.value": "the API says that it is not used",
    "iot:*RoleAlias roleAlias": "the resource itself",
    "kendra:* *.lambdaArn": "a function, though its documentation speaks of a role",
    "opensearch:* advancedSecurityOptions.*Options.masterBackendRole": "a role of OpenSearch, not of IAM",
    "opensearch:* advancedSecurityOptions.*Options.rolesKey": "the name of a claim",
    "pinpoint-sms-voice:* *.DeliveryStreamArn": "a stream, though its documentation speaks of a role",
    "quicksight:* *.databaseAccessControlRole": "a role of the database",
    "sagemaker:CreatePartnerApp applicationConfig.roleGroupAssignments[].roleName": "a role of the app",
    "sms-voice:* *.deliveryStreamArn": "a stream, though its documentation speaks of a role",
}

# Taken away from the resource, or used to take the resource away.
REMOVED = {
    "cloudcontrol:DeleteResource roleArn": "used once, to delete",
    "cloudformation:DeleteStack roleARN": "used once, to delete",
    "neptune:RemoveRoleFromDBCluster roleArn": "the cluster holds it no longer",
    "rds:RemoveRoleFromDB* roleArn": "the database holds it no longer",
    "redshift:ModifyClusterIamRoles removeIamRoles[]": "the cluster holds it no longer",
}

# Assumed through the passed role, or handed to no service: IAM decides them by other permissions.
CHAINED = {
    "amp:*Scraper roleConfiguration.targetRoleArn": "assumed through the source role",
    "arc-region-switch:*Plan *.approvalRole": "the role of those who approve a step",
    "arc-region-switch:*Plan *.crossAccountRole": "assumed through the plan's execution role",
    "cloudformation:*StackSet executionRoleName": "of the target accounts",
    "codepipeline:*Pipeline pipeline.stages[].*.roleArn": "assumed through the pipeline's role",
    "ec2:CreateFlowLogs CreateFlowLogsRequest.DeliverCrossAccountRole": "of the account that gets the logs",
    "eks:*PodIdentityAssociation targetRoleArn": "assumed through the association's role",
    "glue:*Job *.streamingOptions.roleArn": "of the stream's account, assumed through the job's role",
    "glue:*Job *.connectionOptions.dynamodbStsRoleArn": "of the table's account, assumed through the job's",
    "quicksight:* *onsumerAccountRoleArn": "of the account that has the data, assumed through the other role",
    "resiliencehub*:* permissionModel.crossAccountRole*": "of other accounts, assumed through the invoker",
    "ssm-quicksetup:* *ocalDeploymentExecutionRoleName": "assumed through the administration role",
    "ssm:* targetLocations[].executionRoleName": "of the target accounts",
    "ssm:* entries[].targetLocations[].executionRoleName": "of the target accounts",
    "ssm:* runbooks[].targetLocations[].executionRoleName": "of the target accounts",
}


def decision_of(table: dict[str, str], api: str, operation: str, path: str) -> str | None:
    """The entry of a table that speaks of a member."""
    member = f"{api}:{operation} {path}"
    return next((entry for entry in table if fnmatchcase(member, entry.replace("[", "[[]"))), None)
