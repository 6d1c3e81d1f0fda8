"""Running commands as people do, and a deployed guard in an account in memory."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
from click.testing import CliRunner

from passrole.cli import main
from tests.unit.samples import ACCOUNT

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
    """Runs ``passrole`` in an empty folder."""
    monkeypatch.chdir(tmp_path)
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


def deploy(outputs: dict[str, str], name: str = STACK, region: str | None = None) -> None:
    """A stack with such outputs."""
    template = {
        "Resources": {"Anything": {"Type": "AWS::SQS::Queue"}},
        "Outputs": {key: {"Value": value} for key, value in outputs.items()},
    }
    client = boto3.client("cloudformation", region_name=region)
    client.create_stack(StackName=name, TemplateBody=json.dumps(template))
