"""Entry point of ``notify``: a batch of pointers from its queue (raw message delivery).

Those to findings come from the topic, those to digests from `sweep`.
"""

from collections.abc import Callable, Sequence
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
from lambdas.shared.redelivery import come_again_soon
from lambdas.shared.settings import Settings
from passrole.alerts import (
    Channel,
    DigestSender,
    IncompleteDeliveryError,
    IncompleteDigestError,
    SlackWebhook,
    SnsEmail,
    deliver,
)
from passrole.clock import utc_now
from passrole.digests import DigestPointer
from passrole.ledger import Ledger
from passrole.news import Pointer

# The answer names the records to deliver again. To fail the invocation as well would only say it twice.
_processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)

# A retry inside the client could send an e-mail twice and nobody would know: the queue tries again instead,
# and the delivery mark tells a repeat.
_ONE_TRY = Config(connect_timeout=3, read_timeout=10, retries={"total_max_attempts": 1})


# More than a channel takes to time out, by far.
_MESSAGE_MILLISECONDS = 25_000


@dataclass(frozen=True, slots=True)
class Notifier:
    """What telling takes: made once a process."""

    ledger: Ledger
    channels: Sequence[Channel]
    queue_url: str | None = None


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> Any:
    """Tells the news of each pointer; those that a channel does not have are delivered again."""
    return process_partial_response(
        event=event,
        record_handler=lambda record: _tell(record, lambda: _has_time(context)),
        processor=_processor,
        context=context,
    )


@lru_cache(maxsize=1)
def notifier() -> Notifier:
    """The ledger, and the channels that are configured."""
    settings = Settings.from_environment()
    channels: list[Channel] = []
    if settings.slack_secret_id:
        channels.append(SlackWebhook(settings.slack_secret_id, client("secretsmanager")))
    if settings.alerts_topic_arn:
        channels.append(SnsEmail(settings.alerts_topic_arn, boto3.client("sns", config=_ONE_TRY)))
    ledger = Ledger(settings.ledger_table, client("dynamodb"))
    return Notifier(ledger, channels, settings.notify_queue_url)


def _has_time(context: LambdaContext) -> bool:
    """Whether one more message of a digest can be sent: a process that ends in it makes a repeat of it."""
    return context.get_remaining_time_in_millis() > _MESSAGE_MILLISECONDS


def _tell(record: SQSRecord, has_time: Callable[[], bool]) -> None:
    try:
        pointer = DigestPointer.from_message(record.body) or Pointer.from_message(record.body)
    except (ValueError, RecursionError) as error:
        _count("UnreadablePointers")
        logger.error("unreadable pointer", extra={"why": str(error), "message_id": record.message_id})
        raise  # to the dead-letter queue, where a person can look at it
    try:
        if isinstance(pointer, DigestPointer):
            _tell_digest(pointer, record.message_id, has_time)
        else:
            _tell_finding(pointer, record.message_id)
    except Exception as error:
        wait = error.retry_after if isinstance(error, IncompleteDeliveryError) else None
        come_again_soon(notifier().queue_url, record, at_least=wait or 0)
        raise


def _tell_finding(pointer: Pointer, message_id: str) -> None:
    about = {
        "finding_id": pointer.finding_id,
        "revision": pointer.revision,
        "message_id": message_id,
    }
    try:
        _tell_news(pointer, about)
    except IncompleteDeliveryError as error:
        _count("AlertsDelivered", error.told.sent)
        _count("AlertsDigested", error.told.held)
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
    told = deliver(ledger, channels, finding, step, utc_now())
    _count("AlertsDelivered", told.sent)
    _count("AlertsDigested", told.held)
    logger.info("alert", extra=about | {"news": step.news, "delivered": told.sent, "digested": told.held})


def _tell_digest(pointer: DigestPointer, message_id: str, has_time: Callable[[], bool]) -> None:
    about = {"channel": pointer.channel, "digest": pointer.number, "message_id": message_id}
    ledger, channels = notifier().ledger, notifier().channels
    try:
        digest = ledger.closed_digest(pointer.channel, pointer.number)
        if digest is None:
            _count("ForgedPointers")
            logger.warning("forged pointer to a digest ignored", extra=about)
            return
        if digest.sent_at is not None:
            return
        sent = DigestSender(ledger, channels, utc_now, has_time).send(digest)
    except IncompleteDigestError as error:
        _count("DigestsSent", error.sent)
        _count("AlertFailures")
        logger.error("digest not sent whole, to be tried again", extra=about | {"why": str(error)})
        raise
    except Exception:
        _count("AlertFailures")
        logger.exception("digest not sent, to be tried again", extra=about)
        raise
    _count("DigestsSent", sent)
    logger.info("digest", extra=about | {"news": digest.count, "messages": sent})


def _count(name: str, value: int = 1) -> None:
    metrics.add_metric(name, MetricUnit.Count, value)
