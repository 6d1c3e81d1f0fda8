"""What exists is found without an event, and what is mended by hand is resolved without one."""

import pytest

from passrole.finding import Finding, State
from passrole.passes import Origin
from passrole.policy import Decision, Stage
from passrole.sweep.part import SETTLED
from tests.e2e.deployment import Deployment

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def found(deployed: Deployment) -> dict[str, Finding]:
    """Functions that were made while the guard was off, by name, with what the next sweep found."""
    bad, good = (
        deployed.role("swept-bad"),
        deployed.role("swept-good", "/application_role/", approved_for="lambda"),
    )
    with deployed.unwatched():
        for name, role in (("swept-1", bad), ("swept-2", bad), ("swept-fine", good)):
            deployed.function(name, role)
    deployed.sweep()
    return {name: deployed.finding_on(name, State.OPEN) for name in ("swept-1", "swept-2")}


def test_violations_that_no_event_told_are_found_by_the_next_sweep(
    deployed: Deployment, found: dict[str, Finding]
) -> None:
    for finding in found.values():
        assert (finding.origin, finding.decision) == (Origin.SWEEP, Decision.VIOLATION)
        # What exists is contained only where the policy says so
        assert finding.response is Stage.ALERT
    # and what is approved is in the ledger, too, by its role
    [holding] = deployed.ledger.holdings_of(deployed.arn_of_function("swept-fine"))
    assert holding.role.endswith("/swept-good")
    assert not deployed.findings_on("swept-fine")


def test_a_second_sweep_tells_nothing_again(deployed: Deployment, found: dict[str, Finding]) -> None:
    deployed.sweep()

    for finding in found.values():
        assert deployed.ledger.finding(finding.id) == finding


def test_what_is_mended_by_hand_or_gone_is_resolved_by_the_next_sweep(
    deployed: Deployment, found: dict[str, Finding]
) -> None:
    client = deployed.emulator.client("lambda")
    good = deployed.role("swept-better", "/application_role/", approved_for="lambda")
    with deployed.unwatched():
        client.update_function_configuration(FunctionName="swept-1", Role=good)
        client.delete_function(FunctionName="swept-2")

    # AWS's lists may lag: what the guard wrote within the last minute, no sweep ends
    for finding in found.values():
        deployed.age(finding.resource or "", SETTLED)
    deployed.sweep()

    for name, finding in found.items():
        now = deployed.finding_on(name, State.RESOLVED)
        assert now.id == finding.id
        assert "did not find it holding the role" in deployed.ledger.history(now.id)[-1].why
    assert not deployed.ledger.holdings_of(deployed.arn_of_function("swept-2"))


def test_the_command_has_the_guard_sweep_and_says_what_it_saw(deployed: Deployment) -> None:
    ran = deployed.command("sweep")

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "resources" in ran.stdout
