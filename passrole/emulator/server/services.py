"""Which MiniStack services the bridge reports, and what CloudTrail calls them and their operations."""

import functools
import re
from dataclasses import dataclass
from typing import Any

import botocore.session
from botocore.loaders import create_loader
from botocore.model import ServiceModel

READ_ONLY = re.compile(
    r"(BatchGet|Check|Describe|Generate|Get|Head|List|Lookup|Search|Simulate|Test|Validate)"
)
READ_ONLY_NAMES = frozenset(
    {
        "Decrypt",
        "DeriveSharedSecret",
        "Encrypt",
        "EstimateTemplateCost",
        "ReEncrypt",
        "Sign",
        "Verify",
        "VerifyMac",
    }
)
"""Operations that read only, whatever they are called ("Examples of AWS KMS log entries")."""
DATA_EVENTS = frozenset(
    {
        *("DeleteObjects", "PutEvents", "Publish", "PublishBatch"),
        *("Invoke", "InvokeAsync", "InvokeWithResponseStream"),
        *("ChangeMessageVisibility", "ChangeMessageVisibilityBatch", "DeleteMessage", "DeleteMessageBatch"),
        *("ReceiveMessage", "SendMessage", "SendMessageBatch"),
        *("BatchExecuteStatement", "BatchWriteItem", "DeleteItem", "ExecuteStatement", "ExecuteTransaction"),
        *("PutItem", "Query", "Scan", "TransactGetItems", "TransactWriteItems", "UpdateItem"),
        *("FilterLogEvents", "PutLogEvents", "StartLiveTail", "PutMetricData"),
    }
)
"""Operations that CloudTrail takes for data events, which no trail delivers by default, or never logs.

By the pages on logging with CloudTrail in the guides of SQS, SNS, DynamoDB, CloudWatch Logs and CloudWatch.
CreateLogStream is a management event.
"""

# CloudTrail puts the API's date behind most of Lambda's operations, and `v2` behind some.
LAMBDA_EVENT_NAMES = {
    "AddPermission": "AddPermission20150331v2",
    "CreateAlias": "CreateAlias20150331",
    "CreateEventSourceMapping": "CreateEventSourceMapping20150331",
    "CreateFunction": "CreateFunction20150331",
    "DeleteAlias": "DeleteAlias20150331",
    "DeleteEventSourceMapping": "DeleteEventSourceMapping20150331",
    "DeleteFunction": "DeleteFunction20150331",
    "DeleteFunctionConcurrency": "DeleteFunctionConcurrency20171031",
    "PublishLayerVersion": "PublishLayerVersion20181031",
    "PublishVersion": "PublishVersion20150331",
    "PutFunctionConcurrency": "PutFunctionConcurrency20171031",
    "RemovePermission": "RemovePermission20150331v2",
    "TagResource": "TagResource20170331v2",
    "UntagResource": "UntagResource20170331v2",
    "UpdateAlias": "UpdateAlias20150331",
    "UpdateEventSourceMapping": "UpdateEventSourceMapping20150331",
    "UpdateFunctionCode": "UpdateFunctionCode20150331v2",
    "UpdateFunctionConfiguration": "UpdateFunctionConfiguration20150331v2",
}


@dataclass(frozen=True)
class Service:
    """One AWS service: `name` as MiniStack spells it, `model_name` as botocore does."""

    name: str
    model_name: str
    region: str | None = None
    """The only region that its events come to, if there is one."""
    source: str | None = None
    """What event sources call it, where that is not its name."""

    @property
    def event_source(self) -> str:
        """`eventSource` of its records."""
        return f"{self.source or self.name}.amazonaws.com"

    @property
    def envelope_source(self) -> str:
        """`source` of the events that carry them."""
        return f"aws.{self.source or self.name}"

    @functools.cached_property
    def model(self) -> ServiceModel:
        """Its botocore model."""
        model: ServiceModel = _session().get_service_model(self.model_name)
        return model

    def event_name(self, operation: str) -> str:
        """`eventName` of an operation."""
        return LAMBDA_EVENT_NAMES.get(operation, operation) if self.name == "lambda" else operation


SERVICES = {
    service.name: service
    for service in (
        Service("batch", "batch"),
        Service("cloudformation", "cloudformation"),
        Service("cloudtrail", "cloudtrail"),
        Service("codebuild", "codebuild"),
        Service("dynamodb", "dynamodb"),
        Service("ec2", "ec2"),
        Service("ecs", "ecs"),
        Service("events", "events"),
        Service("glue", "glue"),
        Service("iam", "iam", region="us-east-1"),
        Service("iot", "iot"),
        Service("kinesisanalyticsv2", "kinesisanalyticsv2", source="kinesisanalytics"),
        Service("kms", "kms"),
        Service("lambda", "lambda"),
        Service("logs", "logs"),
        Service("monitoring", "cloudwatch"),
        Service("pipes", "pipes"),
        Service("s3", "s3"),
        Service("scheduler", "scheduler"),
        Service("secretsmanager", "secretsmanager"),
        Service("sns", "sns"),
        Service("sqs", "sqs"),
        Service("states", "stepfunctions"),
    )
}


def is_recorded(operation: str) -> bool:
    """Whether EventBridge gets the call by default: a management event that writes."""
    return operation not in DATA_EVENTS | READ_ONLY_NAMES and not READ_ONLY.match(operation)


@functools.cache
def _session() -> Any:
    """A session with models of its own: S3's clients change those that they load."""
    session: Any = botocore.session.Session()
    session.register_component("data_loader", create_loader(session.get_config_variable("data_path")))
    return session
