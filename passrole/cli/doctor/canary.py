"""Whether the canary comes to the end of the chain: the one proof that passes of roles are seen."""

from collections.abc import Iterator, Mapping
from datetime import timedelta

from passrole.cli.doctor.checks import Check, Clients, doubtful, fine
from passrole.clock import Clock, parse_time, utc_now
from passrole.ledger import Ledger
from passrole.stack import Output

_ABOUT = "canary"
_LATE = timedelta(minutes=15)  # as for the alarm, CanaryMissing
_ADVICE = "docs/runbook.md#canarymissing"


def canary_check(
    clients: Clients, region: str, outputs: Mapping[str, str], clock: Clock = utc_now
) -> Iterator[Check]:
    """When its latest call was made that was judged, as the ledger has it."""
    if Output.CANARY_RULE_NAME not in outputs:
        yield doubtful(
            _ABOUT,
            "there is none: nothing proves that events come",
            "deploy this version, with a policy that does not leave out events:PutRule",
        )
        return
    last = Ledger(outputs[Output.LEDGER_TABLE], clients("dynamodb", region)).last_canary()
    if last is None:
        yield doubtful(_ABOUT, "not seen yet; after a deployment it takes some minutes", _ADVICE)
        return
    ago = clock() - parse_time(last.event_time)
    found = f"its latest call that was judged was at {last.event_time}, {_in_words(ago)} ago"
    yield doubtful(_ABOUT, found, _ADVICE) if ago > _LATE else fine(_ABOUT, found)


def _in_words(ago: timedelta) -> str:
    minutes = max(int(ago.total_seconds() // 60), 0)
    if minutes < 120:
        return f"{minutes} minute{'' if minutes == 1 else 's'}"
    hours = minutes // 60
    return f"{hours} hours" if hours < 48 else f"{hours // 24} days"
