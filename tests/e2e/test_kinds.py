"""Each kind of resource that the emulator serves is contained by the deployed guard, and given back.

Left out are the kinds that MiniStack does not serve (App Runner services, Auto Scaling groups' processes,
CodePipeline pipelines, SageMaker notebooks, roles of RDS and of Redshift clusters), and ECS services: their
role comes with the task definition, and the emulator makes no Express service, which alone takes it itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest

from passrole.finding import State
from tests.e2e.deployment import Deployment
from tests.unit.quarantine.modules.case import Case, Clients
from tests.unit.quarantine.modules.cases import CASES as ALL_CASES

pytestmark = pytest.mark.e2e

SERVED = (
    "batch-compute-environment",
    "bucket-replication",
    "codebuild-project",
    "ec2-instance",
    "event-rule",
    "flink-application",
    "glue-job",
    "iot-rule",
    "lambda-function",
    "pipe",
    "schedule",
    "state-machine",
)
CASES = {case.module.name: case for case in ALL_CASES}


@dataclass(frozen=True)
class Made:
    """A resource that a person made with a role that nobody approved; ``before`` is how it was."""

    case: Case
    arn: str
    role: str
    before: Any


@pytest.fixture(scope="module")
def made(deployed: Deployment) -> Mapping[str, Made]:
    """One of each kind, made by a person; the guard hears of them when all are as the person left them."""
    kim = deployed.user("kim", "*")
    people = cache(lambda service, region=None: deployed.emulator.client(service, region, kim))
    deployed.role("logs", "/", service="iot")  # IoT looks whether it may assume the roles of a rule
    found = {}
    with deployed.waiting():
        for kind in SERVED:
            case = CASES[kind]
            role = deployed.role(f"for-{kind}", service=case.module.services[0].split(".")[0])
            arn = case.make(people, role)
            found[kind] = Made(case, arn, role, case.snapshot(people, arn))
    return found


@pytest.fixture
def clients(deployment: Deployment) -> Clients:
    return cache(deployment.emulator.client)


@pytest.mark.parametrize("kind", SERVED)
def test_it_is_contained_and_given_back_as_it_was(
    deployment: Deployment, made: Mapping[str, Made], clients: Clients, kind: str
) -> None:
    one = made[kind]
    finding = deployment.finding_on(one.arn, State.CONTAINED)
    assert (finding.role, finding.passer.name) == (one.role, "kim")
    assert not one.case.works(clients, one.arn)
    assert one.case.snapshot(clients, one.arn) != one.before

    released = deployment.command("findings", "release", finding.id, "--yes", "--reason", "it was a drill")

    assert released.returncode == 0, released.stdout + released.stderr
    assert one.case.works(clients, one.arn)
    assert one.case.snapshot(clients, one.arn) == one.before


def test_the_guard_does_not_catch_its_own_passes(
    deployment: Deployment, made: Mapping[str, Made], clients: Clients
) -> None:
    """Neither that of the quarantine role nor that of the role which a release gives back."""
    deployment.settle()

    states = {kind: [f.state for f in deployment.findings_on(one.arn)] for kind, one in made.items()}
    assert states == {kind: [State.RELEASED] for kind in made}
    assert all(one.case.works(clients, one.arn) for one in made.values())
