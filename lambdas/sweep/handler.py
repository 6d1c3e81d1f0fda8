"""Entry point of ``sweep``: by schedule, what is due; by its queues, tasks and what happens to the guard."""

from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.shared.observability import logger, metrics
from lambdas.shared.settings import Settings
from lambdas.sweep.due import do_what_is_due
from lambdas.sweep.self_watch import watch
from lambdas.sweep.tasks import do_task

_processor = BatchProcessor(event_type=EventType.SQS)


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> Any:
    """Does what the event asks for; messages that failed are delivered again."""
    if "Records" not in event:
        return do_what_is_due(Settings.from_environment())
    return process_partial_response(
        event=event,
        record_handler=lambda record: _take(record, context),
        processor=_processor,
        context=context,
    )


def _take(record: SQSRecord, context: LambdaContext) -> None:
    settings = Settings.from_environment()
    queue = record.event_source_arn.rpartition(":")[2]
    if queue == (settings.self_watch_queue_url or "").rpartition("/")[2]:
        region, account = context.invoked_function_arn.split(":")[3:5]
        watch(record, settings, account, region)
    else:
        do_task(record, settings, context)
