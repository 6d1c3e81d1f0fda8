"""Which management write events a trail logs, by its event selectors.

Source: CloudTrail's API reference for EventSelector, AdvancedEventSelector and AdvancedFieldSelector.
An event is logged if any selector takes it; a selector takes it if all of its fields do. The operators of a
field are joined by OR where they include, by AND where they exclude.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

_WRITES = ("All", "WriteOnly")
_INCLUDES: dict[str, Callable[[str, str], bool]] = {
    "Equals": str.__eq__,
    "StartsWith": str.startswith,
    "EndsWith": str.endswith,
}
_EXCLUDES: dict[str, Callable[[str, str], bool]] = {
    "NotEquals": str.__eq__,
    "NotStartsWith": str.startswith,
    "NotEndsWith": str.endswith,
}


def logged_sources(answer: Mapping[str, Any], sources: Iterable[str]) -> frozenset[str]:
    """Those of the sources whose management write events are logged; ``answer`` is GetEventSelectors'."""
    classic, advanced = answer.get("EventSelectors") or [], answer.get("AdvancedEventSelectors") or []
    return frozenset(
        source
        for source in sources
        if any(_classic(selector, source) for selector in classic)
        or any(_advanced(selector, source) for selector in advanced)
    )


def _classic(selector: Mapping[str, Any], source: str) -> bool:
    return (
        selector.get("IncludeManagementEvents", True)
        and selector.get("ReadWriteType", "All") in _WRITES
        and source not in selector.get("ExcludeManagementEventSources", [])
    )


def _advanced(selector: Mapping[str, Any], source: str) -> bool:
    event = {"eventCategory": "Management", "readOnly": "false", "eventSource": source}
    return all(_takes(field, event) for field in selector.get("FieldSelectors", []))


def _takes(field: Mapping[str, Any], event: Mapping[str, str]) -> bool:
    """Whether a field takes every such event: one that asks for more than is known here may not."""
    value = event.get(field.get("Field", ""))
    if value is None:
        return False
    including = [(test, field[name]) for name, test in _INCLUDES.items() if field.get(name)]
    excluding = [(test, field[name]) for name, test in _EXCLUDES.items() if field.get(name)]
    included = not including or any(test(value, given) for test, values in including for given in values)
    return included and not any(test(value, given) for test, values in excluding for given in values)
