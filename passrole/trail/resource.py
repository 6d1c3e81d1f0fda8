"""Which resource a call gave the role to: its ARN, from the record."""

import re
from functools import lru_cache
from typing import Any

from passrole.arn import Arn, partition_of
from passrole.catalogue import ResourcePlace
from passrole.trail.paths import values_at
from passrole.trail.values import text

_MAX_ID = 2048
# The template of a resource whose ARN may be of several services (a recovery point of AWS Backup).
_ANY_ARN = "arn:{partition}:{}"


def resources_of(record: dict[str, Any], place: ResourcePlace, account: str | None) -> tuple[str, ...]:
    """ARNs of the receiving resources: several where one call makes several, none where none is named.

    ``account`` is the one that the record is of.
    """
    region = text(record.get("awsRegion"))
    for path in place.paths:
        may_be_arn = place.qualified or path.lower().endswith("arn")
        arns = [
            arn
            for _, value in values_at(record, path)
            if (arn := _arn(value, place, may_be_arn, region, account))
        ]
        if arns:
            return tuple(dict.fromkeys(arns))
    return ()


def _arn(
    value: Any, place: ResourcePlace, may_be_arn: bool, region: str | None, account: str | None
) -> str | None:
    """The ARN of a resource that is named by id, by ARN, or by the tail of its ARN (as Lambda allows).

    An ARN counts only where one is expected: elsewhere, a resource may be called like the ARN of another.
    """
    if not isinstance(value, str) or not 0 < len(value) <= _MAX_ID:
        return None
    if place.arn == _ANY_ARN:
        return value if Arn.parse(value) else None
    *_, service, _, _, resource = place.arn.split(":", 5)
    marker = resource.removesuffix("{}")  # "function:" of a function's ARN
    partition, identifier = partition_of(region), value
    if may_be_arn and (given := Arn.parse(value)):
        if given.service != service or not given.resource.startswith(marker):
            return None
        partition, region, account = given.partition, given.region, given.account
        identifier = given.resource.removeprefix(marker)
    elif place.qualified and (tail := _tail(marker).fullmatch(value)):
        region, account, identifier = tail[1] or region, tail[2] or account, tail[3]
    if place.qualified:
        identifier = identifier.partition(":")[0]
    return _filled(place.arn, partition, region, account, identifier)


@lru_cache
def _tail(marker: str) -> re.Pattern[str]:
    """``[[region:]account:][function:]name``"""
    return re.compile(rf"(?:(?:([a-z0-9-]+):)?([0-9]{{12}}):)?(?:{re.escape(marker)})?(.+)")


def _filled(
    template: str, partition: str, region: str | None, account: str | None, identifier: str
) -> str | None:
    # The identifier goes in last: it comes from the caller and may look like a placeholder itself.
    arn = template
    for placeholder, part in (
        ("{partition}", partition),
        ("{region}", region or ""),
        ("{account}", account or ""),
        ("{}", identifier),
    ):
        arn = arn.replace(placeholder, part)
    return arn if Arn.parse(arn) else None
