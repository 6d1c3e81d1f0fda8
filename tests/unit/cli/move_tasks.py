"""SQS's message move tasks, which moto has not: requests and answers are held against SQS's own model.

What they do is as the SQS API reference has it for StartMessageMoveTask and ListMessageMoveTasks.
"""

import json
from dataclasses import dataclass, field
from typing import Any

import boto3
import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError
from botocore.validate import validate_parameters

START, LIST = "StartMessageMoveTask", "ListMessageMoveTasks"


@dataclass
class MoveTasks:
    """Tasks by the ARN of their source, the latest last.

    Attributes:
        rate: how many messages are moved between two looks.
        fails: why the next task fails, if it does.
        lag: for how many looks a new task is not listed.
    """

    rate: int = 1000
    fails: str | None = None
    lag: int = 0
    tasks: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def start(self, request: dict[str, Any]) -> dict[str, Any]:
        source, destination = request["SourceArn"], request["DestinationArn"]
        if not _gives_up_to(source):
            raise _error("InvalidParameterValue", "the source is no queue's dead-letter queue", START)
        tasks = self.tasks.setdefault(source, [])
        if tasks and tasks[-1]["Status"] == "RUNNING":
            raise _error("InvalidParameterValue", "there is a task for this source", START)
        tasks.append(
            {
                "TaskHandle": f"task-{len(tasks)}",
                "Status": "RUNNING",
                "SourceArn": source,
                "DestinationArn": destination,
                "ApproximateNumberOfMessagesMoved": 0,
                "ApproximateNumberOfMessagesToMove": waiting(_url(source)),
                "StartedTimestamp": 1_800_000_000_000 + len(tasks),
            }
        )
        return {"TaskHandle": tasks[-1]["TaskHandle"]}

    def list(self, request: dict[str, Any]) -> dict[str, Any]:
        tasks = self.tasks.get(request["SourceArn"], [])
        if tasks and tasks[-1]["Status"] == "RUNNING":
            if self.lag:
                self.lag -= 1
                return {"Results": tasks[-2:-1]}
            self._go_on(tasks[-1])
        return {"Results": tasks[::-1][: request.get("MaxResults", 1)]}

    def _go_on(self, task: dict[str, Any]) -> None:
        moved = _move(_url(task["SourceArn"]), _url(task["DestinationArn"]), self.rate)
        task["ApproximateNumberOfMessagesMoved"] += moved
        if self.fails:
            self._end(task, "FAILED")
            task["FailureReason"] = self.fails
        elif not waiting(_url(task["SourceArn"])):
            self._end(task, "COMPLETED")

    @staticmethod
    def _end(task: dict[str, Any], status: str) -> None:
        task["Status"] = status
        del task["TaskHandle"]  # only running tasks are listed with theirs


def install(monkeypatch: pytest.MonkeyPatch, denied: set[str]) -> MoveTasks:
    """Has all clients of SQS ask these tasks; what is denied goes to whoever refuses it."""
    move_tasks, others = MoveTasks(), BaseClient._make_api_call  # type: ignore[attr-defined]
    answers = {START: move_tasks.start, LIST: move_tasks.list}

    def call(client: Any, operation: str, request: dict[str, Any]) -> Any:
        if operation not in answers or operation in denied:
            return others(client, operation, request)
        model = client.meta.service_model.operation_model(operation)
        validate_parameters(request, model.input_shape)
        answer = answers[operation](request)
        validate_parameters(answer, model.output_shape)
        return answer

    monkeypatch.setattr(BaseClient, "_make_api_call", call)
    return move_tasks


def waiting(url: str) -> int:
    """How many messages are in a queue, those that were just received among them."""
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    told = boto3.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    return sum(map(int, told.values()))


def _move(source: str, destination: str, most: int) -> int:
    sqs = boto3.client("sqs")
    moved = 0
    while moved < most:
        messages = sqs.receive_message(QueueUrl=source, MaxNumberOfMessages=1).get("Messages", [])
        if not messages:
            break
        sqs.send_message(QueueUrl=destination, MessageBody=messages[0]["Body"])
        sqs.delete_message(QueueUrl=source, ReceiptHandle=messages[0]["ReceiptHandle"])
        moved += 1
    return moved


def _gives_up_to(arn: str) -> bool:
    sqs = boto3.client("sqs")
    for url in sqs.list_queues().get("QueueUrls", []):
        told = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["RedrivePolicy"]).get("Attributes", {})
        if json.loads(told.get("RedrivePolicy", "{}")).get("deadLetterTargetArn") == arn:
            return True
    return False


def _url(arn: str) -> str:
    url: str = boto3.client("sqs").get_queue_url(QueueName=arn.rpartition(":")[2])["QueueUrl"]
    return url


def _error(code: str, message: str, operation: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, operation)
