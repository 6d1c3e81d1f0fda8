"""One deployment of the synthesized templates for most e2e tests, on an emulator that enforces IAM.

Two workers share the tests: those on that deployment, and those that start an emulator of their own.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from passrole.emulator import Emulator, deploy
from tests.e2e.deployment import FORWARDED_REGION, STACK, Deployment, make_user, synthesize
from tests.e2e.receivers import receivers

_HERE = Path(__file__).parent
_WITH_THEIR_OWN = ("test_burst", "test_demo")


@pytest.hookimpl(tryfirst=True)  # xdist reads the marks in a hook of the same name
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Has each worker start one emulator at a time: two cores have no room for more."""
    for item in items:
        if item.path.parent == _HERE:
            group = "own emulators" if item.path.stem in _WITH_THEIR_OWN else "deployed"
            item.add_marker(pytest.mark.xdist_group(group))


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
        # Alarms ring as long as nothing was seen yet; the test of them has them heard.
        events = emulator.client("events")
        [rule] = events.list_rules(NamePrefix=f"{STACK}-AlarmChanges")["Rules"]
        events.disable_rule(Name=rule["Name"])
        deploy(emulator, assembly, f"{STACK}-{FORWARDED_REGION}", region=FORWARDED_REGION)
        operator = make_user(emulator, "sam", "cloudformation:DescribeStacks", "sts:AssumeRole")
        deployment = Deployment(emulator, servers, outputs, operator)
        deployment.sweep()  # the first one, which would come by what tests make before its event does
        yield deployment


@pytest.fixture
def deployment(deployed: Deployment) -> Deployment:
    """The deployment, where no test before this one made a storm of alerts."""
    deployed.forget_bursts()
    return deployed
