"""A role that changes after it was passed: what holds it is judged again, without any new pass."""

import json
import time

import pytest

from passrole.finding import State
from passrole.passes import Origin
from tests.e2e.deployment import Deployment

pytestmark = pytest.mark.e2e


def test_untagging_a_role_that_a_function_holds_raises_a_finding(deployment: Deployment) -> None:
    # Given a function with an approved role
    role = deployment.role("untagged", "/application_role/", approved_for="lambda")
    time.sleep(3)  # until the event of its making is past: it is a change, too
    arn = deployment.function("runs-on", role)
    deployment.wait(lambda: deployment.ledger.holdings_of(arn), "the pass in the ledger")
    assert not deployment.findings_on("runs-on")
    iam = deployment.emulator.client("iam", credentials=deployment.user("tidy", "iam:*"))

    # When somebody takes the tag away that it is approved by
    iam.untag_role(RoleName="untagged", TagKeys=["approved-for"])

    # Then the function has a finding, which says who did what
    finding = deployment.finding_on("runs-on", State.OPEN)
    assert finding.origin is Origin.ROLE_CHANGE
    [opened] = deployment.ledger.history(finding.id)
    assert opened.who.endswith(":user/tidy")
    assert "UntagRole" in opened.why

    # and once it is tagged again, it resolves itself
    iam.tag_role(RoleName="untagged", Tags=[{"Key": "approved-for", "Value": "lambda"}])
    assert deployment.finding_on("runs-on", State.RESOLVED).id == finding.id


def test_another_trust_policy_is_a_change_too(deployment: Deployment) -> None:
    role = deployment.role("trusted", "/application_role/", approved_for="lambda")
    arn = deployment.function("trusts", role)
    deployment.wait(lambda: deployment.ledger.holdings_of(arn), "the pass in the ledger")

    deployment.emulator.client("iam").delete_role(RoleName="trusted")
    deployment.role("trusted", "/elsewhere/")
    time.sleep(5)  # the time in which the test above sees what it waits for

    # Nothing that holds the role of that path has a finding: it was deleted, and the new one is another.
    assert json.dumps([f.reasons for f in deployment.findings_on("trusts")]) == "[]"
