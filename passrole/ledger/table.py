"""DynamoDB as the ledger uses it: conditional puts, transactions, consistent reads."""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.exceptions import ClientError

from passrole.ledger.keys import INDEXES, PARTITION_KEY, SORT_KEY

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

Key = tuple[str, str]
Item = dict[str, Any]

_serializer = TypeSerializer()
_deserializer = TypeDeserializer()
_REFUSED = ("ConditionalCheckFailed", "TransactionConflict")


_MOST_READ = 100  # DynamoDB API reference, BatchGetItem
_ATTEMPTS = 8
_PAUSE = 0.05  # seconds, before the second attempt; twice as long before each further one


class BusyTableError(RuntimeError):
    """DynamoDB did not give all that was asked for, however often."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition expression; ``#x`` are names, ``:x`` values."""

    expression: str
    names: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)


IS_NEW = Condition("attribute_not_exists(#pk)", {"#pk": PARTITION_KEY})


@dataclass(frozen=True, slots=True)
class Put:
    """One item to be written whole, if its condition holds."""

    key: Key
    item: Item
    condition: Condition | None = None


class Table:
    """One table. Errors of AWS other than a refused condition are raised as botocore raises them."""

    def __init__(self, name: str, client: "DynamoDBClient") -> None:
        self._name = name
        self._client = client

    def get(self, key: Key) -> Item | None:
        """The item as last written (a consistent read), or None."""
        answer = self._client.get_item(TableName=self._name, Key=_key(key), ConsistentRead=True)
        return _plain(answer["Item"]) if "Item" in answer else None

    def get_many(self, wanted: Iterable[Key]) -> dict[Key, Item]:
        """Those of the items that are there, as last written (consistent reads)."""
        keys = list(dict.fromkeys(wanted))
        found: dict[Key, Item] = {}
        for first in range(0, len(keys), _MOST_READ):
            asked: Any = [_key(key) for key in keys[first : first + _MOST_READ]]
            for attempt in range(_ATTEMPTS):
                if attempt:  # DynamoDB gives part of what is asked for when it is busy
                    time.sleep(_PAUSE * 2**attempt)
                answer: Any = self._client.batch_get_item(
                    RequestItems={self._name: {"Keys": asked, "ConsistentRead": True}}
                )
                for item in map(_plain, answer.get("Responses", {}).get(self._name, [])):
                    found[item[PARTITION_KEY], item[SORT_KEY]] = item
                asked = answer.get("UnprocessedKeys", {}).get(self._name, {}).get("Keys", [])
                if not asked:
                    break
            else:
                raise BusyTableError(f"{len(asked)} items could not be read in {_ATTEMPTS} attempts")
        return found

    def put(self, put: Put) -> bool:
        """Writes an item; False if its condition does not hold."""
        try:
            self._client.put_item(TableName=self._name, **_put_arguments(put))
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def put_all(self, puts: Sequence[Put]) -> bool:
        """Writes all items or none; False if a condition does not hold or another writer was in the way."""
        items: list[Any] = [{"Put": {"TableName": self._name, **_put_arguments(put)}} for put in puts]
        try:
            self._client.transact_write_items(TransactItems=items)
        except ClientError as error:
            if _was_refused(error):
                return False
            raise
        return True

    def add_to_set(self, key: Key, name: str, value: str, limit: int, expires_at: int) -> bool:
        """Adds ``value`` to a set of at most ``limit`` members; True if it is in the set now."""
        try:
            self._client.update_item(
                TableName=self._name,
                Key=_key(key),
                UpdateExpression="ADD #s :one SET expires_at = :e",
                ConditionExpression="attribute_not_exists(#s) OR contains(#s, :v) OR size(#s) < :limit",
                ExpressionAttributeNames={"#s": name},
                ExpressionAttributeValues=_attributes(
                    {":one": {value}, ":v": value, ":limit": limit, ":e": expires_at}
                ),
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def take_from_set(self, key: Key, name: str, value: str) -> None:
        """Takes ``value`` from a set, if it is in it."""
        self._client.update_item(
            TableName=self._name,
            Key=_key(key),
            UpdateExpression="DELETE #s :one",
            ExpressionAttributeNames={"#s": name},
            ExpressionAttributeValues=_attributes({":one": {value}}),
        )

    def delete(self, key: Key, condition: Condition) -> bool:
        """Deletes an item; False if its condition does not hold."""
        try:
            self._client.delete_item(TableName=self._name, Key=_key(key), **_condition_arguments(condition))
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def query(self, partition: str, prefix: str = "") -> Iterator[Item]:
        """The items of a partition whose sort key begins with ``prefix``, in its order; a consistent read."""
        condition, values = ("begins_with(#sk, :sk)", {":sk": prefix}) if prefix else ("", {})
        yield from self._pages(PARTITION_KEY, SORT_KEY, partition, condition, values, ConsistentRead=True)

    def query_index(self, index: str, partition: str, until: str, since: str = "") -> Iterator[Item]:
        """The items of an index's partition with a sort key from ``since`` to ``until``, in its order."""
        condition, values = "#sk <= :sk", {":sk": until}
        if since:
            condition, values = "#sk BETWEEN :since AND :sk", {":sk": until, ":since": since}
        yield from self._pages(*INDEXES[index], partition, condition, values, IndexName=index)

    def _pages(
        self,
        partition_key: str,
        sort_key: str,
        partition: str,
        condition: str,
        values: Mapping[str, str],
        **how: Any,
    ) -> Iterator[Item]:
        arguments: dict[str, Any] = {
            "TableName": self._name,
            "KeyConditionExpression": "#pk = :pk",
            "ExpressionAttributeNames": {"#pk": partition_key},
            "ExpressionAttributeValues": _attributes({":pk": partition}),
            **how,
        }
        if condition:
            arguments["KeyConditionExpression"] += f" AND {condition}"
            arguments["ExpressionAttributeNames"]["#sk"] = sort_key
            arguments["ExpressionAttributeValues"] |= _attributes(values)
        for page in self._client.get_paginator("query").paginate(**arguments):
            yield from (_plain(item) for item in page["Items"])


def _put_arguments(put: Put) -> dict[str, Any]:
    item = {PARTITION_KEY: put.key[0], SORT_KEY: put.key[1], **put.item}
    return {"Item": _attributes(item), **_condition_arguments(put.condition)}


def _condition_arguments(condition: Condition | None) -> dict[str, Any]:
    if condition is None:
        return {}
    arguments: dict[str, Any] = {"ConditionExpression": condition.expression}
    if condition.names:
        arguments["ExpressionAttributeNames"] = dict(condition.names)
    if condition.values:
        arguments["ExpressionAttributeValues"] = _attributes(condition.values)
    return arguments


def _was_refused(error: ClientError) -> bool:
    response: Any = error.response
    code = response.get("Error", {}).get("Code")
    if code == "TransactionInProgressException":
        return True
    reasons = [reason.get("Code") for reason in response.get("CancellationReasons", [])]
    return code == "TransactionCanceledException" and any(reason in _REFUSED for reason in reasons)


def _key(key: Key) -> dict[str, Any]:
    return _attributes({PARTITION_KEY: key[0], SORT_KEY: key[1]})


def _attributes(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _serializer.serialize(value) for name, value in values.items() if value is not None}


def _plain(item: Mapping[str, Any]) -> Item:
    values = {name: _deserializer.deserialize(value) for name, value in item.items()}
    return {name: int(value) if isinstance(value, Decimal) else value for name, value in values.items()}
