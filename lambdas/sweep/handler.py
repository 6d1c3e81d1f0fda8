"""Entry point of ``sweep``: by schedule, what is due; by its queue, one task after the other."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.shared.observability import logger, metrics
from lambdas.shared.settings import Settings
from lambdas.sweep.due import do_what_is_due


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> Any:
    """Does what the event asks for."""
    del event, context
    do_what_is_due(Settings.from_environment())
