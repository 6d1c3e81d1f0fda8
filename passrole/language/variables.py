"""Policy variables: ``${key}``, ``${key, 'default'}``, and ``${*}``, ``${?}``, ``${$}`` for signs as text.

Source: "IAM policy elements: Variables and tags". Only the language of 2012-10-17 has them. What a variable
stands for is text: wildcards in it are none. A multivalued key is no variable.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

from passrole.evidence import Unknown
from passrole.language.context import Context, fold, is_absent
from passrole.language.wildcards import Tokens, Wild, tokens_of

_VARIABLE = re.compile(r"\$\{([^{}]*)\}")
_SIGNS = "*?$"


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable: the folded name of its condition key, and what it is where the key has no value."""

    key: str
    default: str | None


@dataclass(frozen=True, slots=True)
class Template:
    """A value of a policy: its texts, wildcards and variables in order.

    ``fixed`` are the tokens where there is no variable in it, else None.
    """

    tokens: tuple[Tokens | Variable, ...]
    fixed: Tokens | None

    @property
    def keys(self) -> tuple[str, ...]:
        """The condition keys that its variables name."""
        return tuple(token.key for token in self.tokens if isinstance(token, Variable))

    def resolve(self, context: Context) -> Tokens | Unknown | None:
        """The tokens with the values of the variables in them.

        None where a variable has no value: nothing equals it. Unknown where one is unknown.
        """
        if self.fixed is not None:
            return self.fixed
        resolved: list[str | Wild] = []
        unknown = None
        for token in self.tokens:
            if not isinstance(token, Variable):
                resolved.extend(token)
                continue
            fact = context.fact(token.key)
            if isinstance(fact, Unknown):
                unknown = unknown or fact
            elif not is_absent(fact) and isinstance(fact.value, str):  # type: ignore[union-attr]
                resolved.append(fact.value)  # type: ignore[union-attr]
            elif token.default is not None:
                resolved.append(token.default)
            else:
                return None
        return unknown or tuple(resolved)


@lru_cache(maxsize=8192)
def template(text: str, *, wildcards: bool, variables: bool) -> Template:
    """A value of a policy, taken apart."""
    read = tokens_of if wildcards else _literal
    tokens = tuple(_tokens(text, read)) if variables else (read(text),)
    if any(isinstance(token, Variable) for token in tokens):
        return Template(tokens, None)
    return Template(tokens, tuple(chain.from_iterable(t for t in tokens if isinstance(t, tuple))))


def begins_no_variable(text: str) -> bool:
    """Whether a ``${`` in it begins no variable, and so is text: an end is missing, or one is in another."""
    return "${" in _VARIABLE.sub(" ", text)


def _literal(text: str) -> Tokens:
    return (text,) if text else ()


def _tokens(text: str, read: Callable[[str], Tokens]) -> Iterator[Tokens | Variable]:
    end = 0
    for found in _VARIABLE.finditer(text):
        yield read(text[end : found.start()])
        end = found.end()
        name = found[1]
        if name in _SIGNS and len(name) == 1:
            yield (name,)
        else:
            yield _variable(name)
    yield read(text[end:])


def _variable(name: str) -> Variable:
    """What stands between the braces: a key, perhaps with a default in quotes."""
    key, _, default = map(str.strip, name.partition(","))
    if len(default) > 1 and default[0] == default[-1] == "'":
        return Variable(fold(key), default[1:-1])
    return Variable(fold(name.strip()), None)
