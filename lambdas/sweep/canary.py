"""The canary: sent at each run, and missed where its alarm is silent. What fails here stops nothing else."""

from aws_lambda_powertools.metrics import MetricUnit
from botocore.exceptions import BotoCoreError, ClientError

from lambdas.shared.clients import client
from lambdas.shared.observability import logger, metrics
from lambdas.shared.settings import Settings
from passrole.arn import Arn
from passrole.detection.canary import Canary
from passrole.ledger import Ledger
from passrole.news import SnsTopic
from passrole.selfwatch import SilenceWatch


def send_canary(canary: Canary | None) -> None:
    """Makes the canary's call, if there is a canary; `CanaryFailed` counts those that could not be made."""
    if canary is None:
        return
    try:
        canary.send(client("events"))
    except (ClientError, BotoCoreError) as error:
        metrics.add_metric("CanaryFailed", MetricUnit.Count, 1)
        logger.error("the canary's call failed", extra={"why": str(error), "rule": canary.rule_arn})


def miss_canary(settings: Settings) -> None:
    """Tells that the canary is missing, or is seen again, by what the ledger knows of it."""
    rule = Arn.parse(settings.canary.rule_arn) if settings.canary else None
    if rule is None:
        return
    ledger = Ledger(settings.ledger_table, client("dynamodb"))
    topic = SnsTopic(settings.findings_topic_arn, client("sns"))
    finding = SilenceWatch(ledger, topic, rule.account, rule.region).look()
    if finding is not None:
        logger.warning("canary", extra={"finding": finding.id, "state": finding.state})
