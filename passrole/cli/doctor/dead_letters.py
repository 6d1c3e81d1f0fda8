"""Dead letters: whether messages wait that could not be handled."""

from collections.abc import Iterator, Mapping
from typing import Any

from passrole.cli.doctor.checks import Check, Clients, fine, guarded, wrong
from passrole.cli.redrive.queues import SWEEP, DeadLetterQueue, content_of, counted, name_of


def dead_letter_checks(clients: Clients, region: str, outputs: Mapping[str, str]) -> Iterator[Check]:
    """Each dead-letter queue of the stack."""
    client = clients("sqs", region)
    for output, url in sorted(outputs.items()):
        if name := name_of(output):
            about = f"dead letters {name}"
            yield from guarded(about, _queue(about, client, DeadLetterQueue(name, url)))


def _queue(about: str, client: Any, queue: DeadLetterQueue) -> Iterator[Check]:
    count = content_of(client, queue).messages
    if not count:
        yield fine(about, "empty")
        return
    then = "deletes them, as the next run does the work" if queue.name == SWEEP else "returns them"
    yield wrong(
        about,
        f"{counted(count)} {'was' if count == 1 else 'were'} not handled",
        f"read why in the logs and repair it; then `passrole redrive {queue.name}` {then}",
    )
