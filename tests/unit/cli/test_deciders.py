"""Who passed the role does not decide about its finding, unless the policy says so."""

from datetime import timedelta
from typing import Any

import pytest

from passrole.clock import utc_now
from passrole.finding import Finding, State
from passrole.ledger import Ledger
from passrole.passes import Passer
from passrole.quarantine.people import is_passer
from tests.unit.cli.conftest import Cloud, Ran, Run
from tests.unit.cli.decisions import GIVEN, become, caller, finding_by, let_passers_decide, session_of
from tests.unit.quarantine.world import World, make_function, make_role, open_finding
from tests.unit.samples import ACCOUNT, RecordedTopic, finding_of, pass_of

DECISIONS = {"release": "released", "approve": "approved", "exempt": "exempted"}
SSO = "AWSReservedSSO_Admin_0123456789abcdef"
SSO_ARN = f"arn:aws:iam::{ACCOUNT}:role/aws-reserved/sso.amazonaws.com/eu-west-1/{SSO}"


def decide(run: Run, decision: str, finding: Finding) -> Ran:
    until = ("--until", (utc_now() + timedelta(days=30)).date()) if decision == "exempt" else ()
    return run("findings", decision, finding.id, *until, *GIVEN)


@pytest.mark.parametrize("decision", DECISIONS)
def test_the_passer_is_refused(run: Run, deployed: Cloud, ledger: Ledger, decision: str) -> None:
    finding = open_finding(ledger, finding_by(Passer(type="IAMUser", arn=caller())))

    ran = decide(run, decision, finding)

    assert (ran.status, ran.out) == (1, "")
    assert ran.err == (
        f"not {DECISIONS[decision]}: {caller()} passed the role, or may have: "
        f"another person decides about finding {finding.id}\n"
    )
    assert ledger.finding(finding.id) == finding


@pytest.mark.parametrize(
    ("decision", "state"),
    [("release", State.RELEASED), ("approve", State.OPEN), ("exempt", State.EXEMPTED)],
)
def test_the_passer_decides_where_the_policy_says_so(
    run: Run, deployed: Cloud, dynamodb: Any, topic: RecordedTopic, decision: str, state: State
) -> None:
    let_passers_decide(deployed)
    world, role = World(topic), make_role("deployer")
    mine = pass_of(resources=(make_function(role),), passer=Passer(type="IAMUser", arn=caller()))
    finding = open_finding(world.ledger(), finding_of(mine, arn=role))
    if decision == "release":
        world.container().contain(finding.id, "one")

    ran = decide(run, decision, finding)

    assert (ran.status, ran.err) == (0, "")
    after = world.ledger().finding(finding.id)
    assert after is not None
    assert after.state is state


def test_another_session_of_the_passers_role_is_refused(
    run: Run, deployed: Cloud, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    role = f"arn:aws:iam::{ACCOUNT}:role/dev"
    passer = Passer(type="AssumedRole", arn=session_of("dev", "dana"), role_arn=role)
    finding = open_finding(ledger, finding_by(passer))
    mine = become(monkeypatch, "dev", "sam")

    ran = decide(run, "approve", finding)

    assert ran.status == 1
    assert ran.err.startswith(f"not approved: {mine} passed the role, or may have")


def test_another_person_of_identity_center_decides(
    run: Run, deployed: Cloud, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    passer = Passer(type="AssumedRole", arn=session_of(SSO, "dana@example.com"), role_arn=SSO_ARN)
    finding = open_finding(ledger, finding_by(passer))
    mine = become(monkeypatch, SSO, "sam@example.com")

    assert decide(run, "approve", finding).status == 0
    assert ledger.history(finding.id)[-1].who == mine


@pytest.mark.parametrize(
    ("who", "role_arn", "may_be"),
    [
        (session_of(SSO, "dana"), SSO_ARN, True),
        (session_of(SSO, "sam"), SSO_ARN, False),
        (session_of(SSO, "sam"), None, False),
        # A role that somebody named so: whoever assumes it chooses the session's name.
        (session_of(SSO, "sam"), f"arn:aws:iam::{ACCOUNT}:role/{SSO}", True),
        (session_of("AWSReservedSSO_Other_0123456789abcdef", "dana"), SSO_ARN, False),
        (session_of(SSO, "sam").replace(ACCOUNT, "444455556666"), SSO_ARN, False),
        (f"arn:aws:iam::{ACCOUNT}:user/dana", SSO_ARN, False),
        ("no arn", SSO_ARN, False),
    ],
)
def test_who_may_be_the_person_behind_a_session(who: str, role_arn: str | None, may_be: bool) -> None:
    passer = Passer(type="AssumedRole", arn=session_of(SSO, "dana"), role_arn=role_arn)

    assert is_passer(passer, who) is may_be


def test_nobody_is_the_passer_that_the_record_does_not_tell() -> None:
    assert not is_passer(Passer(invoked_by="cloudformation.amazonaws.com"), "arn:aws:iam::1:user/dana")
