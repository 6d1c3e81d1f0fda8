"""A burst through the whole deployed chain, on an emulator of its own: the breaker stops all that follows.

People are told by a bot in Slack, so that later news stands in threads.
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from passrole.emulator import Emulator, deploy
from passrole.finding import Finding, News, State
from passrole.ledger import Stopped
from tests.e2e.deployment import STACK, Deployment, make_user, synthesize
from tests.e2e.receivers import receivers

pytestmark = pytest.mark.e2e

VIOLATIONS, CAP = 15, 3
POLICY = f"""
version: 1
approved:
  - {{name: application roles, roles: ["/application_role/*", "/passrole-guardrail/*"]}}
response:
  violation: alert
  services: {{lambda.amazonaws.com: quarantine}}
quarantine: {{acts_per_hour: {CAP}}}
alerts: {{slack_secret: slack}}
sweep: {{types: ["lambda:function"]}}
"""


@pytest.fixture
def deployment(tmp_path: Path) -> Iterator[Deployment]:
    policy = tmp_path / "guardrail.yaml"
    policy.write_text(POLICY, encoding="utf-8")
    assembly = synthesize(policy, tmp_path / "assembly")
    with receivers() as servers, Emulator(enforce_iam=True) as emulator:
        servers.prepare(emulator, servers.slack.bot_secret("C0123456789"))
        outputs = deploy(emulator, assembly, STACK)
        operator = make_user(emulator, "sam", "cloudformation:DescribeStacks", "sts:AssumeRole")
        deployment = Deployment(emulator, servers, outputs, operator)
        deployment.sweep()  # the first one, which would come by what is made before its event does
        yield deployment


def test_a_burst_is_contained_up_to_the_cap_and_told_whole(deployment: Deployment) -> None:
    kim, role, ledger = deployment.user("kim", "*"), deployment.role("deployer"), deployment.ledger

    with deployment.waiting():
        for number in range(VIOLATIONS):
            deployment.function(f"burst-{number}", role, kim)

    def decided() -> list[Finding] | None:
        found = [f for f in ledger.findings() if f.resource and ":function:burst-" in f.resource]
        return found if len(found) == VIOLATIONS and all(f.revision > 1 for f in found) else None

    about = deployment.wait(decided, "a decision about each", seconds=120)
    deployment.settle()
    deployment.send_digests()

    contained = [f for f in about if f.state is State.CONTAINED]
    assert len(contained) == CAP
    names = {f.id: (f.resource or "").rpartition(":")[2] for f in about}
    stopped = Counter(deployment.concurrency(name) for name in names.values())
    assert stopped == {0: CAP, None: VIOLATIONS - CAP}
    last = [ledger.history(f.id)[-1] for f in about if f not in contained]
    assert {step.news for step in last} == {News.CONTAINMENT_REFUSED}
    assert all(f"the cap of {CAP} acts an hour is reached" in step.why for step in last)
    breaker = ledger.breaker()
    assert breaker.stopped is Stopped.ORDINARY
    told = {f.id for f in about} | {breaker.finding}
    silent = [finding_id for finding_id in told if not deployment.slack.about(str(finding_id))]
    assert silent == []
    _assert_later_news_is_a_reply(deployment, contained[0])
    assert not any(deployment.dead_letters().values())


def _assert_later_news_is_a_reply(deployment: Deployment, finding: Finding) -> None:
    """And what is told again is a reply, too, and says that it may be a repeat."""
    slack = deployment.slack
    for command in (("release", "--yes", "--reason", "a drill"), ("resend", "--channel", "slack")):
        before = len(slack.about(finding.id))
        done = deployment.command("findings", command[0], finding.id, *command[1:])
        assert done.returncode == 0, done.stdout + done.stderr
        deployment.wait(lambda before=before: len(slack.about(finding.id)) > before, f"news of {command[0]}")
    *_, released, again = slack.about(finding.id)
    begun = released.thread_ts or released.ts
    assert again.thread_ts == begun
    assert [finding.id in message.whole for message in slack.messages if message.ts == begun] == [True]
    assert "may be a repeat" in again.text
