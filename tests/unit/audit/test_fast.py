"""Fast reading finds what slow reading finds: recorded events, records of any call, and odd files."""

import gzip
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from passrole.audit.fast import LogScanner, Scanned, UnusualError
from passrole.audit.unpacking import unpacked
from passrole.trail import passes_of
from tests.fixtures import EVENT_NAMES, record
from tests.unit.catalogue.proofs import covered, records_of
from tests.unit.samples import create_function_record

RECORDED = [record(name) for name in EVENT_NAMES]
OF_ANY_CALL = [told for call in covered() for told in records_of(call)]
ROLE = "arn:aws:iam::111122223333:role/dev/deployer"


def as_log(records: list[dict[str, Any]]) -> bytes:
    return json.dumps({"Records": records}, separators=(",", ":")).encode()


def as_lines(records: list[dict[str, Any]]) -> bytes:
    return "\n".join(json.dumps(each) for each in records).encode()


def as_pretty_log(records: list[dict[str, Any]]) -> bytes:
    return json.dumps({"Records": records}, indent=2).encode()


WRITTEN = [as_log, as_lines, as_pretty_log]


def passes_in(scanned: Scanned) -> list[Any]:
    return [pass_ for each in scanned.candidates for pass_ in passes_of(each)]


@pytest.mark.parametrize("written", WRITTEN)
@pytest.mark.parametrize("records", [RECORDED, OF_ANY_CALL], ids=["recorded", "any call"])
def test_no_pass_is_missed(
    written: Callable[[list[dict[str, Any]]], bytes], records: list[dict[str, Any]]
) -> None:
    expected = [pass_ for each in records for pass_ in passes_of(each)]
    assert expected

    scanned = LogScanner().scan(written(records))

    assert scanned.records == len(records)
    assert passes_in(scanned) == expected


def test_what_passes_nothing_is_no_candidate() -> None:
    describe = {
        "eventSource": "ec2.amazonaws.com",
        "eventName": "DescribeInstances",
        "readOnly": True,
        "requestParameters": {"roleArn": ROLE},
    }

    assert LogScanner().scan(as_log([describe] * 3)) == Scanned(records=3)


@pytest.mark.parametrize(
    "request_", [{"roleArn": ROLE}, {"Role": ROLE}, {"serviceRole": ROLE, "x": {"y": []}}]
)
@pytest.mark.parametrize("read_only", [{}, {"readOnly": False}])
def test_roles_of_calls_that_no_catalogue_knows_are_found(
    request_: dict[str, Any], read_only: dict[str, bool]
) -> None:
    new = {"eventSource": "new.amazonaws.com", "eventName": "MakeThing", "requestParameters": request_}

    assert passes_in(LogScanner().scan(as_log([new | read_only]))) == list(passes_of(new | read_only)) != []


_refusals = st.sampled_from(
    [
        f"User is not authorized to perform: iam:PassRole on resource: {ROLE}",
        f'User: \\ "x" is not authorized to perform: iam:PassRole on resource: {ROLE} "y"',
        "Cross-account pass role is not allowed",
        "Rate exceeded",
        'a policy with "iam:PassRole" is malformed',
    ]
)
_records = st.fixed_dictionaries(
    {
        "eventSource": st.sampled_from(["lambda.amazonaws.com", "new.amazonaws.com", "iam.amazonaws.com"]),
        "eventName": st.sampled_from(["CreateFunction20150331", "PutThing"]),
        "requestParameters": st.none()
        | st.dictionaries(
            st.sampled_from(["role", "roleArn", "policyDocument", "errorMessage"]),
            st.sampled_from([ROLE, "x", '{"Action":"iam:PassRole"}', '"errorMessage": "iam:PassRole'])
            | st.text(max_size=10),
        ),
    },
    optional={
        "errorCode": st.sampled_from(["AccessDenied", "ValidationException"]),
        "errorMessage": _refusals | st.text(max_size=20),
        "eventID": st.uuids().map(str),
        "readOnly": st.just(False),
    },
)


