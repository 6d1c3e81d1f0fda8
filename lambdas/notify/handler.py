"""Entry point of ``notify``: a batch of pointers from the queue of a channel (raw message delivery).

Those to findings come from the topic, those to digests from `sweep`.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.notify.channels import Post, posts
from lambdas.shared.observability import logger, metrics
from lambdas.shared.redelivery import come_again_soon
from lambdas.shared.settings import Settings
from passrole.alerts import DeliveryError, DigestingChannel, DigestSender, IncompleteDigestError, Told
from passrole.clock import utc_now
from passrole.news import Pointer
from passrole.news.digests import DigestPointer

# The answer names the records to deliver again. To fail the invocation as well would only say it twice.
_processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)

# More than a message takes where its receiver hangs: at most two requests to AWS, of 13 seconds each.
_MESSAGE_MILLISECONDS = 30_000


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
def posts_by_queue() -> Mapping[str, Post]:
    """The channels that are configured, by the name of the queue that their messages come from."""
    return posts(Settings.from_environment())


def _has_time(context: LambdaContext) -> bool:
    """Whether one more message can be sent: a process that ends in it makes a repeat of it.

    And its whole batch comes again late, when the queue's visibility ends.
    """
    return context.get_remaining_time_in_millis() > _MESSAGE_MILLISECONDS


def _tell(record: SQSRecord, has_time: Callable[[], bool]) -> None:
    post = _post_of(record)
    try:
        pointer = DigestPointer.from_message(record.body) or Pointer.from_message(record.body)
    except (ValueError, RecursionError) as error:
        _count("UnreadablePointers")
        logger.error("unreadable pointer", extra={"why": str(error), "message_id": record.message_id})
        raise  # to the dead-letter queue, where a person can look at it
    about = {"channel": post.channel.name, "message_id": record.message_id}
    try:
        if isinstance(pointer, DigestPointer):
            _tell_digest(post, pointer, about | {"digest": pointer.number}, has_time)
        else:
            _tell_finding(
                post,
                pointer,
                about | {"finding_id": pointer.finding_id, "revision": pointer.revision},
                has_time,
            )
    except Exception as error:
        _count("AlertFailures")
        wait = error.retry_after if isinstance(error, DeliveryError | IncompleteDigestError) else None
        if isinstance(error, DeliveryError):
            logger.error("alert not delivered, to be tried again", extra=about | _why(error, wait))
        elif isinstance(error, IncompleteDigestError):
            _count("DigestsSent", error.sent)
            logger.error("digest not sent whole, to be tried again", extra=about | _why(error, wait))
        else:
            logger.exception("not told, to be tried again", extra=about)
        come_again_soon(post.queue_url, record, at_least=wait or 0)
        raise


def _post_of(record: SQSRecord) -> Post:
    queue = record.event_source_arn.rpartition(":")[2]
    found = posts_by_queue().get(queue)
    if found is None:
        logger.error("a message from a queue of no channel", extra={"queue": queue})
        raise LookupError(f"no channel has the queue {queue}")
    return found


def _tell_finding(post: Post, pointer: Pointer, about: dict[str, Any], has_time: Callable[[], bool]) -> None:
    if not has_time():
        raise DeliveryError("the time is up")
    finding = post.ledger.finding(pointer.finding_id)
    step = post.ledger.step(pointer.finding_id, pointer.revision)
    if finding is None or step is None:
        # The ledger is written before anything is published: such a pointer does not come from the guardrail.
        _count("ForgedPointers")
        logger.warning("forged pointer ignored", extra=about)
        return
    told = post.deliverer.deliver(finding, step, utc_now())
    _count("AlertsDelivered", told is Told.SENT)
    _count("AlertsDigested", told is Told.HELD)
    logger.info("alert", extra=about | {"news": step.news, "told": told})


def _tell_digest(
    post: Post, pointer: DigestPointer, about: dict[str, Any], has_time: Callable[[], bool]
) -> None:
    channel, ledger = post.channel, post.ledger
    digest = ledger.closed_digest(pointer.channel, pointer.number)
    if digest is None or pointer.channel != channel.name or not isinstance(channel, DigestingChannel):
        _count("ForgedPointers")
        logger.warning("forged pointer to a digest ignored", extra=about)
        return
    if digest.sent_at is not None:
        return
    sent = DigestSender(ledger, channel, utc_now, has_time).send(digest)
    _count("DigestsSent", sent)
    logger.info("digest", extra=about | {"news": digest.count, "messages": sent})


def _why(error: Exception, wait: float | None) -> dict[str, Any]:
    return {"why": str(error), "retry_after": wait}


def _count(name: str, value: int = 1) -> None:
    metrics.add_metric(name, MetricUnit.Count, value)
