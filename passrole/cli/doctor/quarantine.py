"""Whether the guard may contain: the switch that people turn, and the breaker that trips by itself."""

from collections.abc import Iterator, Mapping

from passrole.cli.doctor.checks import Check, Clients, doubtful, fine, wrong
from passrole.ledger import Ledger
from passrole.stack import Output

_ABOUT = "quarantine"


def quarantine_check(clients: Clients, region: str, outputs: Mapping[str, str]) -> Iterator[Check]:
    """Whether containment is on, as the ledger has it."""
    ledger = Ledger(outputs[Output.LEDGER_TABLE], clients("dynamodb", region))
    switch, breaker = ledger.switch(), ledger.breaker()
    if not switch.on:
        yield doubtful(
            _ABOUT, f"switched off by {switch.who} at {switch.at}: {switch.why}", "passrole quarantine on"
        )
    elif breaker.stopped is not None:
        yield wrong(
            _ABOUT,
            f"the breaker stops {breaker.stopped} containment since {breaker.at}: {breaker.why}",
            "look why, then passrole quarantine reset",
        )
    else:
        yield fine(_ABOUT, "containment is on")
