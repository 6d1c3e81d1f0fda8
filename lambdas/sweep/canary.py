"""Sending the canary: whatever keeps it from going stops nothing else, and is counted."""

from aws_lambda_powertools.metrics import MetricUnit
from botocore.exceptions import BotoCoreError, ClientError

from lambdas.shared.clients import client
from lambdas.shared.observability import logger, metrics
from passrole.detection.canary import Canary


def send_canary(canary: Canary | None) -> None:
    """Makes the canary's call, if there is a canary; `CanaryFailed` counts those that could not be made."""
    if canary is None:
        return
    try:
        canary.send(client("events"))
    except (ClientError, BotoCoreError) as error:
        metrics.add_metric("CanaryFailed", MetricUnit.Count, 1)
        logger.error("the canary's call failed", extra={"why": str(error), "rule": canary.rule_arn})
