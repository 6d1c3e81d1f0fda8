"""Watching the guard itself: from a queue of their own, calls that could change it, and its alarms."""

import json
from functools import lru_cache

from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from lambdas.shared.clients import client
from lambdas.shared.observability import logger, metrics
from lambdas.shared.redelivery import come_again_soon
from lambdas.shared.settings import Settings
from passrole.ledger import Ledger
from passrole.news import SnsTopic
from passrole.selfwatch import GuardWatch, OwnAct, OwnResources, StackDeployments
from passrole.selfwatch.alarms import AlarmNews, is_alarm
from passrole.trail import ForgedEventError


def watch(record: SQSRecord, settings: Settings, account: str, region: str) -> None:
    """Judges one message; `GuardChanges` counts what changed the guard.

    What fails comes again within seconds, and not when the visibility of a queue of long tasks would end.

    Raises:
        UnreadableEventError: it is no such event.
        Exception: whatever is to be tried again.
    """
    try:
        body = json.loads(record.body)
        if isinstance(body, dict) and is_alarm(body):
            _alarms(settings, account).take(record.body)
        else:
            _watch_guard(record.body, settings, account, region)
    except ForgedEventError as error:
        # Not AWS's word: it changes nothing, and trying again would not make it true.
        count_forged(error, record)
    except Exception:
        come_again_soon(settings.self_watch_queue_url, record)
        raise


def count_forged(error: ForgedEventError, record: SQSRecord) -> None:
    """Counts an event that AWS did not send, and says so in the log."""
    metrics.add_metric("ForgedEvents", MetricUnit.Count, 1)
    logger.warning("forged event ignored", extra={"why": str(error), "message_id": record.message_id})


def _watch_guard(body: str, settings: Settings, account: str, region: str) -> None:
    finding = _guard_watch(settings, account, region).watch(body)
    if finding is None:
        return
    metrics.add_metric("GuardChanges", MetricUnit.Count, 1)
    about = {"finding": finding.id, "resource": finding.resource, "passer": finding.passer.arn}
    logger.warning(finding.event_name, extra=about)


@lru_cache(maxsize=1)
def _guard_watch(settings: Settings, account: str, region: str) -> GuardWatch:
    return GuardWatch(
        Ledger(settings.ledger_table, client("dynamodb")),
        SnsTopic(settings.findings_topic_arn, client("sns")),
        account,
        OwnResources.of(settings.stack_name, settings.own_resources, _own_acts(settings)),
        StackDeployments(client, settings.stack_name, region, settings.sweep_regions),
    )


@lru_cache(maxsize=1)
def _alarms(settings: Settings, account: str) -> AlarmNews:
    ledger = Ledger(settings.ledger_table, client("dynamodb"))
    topic = SnsTopic(settings.findings_topic_arn, client("sns"))
    return AlarmNews(ledger, topic, account, settings.stack_name)


def _own_acts(settings: Settings) -> tuple[OwnAct, ...]:
    canary = settings.canary
    if canary is None:
        return ()
    rule = canary.rule_arn.rpartition("/")[2]
    return (OwnAct(canary.passer_role_arn, "events.amazonaws.com", "PutRule", rule),)
