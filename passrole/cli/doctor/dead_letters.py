"""Dead letters: whether messages wait that could not be handled."""

from collections.abc import Iterator, Mapping
from typing import Any

from passrole.cli.doctor.checks import Check, Clients, fine, guarded, wrong

_DEAD_LETTERS = "DeadLetterQueueUrl"


def dead_letter_checks(clients: Clients, region: str, outputs: Mapping[str, str]) -> Iterator[Check]:
    """Each dead-letter queue of the stack."""
    client = clients("sqs", region)
    for output, url in sorted(outputs.items()):
        if not output.endswith(_DEAD_LETTERS):
            continue
        about = f"dead letters {output.removesuffix(_DEAD_LETTERS).lower()}"
        yield from guarded(about, _queue(about, client, url))


def _queue(about: str, client: Any, url: str) -> Iterator[Check]:
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    attributes = client.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    count = sum(int(number) for number in attributes.values())
    if count:
        messages = "1 message was" if count == 1 else f"{count} messages were"
        yield wrong(about, f"{messages} not handled", f"read why in the logs, repair it, then redrive {url}")
    else:
        yield fine(about, "empty")
