"""What the proof of a row needs: its operations, their events, and which passes must come of them."""

import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from passrole.catalogue import Call, Decision, Where, load_catalogue
from passrole.passes import Direction, RoleKind
from tests.unit.catalogue import decided
from tests.unit.catalogue.api_models import Operation, operations_of
from tests.unit.catalogue.request_shapes import Request, requests_of
from tests.unit.catalogue.role_members import ACCOUNT

REGION = "eu-west-1"
_INDEX = re.compile(r"\.\d+(?=\.|$)")
_RECORD: dict[str, Any] = {
    "eventVersion": "1.11",
    "userIdentity": {
        "type": "AssumedRole",
        "principalId": "AROAQ3EGS7KEXAMPLEDEP:build-4711",
        "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/deploy-pipeline/build-4711",
        "accountId": ACCOUNT,
        "accessKeyId": "ASIAQ3EGS7KEXAMPLEDEP",
        "sessionContext": {
            "sessionIssuer": {
                "type": "Role",
                "principalId": "AROAQ3EGS7KEXAMPLEDEP",
                "arn": f"arn:aws:iam::{ACCOUNT}:role/ci/deploy-pipeline",
                "accountId": ACCOUNT,
                "userName": "deploy-pipeline",
            },
            "attributes": {"creationDate": "2026-11-22T09:00:00Z", "mfaAuthenticated": "false"},
        },
    },
    "eventTime": "2026-11-22T09:14:03Z",
    "awsRegion": REGION,
    "sourceIPAddress": "203.0.113.24",
    "userAgent": "aws-cli/2.31.0",
    "responseElements": None,
    "requestID": "33333333-3333-4333-8333-333333333333",
    "eventID": "11111111-1111-4111-8111-111111111111",
    "readOnly": False,
    "eventType": "AwsApiCall",
    "managementEvent": True,
    "recipientAccountId": ACCOUNT,
    "eventCategory": "Management",
}


@dataclass(frozen=True)
class Proof:
    """One event of a row, and what its shape says of the roles in it."""

    call: Call
    operation: Operation
    request: Request

    @property
    def record(self) -> dict[str, Any]:
        return record_of(self.call, self.operation.event_name, self.request.parameters)

    def expected(self) -> dict[str, tuple[str, Direction]]:
        """Path -> value and direction of each role that the call must be found to pass or to chain."""
        passed = {}
        for path, value in self.request.roles.items():
            if not self._is_in(decided.NOT_PASSED, path) and not self._is_in(decided.REMOVED, path):
                chained = self._is_in(decided.CHAINED, path)
                direction = Direction.CHAINED if chained else Direction.PASSES
                passed[f"{Where.REQUEST.member}.{path}"] = (value, direction)
        return passed

    def decisions(self) -> Iterator[str]:
        """The entries of the tables that speak of its members."""
        for table in (decided.NOT_PASSED, decided.REMOVED, decided.CHAINED):
            found = (self._is_in(table, path) for path in self.request.roles)
            yield from (entry for entry in found if entry)

    def _is_in(self, table: dict[str, str], path: str) -> str | None:
        return decided.decision_of(table, self.operation.api, self.operation.name, _INDEX.sub("[]", path))


def covered() -> list[Call]:
    return [call for call in load_catalogue().calls() if call.decision is Decision.COVERED]


@cache
def proofs_of(call: Call) -> tuple[Proof, ...]:
    """Events of all operations that a row means; none where botocore has none of them any more."""
    return tuple(
        Proof(call, operation, request)
        for operation in operations_of(call)
        for request in requests_of(operation)
    )


def records_of(call: Call) -> list[dict[str, Any]]:
    """Records that the row must understand; one made from the row itself where there is no shape."""
    return [proof.record for proof in proofs_of(call)] or [minimal_record(call)]


def minimal_record(call: Call) -> dict[str, Any]:
    """A record with the roles where the row says that they are: it proves nothing of that."""
    parts: dict[str, Any] = {Where.REQUEST: {}, Where.RESPONSE: {}}
    for number, place in enumerate(call.roles, 1):
        kind = "instance-profile" if place.kind.is_instance_profile else "role"
        value = f"arn:aws:iam::{ACCOUNT}:{kind}/team/{kind}-{number}"
        if place.kind in (RoleKind.ROLE_NAME, RoleKind.INSTANCE_PROFILE_NAME):
            value = value.rpartition("/")[2]
        _put(parts[place.where], place.paths[0], value)
    record = record_of(call, call.names[-1], parts[Where.REQUEST])
    return record | {"responseElements": parts[Where.RESPONSE] or None}


def record_of(call: Call, event_name: str, parameters: dict[str, Any]) -> dict[str, Any]:
    return copy.deepcopy(_RECORD) | {
        "eventSource": call.source,
        "eventName": event_name,
        "requestParameters": parameters,
    }


def envelope_of(record: dict[str, Any], source: str | None = None) -> dict[str, Any]:
    """The record as EventBridge delivers it."""
    return {
        "version": "0",
        "id": "22222222-2222-4222-8222-222222222222",
        "detail-type": "AWS API Call via CloudTrail",
        "source": source or "aws." + record["eventSource"].removesuffix(".amazonaws.com"),
        "account": ACCOUNT,
        "time": record["eventTime"],
        "region": REGION,
        "resources": [],
        "detail": record,
    }


def _put(node: dict[str, Any], path: str, value: str) -> None:
    """Puts a value where a path leads."""
    *above, last = path.split(".")
    for step in above:
        member = re.sub(r"\[.*", "", step).replace("*", "aKey")
        below = node.setdefault(member, [{}] if "[" in step else {})
        node = below[0] if isinstance(below, list) else below
    member = re.sub(r"\[.*", "", last).replace("{*", "a").replace("}", "").replace("*", "aKey")
    node[member] = [value] if "[" in last else value
