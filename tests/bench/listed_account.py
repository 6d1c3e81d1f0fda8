"""An account with very many functions behind an HTTP server: Lambda's ListFunctions, and IAM's GetRole."""

import json
import time
import zlib
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

from passrole.emulator.loopback import LoopbackServer
from tests.unit.samples import ACCOUNT, REGION

PAGE = 50  # functions: Lambda API reference, ListFunctions
_ROLES, _UNAPPROVED = 500, 5
_EVERY = 100  # one in so many functions has a role that the policy does not approve
_EMPTY = {
    "ListAttachedRolePolicies": "<AttachedPolicies/>",
    "ListRolePolicies": "<PolicyNames/>",
}


class ListedAccount(LoopbackServer):
    """Serves inside its ``with`` block, and keeps when it was asked.

    Attributes:
        functions: how many there are.
        listed: when each page was asked for, in seconds of a clock that never goes back.
        roles_asked: how often IAM was asked.
    """

    def __init__(self, functions: int) -> None:
        self.functions = functions
        self.listed: list[float] = []
        self.roles_asked = 0

    @property
    def planted(self) -> set[str]:
        """The ARNs of the functions with a role that is not approved."""
        return {_function_arn(number) for number in range(0, self.functions, _EVERY)}

    def forget(self) -> None:
        """Begins to count anew."""
        self.listed, self.roles_asked = [], 0

    def wait_for(self, pages: int, patience: float) -> bool:
        """Whether so many pages were asked for, from now on, within so many seconds."""
        until = time.monotonic() + patience
        while len(self.listed) < pages and time.monotonic() < until:
            time.sleep(0.01)
        return len(self.listed) >= pages

    def page(self, marker: str | None) -> dict[str, Any]:
        """What ListFunctions answers."""
        self.listed.append(time.monotonic())
        first = int(marker or 0)
        following = first + PAGE
        found = [_function(number) for number in range(first, min(following, self.functions))]
        return {"Functions": found, "NextMarker": str(following) if following < self.functions else None}

    def handler(self) -> type[BaseHTTPRequestHandler]:
        return _handler_for(self)


def most_in_a_second(times: Sequence[float]) -> int:
    """The most of these that any one second had."""
    most, first = 0, 0
    for last, at in enumerate(times):
        while times[first] <= at - 1:
            first += 1
        most = max(most, last - first + 1)
    return most


def _function_arn(number: int) -> str:
    return f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:orders-{number:06}"


def _role_name(number: int) -> str:
    """Of the role of a function."""
    if number % _EVERY == 0:
        return f"dev/deployer-{number // _EVERY % _UNAPPROVED}"
    return f"application_role/orders-{number % (_ROLES - _UNAPPROVED)}"


def _function(number: int) -> dict[str, Any]:
    """One function, with as much about it as Lambda tells."""
    arn = _function_arn(number)
    return {
        "FunctionName": arn.rpartition(":")[2],
        "FunctionArn": arn,
        "Runtime": "python3.13",
        "Role": f"arn:aws:iam::{ACCOUNT}:role/{_role_name(number)}",
        "Handler": "orders.handler.handler",
        "CodeSize": 1_203_344,
        "Description": "Takes the orders of one shop, and tells the others of them",
        "Timeout": 30,
        "MemorySize": 512,
        "LastModified": "2026-03-02T09:12:44.000+0000",
        "CodeSha256": "cGFzc3JvbGUgZ3VhcmRyYWlsIHBhc3Nyb2xlIGd1YXI=",
        "Version": "$LATEST",
        "Environment": {"Variables": {"TABLE": f"orders-{number}", "LOG_LEVEL": "INFO", "STAGE": "prod"}},
        "TracingConfig": {"Mode": "Active"},
        "RevisionId": "0b6f3a0e-6f0f-4b52-9d3a-1d2c3e4f5a6b",
        "Layers": [{"Arn": f"arn:aws:lambda:{REGION}:{ACCOUNT}:layer:common:42", "CodeSize": 88_112}],
        "PackageType": "Zip",
        "Architectures": ["arm64"],
        "EphemeralStorage": {"Size": 512},
        "SnapStart": {"ApplyOn": "None", "OptimizationStatus": "Off"},
        "LoggingConfig": {"LogFormat": "JSON", "LogGroup": f"/aws/lambda/orders-{number}"},
    }


def _role(name: str) -> str:
    """The element Role of IAM's answer; the roles of functions are told by their names alone."""
    path = "/dev/" if name.startswith("deployer") else "/application_role/"
    trust = '{"Version":"2012-10-17","Statement":[]}'
    return (
        f"<Role><Path>{path}</Path><RoleName>{name}</RoleName><RoleId>AROA{zlib.crc32(name.encode()):016}</RoleId>"
        f"<Arn>arn:aws:iam::{ACCOUNT}:role{path}{name}</Arn><CreateDate>2025-01-01T00:00:00Z</CreateDate>"
        f"<AssumeRolePolicyDocument>{trust}</AssumeRolePolicyDocument></Role>"
    )


def _iam_answer(asked: dict[str, list[str]]) -> str:
    [action] = asked["Action"]
    none = f"{_EMPTY.get(action, '')}<IsTruncated>false</IsTruncated>"
    told = _role(asked["RoleName"][0]) if action == "GetRole" else none
    return f"<{action}Response><{action}Result>{told}</{action}Result></{action}Response>"


def _handler_for(account: ListedAccount) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            [marker] = parse_qs(urlsplit(self.path).query).get("Marker", [None])
            self._answer("application/json", json.dumps(account.page(marker)))

        def do_POST(self) -> None:
            asked = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            account.roles_asked += 1
            self._answer("text/xml", _iam_answer(asked))

        def _answer(self, kind: str, text: str) -> None:
            body = text.encode()
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it
            """Says nothing: what was asked is counted."""

    return Handler
