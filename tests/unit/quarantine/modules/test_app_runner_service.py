"""What is special to App Runner services: pausing and resuming take their time."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from passrole.arn import Arn
from passrole.quarantine.module import Aws, CannotRestoreError
from passrole.quarantine.modules.app_runner_service import AppRunnerService
from tests.unit.quarantine.fakes.api import clients_of
from tests.unit.quarantine.fakes.apprunner import AppRunnerApi
from tests.unit.quarantine.modules.case import QUARANTINE_ROLE
from tests.unit.quarantine.modules.cases.app_runner_service import AppRunnerServiceCase
from tests.unit.samples import ROLE

MODULE = AppRunnerService()


class Account:
    """An account with one service, just made."""

    def __init__(self) -> None:
        self.api = AppRunnerApi()
        clients = clients_of(self.api)
        self.client = clients("apprunner")
        self.aws = Aws(clients, QUARANTINE_ROLE)
        self.arn_text = AppRunnerServiceCase().make(clients, ROLE)
        arn = Arn.parse(self.arn_text)
        assert arn is not None
        self.arn = arn

    def look(self) -> Any:
        return MODULE.describe(self.aws, self.arn)

    def status(self) -> str:
        status: str = self.client.describe_service(ServiceArn=self.arn_text)["Service"]["Status"]
        return status


@pytest.fixture
def account(aws: None) -> Account:
    return Account()


def test_a_service_that_is_being_paused_is_contained_and_one_that_is_being_resumed_released(
    account: Account,
) -> None:
    prior = account.look()
    MODULE.contain(account.aws, account.arn, prior, ROLE)
    pausing = account.look()
    assert (pausing["status"], pausing["operation"]) == ("OPERATION_IN_PROGRESS", "PAUSE_SERVICE")
    assert MODULE.is_contained(account.aws, pausing, ROLE)
    assert not MODULE.is_released(pausing, prior)
    assert account.status() == "PAUSED"

    MODULE.release(account.aws, account.arn, prior)
    resuming = account.look()
    assert (resuming["status"], resuming["operation"]) == ("OPERATION_IN_PROGRESS", "RESUME_SERVICE")
    assert MODULE.is_released(resuming, prior)
    assert not MODULE.is_contained(account.aws, resuming, ROLE)
    assert MODULE.changed_since(account.aws, resuming, prior) == ()


@pytest.mark.parametrize("status", ["RUNNING", "OPERATION_IN_PROGRESS"])
def test_a_pause_that_failed_contains_nothing(account: Account, status: str) -> None:
    MODULE.contain(account.aws, account.arn, account.look(), ROLE)

    account.api.fail(account.arn_text, status)

    assert not MODULE.is_contained(account.aws, account.look(), ROLE)


def test_a_service_that_is_being_changed_is_contained_later(account: Account) -> None:
    account.client.update_service(ServiceArn=account.arn_text)
    now = account.look()
    assert now["operation"] == "UPDATE_SERVICE"
    assert MODULE.objection(now, "") is None
    assert not MODULE.is_contained(account.aws, now, ROLE)

    with pytest.raises(ClientError, match="InvalidStateException"):
        MODULE.contain(account.aws, account.arn, now, ROLE)

    MODULE.contain(account.aws, account.arn, account.look(), ROLE)
    assert MODULE.is_contained(account.aws, account.look(), ROLE)
    MODULE.release(account.aws, account.arn, now)
    assert MODULE.is_released(account.look(), now)


def test_a_release_while_the_service_is_being_paused_ends_in_the_refusal_of_app_runner(
    account: Account,
) -> None:
    prior = account.look()
    MODULE.contain(account.aws, account.arn, prior, ROLE)

    with pytest.raises(ClientError, match="InvalidStateException"):
        MODULE.release(account.aws, account.arn, prior)


def test_a_service_that_was_paused_before_stays_paused(account: Account) -> None:
    account.client.pause_service(ServiceArn=account.arn_text)
    account.look()
    prior = account.look()

    MODULE.release(account.aws, account.arn, prior)

    assert account.status() == "PAUSED"
    assert MODULE.is_released(account.look(), prior)
    assert MODULE.puts_back(prior) == ("service: stays paused, as it was",)


def test_a_service_that_failed_is_not_touched(account: Account) -> None:
    prior = account.look()
    account.client.delete_service(ServiceArn=account.arn_text)
    account.api.fail(account.arn_text, "DELETE_FAILED")

    now = account.look()

    assert MODULE.objection(now, "") == "App Runner pauses no service that is DELETE_FAILED"
    assert MODULE.changed_since(account.aws, now, prior)
    with pytest.raises(CannotRestoreError, match="DELETE_FAILED"):
        MODULE.release(account.aws, account.arn, prior)


def test_the_access_role_is_held_too(account: Account) -> None:
    assert MODULE.holds(account.look(), "arn:aws:iam::111122223333:role/images")
