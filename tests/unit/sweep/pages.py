"""An API that lists in pages, level by level, and listings of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from passrole.passes import RoleKind
from passrole.sweep.listing import ListedRole, Listing, Page, Step
from passrole.sweep.pace import Pace
from passrole.sweep.walk import Region, Walk
from tests.unit.samples import ACCOUNT, REGION

HERE = Region("aws", REGION, ACCOUNT)
_CALLS = ("ListAll", "ListBelow", "ListLowest")
EXECUTION_ROLE = ListedRole("Roles", RoleKind.ROLE_ARN, "execution role", ("lambda.amazonaws.com",))


@dataclass(frozen=True, slots=True)
class Thing:
    """What is listed; ``below`` is what is found by asking about it, in pages.

    Attributes:
        is_gone: asking about it fails.
    """

    name: str
    below: tuple[tuple["Thing", ...], ...] = ()
    roles: tuple[str, ...] = ()
    is_gone: bool = False


class PagingApi:
    """A client: ``list_all``, then ``list_below`` about one thing of these or several, then ``list_lowest``.

    Attributes:
        calls: what was asked: the level, the parents, the token.
    """

    def __init__(self, pages: Sequence[Sequence[Thing]]) -> None:
        self._top = pages
        self.calls: list[tuple[int, tuple[str, ...], str | None]] = []

    @staticmethod
    def pages_of(resources: Mapping[str, Sequence[str]], size: int = 2) -> list[list[Thing]]:
        """Resources with their roles, in pages."""
        things = [Thing(arn.removeprefix("arn:"), roles=tuple(roles)) for arn, roles in resources.items()]
        return [things[first : first + size] for first in range(0, len(things), size)]

    def list_all(self, Token: str | None = None) -> dict[str, Any]:  # noqa: N803 - as the API has it
        return self._answer(0, (), self._top, Token)

    def list_below(self, Parents: Sequence[str], Token: str | None = None) -> dict[str, Any]:  # noqa: N803
        return self._about(1, Parents, Token)

    def list_lowest(self, Parents: Sequence[str], Token: str | None = None) -> dict[str, Any]:  # noqa: N803
        return self._about(2, Parents, Token)

    def _about(self, level: int, names: Sequence[str], token: str | None) -> dict[str, Any]:
        parents = [thing for thing in self._all(self._top) if thing.name in names]
        if any(parent.is_gone for parent in parents):
            self.calls.append((level, tuple(names), token))
            raise ClientError({"Error": {"Code": "NotFound", "Message": "gone"}}, _CALLS[level])
        return self._answer(level, names, [page for parent in parents for page in parent.below], token)

    def _answer(
        self, level: int, names: Sequence[str], pages: Sequence[Sequence[Thing]], token: str | None
    ) -> dict[str, Any]:
        self.calls.append((level, tuple(names), token))
        number = int(token or 0)
        things = pages[number] if number < len(pages) else ()
        found = [{"Name": t.name, "Arn": f"arn:{t.name}", "Roles": list(t.roles)} for t in things]
        following = {"Next": str(number + 1)} if number + 1 < len(pages) else {}
        return {"Things": found, **following}

    def _all(self, pages: Sequence[Sequence[Thing]]) -> Iterator[Thing]:
        for page in pages:
            for thing in page:
                yield thing
                yield from self._all(thing.below)


def listing_of(steps: int = 1, batch: int = 1, **fields: Any) -> Listing:
    """A listing of so many steps; those after the first ask about ``batch`` things at once."""
    parents = "[Name]" if batch == 1 else "[].Name"
    made = tuple(
        Step(
            call=_CALLS[level],
            input={"Parents": parents} if level else {},
            items="Things",
            name=None,
            page=Page("Next", "Token"),
            batch=batch if level else 1,
            gone=("NotFound",),
        )
        for level in range(steps)
    )
    given: dict[str, Any] = {
        "type": "lambda:function",
        "client": "lambda",
        "steps": made,
        "arn": "Arn",
        "roles": (EXECUTION_ROLE,),
        "actions": (),
    }
    return Listing(**given | fields)


@dataclass(slots=True)
class NoPace(Pace):
    """Waits for nothing; ``waits`` counts."""

    waits: list[tuple[str, str]] = field(default_factory=list)

    def wait(self, service: str, region: str) -> None:
        self.waits.append((service, region))


def walk_of(listing: Listing, client: Any, more: Mapping[str, Any] | None = None) -> Walk:
    return Walk(listing, HERE, client, NoPace(), more)
