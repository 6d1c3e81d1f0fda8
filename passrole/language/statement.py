"""Statements, and what they say together: an explicit deny wins, else one allow allows, else nothing does."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from passrole.evidence import Fact, Known, Unknown
from passrole.language.condition import Condition
from passrole.language.context import Context, Value, fold
from passrole.language.truth import Effect, Ruling, Truth, negated, some, truth_of
from passrole.language.variables import Template, template
from passrole.language.wildcards import Test, arn_test, matches, parts_test

PASS_ROLE = "iam:passrole"  # noqa: S105 - an action, not a password
RESOURCE = "role:arn"
ACTION = "pass:action"


@dataclass(frozen=True)
class Statement:
    """One statement of a policy about `iam:PassRole`, whose resource is the role.

    Attributes:
        sid: what verdicts call it.
        actions, not_actions: patterns; one of the two is None.
        resources, not_resources: patterns of role ARNs; one of the two is None.
        conditions: all must hold.
        variables: whether ``${…}`` in resources means a variable.
    """

    sid: str
    effect: Effect
    actions: tuple[str, ...] | None = (PASS_ROLE,)
    not_actions: tuple[str, ...] | None = None
    resources: tuple[str, ...] | None = ("*",)
    not_resources: tuple[str, ...] | None = None
    conditions: tuple[Condition, ...] = ()
    variables: bool = True

    def applies(self, context: Context) -> Truth:
        """Whether it says something about the request."""
        result = Truth.TRUE
        for part in self._parts:
            truth = part(context)
            if truth is Truth.FALSE:
                return truth
            if truth is Truth.UNKNOWN:
                result = truth
        return result

    def names_action(self, context: Context) -> Truth:
        """Whether it is about iam:PassRole, or about the call that passes the role."""
        if self._concerns_all:
            return Truth.TRUE
        found = some(self._actions_in(context))
        return negated(found) if self.not_actions is not None else found

    @cached_property
    def excludes(self) -> Callable[[Sequence[str]], bool] | None:
        """Tells at once, from the six parts of the role's ARN, that it is none of the resources.

        None where that takes more than the ARN. Most statements of a policy are for other roles.
        """
        values = [value.fixed for value in self._templates if value.fixed is not None]
        tests = [test for value in values if (test := parts_test(value))]
        if self.not_resources is not None or not tests or len(tests) < len(self._templates):
            return None
        if len(tests) == 1:
            [only] = tests
            return lambda parts: not only(parts)
        return lambda parts: not any(test(parts) for test in tests)

    def names_resource(self, context: Context) -> Truth:
        """Whether the role is one of its resources."""
        arn = context.fact(RESOURCE)
        if self._fixed and type(arn) is Known and type(arn.value) is str:
            found = Truth.FALSE
            for test in self._fixed:
                if test(arn.value):
                    found = Truth.TRUE
                    break
        else:
            found = some(self._resources_in(context, arn))
        return negated(found) if self.not_resources is not None else found

    @cached_property
    def keys(self) -> frozenset[str]:
        """The condition keys that it depends on, folded."""
        named = {key for value in self._templates for key in value.keys}
        return frozenset(named).union(*(condition.keys for condition in self.conditions))

    @cached_property
    def _parts(self) -> tuple[Callable[[Context], Truth], ...]:
        """What must hold; what holds of every request is left out."""
        parts = [] if self._concerns_all else [self.names_action]
        if self.not_resources is not None or not self._names_all:
            parts.append(self.names_resource)
        return (*parts, *(condition.holds for condition in self.conditions))

    @cached_property
    def _concerns_all(self) -> bool:
        return self.actions is not None and any(fold(a) in ("*", PASS_ROLE, "iam:*") for a in self.actions)

    @cached_property
    def _action_patterns(self) -> tuple[str, ...]:
        given = self.not_actions if self.not_actions is not None else self.actions or ()
        return tuple(map(fold, given))

    def _actions_in(self, context: Context) -> Iterator[Truth]:
        yield truth_of(any(matches(pattern, PASS_ROLE) for pattern in self._action_patterns))
        calling = context.fact(ACTION)
        if isinstance(calling, Unknown):
            yield Truth.UNKNOWN
        elif isinstance(calling, Known) and isinstance(calling.value, str):
            name = fold(calling.value)
            yield truth_of(any(matches(pattern, name) for pattern in self._action_patterns))

    @cached_property
    def _templates(self) -> tuple[Template, ...]:
        given = self.not_resources if self.not_resources is not None else self.resources or ()
        return tuple(template(value, wildcards=True, variables=self.variables) for value in given)

    @cached_property
    def _fixed(self) -> tuple[Test, ...]:
        """The tests of its resources, if none of them has variables."""
        values = [value.fixed for value in self._templates if value.fixed is not None]
        return tuple(map(arn_test, values)) if len(values) == len(self._templates) else ()

    @cached_property
    def _names_all(self) -> bool:
        return "*" in (self.not_resources if self.not_resources is not None else self.resources or ())

    def _resources_in(self, context: Context, arn: Fact[Value]) -> Iterator[Truth]:
        if self._names_all:
            yield Truth.TRUE
            return
        if isinstance(arn, Unknown):
            yield Truth.UNKNOWN
        if not isinstance(arn, Known) or not isinstance(arn.value, str):
            return
        for value in self._templates:
            tokens = value.resolve(context)
            if isinstance(tokens, Unknown):
                yield Truth.UNKNOWN
            elif tokens is not None:
                yield truth_of(arn_test(tokens)(arn.value))


def _parts_of_role(context: Context) -> Sequence[str] | None:
    arn = context.fact(RESOURCE)
    if not isinstance(arn, Known) or not isinstance(arn.value, str):
        return None
    parts = arn.value.split(":", 5)
    return parts if len(parts) == 6 else None


def decide(statements: Iterable[Statement], context: Context) -> Ruling:
    """What the statements say about the request; undetermined where an unknown could change it."""
    allowed = denied = Truth.FALSE
    parts = _parts_of_role(context)
    for statement in statements:
        if parts is not None and (excludes := statement.excludes) is not None and excludes(parts):
            continue
        is_deny = statement.effect is Effect.DENY
        if not is_deny and allowed is Truth.TRUE:
            continue
        result = statement.applies(context)
        if result is Truth.FALSE:
            continue
        if is_deny:
            if result is Truth.TRUE:
                return Ruling.EXPLICIT_DENY
            denied = result
        elif result is Truth.TRUE or allowed is Truth.FALSE:
            allowed = result
    if allowed is Truth.FALSE:
        # Denied either way, though perhaps explicitly, too.
        return Ruling.IMPLICIT_DENY
    if allowed is Truth.TRUE and denied is Truth.FALSE:
        return Ruling.ALLOWED
    return Ruling.UNDETERMINED
