"""Which resource a call gave the role to: its ARN, from the record."""

from typing import Any

from passrole.arn import Arn, partition_of
from passrole.catalogue import ResourcePlace
from passrole.trail.paths import values_at
from passrole.trail.values import text

_MAX_ID = 2048


def resources_of(record: dict[str, Any], place: ResourcePlace) -> tuple[str, ...]:
    """ARNs of the receiving resources: several where one call makes several, none where none is named."""
    for path in place.paths:
        arns = [arn for _, value in values_at(record, path) if (arn := _arn(value, place, record))]
        if arns:
            return tuple(dict.fromkeys(arns))
    return ()


def _arn(value: Any, place: ResourcePlace, record: dict[str, Any]) -> str | None:
    """The ARN of a resource that is named by id, by ARN, or by the tail of its ARN (as Lambda allows)."""
    if (
        not isinstance(value, str)
        or not 0 < len(value) <= _MAX_ID
        or not value.isascii()
        or not value.isprintable()
    ):
        return None
    marker = place.arn.split(":", 5)[5].removesuffix("{}")  # "function:" of a function's ARN
    given = Arn.parse(value)
    identifier = (given.resource if given else value).rpartition(marker)[2]
    if place.qualified:
        identifier = identifier.partition(":")[0]
    region = given.region if given else text(record.get("awsRegion"))
    account = given.account if given else text(record.get("recipientAccountId"))
    partition = given.partition if given else partition_of(region)
    known = {"{partition}": partition, "{region}": region or "", "{account}": account or "", "{}": identifier}
    # The identifier goes in last: it comes from the caller and may look like a placeholder itself.
    arn = place.arn
    for placeholder, part in known.items():
        arn = arn.replace(placeholder, part)
    return arn
