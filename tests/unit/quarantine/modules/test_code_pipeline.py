"""What is special to pipelines: transitions that others disabled, and stages that come and go."""

from typing import Any

import pytest

from passrole.arn import Arn
from passrole.quarantine.module import Aws, CannotRestoreError
from passrole.quarantine.modules.code_pipeline import REASON, CodePipeline
from tests.unit.quarantine.fakes.api import clients_of
from tests.unit.quarantine.fakes.codepipeline import CodePipelineApi
from tests.unit.quarantine.modules.case import QUARANTINE_ROLE
from tests.unit.quarantine.modules.cases.code_pipeline import (
    STAGES,
    CodePipelineCase,
    disable,
    enable,
    pipeline_with,
)
from tests.unit.samples import ROLE

MODULE = CodePipeline()
FROZEN = "Not before the holidays are over"


class Account:
    """An account with one pipeline, in which the transition into Deploy is disabled; contained."""

    def __init__(self) -> None:
        self.clients = clients_of(CodePipelineApi())
        self.aws = Aws(self.clients, QUARANTINE_ROLE)
        arn = Arn.parse(CodePipelineCase().make(self.clients, ROLE))
        assert arn is not None
        self.arn = arn
        self.prior = self.look()
        MODULE.contain(self.aws, self.arn, self.prior, ROLE)

    def look(self) -> Any:
        return MODULE.describe(self.aws, self.arn)

    def release(self) -> None:
        MODULE.release(self.aws, self.arn, self.prior)

    def set_stages(self, *stages: str) -> None:
        self.clients("codepipeline").update_pipeline(pipeline=pipeline_with(ROLE, stages))


@pytest.fixture
def account(aws: None) -> Account:
    return Account()


def test_a_transition_that_was_disabled_before_keeps_its_reason(account: Account) -> None:
    assert account.prior["disabled"] == {"Build": None, "Approve": None, "Deploy": FROZEN}
    assert account.look()["disabled"] == {"Build": REASON, "Approve": REASON, "Deploy": FROZEN}
    assert MODULE.puts_back(account.prior) == (
        "transition into Build: enabled",
        "transition into Approve: enabled",
    )


def test_a_transition_that_others_disabled_meanwhile_is_not_enabled(account: Account) -> None:
    CodePipelineCase().meddle(account.clients, str(account.arn))

    with pytest.raises(CannotRestoreError, match="The compiler is broken"):
        account.release()

    assert account.look()["disabled"]["Build"] == "The compiler is broken"


def test_a_transition_that_others_enabled_is_told(account: Account) -> None:
    enable(account.clients, "Deploy")

    assert MODULE.changed_since(account.aws, account.look(), account.prior) == (
        f"the transition into Deploy is enabled, before it was disabled: {FROZEN}",
    )


def test_a_stage_that_was_added_is_contained_and_released_with_the_others(account: Account) -> None:
    account.set_stages(*STAGES, "Announce")
    assert not MODULE.is_contained(account.aws, account.look(), ROLE)

    MODULE.contain(account.aws, account.arn, account.look(), ROLE)
    assert MODULE.is_contained(account.aws, account.look(), ROLE)
    assert not MODULE.is_released(account.look(), account.prior)
    account.release()

    assert account.look()["disabled"] == account.prior["disabled"] | {"Announce": None}
    assert MODULE.is_released(account.look(), account.prior)


def test_a_stage_that_others_added_and_keep_shut_is_not_opened(account: Account) -> None:
    account.set_stages(*STAGES, "Announce")
    disable(account.clients, "Announce", "Not announced yet")

    account.release()

    assert account.look()["disabled"] == account.prior["disabled"] | {"Announce": "Not announced yet"}


def test_a_stage_that_is_gone_is_left_out(account: Account) -> None:
    account.set_stages("Source", "Build", "Deploy")

    account.release()

    assert account.look()["disabled"] == {"Build": None, "Deploy": FROZEN}
    assert MODULE.is_released(account.look(), account.prior)


def test_a_release_goes_on_where_another_stopped(account: Account) -> None:
    enable(account.clients, "Build")
    assert not MODULE.is_released(account.look(), account.prior)

    account.release()

    assert account.look()["disabled"] == account.prior["disabled"]
