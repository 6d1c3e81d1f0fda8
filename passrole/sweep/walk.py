"""Walks through a listing: asks page by page, step by step, and knows at each moment where to go on."""

import re
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import Any

import jmespath
from botocore import xform_name
from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError
from botocore.parsers import ResponseParserError
from jmespath.exceptions import JMESPathError

from passrole.arn import Arn
from passrole.passes import RoleKind
from passrole.sweep.faults import in_short, is_transient
from passrole.sweep.listing import ListedRole, Listing, Step
from passrole.sweep.pace import Pace
from passrole.sweep.position import START, Place, Position, begun, mark

Scope = Mapping[str, Any]

_EMBEDDED = re.compile(r"\{([^{}]+)\}")
_MOST_DONE = 10_000  # items of a page: as many as any API puts on one (ListBuckets)


class ListingError(RuntimeError):
    """An API's answer does not fit the row; the message says which."""


Refusal = ClientError | BotoCoreError | ResponseParserError | ListingError
"""AWS refused a call of the listing, did not answer it, or answered what does not fit the row."""
REFUSALS = (ClientError, BotoCoreError, ResponseParserError, ListingError)


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
    """What a walk came to: a resource with its roles.

    Attributes:
        resource: its ARN; None where the answer had none: whoever runs out of time can stop there, too.
        held: nothing for a resource without a role.
        refused: why AWS does not tell more of what it has listed; the ARN is not always known then.
    """

    resource: str | None = None
    held: tuple[Held, ...] = ()
    refused: str | None = None

    @property
    def untold(self) -> str | None:
        """What AWS has listed and tells no more of, and why, in short; None if there is no such thing."""
        if self.refused is None:
            return None
        return f"{self.resource or 'something that is listed'} cannot be looked at: {in_short(self.refused)}"


@dataclass(frozen=True, slots=True)
class _Refused:
    """AWS does not tell of something that it has listed: its policy or its key keeps the guard out.

    Attributes:
        scope: the members that the listing told; None where several things were asked about at once.
    """

    scope: Scope | None
    error: str


