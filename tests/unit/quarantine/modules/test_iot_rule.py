"""Rules of AWS IoT: roles wherever they stand, and rules that may not be read."""
# ruff: noqa: N803 - parameters are named as the API names them

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from passrole.arn import Arn
from passrole.quarantine.module import Aws, CannotRestoreError
from passrole.quarantine.modules.iot_rule import IotRule
from tests.unit.quarantine.fakes.api import FakeApi, RefusedError
from tests.unit.quarantine.modules.case import QUARANTINE_ROLE
from tests.unit.samples import ACCOUNT, NOW, REGION, ROLE

RULE = Arn("aws", "iot", REGION, ACCOUNT, "rule/orders")
OTHER = f"arn:aws:iam::{ACCOUNT}:role/other"
SIGNED = {"signingRegion": REGION, "serviceName": "execute-api", "roleArn": ROLE}


class FakeIot(FakeApi):
    service = "iot"

    def __init__(self) -> None:
        self.rule: dict[str, Any] | None = {
            "ruleName": "orders",
            "sql": "SELECT * FROM 'orders'",
            "createdAt": NOW,
            "ruleDisabled": False,
            "actions": [
                {"sns": {"targetArn": f"arn:aws:sns:{REGION}:{ACCOUNT}:orders", "roleArn": OTHER}},
                {
                    "http": {
                        "url": "https://example.com/orders",
                        "headers": [{"key": "token", "value": "hunter2"}],
                        "auth": {"sigv4": SIGNED},
                    }
                },
            ],
        }
        self.may_read = True

    def get_topic_rule(self, ruleName: str) -> Any:
        if self.rule is None or not self.may_read:
            raise RefusedError("UnauthorizedException", f"Access to topic rule '{ruleName}' was denied")
        return {"rule": self.rule}

    def list_topic_rules(self, nextToken: str = "") -> Any:
        if not nextToken:
            return {"rules": [{"ruleName": "payments"}], "nextToken": "more"}
        return {"rules": [{"ruleName": "orders"}] if self.rule else []}

    def enable_topic_rule(self, ruleName: str) -> None:
        assert self.rule is not None
        self.rule["ruleDisabled"] = False


@pytest.fixture
def iot() -> FakeIot:
    return FakeIot()


@pytest.fixture
def acting(aws: None, iot: FakeIot) -> Aws:
    return Aws(lambda _service, region: iot.client(region), QUARANTINE_ROLE)


def test_a_role_is_found_however_deep_it_stands_and_no_secret_is_saved(acting: Aws) -> None:
    now = IotRule().describe(acting, RULE)

    assert now is not None
    assert now["roles"] == sorted([OTHER, ROLE])
    assert "hunter2" not in json.dumps(now)


def test_a_rule_that_may_not_be_read_is_not_taken_for_gone(iot: FakeIot, acting: Aws) -> None:
    iot.may_read = False

    with pytest.raises(ClientError):
        IotRule().describe(acting, RULE)


def test_a_rule_that_is_listed_no_more_is_gone(iot: FakeIot, acting: Aws) -> None:
    iot.rule = None

    assert IotRule().describe(acting, RULE) is None


def test_another_role_is_no_hindrance_to_a_release_and_another_query_is(iot: FakeIot, acting: Aws) -> None:
    prior = IotRule().describe(acting, RULE)
    assert prior is not None
    assert iot.rule is not None
    iot.rule["actions"][1]["http"]["auth"]["sigv4"] = SIGNED | {"roleArn": OTHER}
    iot.rule["ruleDisabled"] = True
    IotRule().release(acting, RULE, prior)
    assert not iot.rule["ruleDisabled"]

    iot.rule |= {"ruleDisabled": True, "sql": "SELECT * FROM 'payments'"}

    with pytest.raises(CannotRestoreError):
        IotRule().release(acting, RULE, prior)
    assert iot.rule["ruleDisabled"]
