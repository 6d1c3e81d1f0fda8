"""Entry point of ``sweep``: on a schedule, publishes news that an interrupted function left in the outbox."""

from datetime import timedelta
from functools import lru_cache
from typing import Any

from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.shared.clients import client
from lambdas.shared.observability import logger, metrics
from lambdas.shared.settings import Settings
from passrole.clock import iso, utc_now
from passrole.ledger import Ledger
from passrole.news import SnsTopic, publish_news

# What is younger is still in the hands of the function that wrote it, or of a redelivery.
_PATIENCE = timedelta(minutes=2)


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> None:
    """Publishes all news that has waited for longer than two minutes."""
    del event, context
    settings = Settings.from_environment()
    ledger, topic = _parts(settings)
    for listed in ledger.unpublished(iso(utc_now() - _PATIENCE)):
        finding = ledger.finding(listed.id)  # the index may lag behind
        if finding is None or not finding.has_news:
            continue
        publish_news(ledger, topic, finding)
        metrics.add_metric("NewsPublishedLate", MetricUnit.Count, 1)
        logger.warning("news published late", extra={"finding": finding.id, "revision": finding.revision})


@lru_cache(maxsize=1)
def _parts(settings: Settings) -> tuple[Ledger, SnsTopic]:
    ledger = Ledger(settings.ledger_table, client("dynamodb"))
    return ledger, SnsTopic(settings.findings_topic_arn, client("sns"))
