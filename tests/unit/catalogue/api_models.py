"""The operations that a row of the catalogue means, in the models that botocore carries of AWS's APIs."""

import re
from dataclasses import dataclass
from functools import cache

import botocore.session
from botocore.model import OperationModel, ServiceModel

from passrole.catalogue import Call

# Event source, without its domain -> botocore's names of the APIs behind it, where they are not the same.
_MODELS = {
    "access-analyzer": ("accessanalyzer",),
    "agent-registry": ("agent-registry-control",),
    "aidevops": ("devops-agent",),
    "airflow": ("mwaa",),
    "airflow-serverless": ("mwaa-serverless",),
    "amazonmq": ("mq",),
    "apigateway": ("apigateway", "apigatewayv2"),
    "aoss": ("opensearchserverless",),
    "aps": ("amp",),
    "backup-search": ("backupsearch",),
    "bedrock": ("bedrock", "bedrock-agent", "bedrock-data-automation", "bedrock-runtime"),
    "bedrock-agentcore": ("bedrock-agentcore-control", "bedrock-agentcore"),
    "cleanrooms-ml": ("cleanroomsml",),
    "cloudcontrolapi": ("cloudcontrol",),
    "codestar-connections": ("codestar-connections", "codeconnections"),
    "elasticfilesystem": ("efs",),
    "elasticmapreduce": ("emr",),
    "elemental-inference": ("elementalinference",),
    "es": ("es", "opensearch"),
    "events": ("events", "eventbridgev2"),
    "geo": ("location",),
    "greengrass": ("greengrass", "greengrassv2"),
    "health-agent": ("connecthealth",),
    "iotmanagedintegrations": ("iot-managed-integrations",),
    "kinesisanalytics": ("kinesisanalytics", "kinesisanalyticsv2"),
    "lambda": ("lambda", "lambda-core", "lambda-microvms", "lambda-web"),
    "lex": ("lex-models", "lexv2-models"),
    "marketplacecatalog": ("marketplace-catalog",),
    "monitoring": ("cloudwatch", "cloudwatchomni"),
    "partnercentral": ("partnercentral-selling",),
    "profile": ("customer-profiles",),
    "qconnect": ("qconnect", "wisdom"),
    "rds": ("rds", "neptune", "docdb"),
    "resiliencehub": ("resiliencehub", "resiliencehubv2"),
    "s3": ("s3", "s3control"),
    "s3-outposts": ("s3control",),
    "ses": ("ses", "sesv2", "mailmanager", "pinpoint-email"),
    "sms-voice": ("pinpoint-sms-voice", "pinpoint-sms-voice-v2", "sms-voice"),
    "social-messaging": ("socialmessaging",),
    "states": ("stepfunctions",),
    "supportapp": ("support-app",),
    "timestream": ("timestream-query",),
    "voiceid": ("voice-id",),
}
# ``CreateFunction20150331v2``, ``CreateDistribution2020_05_31``
_VERSION = re.compile(r"(?:\d{8}|\d{4}_\d\d_\d\d)(?:v\d)?$")


@dataclass(frozen=True)
class Operation:
    """One operation of one API, under the event name that CloudTrail gives it."""

    api: str
    event_name: str
    model: OperationModel

    @property
    def name(self) -> str:
        return self.model.name


def operations_of(call: Call) -> list[Operation]:
    """Every operation that the row's event names stand for; none if botocore has none of them any more."""
    prefix = call.source.removesuffix(".amazonaws.com")
    found: dict[tuple[str, str], Operation] = {}
    for api in _MODELS.get(prefix, (prefix,)):
        model = model_of(api)
        if model is None:
            continue
        for event_name in call.names:
            name = _VERSION.sub("", event_name)
            if name in model.operation_names:
                # The last spelling is the present one: older ones are undated or of an older date.
                found[api, name] = Operation(api, event_name, model.operation_model(name))
    return list(found.values())


@cache
def model_of(api: str) -> ServiceModel | None:
    session = _session()
    return session.get_service_model(api) if api in session.get_available_services() else None


@cache
def _session() -> botocore.session.Session:
    return botocore.session.get_session()
