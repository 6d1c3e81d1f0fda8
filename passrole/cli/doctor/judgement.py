"""Whether all that is held was judged by the policy that is deployed."""

from collections.abc import Iterator, Mapping

from passrole.cli.doctor.checks import Check, Clients, doubtful, fine
from passrole.clock import Clock, utc_now
from passrole.ledger import Ledger
from passrole.stack import Output

_ABOUT = "judgement"
_ADVICE = "passrole redrive: `tasks` has what was given up; it begins anew by itself"


def judgement_check(
    clients: Clients, region: str, outputs: Mapping[str, str], clock: Clock = utc_now
) -> Iterator[Check]:
    """How far the judgement by the latest policy is, as the ledger has it."""
    judgement = Ledger(outputs[Output.LEDGER_TABLE], clients("dynamodb", region)).policy_judgement()
    if judgement is None:
        yield doubtful(_ABOUT, "of what is held none has begun; after a deployment it takes some minutes")
    elif judgement.ended_at is not None:
        yield fine(
            _ABOUT, f"all that is held was judged by policy {judgement.policy}, until {judgement.ended_at}"
        )
    elif judgement.is_stuck(clock()):
        since = f" since {judgement.at}" if judgement.at else ""
        yield doubtful(
            _ABOUT,
            f"that of all that is held by policy {judgement.policy} did not go on{since}: findings may be "
            "those of the policy before",
            _ADVICE,
        )
    else:
        yield fine(
            _ABOUT, f"of all that is held by policy {judgement.policy} goes on; last at {judgement.at}"
        )
