"""IAM's condition operators: whether one value of a request fits one value of a policy.

Source: "IAM JSON policy elements: Condition operators". A value that is none of the operator's kind (no
number, no date, no address) fits nothing. Negations are made of these (`condition.py`).
"""

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache, partial
from typing import Any

from passrole.language.wildcards import Test, Tokens, Wild, arn_test, matches, text_test

_NUMBER = re.compile(r"[+-]?[0-9]{1,40}(?:\.[0-9]{1,40})?")
_EPOCH = re.compile(r"[0-9]{1,11}(?:\.[0-9]{1,9})?")
_DATE = re.compile(
    r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2})"
    r"(?:T([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,9}))?)?(Z|[+-][0-9]{2}:[0-9]{2})?)?)?)?"
)
_LOWEST = (1, 1, 1, 0, 0, 0)  # where a date leaves its later parts out


@dataclass(frozen=True, slots=True)
class Operator:
    """One operator without its negation.

    Attributes:
        name: IAM's name of it.
        negation: IAM's name of its opposite, if there is one.
        test: makes the test of a request's value from a policy's value.
        wildcards, variables: whether a policy's value may hold them.
        is_value: whether a text is a value of the operator's kind, for validation; None for any text.
    """

    name: str
    negation: str | None
    test: Callable[[Tokens], Test]
    wildcards: bool = False
    variables: bool = False
    is_value: Callable[[str], bool] | None = None


def _joined(tokens: Tokens) -> str:
    return "".join(token.value if isinstance(token, Wild) else token for token in tokens)


def _equals(tokens: Tokens) -> Test:
    return _joined(tokens).__eq__


def _equals_ignoring_case(tokens: Tokens) -> Test:
    needed = _joined(tokens).casefold()
    return lambda value: value.casefold() == needed


def _bool(tokens: Tokens) -> Test:
    needed = _joined(tokens).lower()
    if not _is_bool(needed):
        return _nothing
    return lambda value: value.lower() == needed


def _binary(tokens: Tokens) -> Test:
    needed = _bytes(_joined(tokens))
    if needed is None:
        return _nothing
    return lambda value: _bytes(value) == needed


def _address(tokens: Tokens) -> Test:
    needed = _network(_joined(tokens))
    if needed is None:
        return _nothing

    def test(value: str) -> bool:
        given = _network(value)
        return given is not None and given.version == needed.version and given.subnet_of(needed)

    return test


def _compared(read: Callable[[str], Any], compare: str) -> Callable[[Tokens], Test]:
    def make(tokens: Tokens) -> Test:
        needed = read(_joined(tokens))
        if needed is None:
            return _nothing

        def test(value: str) -> bool:
            given = read(value)
            return given is not None and bool(getattr(given, compare)(needed))

        return test

    return make


def _nothing(_: str) -> bool:
    return False


def _number(text: str) -> Decimal | None:
    return Decimal(text) if _NUMBER.fullmatch(text) else None


@lru_cache(maxsize=1024)
def _moment(text: str) -> Decimal | None:
    """Seconds since 1970 of a date in ISO 8601, or of seconds since then."""
    if (found := _DATE.fullmatch(text)) and (found[2] or len(text) == 4):
        parts = zip(found.groups()[:6], _LOWEST, strict=True)
        year, month, day, hour, minute, second = (int(part or lowest) for part, lowest in parts)
        try:
            zone = datetime.strptime(found[8], "%z").tzinfo if found[8] and found[8] != "Z" else UTC
            moment = datetime(year, month, day, hour, minute, second, tzinfo=zone)
        except ValueError:
            return None
        return Decimal(int(moment.timestamp())) + Decimal(f"0.{found[7] or 0}")
    return Decimal(text) if _EPOCH.fullmatch(text) else None


def _bytes(text: str) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


@lru_cache(maxsize=1024)
def _network(text: str) -> Any:
    from ipaddress import ip_network

    try:
        return ip_network(text, strict=False)
    except ValueError:
        return None


def _may_be_arn(pattern: str) -> bool:
    """Whether a pattern can match what begins as an ARN does."""
    head, colon, _ = pattern.partition(":")
    return matches(head, "arn") if colon else "arn".startswith(re.split("[*?]", head)[0]) and head != "arn"


def _is_bool(text: str) -> bool:
    return text.lower() in ("true", "false")


def _is(read: Callable[[str], Any], text: str) -> bool:
    return read(text) is not None


_string = partial(Operator, variables=True)
_numeric = partial(Operator, is_value=partial(_is, _number))
_date = partial(Operator, is_value=partial(_is, _moment))

OPERATORS = (
    _string("StringEquals", "StringNotEquals", _equals),
    _string("StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", _equals_ignoring_case),
    _string("StringLike", "StringNotLike", text_test, wildcards=True),
    _string("ArnEquals", "ArnNotEquals", arn_test, wildcards=True, is_value=_may_be_arn),
    _string("ArnLike", "ArnNotLike", arn_test, wildcards=True, is_value=_may_be_arn),
    _string("Bool", None, _bool, is_value=_is_bool),
    _numeric("NumericEquals", "NumericNotEquals", _compared(_number, "__eq__")),
    _numeric("NumericLessThan", None, _compared(_number, "__lt__")),
    _numeric("NumericLessThanEquals", None, _compared(_number, "__le__")),
    _numeric("NumericGreaterThan", None, _compared(_number, "__gt__")),
    _numeric("NumericGreaterThanEquals", None, _compared(_number, "__ge__")),
    _date("DateEquals", "DateNotEquals", _compared(_moment, "__eq__")),
    _date("DateLessThan", None, _compared(_moment, "__lt__")),
    _date("DateLessThanEquals", None, _compared(_moment, "__le__")),
    _date("DateGreaterThan", None, _compared(_moment, "__gt__")),
    _date("DateGreaterThanEquals", None, _compared(_moment, "__ge__")),
    Operator("BinaryEquals", None, _binary, is_value=partial(_is, _bytes)),
    Operator("IpAddress", "NotIpAddress", _address, is_value=partial(_is, _network)),
)
"""All operators of IAM but Null."""

BY_NAME: Mapping[str, tuple[Operator, bool]] = {
    name.lower(): (operator, name == operator.negation)
    for operator in OPERATORS
    for name in (operator.name, operator.negation)
    if name
}
"""Lower-cased name -> the operator, and whether the name is of its negation."""
