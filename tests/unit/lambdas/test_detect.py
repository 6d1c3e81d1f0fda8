"""The entry point of detect: what the policy leaves out goes no further, and is counted."""

import importlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from passrole.catalogue.left_out import LeftOut
from tests.unit.samples import ACCOUNT, REGION, create_function_record, envelope_of, policy_of

LEFT_OUT = LeftOut(calls=frozenset({("lambda.amazonaws.com", "CreateFunction20150331")}))


@dataclass
class Context:
    function_name: str = "detect"
    memory_limit_in_mb: int = 128
    invoked_function_arn: str = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:detect"
    aws_request_id: str = "33333333-3333-4333-8333-333333333333"


class Judge:
    """A detector that notes what it is given."""

    def __init__(self) -> None:
        self.bodies: list[str] = []

    def detect(self, body: str) -> Iterator[Any]:
        self.bodies.append(body)
        return iter(())


@pytest.fixture
def judge() -> Judge:
    return Judge()


@pytest.fixture
def detect(aws: None, judge: Judge, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The entry point's module, deployed with a policy that leaves out a call."""
    monkeypatch.setenv("AWS_REGION", REGION)
    module: Any = importlib.import_module("lambdas.detect.handler")
    monkeypatch.setattr(module.metrics, "namespace", "PassRoleGuardrail")
    monkeypatch.setattr(module.metrics, "service", "detect")
    monkeypatch.setattr(module, "_policy", lambda: replace(policy_of(), left_out=LEFT_OUT))
    monkeypatch.setattr(module, "_detector", lambda _: judge)
    return module


def _event(*bodies: str) -> dict[str, Any]:
    return {
        "Records": [
            {
                "messageId": f"message-{index}",
                "body": body,
                "eventSource": "aws:sqs",
                "eventSourceARN": f"arn:aws:sqs:{REGION}:{ACCOUNT}:intake",
                "attributes": {},
                "messageAttributes": {},
                "awsRegion": REGION,
                "receiptHandle": "handle",
                "md5OfBody": "",
            }
            for index, body in enumerate(bodies)
        ]
    }


def test_what_is_left_out_is_counted_and_not_judged(
    detect: Any, judge: Judge, capsys: pytest.CaptureFixture[str]
) -> None:
    left_out = envelope_of(create_function_record())
    other = envelope_of(create_function_record() | {"eventName": "UpdateFunctionConfiguration20150331v2"})

    answer = detect.handler(_event(left_out, other), Context())

    assert answer == {"batchItemFailures": []}
    assert judge.bodies == [other]
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]
    assert [line["EventsLeftOut"] for line in lines if "EventsLeftOut" in line] == [[1.0]]


def test_a_forged_event_is_not_taken_for_one_that_is_left_out(
    detect: Any, judge: Judge, capsys: pytest.CaptureFixture[str]
) -> None:
    detect.handler(_event(envelope_of(create_function_record(), source="my.lambda")), Context())

    assert judge.bodies == []
    printed = capsys.readouterr().out
    assert "ForgedEvents" in printed
    assert "EventsLeftOut" not in printed
