"""Clients for each case: moto in the process, the embedded emulator, or a fake of the tests."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import boto3
import pytest

from passrole.emulator import Emulator
from passrole.quarantine.module import Aws
from tests.unit.quarantine.modules.case import QUARANTINE_ROLE, Case, Clients
from tests.unit.quarantine.modules.cases import CASES
from tests.unit.samples import ACCOUNT, REGION

EMULATED = pytest.mark.xdist_group("emulator")


@pytest.fixture(scope="session")
def emulator() -> Iterator[Emulator]:
    with Emulator(record_calls=False, check_pass_role=False) as running:
        yield running


@pytest.fixture(
    params=[pytest.param(c, id=c.module.name, marks=EMULATED if c.emulated else ()) for c in CASES]
)
def case(request: pytest.FixtureRequest) -> Any:
    return request.param


@pytest.fixture
def new_client(case: Case, aws: None, request: pytest.FixtureRequest) -> Clients:
    """Makes a client for a service, in whatever serves it for the case; each process has its own."""

    @cache
    def fake(service: str, region: str) -> Any:
        return case.fake(service)

    def client(service: str, region: str = REGION) -> Any:
        if service in case.faked:
            return fake(service, region).client(region)
        if service in case.emulated:
            return request.getfixturevalue("emulator").client(service, region)
        return boto3.client(service, region_name=region)

    return client


@pytest.fixture
def clients(new_client: Clients) -> Clients:
    """The clients of the people in the case."""
    return cache(new_client)


@pytest.fixture
def role(clients: Clients) -> str:
    return make_role(clients, "deployer")


@pytest.fixture
def acting(clients: Clients) -> Aws:
    return Aws(clients, QUARANTINE_ROLE)


def make_role(clients: Clients, name: str) -> str:
    arn: str = clients("iam").create_role(RoleName=name, Path="/dev/", AssumeRolePolicyDocument="{}")["Role"][
        "Arn"
    ]
    assert f":{ACCOUNT}:" in arn
    return arn
