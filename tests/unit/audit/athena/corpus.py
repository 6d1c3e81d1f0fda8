"""Records of every kind: of each call of the catalogue, refused, of unknown calls, and of no pass."""

from collections.abc import Iterator
from itertools import count
from typing import Any

from passrole.trail.uncatalogued import ROLE_MEMBER_SPELLINGS
from tests.fixtures import EVENT_NAMES, record
from tests.unit.catalogue.proofs import covered, records_of

ROLE = "arn:aws:iam::111122223333:role/application_role/orders-worker"
_REFUSED = (
    f"User: x is not authorized to perform: iam:PassRole on resource: {ROLE} because no policy allows it"
)


def records() -> list[dict[str, Any]]:
    """All of them, each an event of its own."""
    numbers = count(1)
    told = [*_recorded(), *_of_each_call(), *_refused(), *_unknown(), *_of_each_spelling(), *_of_no_pass()]
    return [one | {"eventID": f"00000000-0000-4000-8000-{next(numbers):012d}"} for one in told]


def _recorded() -> Iterator[dict[str, Any]]:
    yield from map(record, EVENT_NAMES)
    person = record("lambda_create_function")
    context = person["userIdentity"].get("sessionContext", {}) | {"sourceIdentity": "alice"}
    on_behalf_of = {
        "userId": "a-user",
        "identityStoreArn": "arn:aws:identitystore::111122223333:identitystore/d-1",
    }
    person["userIdentity"] |= {"sessionContext": context, "onBehalfOf": on_behalf_of}
    yield person | {"vpcEndpointId": "vpce-1"}


def _of_each_call() -> Iterator[dict[str, Any]]:
    for call in covered():
        yield from records_of(call)
        yield call_record(call.source, call.names[-1], None)
        yield call_record(call.source, call.names[0], {"omitted": True, "reason": "too large"})


def _refused() -> Iterator[dict[str, Any]]:
    for code, message in (
        ("AccessDenied", _REFUSED),
        ("Client.UnauthorizedOperation", _REFUSED),
        ("ValidationException", _REFUSED),
        ("AccessDeniedException", "Cross-account pass role is not allowed."),
        ("AccessDenied", "It takes iam:PassRole"),
        ("ValidationException", "It takes iam:PassRole"),
        ("AccessDenied", "not authorized to perform: s3:GetObject"),
        ("AccessDenied", None),
        (None, _REFUSED),
    ):
        for source, name in (
            ("lambda.amazonaws.com", "CreateFunction20150331"),
            ("new.amazonaws.com", "MakeIt"),
        ):
            yield call_record(source, name, None) | {"errorCode": code, "errorMessage": message}


def _unknown() -> Iterator[dict[str, Any]]:
    for source in ("new.amazonaws.com", "iam.amazonaws.com", "sts.amazonaws.com", "s3.amazonaws.com"):
        for request in (
            {"role": ROLE},
            {"RoleARN": ROLE, "ServiceRole": ROLE},
            {"name": 'a "role": "arn:aws', "iamRole": f"{ROLE}"},
            {"role": "a-name"},
            {"role": [ROLE]},
            {"within": {"role": ROLE}},
            {"other": ROLE},
            ROLE,
            None,
        ):
            for read_only in (True, False, None):
                yield call_record(source, "MakeNovelty", request) | {"readOnly": read_only}


def _of_each_spelling() -> Iterator[dict[str, Any]]:
    for member in sorted(ROLE_MEMBER_SPELLINGS):
        yield call_record("new.amazonaws.com", "MakeNovelty", {member: ROLE})


def _of_no_pass() -> Iterator[dict[str, Any]]:
    quiet = (
        ("ec2.amazonaws.com", "DescribeInstances", {"maxResults": 5}),
        ("s3.amazonaws.com", "GetObject", {"bucketName": "b", "key": "it's a key"}),
        ("sts.amazonaws.com", "AssumeRole", {"roleArn": ROLE, "roleSessionName": "s"}),
        ("iam.amazonaws.com", "CreateRole", {"roleName": "r", "path": "/"}),
        ("kms.amazonaws.com", "Decrypt", None),
    )
    for number in range(2000):
        source, name, request = quiet[number % len(quiet)]
        yield call_record(source, name, request) | {"readOnly": number % 2 == 0}


def call_record(source: str, name: str, request: Any) -> dict[str, Any]:
    """A record of any call."""
    return record("lambda_create_function") | {
        "eventSource": source,
        "eventName": name,
        "requestParameters": request,
        "responseElements": None,
    }
