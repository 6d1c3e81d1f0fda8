"""What things are called in alerts, digests and commands: resources, services and times.

``quote`` makes a name from the record safe for a channel; all other words are the project's own.
"""

from collections.abc import Callable

from passrole.clock import parse_time
from passrole.finding import Finding
from passrole.names import short_resource

Quote = Callable[[str], str]
_SERVICES = {
    "ec2.amazonaws.com": "EC2",
    "ecs-tasks.amazonaws.com": "ECS tasks",
    "glue.amazonaws.com": "Glue",
    "lambda.amazonaws.com": "Lambda",
    "states.amazonaws.com": "Step Functions",
}
_KINDS = {
    "apprunner:service": "App Runner service",
    "autoscaling:autoScalingGroup": "Auto Scaling group",
    "batch:compute-environment": "Batch compute environment",
    "cloudformation:stack": "CloudFormation stack",
    "codebuild:project": "CodeBuild project",
    "codepipeline:pipeline": "CodePipeline pipeline",
    "ec2:instance": "EC2 instance",
    "ec2:launch-template": "EC2 launch template",
    "ecs:service": "ECS service",
    "ecs:task": "ECS task",
    "ecs:task-definition": "ECS task definition",
    "events:rule": "EventBridge rule",
    "glue:job": "Glue job",
    "iot:rule": "IoT rule",
    "kinesisanalytics:application": "Flink application",
    "lambda:function": "Lambda function",
    "pipes:pipe": "EventBridge pipe",
    "rds:cluster": "RDS cluster",
    "rds:db": "RDS instance",
    "redshift:cluster": "Redshift cluster",
    "s3:bucket": "S3 bucket",
    "sagemaker:notebook-instance": "SageMaker notebook instance",
    "scheduler:schedule": "EventBridge schedule",
    "states:stateMachine": "Step Functions state machine",
}


def resource_of(finding: Finding, quote: Quote) -> str:
    """``Lambda function payments``; only the service, where the record does not tell the resource."""
    if finding.resource is not None:
        return f"{kind_of(finding)} {quote(short_resource(finding.resource))}"
    return service_of(finding, quote)


def service_of(finding: Finding, quote: Quote) -> str:
    """``Lambda``: what the role is for, as far as the call tells it."""
    if not finding.services:
        return "an unknown service"
    return " or ".join(_SERVICES.get(s) or quote(s) for s in finding.services[:3])


def kind_of(finding: Finding) -> str:
    """``Lambda function``: from a closed list, so that it is safe as it stands."""
    return _KINDS.get(finding.resource_type or "", "resource")


def when(text: str) -> str:
    """``2026-11-22 03:14:07 UTC``: safe as it stands, whatever the text."""
    try:
        return parse_time(text).strftime("%Y-%m-%d %H:%M:%S UTC")
    except (ValueError, OverflowError):
        return "unknown time"
