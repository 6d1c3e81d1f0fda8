"""The roles behind references, from the services that hold the things referred to."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from botocore import xform_name
from botocore.exceptions import BotoCoreError, ClientError

from passrole.arn import Arn
from passrole.catalogue.references import REFERRED
from passrole.clock import parse_time
from passrole.evidence import Unknown
from passrole.passes import Pass, Referral, RoleKind
from passrole.references.lookup import Lookup
from passrole.references.lookups import LOOKUPS
from passrole.trail.roles import named_role

_KINDS: Mapping[tuple[str, str], RoleKind] = {
    (to, role.member): role.kind for to, roles in REFERRED.items() for role in roles
}


# A fleet takes 50 launch templates: only a request that is refused names more, as many as a record holds.
_MOST_THINGS = 50
_BEYOND = (
    f"the call refers to more than {_MOST_THINGS} things: neither this nor any further one was looked up"
)


@dataclass(frozen=True, slots=True)
class _Thing:
    """What an operation told about one thing."""

    lookup: Lookup
    description: Any


_Key = tuple[str, str | None, str | None, str | None, str | None]
_Things = dict[_Key, _Thing | Unknown]


class LiveReferences:
    """Looks up what passes refer to, in the account that ``clients`` are for.

    Answers tell the present: what was made or changed after the call is not taken for what the call used.

    Args:
        clients: makes a boto3 client of a service in a region.
    """

    def __init__(self, clients: Callable[[str, str | None], Any]) -> None:
        self._clients = clients
        self._made: dict[tuple[str, str | None], Any] = {}

    def resolve(self, passes: Sequence[Pass]) -> Iterator[Pass]:
        """The passes, each with the role that its reference brings in.

        A pass without such a reference, or with a role, stays as it is. A thing that holds no such role makes
        no pass, one that holds several makes several. A thing that could not be read leaves its pass without
        a role, with the reason in ``referral.unread``. Each thing is asked for once, and nothing that a
        service answers is raised.

        No more than 50 things are asked for. Those beyond them are told by one pass, the first of theirs.
        """
        things: _Things = {}
        is_beyond = False
        for pass_ in passes:
            referral = pass_.referral
            kind = _KINDS.get((referral.to, referral.member)) if referral and referral.member else None
            if referral is None or kind is None or pass_.role.value is not None:
                yield pass_
            elif len(things) < _MOST_THINGS or _key_of(pass_, referral) in things:
                yield from self._resolved(pass_, referral, kind, things)
            elif not is_beyond:
                is_beyond = True
                yield replace(pass_, referral=replace(referral, unread=_BEYOND, lasting=True))

    def _resolved(self, pass_: Pass, referral: Referral, kind: RoleKind, things: _Things) -> Iterator[Pass]:
        roles = self._roles(pass_, referral, things)
        if isinstance(roles, Unknown):
            yield replace(pass_, referral=replace(referral, unread=roles.reason, lasting=roles.lasting))
            return
        told = replace(referral, unread=None, lasting=False)
        for number, value in enumerate(roles):
            path = f"{pass_.path}.{number}" if number else pass_.path
            yield replace(pass_, role=named_role(value, kind), path=path, referral=told)

    def _roles(self, pass_: Pass, referral: Referral, things: _Things) -> tuple[str, ...] | Unknown:
        key = _key_of(pass_, referral)
        if key not in things:
            things[key] = self._thing(pass_, referral)
        thing = things[key]
        if isinstance(thing, Unknown):
            return thing
        if why := _why_another(thing, referral.to, pass_.event_time):
            return Unknown(why, lasting=True)
        return thing.lookup.roles_in(thing.description, referral.member or "")

    def _thing(self, pass_: Pass, referral: Referral) -> _Thing | Unknown:
        """What is referred to, or why it could not be read."""
        what, id_ = referral.to, referral.id
        if id_ is None:
            return Unknown(f"the record does not tell which {what}", lasting=True)
        if pass_.account is None or pass_.region is None:
            return Unknown("the record does not tell account and region", lasting=True)
        arn = Arn.parse(id_)
        lookup = next((lookup for lookup in LOOKUPS[what] if _names(lookup, id_, arn)), None)
        if lookup is None:
            return Unknown(f"the record's text names no {what}", lasting=True)
        if arn and arn.account != pass_.account:
            return Unknown(f"the {what} is of another account", lasting=True)
        if arn and arn.region != pass_.region:
            return Unknown(f"the {what} is of another region", lasting=True)
        answer = self._answer(lookup, what, lookup.request(id_, referral.version), pass_.region)
        if isinstance(answer, Unknown):
            return answer
        description = lookup.thing_in(answer)
        if description is None:
            return _gone(what)
        if lookup.is_broken(description):
            return Unknown(f"{lookup.action} could not read the {what}")
        return _Thing(lookup, description)

    def _answer(self, lookup: Lookup, what: str, request: dict[str, Any], region: str) -> Any:
        """What the operation answers, or why it did not."""
        try:
            return getattr(self._client(lookup.service, region), xform_name(lookup.operation))(**request)
        except ClientError as error:
            told = error.response.get("Error", {})
            code = told.get("Code", "an error")
            if lookup.says_gone(code, told.get("Message", "")):
                return _gone(what)
            return Unknown(f"{lookup.action} failed: {code}")
        except (BotoCoreError, ValueError) as error:
            # A record's text can be none that fits into a request: a region or a name with a lone surrogate.
            return Unknown(f"{lookup.action} failed: {type(error).__name__}")

    def _client(self, service: str, region: str) -> Any:
        if (service, region) not in self._made:
            self._made[service, region] = self._clients(service, region)
        return self._made[service, region]


def _key_of(pass_: Pass, referral: Referral) -> _Key:
    return (referral.to, referral.id, referral.version, pass_.account, pass_.region)


def _gone(what: str) -> Unknown:
    return Unknown(f"the {what} does not exist now")


def _names(lookup: Lookup, id_: str, arn: Arn | None) -> bool:
    """Whether a text can name what the look-up tells about."""
    if arn is not None:
        form = lookup.arn
        return form is not None and arn.service == form.service and arn.resource.startswith(form.resource)
    return lookup.name is not None and lookup.name.fullmatch(id_) is not None


def _why_another(thing: _Thing, what: str, event_time: str | None) -> str | None:
    """Why the thing may not be, or not hold, what it did when the call was made; None if it is."""
    made = thing.lookup.made_at(thing.description)
    if made is None:
        return None
    if event_time is None:
        return f"the record does not tell whether the {what} was made before the call"
    # A record's time has whole seconds; within one second it came first, or no call could name it.
    if made.replace(microsecond=0) > parse_time(event_time) + timedelta(seconds=thing.lookup.slack):
        return f"the {what} was made or changed after the call"
    return None
