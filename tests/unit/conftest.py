"""Fixtures of the unit tests: an AWS account in memory, a ledger in it, and a topic that remembers."""

import os
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import boto3
import botocore.session
import pytest
from botocore import hooks, httpsession
from moto import mock_aws

from passrole.ledger import Ledger
from tests.unit.samples import ACCOUNT, REGION, RecordedTopic, create_ledger_table


@pytest.fixture(scope="session", autouse=True)
def _api_models_are_read_once() -> Iterator[None]:
    """Each session of boto3 would read the models of the APIs anew: a quarter of a second a client."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(botocore.session, "create_loader", lru_cache(botocore.session.create_loader))
        yield


@pytest.fixture(scope="session", autouse=True)
def _clients_share_what_is_the_same_for_all() -> Iterator[None]:
    """Each client would find out anew what botocore's events are called, that its handlers take them, and
    how TLS is to be spoken: a sixth of the time of tests that make many.
    """
    alias = hooks.EventAliaser._alias_event_name
    names: dict[str, str] = {}

    def alias_once(aliaser: hooks.EventAliaser, name: str) -> str:
        if name not in names:
            names[name] = alias(aliaser, name)
        return names[name]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hooks.EventAliaser, "_alias_event_name", alias_once)
        patch.setattr(hooks, "accepts_kwargs", lru_cache(1024)(hooks.accepts_kwargs))
        patch.setattr(httpsession, "create_urllib3_context", lru_cache(httpsession.create_urllib3_context))
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
