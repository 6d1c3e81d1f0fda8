"""One deployment of the synthesized templates for all e2e tests, on an emulator that enforces IAM."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from passrole.emulator import Emulator, deploy
from tests.e2e.deployment import FORWARDED_REGION, STACK, Deployment, make_user, synthesize
from tests.e2e.receivers import receivers


@pytest.fixture(scope="session")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    policy = Path(__file__).parent / "guardrail.yaml"
    return synthesize(policy, tmp_path_factory.mktemp("assembly"))


@pytest.fixture(scope="session")
def deployed(assembly: Path) -> Iterator[Deployment]:
    with receivers() as servers, Emulator(enforce_iam=True) as emulator:
        servers.prepare(emulator)
        outputs = deploy(emulator, assembly, STACK)
        servers.connect(emulator, outputs)
        deploy(emulator, assembly, f"{STACK}-{FORWARDED_REGION}", region=FORWARDED_REGION)
        operator = make_user(emulator, "sam", "cloudformation:DescribeStacks", "sts:AssumeRole")
        yield Deployment(emulator, servers, outputs, operator)


@pytest.fixture
def deployment(deployed: Deployment) -> Deployment:
    """The deployment, where no test before this one made a storm of alerts."""
    deployed.forget_bursts()
    return deployed
