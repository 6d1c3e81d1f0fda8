"""Conditions in IAM's grammar, where one statement holds an operator with one key only once."""

from collections.abc import Iterable, Iterator

from passrole.language import Condition, fold
from passrole.language.operators import BY_NAME
from passrole.policy.keys import key_of

_SETS = ("ForAnyValue:", "ForAllValues:")
_IF_EXISTS = "IfExists"
_SAME = {
    "ArnLike": "ArnEquals",
    "ArnEquals": "ArnLike",
    "ArnNotLike": "ArnNotEquals",
    "ArnNotEquals": "ArnNotLike",
}

Block = dict[str, dict[str, str | list[str]]]
"""IAM's ``Condition``: operator -> key -> one value or several."""


def added(block: Block, operator: str, key: str, values: Iterable[str]) -> bool:
    """Puts one more condition into ``block``, which must hold beside those in it.

    IAM takes two conditions of one operator on one key for one, any of whose values will do. So the second is
    written with an operator that means the same.

    Returns:
        False if there is no such operator left, and nothing was put in.
    """
    listed = list(values)
    given = {(fold(o), fold(k)) for o, keys in block.items() for k in keys}
    for name in _meaning_the_same(canonical(operator), key):
        if (fold(name), fold(key)) not in given:
            # Operators that differ in case alone must not become two keys of the document.
            written = next((o for o in block if fold(o) == fold(name)), name)
            block.setdefault(written, {})[key] = listed[0] if len(listed) == 1 else listed
            return True
    return False


def canonical(operator: str) -> str:
    """The operator as IAM's documentation writes it."""
    set_ = next((s for s in _SETS if fold(operator).startswith(fold(s))), "")
    base = operator[len(set_) :]
    if fold(base) == "null":
        return "Null"
    if_exists = _IF_EXISTS if fold(base).endswith(fold(_IF_EXISTS)) else ""
    found, negated = BY_NAME[fold(base[: len(base) - len(if_exists)])]
    return f"{set_}{found.negation if negated else found.name}{if_exists}"


def holds_on_absence(condition: Condition) -> bool:
    """Whether a condition may be met where its key has no value."""
    operator = canonical(condition.operator)
    if operator == "Null":
        return any(value.lower() == "true" for value in condition.values)
    if operator.endswith(_IF_EXISTS) or operator.startswith("ForAllValues:"):
        return True
    return not operator.startswith("ForAnyValue:") and BY_NAME[fold(operator)][1]


def _meaning_the_same(operator: str, key: str) -> Iterator[str]:
    """Operators of the same meaning, as long as the key has one value or none."""
    names = [operator]
    if operator in _SAME:
        names.append(_SAME[operator])
    yield from names
    known = key_of(fold(key))
    if ":" in operator or operator == "Null" or operator.endswith(_IF_EXISTS):
        return
    if known is None or known.several:
        return
    # Of one value, any is all; they differ in what they say where there is none.
    set_ = "ForAllValues:" if BY_NAME[fold(operator)][1] else "ForAnyValue:"
    yield from (set_ + name for name in names)
