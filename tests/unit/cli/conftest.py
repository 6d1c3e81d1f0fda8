"""Running commands as people do, and a deployed guard in an account in memory."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError
from botocore.validate import validate_parameters
from click.testing import CliRunner

from passrole.cli import main
from passrole.stack import Output
from tests.unit.cli.logs import write_log
from tests.unit.samples import ACCOUNT, NOW, REGION

OPERATOR = f"arn:aws:iam::{ACCOUNT}:role/operator"
STACK = "PassRoleGuardrail"


@dataclass(frozen=True)
class Ran:
    """How a command ended and what it printed."""

    status: int
    out: str
    err: str

    @property
    def rows(self) -> list[Any]:
        """The standard output as lines of JSON."""
        return [json.loads(line) for line in self.out.splitlines()]


Run = Callable[..., Ran]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Runs ``passrole`` in an empty folder, with nothing kept of earlier runs."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("PASSROLE_STACK", raising=False)

    def run(*args: object, stdin: str | None = None) -> Ran:
        result = CliRunner().invoke(main, [str(arg) for arg in args], input=stdin)
        assert "Traceback" not in result.output
        return Ran(result.exit_code, result.stdout, result.stderr)

    return run


@pytest.fixture
def file(tmp_path: Path) -> Callable[..., Path]:
    """Writes a file: text as it is, anything else as lines of JSON."""

    def write(name: str, *content: Any) -> Path:
        path = tmp_path / name
        path.write_text("".join(c if isinstance(c, str) else json.dumps(c) + "\n" for c in content))
        return path

    return write


@pytest.fixture
def logs(tmp_path: Path) -> Callable[..., Path]:
    """Writes a folder of logs, each of some records, gzipped as in a bucket."""

    def write(*files: Iterable[dict[str, Any]], name: str = "logs") -> Path:
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        for number, records in enumerate(files):
            write_log(folder / f"{number:03d}.json.gz", records)
        return folder

    return write


@dataclass
class Cloud:
    """CloudFormation, which moto serves only with packages for API Gateway, and AWS's refusals.

    Attributes:
        stacks: what DescribeStacks answers, by region and name.
        resources: what ListStackResources answers.
        denied: operations that the caller may not call.
    """

    stacks: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    resources: dict[tuple[str, str], list[dict[str, Any]]] = field(default_factory=dict)
    denied: set[str] = field(default_factory=set)

    def deploy(
        self,
        outputs: Mapping[str, str],
        name: str = STACK,
        region: str = REGION,
        status: str = "CREATE_COMPLETE",
    ) -> None:
        self.stacks[region, name] = {
            "StackName": name,
            "CreationTime": NOW,
            "StackStatus": status,
            "Outputs": [{"OutputKey": key, "OutputValue": value} for key, value in outputs.items()],
        }

    def answer(self, operation: str, region: str, name: str) -> dict[str, Any]:
        if (region, name) not in self.stacks:
            about = {"Code": "ValidationError", "Message": f"Stack with id {name} does not exist"}
            raise ClientError({"Error": about}, operation)
        if operation == "DescribeStacks":
            return {"Stacks": [self.stacks[region, name]]}
        return {"StackResourceSummaries": self.resources.get((region, name), [])}


@pytest.fixture
def cloud(aws: None, monkeypatch: pytest.MonkeyPatch) -> Cloud:
    cloud, real = Cloud(), BaseClient._make_api_call  # type: ignore[attr-defined]

    def call(client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        if operation in cloud.denied:
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": "you may not"}}, operation)
        if client.meta.service_model.service_name != "cloudformation":
            return real(client, operation, arguments)
        answer = cloud.answer(operation, client.meta.region_name, arguments["StackName"])
        validate_parameters(answer, client.meta.service_model.operation_model(operation).output_shape)
        return answer

    monkeypatch.setattr(BaseClient, "_make_api_call", call)
    return cloud


@pytest.fixture
def deployed(cloud: Cloud, dynamodb: Any) -> Cloud:
    """The guard's stack, with a ledger and a topic, but without queues."""
    topic: str = boto3.client("sns").create_topic(Name="findings")["TopicArn"]
    values = dict.fromkeys(Output, "unused") | {
        Output.LEDGER_TABLE: "ledger",
        Output.FINDINGS_TOPIC_ARN: topic,
        Output.OPERATOR_ROLE_ARN: OPERATOR,
        Output.PASSER_MAY_RELEASE: "false",
    }
    cloud.deploy({str(name): value for name, value in values.items() if not name.endswith("QueueUrl")})
    return cloud
