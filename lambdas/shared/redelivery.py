"""When a message that failed comes again: in seconds, and not only when the queue's visibility ends."""

from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from lambdas.shared.clients import client
from lambdas.shared.observability import logger

FIRST_PAUSE = 10  # seconds; twice as long after each further delivery
LONGEST_PAUSE = 300
LONGEST_WAIT = 3600  # whatever a receiver asks for: SQS takes 12 hours, and the news is not to be as old


def come_again_soon(queue_url: str | None, record: SQSRecord, at_least: float = 0) -> None:
    """Has the queue show the message again after a short pause, at least so many seconds.

    If that fails, the message comes again when its visibility ends: later, but it does.
    """
    if queue_url is None:
        return
    try:
        received = int(record.attributes.approximate_receive_count or 1)
        pause = min(FIRST_PAUSE * 2 ** (received - 1), LONGEST_PAUSE)
        client("sqs").change_message_visibility(
            QueueUrl=queue_url,
            ReceiptHandle=record.receipt_handle,
            VisibilityTimeout=int(min(max(pause, at_least), LONGEST_WAIT)),
        )
    except Exception as error:  # whatever it is, the message is not lost for it
        logger.warning("a message comes again late", extra={"why": str(error)})
