"""Which resource a call gave the role to: its ARN, from the record."""

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from passrole.arn import arn_parts, is_arn, partition_of
from passrole.catalogue import ResourcePlace, Within
from passrole.trail.paths import values_at
from passrole.trail.values import text

_MAX_ID = 2048
# The template of a resource whose ARN may be of several services (a recovery point of AWS Backup).
_ANY_ARN = "arn:{partition}:{}"


@dataclass(frozen=True, slots=True)
class _Template:
    """The ARN of a kind of resource, taken apart.

    Attributes:
        region, account: the placeholder, or what stands in its place.
        marker: what the resource begins with (``function:``).
        tail: ``[[region:]account:][function:]name``, as Lambda allows to name a function.
        is_plain: whether any region and account are taken as they come.
    """

    service: str
    region: str
    account: str
    marker: str
    tail: re.Pattern[str]
    is_plain: bool


@dataclass(frozen=True, slots=True)
class _Home:
    """Where a resource is that its id alone names.

    Attributes:
        parent: what the ARN has before the id (``bus/``); None if the record names a parent that cannot be.
        is_nested: whether the id is one in a parent, be it the default one.
    """

    partition: str
    region: str | None
    account: str | None
    parent: str | None = ""
    is_nested: bool = False


def resources_of(record: dict[str, Any], place: ResourcePlace, account: str | None) -> tuple[str, ...]:
    """ARNs of the receiving resources: several where one call makes several, none where none is named.

    ``account`` is the one that the record is of.
    """
    region = text(record.get("awsRegion"))
    home = _Home(partition_of(region), region, account)
    if place.within:
        home = _home_in(record, place.within, home)
    for path in place.paths:
        may_be_arn = place.qualified or path.lower().endswith("arn")
        arns = [
            arn
            for _, value in values_at(record, path)
            if (arn := _arn(value, place.arn, home, may_be_arn=may_be_arn, is_qualified=place.qualified))
        ]
        if arns:
            return tuple(dict.fromkeys(arns))
    return ()


def _home_in(record: dict[str, Any], within: Within, home: _Home) -> _Home:
    """Where the ids in a parent are: with the parent if its ARN is given, which may be of another account."""
    nested = replace(home, is_nested=True)
    named = values_at(record, within.path)
    if not named:
        return nested if within.default else replace(nested, parent=None)
    arn = _arn(named[0][1], within.arn, home, may_be_arn=True)
    parts = arn_parts(arn) if arn else None
    parent = parts[4].removeprefix(_template(within.arn).marker) if parts else ""
    # Not the default parent: a resource of the same name there is another one.
    if parts is None or not parent:
        return replace(nested, parent=None)
    in_arn = "" if parent == within.default else f"{parent}/"
    return _Home(parts[0], parts[2], parts[3], in_arn, is_nested=True)


def _arn(
    value: Any, arn_of_ids: str, home: _Home, *, may_be_arn: bool, is_qualified: bool = False
) -> str | None:
    """The ARN of a resource that is named by id, by ARN, or by the tail of its ARN (as Lambda allows).

    An ARN counts only where one is expected: elsewhere, a resource may be called like the ARN of another.
    """
    if not isinstance(value, str) or not 0 < len(value) <= _MAX_ID:
        return None
    if arn_of_ids == _ANY_ARN:
        return value if is_arn(value) else None
    template = _template(arn_of_ids)
    partition, region, account, identifier = home.partition, home.region, home.account, value
    if may_be_arn and value.startswith("arn:") and (given := arn_parts(value)):
        partition, service, region, account, identifier = given
        if service != template.service or not identifier.startswith(template.marker):
            return None
        identifier = identifier.removeprefix(template.marker)
        if template.is_plain and identifier and not (is_qualified and ":" in identifier):
            return value
    elif home.parent is None or (home.is_nested and "/" in value):
        return None  # an id with a slash would read like one in a parent that the record does not name
    elif is_qualified and (tail := template.tail.fullmatch(value)):
        region, account, identifier = tail[1] or region, tail[2] or account, tail[3]
    else:
        identifier = home.parent + value
    if is_qualified:
        identifier = identifier.partition(":")[0]
    in_region = template.region.replace("{region}", region or "")
    in_account = template.account.replace("{account}", account or "")
    arn = f"arn:{partition}:{template.service}:{in_region}:{in_account}:{template.marker}{identifier}"
    return arn if is_arn(arn) else None


@lru_cache(maxsize=2048)
def _template(text: str) -> _Template:
    _, _, service, region, account, resource = text.split(":", 5)
    marker = resource.removesuffix("{}")
    tail = rf"(?:(?:([a-z0-9-]+):)?([0-9]{{12}}):)?(?:{re.escape(marker)})?(.+)"
    is_plain = (region, account) == ("{region}", "{account}")
    return _Template(service, region, account, marker, re.compile(tail), is_plain)
