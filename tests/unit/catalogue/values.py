"""Values that only sense can choose: keys of maps, texts of other languages, patches, settings.

A request is built from the shape of the operation alone; where the shape says no more than "any text" or
"any key", this table says what people put there, spelt as CloudTrail does. A mark stands for a role of its
own.
"""

import json
from typing import Any

ROLE = "<role>"
ROLE_NAME = "<role name>"
PROFILE_NAME = "<profile name>"
MARKS = (ROLE, ROLE_NAME, PROFILE_NAME)

Members = dict[str, Any]

# Shape -> members of which a request has one only.
EITHER_OR: dict[str, tuple[str, ...]] = {
    "IamInstanceProfileSpecification": ("Arn", "Name"),
    "LaunchTemplateIamInstanceProfileSpecificationRequest": ("Arn", "Name"),
}

_OPEN_API = json.dumps(
    {
        "openapi": "3.0.1",
        "paths": {
            "/orders": {
                "get": {"x-amazon-apigateway-integration": {"type": "aws", "credentials": ROLE}},
                "put": {"x-amazon-apigateway-integration": {"type": "aws", "credentials": ROLE}},
            }
        },
    }
)
_TEMPLATE = json.dumps(
    {"Resources": {"Fix": {"Properties": {"Parameters": {"AutomationAssumeRole": {"StaticValue": ROLE}}}}}}
)
_PIPELINE = f"version: '2'\nsink:\n  - opensearch:\n      aws:\n        sts_role_arn: \"{ROLE}\"\n"
_DOCUMENT = json.dumps({"schemaVersion": "0.3", "assumeRole": ROLE, "mainSteps": []})


def _patch(path: str) -> Members:
    operations = [
        {"op": "replace", "path": "/description", "value": "plain"},
        {"op": "replace", "path": path, "value": ROLE},
    ]
    return {"patchOperations": operations}


def _setting(namespace: str, name: str, value: str) -> Members:
    return {"namespace": namespace, "optionName": name, "value": value}


_OPTIONS = [
    _setting("aws:autoscaling:launchconfiguration", "InstanceType", "t3.small"),
    _setting("aws:autoscaling:launchconfiguration", "IamInstanceProfile", PROFILE_NAME),
    _setting("aws:elasticbeanstalk:environment", "ServiceRole", ROLE_NAME),
]
_FEEDBACK = {"LambdaSuccessFeedbackRoleArn": ROLE, "HTTPFailureFeedbackRoleArn": ROLE, "DisplayName": "plain"}
_RUNBOOK = {"AutomationAssumeRole": [ROLE], "InstanceId": ["plain"]}
_SOMEBODY = "arn:aws:iam::111122223333:role/somebody"
_VIEW = {"name": "plain", "viewDefinition": {"definer": ROLE, "isProtected": True}}
_ANOMALY = {
    "assetModelCompositeModelProperties": [
        {
            "name": "AWS/L4E_ANOMALY_PERMISSIONS",
            "type": {"attribute": {"defaultValue": json.dumps({"roleArn": ROLE})}},
        }
    ]
}
_OPTION_OF_ORACLE = [
    {
        "optionName": "S3_INTEGRATION",
        "optionSettings": [{"name": "VERSION", "value": "1.0"}, {"name": "IAM_ROLE_ARN", "value": ROLE}],
    }
]