@dataclass(slots=True)
class _Stand:
    """Where a walk stands on one step, as a `Place` has it; ``done`` in the order in which it was done."""

    token: str | None = None
    done: list[bytes] = field(default_factory=list)
    within: frozenset[bytes] = frozenset()

    def turn(self, token: str) -> None:
        """Goes to the next page."""
        self.token, self.done, self.within = token, [], frozenset()


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
        self._stands: list[_Stand] = []

    @property
    def position(self) -> Position:
        """Where to go on behind the last look."""
        return begun(Place(s.token, frozenset(s.done[-_MOST_DONE:]), s.within) for s in self._stands)

    def looks(self, start: Position = START) -> Iterator[Look]:
        """What there is, from a position on. Holds one page of each step at a time.

        A look without a resource comes at least once an answer, so that whoever runs out of time can stop.
        What is on a page twice, with the same roles, comes once; what changed since the position was told
        comes again.

        What AWS lists and refuses to describe hides nothing but itself: whoever may write the policy of a
        bucket could keep all others from being looked at. Nor does what an expression has no answer to.

        Raises:
            ListingError: an answer does not fit the row.
            ClientError, BotoCoreError, ResponseParserError: AWS refused to list anything, no longer knows
                the position, or did not answer.
        """
        self._stands = [_Stand(place.token, list(place.done), place.within) for place in start]
        for scope in self._walk(0, [self._region.scope]):
            if isinstance(scope, _Refused):
                yield self._refusal(scope)
            else:
                yield Look() if scope is None else self._look(scope)

    def _walk(self, level: int, parents: Sequence[Scope]) -> Iterator[Scope | _Refused | None]:
        step = self._listing.steps[level]
        if len(self._stands) == level:
            self._stands.append(_Stand())
        stand = self._stands[level]
        while True:
            answer = self._ask(step, parents, stand.token)
            left = self._left(level, self._scopes(step, parents, answer), frozenset(stand.done))
            if level + 1 == len(self._listing.steps):
                for known, scope in left.items():
                    stand.done.append(known)
                    yield scope
            else:
                yield from self._below(level, left)
            following = _token(step, answer)
            if following is None:
                return
            if following == stand.token:
                raise ListingError(f"{self._listing.name}: {step.call} gives the same page again")
            stand.turn(following)
            yield None

    def _left(self, level: int, scopes: Iterator[Scope], done: frozenset[bytes]) -> Mapping[bytes, Scope]:
        """What of a page is not done yet, by its marks."""
        marked = {self._mark(level, scope): scope for scope in scopes}
        return {known: scope for known, scope in marked.items() if known not in done}

    def _mark(self, level: int, scope: Scope) -> bytes:
        """What stands for an item: all that becomes of it, as far as it is known on this step."""
        listing, about = self._listing, list[object]()
        for step in listing.steps[level + 1 :]:
            seen: Any = scope if step.batch == 1 else [scope]
            about.append({name: _told(value, seen) for name, value in step.input.items()})
        about += [_told(path, scope) for path in (listing.only, *(role.path for role in listing.roles))]
        about += [_told(text, scope) for text in _EMBEDDED.findall(listing.arn) or [listing.arn]]
        return mark(about)

    def _below(self, level: int, left: Mapping[bytes, Scope]) -> Iterator[Scope | _Refused | None]:
        stand, size = self._stands[level], self._listing.steps[level + 1].batch
        for group in _groups(left, size, stand.within):
            if stand.within != group.keys():
                stand.within = frozenset(group)
                del self._stands[level + 1 :]
            refused = yield from self._inside(level + 1, list(group.values()))
            del self._stands[level + 1 :]
            stand.done += group
            stand.within = frozenset()
            yield refused
        del self._stands[level + 1 :]

    def _inside(
        self, level: int, parents: Sequence[Scope]
    ) -> Generator[Scope | _Refused | None, None, _Refused | None]:
        """What is found by asking about some; returns why AWS does not tell it."""
        goes_on, asks_of_one = len(self._stands) > level, self._listing.steps[level].batch == 1
        while True:
            try:
                yield from self._walk(level, parents)
            except (ClientError, ParamValidationError, JMESPathError, ListingError) as error:
                if is_transient(error):
                    raise
                if not goes_on:
                    return _Refused(parents[0] if asks_of_one else None, str(error))
            else:
                return None
            goes_on = False
            del self._stands[level:]  # the token of a page may have ended

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
        except BotoCoreError:
            raise
        except (ValueError, RuntimeError) as error:  # botocore's, of a time that no calendar has
            raise ListingError(f"{self._listing.name}: {step.call} cannot be read: {error}") from error

    def _scopes(self, step: Step, parents: Sequence[Scope], answer: Mapping[str, Any]) -> Iterator[Scope]:
        if not answer:
            return
        # What one call tells of several things does not say which of them was asked about by which item.
        seen = parents[0] if step.batch == 1 else self._region.scope
        try:
            items = search(step.items, answer) or [] if step.items else [answer]
        except JMESPathError as error:
            raise ListingError(f"{self._listing.name}: {step.call} answers oddly: {error}") from error
        if not isinstance(items, list):
            raise ListingError(f"{self._listing.name}: {step.call} has no list in {step.items}")
        for item in items:
            if step.name is None and not isinstance(item, Mapping):
                raise ListingError(f"{self._listing.name}: {step.call} lists what has no members")
            yield {**seen, step.name: item} if step.name else {**seen, **item}

    def _look(self, scope: Scope) -> Look:
        listing = self._listing
        try:
            resource = _resource(listing.arn, scope)
            counts = listing.only is None or bool(search(listing.only, scope))
            if resource is None or not counts or not self._is_ours(resource):
                return Look()
            return Look(
                resource,
                tuple(
                    Held(resource, place, value) for place in listing.roles for value in _roles(place, scope)
                ),
            )
        except JMESPathError as error:
            return Look(refused=f"{listing.name}: {error}")

    def _refusal(self, refused: _Refused) -> Look:
        try:
            resource = _resource(self._listing.arn, refused.scope) if refused.scope else None
        except JMESPathError:
            resource = None
        if resource is not None and not self._is_ours(resource):
            return Look()
        return Look(resource, refused=refused.error)

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


def _told(value: Any, seen: Any) -> object:
    """What an expression yields of an item that has not all its members yet."""
    try:
        return None if value is None else _value(value, seen)
    except JMESPathError:
        return None


def _groups(
    left: Mapping[bytes, Scope], size: int, within: frozenset[bytes]
) -> Iterator[Mapping[bytes, Scope]]:
    """Those that are asked about together; first those that were, if they are all there still."""
    first = {known: left[known] for known in left if known in within}
    if first and first.keys() == within:
        yield first
        left = {known: scope for known, scope in left.items() if known not in within}
    rest = iter(left.items())
    while group := dict(islice(rest, size)):
        yield group


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
