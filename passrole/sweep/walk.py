"""Walks through a listing: asks page by page, step by step, and knows at each moment where to go on."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import jmespath
from botocore import xform_name
from botocore.exceptions import ClientError

from passrole.arn import Arn
from passrole.passes import RoleKind
from passrole.sweep.listing import ListedRole, Listing, Step
from passrole.sweep.pace import Pace
from passrole.sweep.transient import is_transient

Scope = Mapping[str, Any]
Position = tuple[tuple[str | None, int], ...]
"""Where a walk stands: for each step, the token of its page, and how many of its items are done."""
START: Position = ()

_EMBEDDED = re.compile(r"\{([^{}]+)\}")


class ListingError(RuntimeError):
    """An API's answer does not fit the row; the message says which."""


@dataclass(frozen=True, slots=True)
class Region:
    """Where is listed: of which partition, region and account."""

    partition: str
    name: str
    account: str

    @property
    def scope(self) -> Scope:
        """What expressions see of it."""
        return {"partition": self.partition, "region": self.name, "account": self.account}


@dataclass(frozen=True, slots=True)
class Held:
    """A resource holds a role in one of its places, as the listing tells.

    Attributes:
        resource: its ARN.
        value: the role as the API names it.
    """

    resource: str
    place: ListedRole
    value: str

    @property
    def kind(self) -> RoleKind:
        return self.place.kind


@dataclass(frozen=True, slots=True)
class Look:
    """What a walk came to: a resource with its roles, and where to go on behind it.

    Attributes:
        resource: its ARN; None where the answer had none, so that there is only a position.
        held: nothing for a resource without a role.
        refused: why AWS does not tell more of what it has listed; the ARN is not always known then.
    """

    position: Position
    resource: str | None = None
    held: tuple[Held, ...] = ()
    refused: str | None = None


@dataclass(frozen=True, slots=True)
class _Refused:
    """AWS does not tell of something that it has listed: its policy or its key keeps the guard out.

    Attributes:
        scope: the members that the listing told; None where several things were asked about at once.
    """

    scope: Scope | None
    error: str


