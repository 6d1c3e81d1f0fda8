"""Entry point of ``notify``: a batch of pointers from its queue (raw message delivery)."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import boto3
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.config import Config

from lambdas.shared.clients import client
from lambdas.shared.observability import logger, metrics
from lambdas.shared.settings import Settings
from passrole.alerts import Channel, IncompleteDeliveryError, SlackWebhook, SnsEmail, deliver
from passrole.clock import utc_now
from passrole.ledger import Ledger
from passrole.news import Pointer

# The answer names the records to deliver again. To fail the invocation as well would only say it twice.
_processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)

# A retry inside the client could send an e-mail twice and nobody would know: the queue tries again instead,
# and the delivery mark tells a repeat.
_ONE_TRY = Config(connect_timeout=3, read_timeout=10, retries={"total_max_attempts": 1})


@dataclass(frozen=True, slots=True)
class Notifier:
    """What telling takes: made once a process."""

    ledger: Ledger
    channels: Sequence[Channel]


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> Any:
    """Tells the news of each pointer; those that a channel does not have are delivered again."""
    return process_partial_response(event=event, record_handler=_tell, processor=_processor, context=context)


@lru_cache(maxsize=1)
def notifier() -> Notifier:
    """The ledger, and the channels that are configured."""
    settings = Settings.from_environment()
    channels: list[Channel] = []
    if settings.slack_secret_id:
        channels.append(SlackWebhook(settings.slack_secret_id, client("secretsmanager")))
    if settings.alerts_topic_arn:
        channels.append(SnsEmail(settings.alerts_topic_arn, boto3.client("sns", config=_ONE_TRY)))
    return Notifier(Ledger(settings.ledger_table, client("dynamodb")), channels)


def _tell(record: SQSRecord) -> None:
    try:
        pointer = Pointer.from_message(record.body)
    except (ValueError, RecursionError) as error:
        _count("UnreadablePointers")
        logger.error("unreadable pointer", extra={"why": str(error), "message_id": record.message_id})
        raise  # to the dead-letter queue, where a person can look at it
    about = {
        "finding_id": pointer.finding_id,
        "revision": pointer.revision,
        "message_id": record.message_id,
    }
    try:
        _tell_news(pointer, about)
    except IncompleteDeliveryError as error:
        _count("AlertsDelivered", error.delivered)
        _count("AlertFailures", len(error.failures))
        why = {"why": str(error), "retry_after": error.retry_after}
        logger.error("alert not delivered everywhere, to be tried again", extra=about | why)
        raise
    except Exception:
        _count("AlertFailures")
        logger.exception("alert not delivered, to be tried again", extra=about)
        raise


def _tell_news(pointer: Pointer, about: dict[str, Any]) -> None:
    ledger, channels = notifier().ledger, notifier().channels
    finding, step = ledger.finding(pointer.finding_id), ledger.step(pointer.finding_id, pointer.revision)
    if finding is None or step is None:
        # The ledger is written before anything is published: such a pointer does not come from the guardrail.
        _count("ForgedPointers")
        logger.warning("forged pointer ignored", extra=about)
        return
    delivered = deliver(ledger, channels, finding, step, utc_now())
    _count("AlertsDelivered", delivered)
    logger.info("alert", extra=about | {"news": step.news, "delivered": delivered})


def _count(name: str, value: int = 1) -> None:
    metrics.add_metric(name, MetricUnit.Count, value)
