"""The account of the tests that ask live IAM for more than the role."""

import pytest

from tests.unit.evidence.account import Account


@pytest.fixture
def account(aws: None) -> Account:
    return Account()
