"""Watching the guard itself: one event of a call that could change it, from the queue of tasks."""

from functools import lru_cache

from aws_lambda_powertools.metrics import MetricUnit

from lambdas.shared.clients import client
from lambdas.shared.observability import logger, metrics
from lambdas.shared.settings import Settings
from passrole.ledger import Ledger
from passrole.news import SnsTopic
from passrole.selfwatch import GuardWatch, OwnAct, OwnResources


def watch_guard(body: str, settings: Settings, account: str) -> None:
    """Judges an EventBridge envelope for which `is_self_watched` holds; `GuardChanges` counts what it found.

    Raises:
        EnvelopeError: the event is forged, or not readable.
        BusyFindingError: to be delivered again.
    """
    finding = _guard_watch(settings, account).watch(body)
    if finding is None:
        return
    metrics.add_metric("GuardChanges", MetricUnit.Count, 1)
    about = {"finding": finding.id, "resource": finding.resource, "passer": finding.passer.arn}
    logger.warning(finding.event_name, extra=about)


@lru_cache(maxsize=1)
def _guard_watch(settings: Settings, account: str) -> GuardWatch:
    return GuardWatch(
        Ledger(settings.ledger_table, client("dynamodb")),
        SnsTopic(settings.findings_topic_arn, client("sns")),
        account,
        OwnResources.of(settings.stack_name, settings.own_resources, _own_acts(settings)),
    )


def _own_acts(settings: Settings) -> tuple[OwnAct, ...]:
    canary = settings.canary
    if canary is None:
        return ()
    rule = canary.rule_arn.rpartition("/")[2]
    return (OwnAct(canary.passer_role_arn, "events.amazonaws.com", "PutRule", rule),)
