"""Entry point of ``sweep``: by schedule, what is due; by its queue, one task after the other."""

from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.shared.observability import logger, metrics
from lambdas.shared.settings import Settings
from lambdas.sweep.due import do_what_is_due
from lambdas.sweep.tasks import do_task

_processor = BatchProcessor(event_type=EventType.SQS)


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> Any:
    """Does what the event asks for; tasks that failed are delivered again."""
    if "Records" not in event:
        return do_what_is_due(Settings.from_environment())
    return process_partial_response(
        event=event,
        record_handler=lambda record: do_task(record, context),
        processor=_processor,
        context=context,
    )
