"""IAM and IAM Access Analyzer on loopback: they answer what they are told to, in their real protocols."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from botocore.loaders import Loader
from moto.core.model import ServiceModel
from moto.core.serialize import QuerySerializer, RestJSONSerializer

from tests.unit.samples import ACCOUNT

ROLE = f"arn:aws:iam::{ACCOUNT}:role/app/orders"
JOB = "8eb6c2b8-7b4c-3xmp-3c13-03b72c8cdfdc"
ANALYZER = f"arn:aws:access-analyzer:us-east-1:{ACCOUNT}:analyzer/console"
_LISTS = re.compile(r"/(analyzer|findingv2)/?")


@dataclass(frozen=True)
class Refusal:
    """An error in place of an answer."""

    code: str
    message: str = "you may not"
    status: int = 400


THROTTLED = Refusal("Throttling", "Rate exceeded")


@dataclass
class RecordedAws:
    """Both services.

    Attributes:
        answers: what each operation answers: each once, and the last for ever.
        requests: operations with what they were asked, in their order.
    """

    answers: dict[str, list[Any]] = field(default_factory=dict)
    requests: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    _server: ThreadingHTTPServer | None = None

    def start(self) -> str:
        """Its URL."""
        aws = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._answer(*aws.answer(self.path, ""))

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
                self._answer(*aws.answer(self.path, body))

            def _answer(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def stop(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()

    def asked(self, operation: str) -> list[Mapping[str, Any]]:
        """What an operation was asked, each time."""
        return [request for name, request in self.requests if name == operation]

    def answer(self, path: str, body: str) -> tuple[int, Mapping[str, str], bytes]:
        """Status, headers and body."""
        service, operation, request = _request(path, body)
        self.requests.append((operation, request))
        of_operation = self.answers[operation]
        given = of_operation.pop(0) if len(of_operation) > 1 else of_operation[0]
        if isinstance(given, Refusal):
            return _refused(service, given)
        model = _MODELS[service].operation_model(operation)
        serializer: Any = QuerySerializer if service == "iam" else RestJSONSerializer
        response = serializer(model).serialize(given)
        written = response["body"]
        return 200, {"Content-Type": "text/xml"}, written if isinstance(written, bytes) else written.encode()


def role_answers(
    trust: Any, inline: Mapping[str, Any] | None = None, attached: Mapping[str, Any] | None = None
) -> dict[str, list[Any]]:
    """What IAM answers about a role: one inline policy at most, and one attached."""
    described = {
        "Path": "/app/",
        "RoleName": "orders",
        "RoleId": "AROAEXAMPLE",
        "Arn": ROLE,
        "CreateDate": "2025-01-02T00:00:00Z",
        "AssumeRolePolicyDocument": quote(json.dumps(trust)),
        "RoleLastUsed": {"LastUsedDate": "2026-11-20T00:00:00Z", "Region": "us-east-1"},
    }
    answers: dict[str, list[Any]] = {
        "GetRole": [{"Role": described}],
        "ListRolePolicies": [{"PolicyNames": list(inline or ()), "IsTruncated": False}],
        "ListAttachedRolePolicies": [
            {
                "AttachedPolicies": [{"PolicyName": "p", "PolicyArn": arn} for arn in attached or ()],
                "IsTruncated": False,
            }
        ],
        "GenerateServiceLastAccessedDetails": [{"JobId": JOB}],
        "ListAnalyzers": [{"analyzers": []}],
    }
    for name, document in (inline or {}).items():
        answers["GetRolePolicy"] = [
            {"RoleName": "orders", "PolicyName": name, "PolicyDocument": quote(json.dumps(document))}
        ]
    for arn, document in (attached or {}).items():
        answers["GetPolicy"] = [{"Policy": {"Arn": arn, "DefaultVersionId": "v3"}}]
        version = {"VersionId": "v3", "IsDefaultVersion": True, "Document": quote(json.dumps(document))}
        answers["GetPolicyVersion"] = [{"PolicyVersion": version}]
    return answers


def report_answer(*services: Mapping[str, Any], marker: str | None = None, **fields: Any) -> dict[str, Any]:
    """A finished report, or a page of it."""
    more = {"IsTruncated": True, "Marker": marker} if marker else {"IsTruncated": False}
    return {
        "JobStatus": "COMPLETED",
        "JobType": "ACTION_LEVEL",
        "JobCreationDate": "2026-11-22T12:00:00Z",
        "JobCompletionDate": "2026-11-22T12:00:01Z",
        "ServicesLastAccessed": list(services),
        **more,
        **fields,
    }


# As IAM really answers then: without members that its reference says are always there.
IN_PROGRESS = {"JobStatus": "IN_PROGRESS", "JobCreationDate": "2026-11-22T12:00:00Z", "IsTruncated": False}


def service_answer(
    namespace: str, last: str | None = None, actions: Mapping[str, str | None] | None = None
) -> dict[str, Any]:
    """A service of a report: when it was used last, and the actions that are tracked with theirs."""
    answer: dict[str, Any] = {"ServiceName": f"Amazon {namespace}", "ServiceNamespace": namespace}
    if last:
        answer |= {"LastAuthenticated": last, "LastAuthenticatedEntity": ROLE}
    if actions is not None:
        answer["TrackedActionsLastAccessed"] = [
            {"ActionName": name, **({"LastAccessedTime": when} if when else {})}
            for name, when in actions.items()
        ]
    return answer


def _request(path: str, body: str) -> tuple[str, str, Mapping[str, Any]]:
    split = urlsplit(path)
    if split.path == "/":
        form = {name: values[0] for name, values in parse_qs(body).items()}
        return "iam", form["Action"], form
    query = {name: values[0] for name, values in parse_qs(split.query).items()}
    if not _LISTS.fullmatch(split.path):
        return "accessanalyzer", "GetFindingV2", query
    operation = "ListFindingsV2" if split.path.startswith("/findingv2") else "ListAnalyzers"
    return "accessanalyzer", operation, json.loads(body) if body else query


def _refused(service: str, refusal: Refusal) -> tuple[int, Mapping[str, str], bytes]:
    if service == "iam":
        about = f"<Code>{refusal.code}</Code><Message>{refusal.message}</Message>"
        body = f"<ErrorResponse><Error>{about}</Error><RequestId>r</RequestId></ErrorResponse>"
        return refusal.status, {"Content-Type": "text/xml"}, body.encode()
    headers = {"Content-Type": "application/json", "x-amzn-ErrorType": refusal.code}
    return refusal.status, headers, json.dumps({"message": refusal.message}).encode()


_LOADER = Loader()
_MODELS = {
    name: ServiceModel(_LOADER.load_service_model(name, "service-2"), name)
    for name in ("iam", "accessanalyzer")
}
