"""The shape of a snapshot file: what is relied on later is checked, and the place of a problem told."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from passrole.clock import parse_time

Check = Callable[[str, Any], None]
_NAMES: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (type(None), "null"),
    (bool, "a truth value"),
    (str, "text"),
    ((int, float), "a number"),
    (list, "a list"),
    (dict, "an object"),
)


class ShapeError(ValueError):
    """A value is not as ``get-account-authorization-details`` prints it; the message names its place."""


def check_details(details: Any) -> None:
    """Checks what a snapshot file holds.

    Raises:
        ShapeError: it is no snapshot, or a role in it is not described as AWS describes roles.
    """
    if not isinstance(details, dict):
        raise ShapeError(f"the file holds {_name(details)}, expected an object")
    _DETAILS("", details)


def _text(place: str, value: Any) -> None:
    _expect(place, value, str)


def _truth(place: str, value: Any) -> None:
    _expect(place, value, bool)


def _time(place: str, value: Any) -> None:
    _expect(place, value, str)
    try:
        parse_time(value)
    except (ValueError, OverflowError):
        raise ShapeError(f"{place} is no time: {value!r:.40}") from None


@dataclass(frozen=True, slots=True)
class _ListOf:
    """A list, and a check of each element."""

    element: Check

    def __call__(self, place: str, value: Any) -> None:
        _expect(place, value, list)
        for index, element in enumerate(value):
            self.element(f"{place}[{index}]", element)


@dataclass(frozen=True, slots=True)
class _Object:
    """An object, with members that must be there and members that may be."""

    required: Mapping[str, Check]
    optional: Mapping[str, Check]

    def __call__(self, place: str, value: Any) -> None:
        _expect(place, value, dict)
        prefix = f"{place}." if place else ""
        for name, check in self.required.items():
            if name not in value:
                raise ShapeError(f"{prefix}{name} is missing")
            check(prefix + name, value[name])
        for name, check in self.optional.items():
            if value.get(name) is not None:
                check(prefix + name, value[name])


_PROFILE = _Object(
    {"InstanceProfileName": _text, "Arn": _text},
    {"Roles": _ListOf(_Object({"Arn": _text}, {})), "CreateDate": _time},
)
_TAGS = _ListOf(_Object({"Key": _text, "Value": _text}, {}))
_ROLE = _Object(
    {"RoleName": _text, "Arn": _text},
    {
        "Path": _text,
        "RoleId": _text,
        "CreateDate": _time,
        "InstanceProfileList": _ListOf(_PROFILE),
        "PermissionsBoundary": _Object({"PermissionsBoundaryArn": _text}, {}),
        "Tags": _TAGS,
        "RoleLastUsed": _Object({}, {"LastUsedDate": _time}),
        "RolePolicyList": _ListOf(_Object({"PolicyName": _text}, {})),
        "AttachedManagedPolicies": _ListOf(_Object({"PolicyArn": _text}, {})),
    },
)
_USER = _Object({"UserName": _text, "Arn": _text}, {"UserId": _text, "CreateDate": _time, "Tags": _TAGS})
# Documents are not checked: one that cannot be read is told where it is needed.
_POLICY = _Object({"Arn": _text}, {"PolicyVersionList": _ListOf(_Object({}, {"IsDefaultVersion": _truth}))})
_DETAILS = _Object(
    {"RoleDetailList": _ListOf(_ROLE)}, {"UserDetailList": _ListOf(_USER), "Policies": _ListOf(_POLICY)}
)


def _expect(place: str, value: Any, type_: type) -> None:
    if not isinstance(value, type_):
        expected = next(name for types, name in _NAMES if types is type_)
        raise ShapeError(f"{place} is {_name(value)}, expected {expected}")


def _name(value: Any) -> str:
    return next(name for types, name in _NAMES if isinstance(value, types))
