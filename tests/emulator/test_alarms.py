"""Alarms on what functions log, from the metric to the topic and the bus."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest

from passrole.emulator import ACCOUNT, REGION, Emulator

from .test_bridge import TRUST, Inbox

NAMESPACE = "PassRoleGuardrail"
DETAIL_TYPE = "CloudWatch Alarm State Change"
CODE = """
import json
def handler(event, context):
    directive = {"Namespace": "PassRoleGuardrail", "Dimensions": [["service"]],
                 "Metrics": [{"Name": event["metric"], "Unit": "Count"}]}
    print(json.dumps({"_aws": {"Timestamp": 1, "CloudWatchMetrics": [directive]},
                      "service": event["service"], event["metric"]: [1.0]}))
"""


@pytest.fixture(scope="module")
def function(emulator: Emulator) -> str:
    """A function that logs one datum of a metric."""
    role = emulator.client("iam").create_role(RoleName="logger", AssumeRolePolicyDocument=TRUST)
    buffer = BytesIO()
    with ZipFile(buffer, "w") as archive:
        archive.writestr("f.py", CODE)
    made = emulator.client("lambda").create_function(
        FunctionName="logger",
        Runtime="python3.13",
        Role=role["Role"]["Arn"],
        Handler="f.handler",
        Code={"ZipFile": buffer.getvalue()},
    )
    return str(made["FunctionName"])


@pytest.fixture
def inbox(emulator: Emulator) -> Iterator[Inbox]:
    box = Inbox(emulator)
    yield box
    box.close()


class Rung:
    """An alarm with a topic, and what the topic sent."""

    def __init__(self, emulator: Emulator, metric: str, **settings: Any) -> None:
        self.name = f"alarm-{time.monotonic_ns()}"
        self.arn = f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:{self.name}"
        self._cloudwatch = emulator.client("cloudwatch")
        self._sqs = emulator.client("sqs")
        self._queue = self._sqs.create_queue(QueueName=self.name)["QueueUrl"]
        sns = emulator.client("sns")
        topic = sns.create_topic(Name=self.name)["TopicArn"]
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=f"arn:aws:sqs:{REGION}:{ACCOUNT}:{self.name}")
        self._cloudwatch.put_metric_alarm(
            AlarmName=self.name,
            Namespace=NAMESPACE,
            MetricName=metric,
            Dimensions=[{"Name": "service", "Value": "sweep"}],
            Statistic="Sum",
            AlarmActions=[topic],
            OKActions=[topic],
            **settings,
        )

    @property
    def state(self) -> str:
        [alarm] = self._cloudwatch.describe_alarms(AlarmNames=[self.name])["MetricAlarms"]
        return str(alarm["StateValue"])

    def published(self) -> list[str]:
        """The states that the topic told of since the last look."""
        answer = self._sqs.receive_message(QueueUrl=self._queue, MaxNumberOfMessages=10, WaitTimeSeconds=1)
        found = []
        for message in answer.get("Messages", []):
            self._sqs.delete_message(QueueUrl=self._queue, ReceiptHandle=message["ReceiptHandle"])
            found.append(json.loads(json.loads(message["Body"])["Message"])["NewStateValue"])
        return found


def silence(emulator: Emulator, metric: str) -> Rung:
    """An alarm that rings when nothing came for fifteen minutes."""
    return Rung(
        emulator,
        metric,
        Period=300,
        EvaluationPeriods=3,
        Threshold=1,
        ComparisonOperator="LessThanThreshold",
        TreatMissingData="breaching",
    )


def log(emulator: Emulator, function: str, metric: str, service: str = "sweep") -> None:
    event = json.dumps({"metric": metric, "service": service})
    answer = emulator.client("lambda").invoke(FunctionName=function, Payload=event)
    assert "FunctionError" not in answer


def test_what_a_function_logs_is_a_metric_that_rings_an_alarm(emulator: Emulator, function: str) -> None:
    alarm = Rung(
        emulator,
        "Tripped",
        Period=60,
        EvaluationPeriods=1,
        Threshold=0,
        ComparisonOperator="GreaterThanThreshold",
        TreatMissingData="notBreaching",
    )

    log(emulator, function, "Tripped", service="another")
    assert alarm.state == "INSUFFICIENT_DATA"
    log(emulator, function, "Tripped")
    assert (alarm.state, alarm.published()) == ("ALARM", ["ALARM"])
    assert emulator.evaluate_alarms(timedelta(minutes=2))[alarm.arn] == "OK"
    assert (alarm.state, alarm.published()) == ("OK", ["OK"])


def test_an_alarm_on_silence_rings_once_so_much_time_has_passed(emulator: Emulator, function: str) -> None:
    alarm = silence(emulator, "Heard")
    log(emulator, function, "Heard")

    assert alarm.published() == ["OK"]
    assert alarm.arn not in emulator.evaluate_alarms(timedelta(minutes=14))
    assert emulator.evaluate_alarms(timedelta(minutes=16))[alarm.arn] == "ALARM"
    assert alarm.arn not in emulator.evaluate_alarms(timedelta(minutes=17))
    assert alarm.published() == ["ALARM"]


def test_a_new_state_is_an_event_on_the_default_bus(emulator: Emulator, function: str, inbox: Inbox) -> None:
    alarm = silence(emulator, "Told")
    log(emulator, function, "Told")
    emulator.evaluate_alarms(timedelta(minutes=16))

    event = inbox.wait_for(
        lambda found: (
            found["detail-type"] == DETAIL_TYPE
            and found["resources"] == [alarm.arn]
            and found["detail"]["state"]["value"] == "ALARM"
        )
    )
    detail = event["detail"]
    assert (event["source"], detail["alarmName"]) == ("aws.cloudwatch", alarm.name)
    assert detail["previousState"]["value"] == "OK"
    [metric] = detail["configuration"]["metrics"]
    assert metric["metricStat"] == {
        "metric": {"namespace": NAMESPACE, "name": "Told", "dimensions": {"service": "sweep"}},
        "period": 300,
        "stat": "Sum",
    }


def test_a_state_set_by_hand_is_an_event_too(emulator: Emulator, inbox: Inbox) -> None:
    alarm = silence(emulator, "ByHand")
    emulator.client("cloudwatch").set_alarm_state(
        AlarmName=alarm.name, StateValue="ALARM", StateReason="a drill"
    )

    event = inbox.wait_for(lambda found: found["resources"] == [alarm.arn])
    assert event["detail"]["state"]["reason"] == "a drill"
    assert event["detail"]["previousState"]["value"] == "INSUFFICIENT_DATA"


def test_who_does_not_know_the_mark_cannot_ask_for_an_evaluation(emulator: Emulator) -> None:
    request = urllib.request.Request(
        f"{emulator.endpoint_url}/_passrole/evaluate-alarms", data=b'{"after": 0}', method="POST"
    )
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(request, timeout=10)
