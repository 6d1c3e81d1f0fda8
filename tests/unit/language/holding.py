"""One condition against one context, as the tables of the tests write them."""

from typing import Any

from passrole.language import Condition, FlatContext, Truth

KEY = "aws:PrincipalTag/team"
T, F, U = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN
MISSING = object()


def holds(operator: str, values: Any, seen: Any, *, variables: bool = True, **others: Any) -> Truth:
    """Whether ``operator`` holds of a key whose value is ``seen``; `MISSING` is no value, None unknown.

    Args:
        others: further keys of the context.
    """
    needed = tuple(values) if isinstance(values, list) else (values,)
    context = others if seen is MISSING else {KEY: seen, **others}
    return Condition(operator, KEY, needed, variables).holds(FlatContext(context))