class Walk:
    """One listing in one region.

    Args:
        client: of the listing's service, in the region.
        more: members for the first step's input: to list less than all there are.
    """

    def __init__(
        self,
        listing: Listing,
        region: Region,
        client: Any,
        pace: Pace,
        more: Mapping[str, Any] | None = None,
    ) -> None:
        self._listing = listing
        self._region = region
        self._client = client
        self._pace = pace
        self._more = more or {}

    def looks(self, start: Position = START) -> Iterator[Look]:
        """What there is, from a position on. Holds one page of each step at a time.

        A look without a resource comes at least once an answer, so that whoever runs out of time can stop.
        What AWS lists and refuses to describe hides nothing but itself: whoever may write the policy of a
        bucket could keep all others from being looked at.

        Raises:
            ListingError: an answer does not fit the row.
            ClientError, BotoCoreError: AWS refused to list anything, no longer knows the position, or did
                not answer.
        """
        for position, scope in self._walk(0, [self._region.scope], start):
            if isinstance(scope, _Refused):
                yield self._refusal(position, scope)
            elif scope is None or not self._counts(scope):
                yield Look(position)
            else:
                yield self._look(position, scope)

    def _walk(
        self, level: int, parents: Sequence[Scope], start: Position
    ) -> Iterator[tuple[Position, Scope | _Refused | None]]:
        step = self._listing.steps[level]
        (token, done), below = start[0] if start else (None, 0), start[1:]
        is_last = level + 1 == len(self._listing.steps)
        while True:
            answer = self._ask(step, parents, token)
            scopes = list(self._scopes(step, parents, answer))
            if is_last:
                for number in range(done, len(scopes)):
                    yield ((token, number + 1),), scopes[number]
            else:
                yield from self._below(level, scopes, (token, done), below)
            following = _token(step, answer)
            if following is None:
                return
            if following == token:
                raise ListingError(f"{self._listing.name}: {step.call} gives the same page again")
            token, done, below = following, 0, START
            yield ((token, 0),), None

    def _below(
        self, level: int, scopes: Sequence[Scope], start: tuple[str | None, int], below: Position
    ) -> Iterator[tuple[Position, Scope | _Refused | None]]:
        token, done = start
        size = self._listing.steps[level + 1].batch
        groups = [scopes[first : first + size] for first in range(0, len(scopes), size)]
        for number in range(done, len(groups)):
            inside = below if number == done else START
            refused = None
            try:
                for position, scope in self._walk(level + 1, groups[number], inside):
                    yield ((token, number), *position), scope
            except ClientError as error:
                if inside != START or is_transient(error):
                    raise  # the token of a page may have ended
                refused = _Refused(groups[number][0] if size == 1 else None, str(error))
            yield ((token, number + 1),), refused

    def _ask(self, step: Step, parents: Sequence[Scope], token: str | None) -> Mapping[str, Any]:
        seen: Any = parents[0] if step.batch == 1 else list(parents)
        given = {name: _value(value, seen) for name, value in step.input.items()}
        if step is self._listing.steps[0]:
            given |= self._more
        if token is not None and step.page:
            given[step.page.input] = token
        self._pace.wait(self._listing.client, self._region.name)
        call: Callable[..., Mapping[str, Any]] = getattr(self._client, xform_name(step.call))
        try:
            return call(**given)
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") in step.gone:
                return {}
            raise

    def _scopes(self, step: Step, parents: Sequence[Scope], answer: Mapping[str, Any]) -> Iterator[Scope]:
        if not answer:
            return
        # What one call tells of several things does not say which of them was asked about by which item.
        seen = parents[0] if step.batch == 1 else self._region.scope
        items = search(step.items, answer) or [] if step.items else [answer]
        if not isinstance(items, list):
            raise ListingError(f"{self._listing.name}: {step.call} has no list in {step.items}")
        for item in items:
            if step.name is None and not isinstance(item, Mapping):
                raise ListingError(f"{self._listing.name}: {step.call} lists what has no members")
            yield {**seen, step.name: item} if step.name else {**seen, **item}

    def _counts(self, scope: Scope) -> bool:
        return self._listing.only is None or bool(search(self._listing.only, scope))

    def _look(self, position: Position, scope: Scope) -> Look:
        resource = _resource(self._listing.arn, scope)
        if resource is None or not self._is_ours(resource):
            return Look(position)
        held = tuple(
            Held(resource, place, value) for place in self._listing.roles for value in _roles(place, scope)
        )
        return Look(position, resource, held)

    def _refusal(self, position: Position, refused: _Refused) -> Look:
        resource = _resource(self._listing.arn, refused.scope) if refused.scope else None
        if resource is not None and not self._is_ours(resource):
            return Look(position)
        return Look(position, resource, refused=refused.error)

    def _is_ours(self, resource: str) -> bool:
        """Lists have what other accounts share, too: what it holds is judged there."""
        arn = Arn.parse(resource)
        return arn is None or arn.account in ("", self._region.account)


def search(expression: str, seen: Any) -> Any:
    """What a JMESPath expression yields."""
    return _compiled(expression).search(seen)


@lru_cache(maxsize=2048)
def _compiled(expression: str) -> Any:
    return jmespath.compile(expression)


def _value(value: Any, seen: Any) -> Any:
    return search(value, seen) if isinstance(value, str) else value


def _token(step: Step, answer: Mapping[str, Any]) -> str | None:
    return search(step.page.answer, answer) or None if step.page and answer else None


def _resource(arn: str, scope: Scope) -> str | None:
    """The ARN; None where a part of it is not there."""
    if "{" not in arn:
        found = search(arn, scope)
        return found if isinstance(found, str) and found else None
    parts = {text: search(text, scope) for text in _EMBEDDED.findall(arn)}
    if not all(isinstance(part, str | int) and part != "" for part in parts.values()):
        return None
    return _EMBEDDED.sub(lambda found: str(parts[found[1]]), arn)


def _roles(place: ListedRole, scope: Scope) -> Iterator[str]:
    found = search(place.path, scope)
    values = found if isinstance(found, list) else [found]
    yield from dict.fromkeys(value for value in values if isinstance(value, str) and value)
