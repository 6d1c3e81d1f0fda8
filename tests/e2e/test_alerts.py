"""A violation on the deployed template reaches every receiver: once, or marked as a repeat."""

import pytest

from passrole.finding import Finding, State
from tests.e2e.deployment import Deployment
from tests.e2e.receivers import Mailbox

pytestmark = pytest.mark.e2e

REPEAT = "may be a repeat"


def test_a_violation_reaches_every_receiver(deployment: Deployment) -> None:
    emulator, receivers = deployment.emulator, deployment.receivers
    mail, chat, bus = (Mailbox(emulator, name) for name in ("mail", "chat", "bus"))

    deployment.function("everywhere", deployment.role("everywhere"))

    finding = deployment.finding_on("function:everywhere", State.CONTAINED)
    hub = receivers.security_hub
    deployment.wait(lambda: len(receivers.slack.about(finding.id)) == 2, "both Slack messages")
    deployment.wait(lambda: len(mail.about(finding.id)) == 2, "both e-mails")
    deployment.wait(lambda: len(chat.about(finding.id)) == 2, "both messages for Amazon Q")
    deployment.wait(lambda: len(bus.about(finding.id)) == 2, "both events")
    deployment.wait(lambda: len(receivers.webhook.about(finding.id)) == 2, "both signed messages")
    deployment.wait(lambda: hub.workflow_of(finding.id) == ["NOTIFIED"], "the status in Security Hub")
    subjects = [message["Subject"] for message in mail.about(finding.id)]
    assert subjects[0].startswith("[HIGH] ")
    [imported] = hub.about(finding.id)
    assert imported["Resources"][0]["Id"] == finding.resource
    assert hub.refused == []
    assert {event["detail"]["news"] for event in bus.about(finding.id)} == {"opened", "contained"}
    assert {m.payload["finding"]["severity"] for m in receivers.webhook.about(finding.id)} == {"high"}
    assert not any(deployment.dead_letters().values())


def test_nothing_is_lost_or_told_twice_in_silence_when_slack_misbehaves(deployment: Deployment) -> None:
    """429 and 500 say that it did not arrive; a server that hangs, or closes, may have taken it."""
    slack, mail = deployment.receivers.slack, Mailbox(deployment.emulator, "mail")
    deployment.settle()
    misbehaviour = (429, 500, "hang", "close")
    slack.answers.extend(misbehaviour)

    findings = [_violation(deployment, f"lossy-{number}") for number in range(len(misbehaviour))]

    for finding in findings:
        deployment.wait(lambda f=finding: len(mail.about(f.id)) == 2, "both e-mails")
    for finding in findings:
        deployment.wait(lambda f=finding: len(slack.about(f.id)) == 2, "both Slack messages")
    deployment.settle()
    assert not slack.answers
    told = [message for finding in findings for message in slack.about(finding.id)]
    assert len(told) == 2 * len(findings), "each news once"
    assert len([message for message in told if REPEAT in message.text]) == len(slack.unanswered) == 2
    assert not any(deployment.dead_letters().values())


def _violation(deployment: Deployment, name: str) -> Finding:
    deployment.function(name, deployment.role(name))
    return deployment.wait(lambda: next(iter(deployment.findings_on(f"function:{name}")), None), "a finding")
