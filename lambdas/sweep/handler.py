"""Entry point of ``sweep``: on a schedule, does what an interrupted function left, and what time brings."""

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
from passrole.news import SnsTopic
from passrole.policy import load_deployed
from passrole.sweeping import ENDING, Did, Sweeper, ending

# What is younger is still in the hands of the function that wrote it, or of a redelivery.
_PATIENCE = timedelta(minutes=2)
_METRICS = {
    Did.PUBLISHED: "NewsPublishedLate",
    Did.REOPENED: "ExemptionsExpired",
    Did.PROLONGED: "ExemptionsProlonged",
}


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> None:
    """Publishes news that has waited for two minutes, and brings back what is exempt no longer."""
    del event, context
    now = utc_now()
    sweeper = _sweeper(Settings.from_environment())
    for finding, did in sweeper.sweep(iso(now - _PATIENCE), iso(now)):
        metrics.add_metric(_METRICS[did], MetricUnit.Count, 1)
        logger.warning(did, extra={"finding": finding.id, "revision": finding.revision})
    soon = ending(sweeper.policy, now)
    metrics.add_metric("ExemptionsEnding", MetricUnit.Count, len(soon))
    for exemption in soon:
        logger.warning(
            f"an exemption ends within {ENDING.days} days",
            extra={"exemption": exemption.name, "owner": exemption.owner, "expires": exemption.expires},
        )


@lru_cache(maxsize=1)
def _sweeper(settings: Settings) -> Sweeper:
    ledger = Ledger(settings.ledger_table, client("dynamodb"))
    return Sweeper(ledger, SnsTopic(settings.findings_topic_arn, client("sns")), load_deployed())
