"""Entry point of ``contain``: pointers to findings whose resource is to be contained, or looked at again."""

from functools import lru_cache
from typing import Any

from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.shared.clients import client
from lambdas.shared.latency import add_latency
from lambdas.shared.observability import logger, metrics
from lambdas.shared.redelivery import come_again_soon
from lambdas.shared.settings import Settings
from passrole.clock import iso, parse_time, utc_now
from passrole.finding import Finding, State
from passrole.ledger import Ledger
from passrole.news import Pointer, SnsTopic
from passrole.policy import load_deployed
from passrole.quarantine.containment import Container
from passrole.quarantine.module import Aws

_processor = BatchProcessor(event_type=EventType.SQS)


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> Any:
    """Contains what each pointer of the batch points to; what failed is delivered again."""
    return process_partial_response(
        event=event,
        record_handler=lambda record: _contain(record, context),
        processor=_processor,
        context=context,
    )


@lru_cache(maxsize=1)
def _settings() -> Settings:
    return Settings.from_environment()


@lru_cache(maxsize=1)
def _container(own_arn: str) -> Container:
    settings = _settings()
    return Container(
        ledger=Ledger(settings.ledger_table, client("dynamodb")),
        topic=SnsTopic(settings.findings_topic_arn, client("sns")),
        aws=Aws(lru_cache(client), settings.quarantine_role_arn or ""),
        principal=settings.contain_role_arn or "",
        policy=load_deployed(),
        own=settings.protected_resources | {own_arn},
    )


def _is_last(record: SQSRecord) -> bool:
    """Whether the message goes to the dead-letter queue if this delivery fails."""
    most = _settings().max_receives
    return most is not None and int(record.attributes.approximate_receive_count or 1) >= most


def _contain(record: SQSRecord, context: LambdaContext) -> None:
    pointer = Pointer.from_message(record.body)
    owner = f"{context.aws_request_id}/{record.message_id}"
    container = _container(context.invoked_function_arn)
    began = iso(utc_now())
    try:
        finding = container.contain(pointer.finding_id, owner, is_last=_is_last(record))
    except Exception:
        come_again_soon(_settings().contain_queue_url, record)
        raise
    finally:
        if container.brakes.has_tripped:
            container.brakes.has_tripped = False
            metrics.add_metric("BreakerTripped", MetricUnit.Count, 1)
            logger.error("the breaker has stopped containment", extra={"finding": pointer.finding_id})
    if finding is None:
        # Only what the ledger holds is acted on: anybody may have published this.
        metrics.add_metric("ForgedPointers", MetricUnit.Count, 1)
        logger.warning("pointer to no finding ignored", extra={"finding": pointer.finding_id})
        return
    metrics.add_metric(f"Findings{finding.state.capitalize()}", MetricUnit.Count, 1)
    if _was_contained_since(finding, began):
        add_latency("ActLatency", finding.event_time, parse_time(finding.updated_at))
    logger.info(
        "finding", extra={"finding": finding.id, "resource": finding.resource, "state": finding.state}
    )


def _was_contained_since(finding: Finding, began: str) -> bool:
    """Whether it was contained here and now, and not only looked at again."""
    return finding.state is State.CONTAINED and finding.updated_at >= began
