"""One condition of a statement: ``[ForAnyValue:]Operator[IfExists]`` on a condition key."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from passrole.evidence import Fact, Known, Unknown
from passrole.language.context import Context, Value, fold, is_absent
from passrole.language.operators import BY_NAME, OPERATORS, Operator
from passrole.language.truth import Truth, every, negated, some, truth_of
from passrole.language.variables import Template, template
from passrole.language.wildcards import Test

_ANY, _ALL = "foranyvalue:", "forallvalues:"
_IF_EXISTS = "ifexists"
_NULL = "null"
_SETS = {_ANY: "ForAnyValue:", _ALL: "ForAllValues:"}


@dataclass(frozen=True, slots=True)
class _Spelled:
    """The name of an operator, taken apart; ``operator`` is None for Null."""

    set: str
    operator: Operator | None
    is_negated: bool
    if_exists: bool


@dataclass(frozen=True)
class Condition:
    """One condition: ``operator`` as written, ``key`` as written, any of ``values`` satisfies it.

    ``variables`` tells whether ``${…}`` in the values means a variable: without a Version of 2012-10-17 it is
    text.
    """

    operator: str
    key: str
    values: tuple[str, ...]
    variables: bool = True

    def holds(self, context: Context) -> Truth:
        """Whether the condition is met."""
        return self._rule(context, context.fact(self._key))

    @cached_property
    def keys(self) -> frozenset[str]:
        """The condition keys that it depends on, folded."""
        return frozenset((self._key, *(key for value in self._templates for key in value.keys)))

    @property
    def takes_variables(self) -> bool:
        """Whether ``${…}`` in its values means a variable."""
        operator = self._spelled.operator
        return self.variables and operator is not None and operator.variables

    @cached_property
    def _key(self) -> str:
        return fold(self.key)

    @cached_property
    def _spelled(self) -> _Spelled:
        spelled = _spelled(self.operator)
        if spelled is None:
            raise ValueError(f"{self.operator} is no condition operator")
        return spelled

    @cached_property
    def _templates(self) -> tuple[Template, ...]:
        operator = self._spelled.operator
        wildcards = operator is not None and operator.wildcards
        variables = self.takes_variables
        return tuple(template(value, wildcards=wildcards, variables=variables) for value in self.values)

    @cached_property
    def _tests(self) -> tuple[Callable[[Context], Test | Unknown | None], ...]:
        operator = self._spelled.operator
        if operator is None:
            raise ValueError("Null compares no values")
        return tuple(_test_of(operator, value) for value in self._templates)

    @cached_property
    def _rule(self) -> Callable[[Context, Fact[Value]], Truth]:
        if self._spelled.operator is None:
            return self._is_null
        if self._spelled.set or any(value.fixed is None for value in self._templates):
            return self._compares
        return self._compares_fixed

    @cached_property
    def _fixed(self) -> tuple[Test, ...]:
        """The tests of values without variables."""
        operator = self._spelled.operator
        values = (value.fixed for value in self._templates)
        return tuple(operator.test(value) for value in values if operator and value is not None)

    def _compares_fixed(self, context: Context, fact: Fact[Value]) -> Truth:
        """The common case in short: one value of the request, and no variables in those of the policy."""
        if type(fact) is not Known or type(fact.value) is not str:
            return self._compares(context, fact)
        seen = fact.value
        for test in self._fixed:
            if test(seen):
                return self._met
        return self._unmet

    @cached_property
    def _met(self) -> Truth:
        return truth_of(not self._spelled.is_negated)

    @cached_property
    def _unmet(self) -> Truth:
        return truth_of(self._spelled.is_negated)

    def _is_null(self, _: Context, fact: Fact[Value]) -> Truth:
        if isinstance(fact, Unknown):
            return Truth.UNKNOWN
        found = "true" if is_absent(fact) else "false"
        return truth_of(any(value.lower() == found for value in self.values))

    def _compares(self, context: Context, fact: Fact[Value]) -> Truth:
        spelled = self._spelled
        if isinstance(fact, Unknown):
            return Truth.UNKNOWN
        if not isinstance(fact, Known) or fact.value == ():
            if spelled.set and not spelled.if_exists:
                return truth_of(spelled.set == _ALL)
            return truth_of(spelled.if_exists or spelled.is_negated)
        seen = fact.value
        if not spelled.set:
            # A multivalued key needs a set operator: without one, nothing is said about it.
            return self._fits(seen, context) if isinstance(seen, str) else Truth.FALSE
        each = (self._fits(value, context) for value in ((seen,) if isinstance(seen, str) else seen))
        return some(each) if spelled.set == _ANY else every(each)

    def _fits(self, seen: str, context: Context) -> Truth:
        result = some(self._compared(seen, context))
        return negated(result) if self._spelled.is_negated else result

    def _compared(self, seen: str, context: Context) -> Iterator[Truth]:
        for test_in in self._tests:
            test = test_in(context)
            if isinstance(test, Unknown):
                yield Truth.UNKNOWN
            else:
                # A variable without a value equals nothing.
                yield truth_of(test is not None and test(seen))


def is_operator(name: str) -> bool:
    """Whether IAM has a condition operator of that name, in any case."""
    return _spelled(name) is not None


def operator_names() -> tuple[str, ...]:
    """Every operator's name without set operators and IfExists, as IAM writes it."""
    names = (name for operator in OPERATORS for name in (operator.name, operator.negation) if name)
    return (*names, "Null")


def bad_values(condition: Condition) -> tuple[str, ...]:
    """The values that are none of the operator's kind, so that they never fit: no number, no date …"""
    operator = condition._spelled.operator
    if operator is None:
        return tuple(value for value in condition.values if value.lower() not in ("true", "false"))
    if operator.is_value is None:
        return ()
    with_values = zip(condition.values, condition._templates, strict=True)
    return tuple(value for value, t in with_values if t.fixed is not None and not operator.is_value(value))


def _test_of(operator: Operator, value: Template) -> Callable[[Context], Test | Unknown | None]:
    if value.fixed is not None:
        fixed = operator.test(value.fixed)
        return lambda _: fixed

    def resolved(context: Context) -> Test | Unknown | None:
        tokens = value.resolve(context)
        return operator.test(tokens) if isinstance(tokens, tuple) else tokens

    return resolved


@lru_cache(maxsize=1024)
def _spelled(name: str) -> _Spelled | None:
    folded = fold(name)
    set_ = next((each for each in _SETS if folded.startswith(each)), "")
    base = folded.removeprefix(set_)
    if base == _NULL:
        return _Spelled("", None, False, False)
    if_exists = base.endswith(_IF_EXISTS)
    known = BY_NAME.get(base.removesuffix(_IF_EXISTS))
    return _Spelled(set_, known[0], known[1], if_exists) if known else None
