"""Lambda functions, in moto."""

import io
import zipfile
from typing import Any

from passrole.quarantine.modules.lambda_function import LambdaFunction
from tests.unit.quarantine.modules.case import Case, Clients


class LambdaFunctionCase(Case):
    module = LambdaFunction()
    place = "execution role"
    event = ("lambda.amazonaws.com", "CreateFunction20150331")
    denied_act = "update_event_source_mapping"

    def make(self, clients: Clients, role: str) -> str:
        code = io.BytesIO()
        with zipfile.ZipFile(code, "w") as archive:
            archive.writestr("index.py", "def handler(event, context): ...")
        client, sqs = clients("lambda"), clients("sqs")
        arn: str = client.create_function(
            FunctionName="orders",
            Runtime="python3.13",
            Role=role,
            Handler="index.handler",
            Code={"ZipFile": code.getvalue()},
        )["FunctionArn"]
        client.put_function_concurrency(FunctionName="orders", ReservedConcurrentExecutions=7)
        for queue, enabled in (("busy", True), ("idle", False)):
            url = sqs.create_queue(QueueName=queue)["QueueUrl"]
            queue_arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
            client.create_event_source_mapping(
                FunctionName="orders", EventSourceArn=queue_arn["Attributes"]["QueueArn"], Enabled=enabled
            )
        return arn

    def snapshot(self, clients: Clients, arn: str) -> Any:
        client = clients("lambda")
        mappings = client.list_event_source_mappings(FunctionName="orders")["EventSourceMappings"]
        return {
            "role": client.get_function_configuration(FunctionName="orders")["Role"],
            "concurrency": _concurrency(client),
            "mappings": {m["EventSourceArn"]: m["State"] for m in mappings},
        }

    def works(self, clients: Clients, arn: str) -> bool:
        return _concurrency(clients("lambda")) != 0

    def give_other_role(self, clients: Clients, arn: str, role: str) -> None:
        clients("lambda").update_function_configuration(FunctionName="orders", Role=role)

    def meddle(self, clients: Clients, arn: str) -> None:
        clients("lambda").put_function_concurrency(FunctionName="orders", ReservedConcurrentExecutions=99)

    def remove(self, clients: Clients, arn: str) -> None:
        clients("lambda").delete_function(FunctionName="orders")


def _concurrency(client: Any) -> int | None:
    answer = client.get_function_concurrency(FunctionName="orders")
    found: int | None = answer.get("ReservedConcurrentExecutions")
    return found