@given(st.lists(_records, min_size=1, max_size=6), st.sampled_from(WRITTEN))
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_refusals_and_unknown_calls_are_found_wherever_their_words_stand(
    records: list[dict[str, Any]], written: Callable[[list[dict[str, Any]]], bytes]
) -> None:
    try:
        scanned = LogScanner().scan(written(records))
    except UnusualError:
        return  # then RecordFiles reads it
    assert passes_in(scanned) == [pass_ for each in records for pass_ in passes_of(each)]


def test_refusals_are_looked_for_in_many_policies() -> None:
    policy = {"eventSource": "iam.amazonaws.com", "eventName": "PutRolePolicy"}
    policies = [policy | {"requestParameters": {"policyDocument": '{"Action":"iam:PassRole"}'}}] * 300
    refused = create_function_record(
        errorCode="AccessDenied", errorMessage=f"not authorized to perform: iam:PassRole on resource: {ROLE}"
    ) | {"eventName": "PutThing", "requestParameters": None}

    assert len(passes_in(LogScanner().scan(as_log([*policies, refused])))) == 1


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"42",
        b'{"Records": 5}',
        b'{"Records": [5]}',
        b'{"Records": [{"eventSource": "a"}]}',
        b'{"Records": [{"eventType": "AwsCloudTrailInsight", "eventCategory": "Insight"}]}',
        b'{"Records": [{"eventSource": 5, "eventName": "b"}]}',
        b'{"Records": [{"eventSource": "", "eventName": "b"}]}',
        as_log([create_function_record()])[:-1],
        as_lines([create_function_record()]) + b"\nhello",
        b"\xff\xfe",
        b'{"Records": [{"eventSource": "a", "eventName": "b", "x": 123456789012345678901234567890}]}',
    ],
)
def test_what_is_no_ordinary_log_is_left_to_those_who_salvage(content: bytes) -> None:
    scanner = LogScanner()

    with pytest.raises(UnusualError):
        scanner.scan(content)
    # and the next log is read as if nothing had happened
    assert len(passes_in(scanner.scan(as_log([create_function_record()])))) == 1


def test_whether_a_call_only_reads_is_told_by_each_record() -> None:
    """Records of old versions leave it out."""
    call = {"eventSource": "new.amazonaws.com", "eventName": "x", "requestParameters": {"roleArn": ROLE}}

    scanned = LogScanner().scan(as_log([call | {"readOnly": True}, call, call | {"readOnly": True}]))

    assert len(passes_in(scanned)) == 1


def test_data_events_are_counted() -> None:
    data = {"eventSource": "s3.amazonaws.com", "eventName": "GetObject", "eventCategory": "Data"}

    scanned = LogScanner().scan(as_log([data, data, create_function_record()]))

    assert (scanned.records, scanned.data_events) == (3, 2)


def test_archives_of_several_members_are_one_text() -> None:
    packed = gzip.compress(b"one ") + gzip.compress(b"two") + b"\0" * 8

    assert unpacked(packed, 100) == b"one two"
    assert unpacked(b"plain", 100) == b"plain"


@pytest.mark.parametrize(
    "raw",
    [
        gzip.compress(b"x" * 1000)[:-9],
        gzip.compress(b"x" * 1000),  # a bomb, for this limit
        gzip.compress(b"x") + gzip.compress(b"x" * 1000),
        gzip.compress(b"x") + b"rest",
        gzip.compress(b"") * 2_000,
        gzip.compress(b"x" * 1000)[:-4] + b"\x07\0\0\0",
        b"\x1f\x8b",
        b"x" * 1000,
    ],
    ids=[
        "cut off",
        "a bomb",
        "its second member is one",
        "no member follows",
        "many members",
        "a lie",
        "a magic alone",
        "plain",
    ],
)
def test_what_is_cut_off_or_too_large_is_not_unpacked(raw: bytes) -> None:
    with pytest.raises(UnusualError):
        unpacked(raw, 100)
