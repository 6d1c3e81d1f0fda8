"""Measures a storm on the emulator: 1,000 violations at once, each of which people must hear of."""

import re
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

from tests.bench.deployed import deployed
from tests.e2e.deployment import Deployment, record_of_function
from tests.e2e.receivers import Mailbox

_VIOLATIONS = 1_000
_PATIENCE = 600.0  # seconds: the emulator runs on two cores what AWS runs on many


def measure() -> None:
    """Prints when the first message came, how many there were, and how many violations they name."""
    with deployed("storm.yaml") as deployment:
        _once(deployment, "warm-up")  # the functions start
        mail = Mailbox(deployment.emulator, "mail")
        calm = _once(deployment, "calm")
        deployment.settle()
        deployment.forget_bursts()
        before = len(deployment.slack.messages), len(mail.about(""))
        began = time.time()
        role = deployment.role("storm")
        records = [_record(f"storm-{number}", role) for number in range(_VIOLATIONS)]
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(deployment.emulator.put_event, records))
        sent = time.time() - began
        deployment.wait(lambda: _found(deployment) >= _VIOLATIONS, "a finding for each", _PATIENCE)
        judged = time.time() - began
        deployment.settle(_PATIENCE)
        deployment.send_digests()
        slack = deployment.slack.messages[before[0] :]
        mails = mail.about("")[before[1] :]
        named = {
            "Slack": _names(" ".join(message.whole for message in slack)),
            "e-mail": _names(" ".join(str(message) for message in mails)),
        }
        print(f"{_VIOLATIONS:,} violations, put in {sent:.0f} s, judged after {judged:.0f} s, on two cores")
        print(
            f"first Slack message: {calm:.1f} s after a single call; {slack[0].at - began:.1f} s in the storm"
        )
        for channel, count in (("Slack", len(slack)), ("e-mail", len(mails))):
            print(f"{channel}: {count} messages name {len(named[channel]):,} of {_VIOLATIONS:,} violations")
        print(f"dead letters: {sum(deployment.dead_letters().values())}")


def _once(deployment: Deployment, name: str) -> float:
    """Seconds from a call, begun, to the first Slack message about it."""
    role = deployment.role(name)
    began = time.time()
    deployment.emulator.put_event(_record(name, role))
    message = deployment.wait(lambda: next(iter(deployment.slack.about(f"{name}`")), None), "a message")
    return message.at - began


def _record(name: str, role: str) -> dict[str, object]:
    return record_of_function(name, role, str(uuid.uuid4()))


def _found(deployment: Deployment) -> int:
    return sum(":function:storm-" in (finding.resource or "") for finding in deployment.ledger.findings())


def _names(text: str) -> set[str]:
    return set(re.findall(r"storm-\d+", text))
