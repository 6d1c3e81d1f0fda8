"""A stand-in for Security Hub on loopback, which no emulator has: its two calls, as botocore's models say."""

import json
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

import botocore.session
from botocore.validate import ParamValidator

from passrole.emulator.loopback import LoopbackServer

_MODEL = botocore.session.get_session().get_service_model("securityhub")
_OPERATIONS = {
    ("POST", "/findings/import"): "BatchImportFindings",
    ("PATCH", "/findings/batchupdate"): "BatchUpdateFindings",
}


@dataclass
class SecurityHub(LoopbackServer):
    """What was imported, by the finding's id, and each update of a workflow.

    Attributes:
        refused: what did not fit the model of its operation: ends as an error in the caller, too.
    """

    findings: dict[str, dict[str, Any]] = field(default_factory=dict)
    updates: list[dict[str, Any]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def handler(self) -> type[BaseHTTPRequestHandler]:
        return _handler_for(self)

    def about(self, finding_id: str) -> list[dict[str, Any]]:
        """The imported findings whose id has ours in it."""
        return [found for name, found in self.findings.items() if finding_id in name]

    def workflow_of(self, finding_id: str) -> list[str]:
        """The states that the finding's workflow was given, in order."""
        return [
            update["Workflow"]["Status"]
            for update in self.updates
            if any(finding_id in each["Id"] for each in update["FindingIdentifiers"])
        ]

    def take(self, operation: str, request: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """The answer to a call, as status and body."""
        shape = _MODEL.operation_model(operation).input_shape
        report = ParamValidator().validate(request, shape)
        if report.has_errors():
            self.refused.append(report.generate_report())
            return 400, {"Message": report.generate_report()}
        if operation == "BatchImportFindings":
            self.findings |= {finding["Id"]: finding for finding in request["Findings"]}
            return 200, {"FailedCount": 0, "SuccessCount": len(request["Findings"]), "FailedFindings": []}
        self.updates.append(request)
        return 200, {"ProcessedFindings": request["FindingIdentifiers"], "UnprocessedFindings": []}


def _handler_for(hub: SecurityHub) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))))
            status, body = hub.take(_OPERATIONS[self.command, self.path], request)
            text = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        do_POST = do_PATCH = _answer  # noqa: N815 - the base class names them

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it
            """Says nothing: what arrived is in ``findings``."""

    return Handler
