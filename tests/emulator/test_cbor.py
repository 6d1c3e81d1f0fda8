"""CBOR as clients of CloudWatch write and read it."""

import datetime
from typing import Any

import pytest

from passrole.emulator.server import cbor

VALUES = [
    None,
    True,
    0,
    23,
    24,
    300,
    70_000,
    2**40,
    -1,
    -500,
    1.5,
    "ü" * 30,
    b"\x00\xff",
    [1, "a", [None]],
    {"Dimensions": [{"Name": "service", "Value": "sweep"}], "Threshold": 0.0},
]


@pytest.mark.parametrize("value", VALUES)
def test_what_is_written_is_read(value: Any) -> None:
    assert cbor.loads(cbor.dumps(value)) == value


def test_a_time_is_read_as_one() -> None:
    moment = datetime.datetime(2026, 11, 22, 12, 0, tzinfo=datetime.UTC)

    assert cbor.loads(cbor.dumps(cbor.CBORTag(1, moment.timestamp()))) == moment


@pytest.mark.parametrize("document", [b"\x1c", b'{"AlarmNames": ["a"]}'])
def test_what_is_no_cbor_is_refused(document: bytes) -> None:
    with pytest.raises(ValueError, match="not CBOR"):
        cbor.loads(document)


def test_a_value_without_a_place_in_json_is_refused() -> None:
    with pytest.raises(TypeError, match="set cannot be written"):
        cbor.dumps({"a": {1}})
