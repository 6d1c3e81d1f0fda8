"""Fixtures of the unit tests: an AWS account in memory, a ledger in it, and a topic that remembers."""

import os
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import boto3
import botocore.session
import pytest
from moto import mock_aws

from passrole.ledger import Ledger
from tests.unit.samples import ACCOUNT, REGION, RecordedTopic, create_ledger_table


@pytest.fixture(scope="session", autouse=True)
def _api_models_are_read_once() -> Iterator[None]:
    """Each session of boto3 would read the models of the APIs anew: a quarter of a second a client."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(botocore.session, "create_loader", lru_cache(botocore.session.create_loader))
        yield


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An empty account 111122223333; nothing reaches a real one."""
    for name in [n for n in os.environ if n.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": REGION,
        "MOTO_ACCOUNT_ID": ACCOUNT,
        "MOTO_EC2_LOAD_DEFAULT_AMIS": "false",  # 1,300 images twice a test, which none asks for
    }.items():
        monkeypatch.setenv(name, value)
    with mock_aws():
        yield


@pytest.fixture
def dynamodb(aws: None) -> Any:
    client = boto3.client("dynamodb")
    create_ledger_table(client)
    return client


@pytest.fixture
def ledger(dynamodb: Any) -> Ledger:
    return Ledger("ledger", dynamodb)


@pytest.fixture
def topic() -> RecordedTopic:
    return RecordedTopic()
