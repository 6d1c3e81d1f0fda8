"""The entry point of detect: what the policy leaves out goes no further, and is counted."""

import importlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from aws_lambda_powertools.utilities.batch.exceptions import BatchProcessingError

from passrole.catalogue.left_out import LeftOut
from passrole.detection.detector import Detected
from passrole.policy import Decision
from tests.unit.samples import (
    ACCOUNT,
    REGION,
    create_function_record,
    envelope_of,
    pass_of,
    policy_of,
    verdict_of,
)

LEFT_OUT = LeftOut(calls=frozenset({("lambda.amazonaws.com", "CreateFunction20150331")}))


@dataclass
class Context:
    function_name: str = "detect"
    memory_limit_in_mb: int = 128
    invoked_function_arn: str = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:detect"
    aws_request_id: str = "33333333-3333-4333-8333-333333333333"
    seconds: list[int] = field(default_factory=lambda: [60])

    def get_remaining_time_in_millis(self) -> int:
        """The last of the given numbers stays."""
        return 1000 * (self.seconds.pop(0) if len(self.seconds) > 1 else self.seconds[0])


class Judge:
    """A detector that notes what it is given, and finds what it is told to."""

    def __init__(self) -> None:
        self.bodies: list[str] = []
        self.looks: list[int] = []
        self.found: list[Detected] = []

    def detect(self, body: str, look: int) -> Iterator[Detected]:
        self.bodies.append(body)
        self.looks.append(look)
        return iter(self.found)


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


def _event(*bodies: str, **attributes: str) -> dict[str, Any]:
    return {
        "Records": [
            {
                "messageId": f"message-{index}",
                "body": body,
                "eventSource": "aws:sqs",
                "eventSourceARN": f"arn:aws:sqs:{REGION}:{ACCOUNT}:intake",
                "attributes": {},
                "messageAttributes": {
                    name: {"stringValue": value, "dataType": "Number"} for name, value in attributes.items()
                },
                "awsRegion": REGION,
                "receiptHandle": "handle",
                "md5OfBody": "",
            }
            for index, body in enumerate(bodies)
        ]
    }


def _counted(capsys: pytest.CaptureFixture[str], metric: str) -> list[Any]:
    """The values of a metric that were printed."""
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]
    return [line[metric] for line in lines if metric in line]


def test_what_is_left_out_is_counted_and_not_judged(
    detect: Any, judge: Judge, capsys: pytest.CaptureFixture[str]
) -> None:
    left_out = envelope_of(create_function_record())
    other = envelope_of(create_function_record() | {"eventName": "UpdateFunctionConfiguration20150331v2"})

    answer = detect.handler(_event(left_out, other), Context())

    assert answer == {"batchItemFailures": []}
    assert judge.bodies == [other]
    assert _counted(capsys, "EventsLeftOut") == [[1.0]]


def test_a_forged_event_is_not_taken_for_one_that_is_left_out(
    detect: Any, judge: Judge, capsys: pytest.CaptureFixture[str]
) -> None:
    detect.handler(_event(envelope_of(create_function_record(), source="my.lambda")), Context())

    assert judge.bodies == []
    printed = capsys.readouterr().out
    assert "ForgedEvents" in printed
    assert "EventsLeftOut" not in printed


OTHER = envelope_of(create_function_record(eventName="UpdateFunctionConfiguration20150331v2"))


def test_a_message_tells_which_look_it_is(detect: Any, judge: Judge) -> None:
    detect.handler(_event(OTHER), Context())
    detect.handler(_event(OTHER, look="3"), Context())

    assert judge.looks == [1, 3]


def test_a_message_with_a_look_that_is_none_is_kept_for_a_person(
    detect: Any, judge: Judge, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(BatchProcessingError):  # the whole batch, which it is alone in
        detect.handler(_event(OTHER, look="-1"), Context())

    assert judge.looks == []


def test_what_is_looked_at_again_is_counted_as_that_and_as_no_verdict(
    detect: Any, judge: Judge, capsys: pytest.CaptureFixture[str]
) -> None:
    judge.found = [Detected(pass_of(), verdict_of(Decision.UNDETERMINED), waits=True)]

    detect.handler(_event(OTHER), Context())

    printed = capsys.readouterr().out
    assert '"PassesLookedAtAgain":[1.0]' in printed
    assert "PassesUndetermined" not in printed


def test_what_an_earlier_look_recorded_counts_as_delivered_again_at_the_first_only(
    detect: Any, judge: Judge, capsys: pytest.CaptureFixture[str]
) -> None:
    judge.found = [Detected(pass_of(), None)]

    detect.handler(_event(OTHER, look="2"), Context())
    assert _counted(capsys, "PassesDeliveredAgain") == []
    detect.handler(_event(OTHER), Context())
    assert _counted(capsys, "PassesDeliveredAgain") == [[1.0]]


def test_an_event_with_too_many_passes_for_the_time_takes_no_other_event_with_it(
    detect: Any, judge: Judge, capsys: pytest.CaptureFixture[str]
) -> None:
    """A function that is cut off has done nothing, as the queue sees it: its whole batch would come again."""
    judge.found = [Detected(pass_of(path=str(n)), verdict_of(Decision.VIOLATION)) for n in range(3)]
    seconds = [60, 60, 60, 60, 40, 14]  # before an event and after each pass

    answer = detect.handler(_event(OTHER, OTHER, OTHER), Context(seconds=seconds))

    assert [item["itemIdentifier"] for item in answer["batchItemFailures"]] == ["message-1", "message-2"]
    assert len(judge.bodies) == 2, "what cannot be finished is not begun"
    assert sum(map(sum, _counted(capsys, "PassesViolation"))) == 4
