"""The part of JSON Schema that guardrail.yaml's schema is written in, for the tests: no package is needed."""

import json
import re
from collections.abc import Iterator
from typing import Any

_TYPES: dict[str, type | tuple[type, ...]] = {
    "object": dict, "array": list, "string": str, "integer": int, "number": (int, float), "boolean": bool,
}  # fmt: skip
_NOTES = {"$schema", "$id", "$defs", "title", "description", "default"}


class Schema:
    """Tells what is wrong with data."""

    def __init__(self, schema: dict[str, Any]) -> None:
        self._schema = schema

    def problems(self, data: Any) -> list[str]:
        return list(self._problems(self._schema, data, "$"))

    def _problems(self, schema: dict[str, Any], data: Any, at: str) -> Iterator[str]:
        for keyword, value in schema.items():
            if keyword not in _NOTES:
                yield from getattr(self, "_" + keyword.lstrip("$"))(schema, value, data, at)

    def _ref(self, _: Any, value: str, data: Any, at: str) -> Iterator[str]:
        yield from self._problems(self._schema["$defs"][value.removeprefix("#/$defs/")], data, at)

    def _type(self, _: Any, value: str | list[str], data: Any, at: str) -> Iterator[str]:
        names = value if isinstance(value, list) else [value]
        is_truth = isinstance(data, bool) and "boolean" not in names
        if is_truth or not any(isinstance(data, _TYPES[name]) for name in names):
            yield f"{at}: {json.dumps(data)} is no {value}"

    def _enum(self, _: Any, value: list[Any], data: Any, at: str) -> Iterator[str]:
        if data not in value:
            yield f"{at}: {json.dumps(data)} is none of {value}"

    def _const(self, _: Any, value: Any, data: Any, at: str) -> Iterator[str]:
        yield from self._enum(_, [value], data, at)

    def _properties(self, _: Any, value: dict[str, Any], data: Any, at: str) -> Iterator[str]:
        for key in data if isinstance(data, dict) else ():
            if key in value:
                yield from self._problems(value[key], data[key], f"{at}.{key}")

    def _additionalProperties(self, schema: Any, value: Any, data: Any, at: str) -> Iterator[str]:  # noqa: N802
        for key in data if isinstance(data, dict) else ():
            if key in schema.get("properties", {}):
                continue
            if value is False:
                yield f"{at}: unknown key {key}"
            else:
                yield from self._problems(value, data[key], f"{at}.{key}")

    def _propertyNames(self, _: Any, value: Any, data: Any, at: str) -> Iterator[str]:  # noqa: N802
        for key in data if isinstance(data, dict) else ():
            yield from self._problems(value, key, f"{at} (key)")

    def _required(self, _: Any, value: list[str], data: Any, at: str) -> Iterator[str]:
        if isinstance(data, dict):
            yield from (f"{at}: no {key}" for key in value if key not in data)

    def _items(self, _: Any, value: Any, data: Any, at: str) -> Iterator[str]:
        for index, item in enumerate(data if isinstance(data, list) else ()):
            yield from self._problems(value, item, f"{at}[{index}]")

    def _anyOf(self, _: Any, value: list[Any], data: Any, at: str) -> Iterator[str]:  # noqa: N802
        found = [list(self._problems(each, data, at)) for each in value]
        if all(found):
            yield min(found, key=len)[0]

    def _oneOf(self, _: Any, value: list[Any], data: Any, at: str) -> Iterator[str]:  # noqa: N802
        if sum(not list(self._problems(each, data, at)) for each in value) != 1:
            yield f"{at}: not one of several"

    def _pattern(self, _: Any, value: str, data: Any, at: str) -> Iterator[str]:
        if isinstance(data, str) and not re.search(value, data):
            yield f"{at}: {data} does not match {value}"

    def _least(self, value: int, size: int | None, at: str) -> Iterator[str]:
        if size is not None and size < value:
            yield f"{at}: less than {value}"

    def _most(self, value: int, size: int | None, at: str) -> Iterator[str]:
        if size is not None and size > value:
            yield f"{at}: more than {value}"

    def _minItems(self, _: Any, value: int, data: Any, at: str) -> Iterator[str]:  # noqa: N802
        yield from self._least(value, len(data) if isinstance(data, list) else None, at)

    def _maxItems(self, _: Any, value: int, data: Any, at: str) -> Iterator[str]:  # noqa: N802
        if isinstance(data, list) and len(data) > value:
            yield f"{at}: more than {value}"

    def _minProperties(self, _: Any, value: int, data: Any, at: str) -> Iterator[str]:  # noqa: N802
        yield from self._least(value, len(data) if isinstance(data, dict) else None, at)

    def _maxProperties(self, _: Any, value: int, data: Any, at: str) -> Iterator[str]:  # noqa: N802
        yield from self._most(value, len(data) if isinstance(data, dict) else None, at)

    def _minLength(self, _: Any, value: int, data: Any, at: str) -> Iterator[str]:  # noqa: N802
        yield from self._least(value, len(data) if isinstance(data, str) else None, at)

    def _maxLength(self, _: Any, value: int, data: Any, at: str) -> Iterator[str]:  # noqa: N802
        yield from self._most(value, len(data) if isinstance(data, str) else None, at)

    def _minimum(self, _: Any, value: int, data: Any, at: str) -> Iterator[str]:
        yield from self._least(value, data if isinstance(data, int) else None, at)

    def _maximum(self, _: Any, value: int, data: Any, at: str) -> Iterator[str]:
        yield from self._most(value, data if isinstance(data, int) else None, at)