# (API, operation) -> top-level member -> value; of a tuple, one a request.
MEMBERS: dict[tuple[str, str], Members] = {
    ("apigateway", "ImportRestApi"): {"body": _OPEN_API},
    ("apigateway", "PutIntegration"): {"credentials": ROLE},
    ("apigateway", "PutRestApi"): {"body": _OPEN_API},
    ("apigateway", "UpdateAccount"): _patch("/cloudwatchRoleArn"),
    ("apigateway", "UpdateAuthorizer"): _patch("/authorizerCredentials"),
    ("apigateway", "UpdateIntegration"): _patch("/credentials"),
    ("apigatewayv2", "ImportApi"): {"Body": _OPEN_API},
    ("apigatewayv2", "ReimportApi"): {"Body": _OPEN_API},
    ("cloudcontrol", "CreateResource"): {"DesiredState": json.dumps({"Role": ROLE})},
    ("config", "PutConformancePack"): {"TemplateBody": _TEMPLATE},
    ("config", "PutOrganizationConformancePack"): {"TemplateBody": _TEMPLATE},
    ("config", "PutRemediationConfigurations"): {
        "RemediationConfigurations": [
            {
                "configRuleName": "plain",
                "parameters": {"AutomationAssumeRole": {"staticValue": {"values": [ROLE]}}},
            }
        ]
    },
    ("datapipeline", "PutPipelineDefinition"): {
        "pipelineObjects": [
            {
                "id": "Default",
                "fields": [
                    {"key": "role", "stringValue": ROLE_NAME},
                    {"key": "resourceRole", "stringValue": PROFILE_NAME},
                    {"key": "scheduleType", "stringValue": "cron"},
                ],
            }
        ]
    },
    # Only nodes are given their role; the principals of other entries are let in.
    ("eks", "CreateAccessEntry"): {
        "principalArn": (ROLE, _SOMEBODY),
        "type": ("EC2_LINUX", "STANDARD"),
    },
    ("elasticbeanstalk", "CreateConfigurationTemplate"): {"OptionSettings": _OPTIONS},
    ("elasticbeanstalk", "CreateEnvironment"): {"OptionSettings": _OPTIONS},
    ("elasticbeanstalk", "UpdateConfigurationTemplate"): {"OptionSettings": _OPTIONS},
    ("elasticbeanstalk", "UpdateEnvironment"): {"OptionSettings": _OPTIONS},
    ("glue", "CreateTable"): {"TableInput": _VIEW},
    ("glue", "UpdateTable"): {"TableInput": _VIEW},
    ("iotsitewise", "CreateAssetModelCompositeModel"): _ANOMALY,
    ("iotsitewise", "UpdateAssetModelCompositeModel"): _ANOMALY,
    ("marketplace-catalog", "StartChangeSet"): {
        "ChangeSet": [{"changeType": "plain", "details": json.dumps({"AccessRoleArn": ROLE})}]
    },
    ("osis", "CreatePipeline"): {"PipelineConfigurationBody": _PIPELINE},
    ("osis", "UpdatePipeline"): {"PipelineConfigurationBody": _PIPELINE},
    ("rds", "ModifyOptionGroup"): {"OptionsToInclude": _OPTION_OF_ORACLE},
    ("servicecatalog", "CreateConstraint"): {"Parameters": json.dumps({"RoleArn": ROLE})},
    ("servicecatalog", "UpdateConstraint"): {"Parameters": json.dumps({"RoleArn": ROLE})},
    ("sns", "CreatePlatformApplication"): {"Attributes": _FEEDBACK},
    ("sns", "CreateTopic"): {"Attributes": _FEEDBACK},
    ("sns", "SetPlatformApplicationAttributes"): {"Attributes": _FEEDBACK},
    ("sns", "SetSMSAttributes"): {"attributes": {"DeliveryStatusIAMRole": ROLE, "DefaultSenderID": "plain"}},
    ("sns", "SetSubscriptionAttributes"): {
        "AttributeName": ("SubscriptionRoleArn", "FilterPolicy"),
        "AttributeValue": (ROLE, "plain"),
    },
    ("sns", "SetTopicAttributes"): {
        "AttributeName": ("LambdaSuccessFeedbackRoleArn", "HTTPFailureFeedbackRoleArn", "DisplayName"),
        "AttributeValue": (ROLE, ROLE, "plain"),
    },
    ("sns", "Subscribe"): {"Attributes": {"SubscriptionRoleArn": ROLE, "RawMessageDelivery": "true"}},
    ("ssm", "CreateAssociation"): {"Parameters": _RUNBOOK},
    ("ssm", "CreateDocument"): {"Content": _DOCUMENT},
    ("ssm", "StartAutomationExecution"): {"Parameters": _RUNBOOK},
    ("ssm", "StartChangeRequestExecution"): {
        "Runbooks": [
            {"parameters": _RUNBOOK, "targetLocations": [{"executionRoleName": ROLE_NAME}]},
            {"parameters": _RUNBOOK},
        ]
    },
    ("ssm", "UpdateDocument"): {"Content": _DOCUMENT},
    ("ssm", "UpdateServiceSetting"): {
        "SettingId": (
            "/ssm/managed-instance/default-ec2-instance-management-role",
            "arn:aws:ssm:eu-west-1:111122223333:servicesetting/ssm/managed-instance/"
            "default-ec2-instance-management-role",
            "/ssm/parameter-store/high-throughput-enabled",
        ),
        "SettingValue": (ROLE_NAME, ROLE_NAME, "true"),
    },
}
