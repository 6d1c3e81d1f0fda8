"""A walk yields each resource once, in whatever pages it is listed, and wherever it was stopped."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import count
from typing import Any

import pytest
from botocore.exceptions import ClientError, ParamValidationError
from hypothesis import given
from hypothesis import strategies as st

from passrole.sweep.listing import Listing
from passrole.sweep.position import START, Position, position_from_json, position_to_json
from passrole.sweep.walk import ListingError, Look
from tests.unit.samples import ACCOUNT
from tests.unit.sweep.pages import PagingApi, Thing, listing_of, walk_of

Pages = tuple[tuple[Thing, ...], ...]


def trees(steps: int) -> st.SearchStrategy[Pages]:
    """Pages of things, empty ones, too; some things are gone when they are asked about."""
    below = trees(steps - 1) if steps > 1 else st.just(())
    thing = st.builds(Thing, st.just(""), below, is_gone=st.booleans() if steps > 1 else st.just(False))
    pages = st.lists(st.lists(thing, max_size=3).map(tuple), max_size=3).map(tuple)
    return pages.map(lambda made: _named(made, count()))


def _named(pages: Pages, numbers: Iterator[int]) -> Pages:
    return tuple(
        tuple(Thing(f"t{next(numbers)}", _named(t.below, numbers), (), t.is_gone) for t in page)
        for page in pages
    )


@st.composite
def listed(draw: st.DrawFn) -> tuple[Listing, Pages]:
    steps = draw(st.integers(1, 3))
    return listing_of(steps, draw(st.integers(1, 3))), _renumbered(draw(trees(steps)))


def _renumbered(pages: Pages) -> Pages:
    return _named(pages, count())


def expected(listing: Listing, pages: Pages, level: int = 0) -> Iterator[str]:
    """What there is, told without pages: a batch with one that is gone is not told of at all."""
    things = [thing for page in pages for thing in page]
    if level + 1 == len(listing.steps):
        yield from (f"arn:{thing.name}" for thing in things)
        return
    size = listing.steps[level + 1].batch
    for page in pages:
        for first in range(0, len(page), size):
            group = page[first : first + size]
            if not any(thing.is_gone for thing in group):
                below = tuple(p for thing in group for p in thing.below)
                yield from expected(listing, below, level + 1)


def resources(looks: Sequence[Look]) -> list[str]:
    return [look.resource for look in looks if look.resource]


def kept(position: Position) -> Position:
    """The position as it is kept and read again."""
    return position_from_json(json.loads(json.dumps(position_to_json(position))))


@given(listed())
def test_each_resource_comes_once(what: tuple[Listing, Pages]) -> None:
    listing, pages = what

    found = resources(list(walk_of(listing, PagingApi(pages)).looks()))

    assert found == list(expected(listing, pages))
    assert len(set(found)) == len(found)


@given(listed())
def test_wherever_it_stops_it_goes_on_with_the_rest(what: tuple[Listing, Pages]) -> None:
    listing, pages = what
    stops = list(stopped(listing, PagingApi(pages)))
    looks = [look for look, _ in stops]

    for number, (_, position) in enumerate(stops, 1):
        rest = list(walk_of(listing, PagingApi(pages)).looks(kept(position)))
        assert resources(rest) == resources(looks[number:])


@given(listed(), st.data())
def test_nothing_is_lost_when_a_page_has_changed_while_it_was_stopped(
    what: tuple[Listing, Pages], data: st.DataObject
) -> None:
    """What was deleted makes room: what stands behind it comes to the place of what was done.

    Things are asked about one by one: what is asked about several at once is not paged (`test_listings`).
    """
    listing, pages = listing_of(len(what[0].steps)), there(what[1])
    stops = list(stopped(listing, PagingApi(pages)))
    if not stops:
        return
    number = data.draw(st.integers(0, len(stops) - 1))
    later = data.draw(changed(pages))

    rest = list(walk_of(listing, PagingApi(later)).looks(stops[number][1]))

    before = resources([look for look, _ in stops[: number + 1]])
    assert set(expected(listing, later)) <= {*before, *resources(rest)}


def there(pages: Pages) -> Pages:
    """The same pages with nothing gone: what is gone hides those that it is asked about with."""
    return tuple(tuple(replace(t, below=there(t.below), is_gone=False) for t in page) for page in pages)


@st.composite
def changed(draw: st.DrawFn, pages: Pages) -> Pages:
    """The same pages later, with less on them, in another order."""
    made = []
    for page in pages:
        kept = draw(st.permutations([thing for thing in page if draw(st.booleans())]))
        made.append(tuple(replace(thing, below=draw(changed(thing.below))) for thing in kept))
    return tuple(made)


def test_what_was_deleted_while_it_was_stopped_hides_nothing() -> None:
    pages = [[Thing("a"), Thing("b"), Thing("c")]]
    walk = walk_of(listing_of(), PagingApi(pages))
    looks = walk.looks()
    assert resources([next(looks), next(looks)]) == ["arn:a", "arn:b"]

    rest = walk_of(listing_of(), PagingApi([pages[0][1:]])).looks(walk.position)

    assert resources(list(rest)) == ["arn:c"]


def test_what_was_deleted_hides_nothing_where_several_are_asked_about_at_once() -> None:
    things = [Thing(name, ((Thing(f"{name}1"),),)) for name in "abcde"]
    walk = walk_of(listing_of(2, batch=2), PagingApi([things]))
    looks = walk.looks()
    before = resources([next(looks) for _ in range(5)])
    assert before == ["arn:a1", "arn:b1", "arn:c1"], "the second group is begun"

    rest = walk_of(listing_of(2, batch=2), PagingApi([things[2:]])).looks(walk.position)

    assert resources(list(rest)) == ["arn:d1", "arn:e1"]


def test_what_got_another_role_while_it_was_stopped_comes_again() -> None:
    walk = walk_of(listing_of(), PagingApi([[Thing("a", roles=("r",)), Thing("b")]]))
    next(walk.looks())

    rest = walk_of(listing_of(), PagingApi([[Thing("a", roles=("s",)), Thing("b")]])).looks(walk.position)

    assert resources(list(rest)) == ["arn:a", "arn:b"]


def test_a_token_below_that_has_ended_makes_what_is_below_begin_anew() -> None:
    """And not all of the part; nor is the thing taken for one that AWS does not tell of."""

    class Forgetful(PagingApi):
        def list_below(self, Parents: Sequence[str], Token: str | None = None) -> dict[str, Any]:  # noqa: N803
            if Token is not None and not self.calls[1:]:
                raise ClientError({"Error": {"Code": "InvalidNextToken", "Message": "old"}}, "ListBelow")
            return super().list_below(Parents, Token)

    pages = [[Thing("a", ((Thing("a1"),), (Thing("a2"), Thing("a3")))), Thing("b", ((Thing("b1"),),))]]
    walk = walk_of(listing_of(2), PagingApi(pages))
    looks = walk.looks()
    assert resources([next(looks), next(looks), next(looks)]) == ["arn:a1", "arn:a2"]

    rest = list(walk_of(listing_of(2), Forgetful(pages)).looks(walk.position))

    assert resources(rest) == ["arn:a1", "arn:a2", "arn:a3", "arn:b1"]
    assert not any(look.refused for look in rest)


def test_it_tells_where_it_stands_also_where_aws_answered_nothing() -> None:
    class Busy(PagingApi):
        def list_all(self, Token: str | None = None) -> dict[str, Any]:  # noqa: N803
            raise ClientError({"Error": {"Code": "Throttling", "Message": "later"}}, "ListAll")

    pages = [[Thing("a", ((Thing("a1"), Thing("a2")),))]]
    walk = walk_of(listing_of(2), PagingApi(pages))
    next(walk.looks())
    busy = walk_of(listing_of(2), Busy(pages))

    with pytest.raises(ClientError):
        list(busy.looks(walk.position))

    assert busy.position == walk.position


def stopped(listing: Listing, api: PagingApi) -> Iterator[tuple[Look, Position]]:
    """Each look, with where the walk goes on behind it."""
    walk = walk_of(listing, api)
    for look in walk.looks():
        yield look, walk.position


@given(listed())
def test_it_can_stop_after_each_resource_and_each_answer(what: tuple[Listing, Pages]) -> None:
    """Stopped at each look, it comes to the end all the same, and finds each resource once."""
    listing, pages = what
    found: list[str] = []
    position: Position | None = START
    while position is not None:
        walk = walk_of(listing, PagingApi(pages))
        look = next(walk.looks(position), None)
        found += resources([look]) if look else []
        position = walk.position if look else None

    assert found == list(expected(listing, pages))


def test_it_asks_for_no_page_before_it_is_wanted() -> None:
    """So that it holds one page of each step."""
    pages = [[Thing("a", ((Thing("a1"),), (Thing("a2"),)))], [Thing("b", ((Thing("b1"),),))]]
    api = PagingApi(pages)
    looks = walk_of(listing_of(2), api).looks()

    assert next(looks).resource == "arn:a1"

    assert api.calls == [(0, (), None), (1, ("a",), None)]


def test_a_page_that_comes_again_is_an_error() -> None:
    class Stuck:
        def list_all(self, Token: str | None = None) -> dict[str, Any]:  # noqa: N803
            return {"Things": [{"Name": "a", "Arn": "arn:a"}], "Next": "same"}

    with pytest.raises(ListingError, match="same page again"):
        list(walk_of(listing_of(), Stuck()).looks())


@pytest.mark.parametrize("things", ["text", {"Name": "a"}, 3, ["text"], [None]])
def test_an_answer_of_another_shape_is_an_error(things: Any) -> None:
    class Other:
        def list_all(self) -> dict[str, Any]:
            return {"Things": things}

    with pytest.raises(ListingError, match="lambda:function: ListAll"):
        list(walk_of(listing_of(), Other()).looks())


def test_what_does_not_count_is_passed_over() -> None:
    api = PagingApi([[Thing("a"), Thing("b")], [Thing("c")]])

    assert resources(list(walk_of(listing_of(only="Name != 'a'"), api).looks())) == ["arn:b", "arn:c"]


def test_a_resource_whose_name_is_not_told_is_passed_over() -> None:
    arn = "arn:{partition}:lambda:{region}:{account}:function:{Name}:{Missing}"

    assert resources(list(walk_of(listing_of(arn=arn), PagingApi([[Thing("a")]])).looks())) == []


def test_the_name_of_a_resource_is_made_of_what_is_known() -> None:
    arn = "arn:{partition}:lambda:{region}:{account}:function:{Name}"

    [look] = walk_of(listing_of(arn=arn), PagingApi([[Thing("a", roles=("r", "s", "r"))]])).looks()

    assert look.resource == "arn:aws:lambda:us-east-1:111122223333:function:a"
    assert [held.value for held in look.held] == ["r", "s"]


def test_other_refusals_are_raised() -> None:
    class Refusing:
        def list_all(self) -> dict[str, Any]:
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "ListAll")

    with pytest.raises(ClientError):
        list(walk_of(listing_of(), Refusing()).looks())


def test_only_the_first_call_is_asked_for_less_than_all() -> None:
    class Narrow(PagingApi):
        def list_all(self, Token: str | None = None, Only: str = "") -> dict[str, Any]:  # noqa: N803
            assert Only == "this"
            return super().list_all(Token)

    api = Narrow([[Thing("a", ((Thing("a1"),),))], [Thing("b", ((Thing("b1"),),))]])

    assert resources(list(walk_of(listing_of(2), api, {"Only": "this"}).looks())) == ["arn:a1", "arn:b1"]


def test_what_is_listed_and_not_described_hides_nothing_but_itself() -> None:
    """A bucket's policy, or the key of a state machine, can keep out whoever describes it."""

    class Secretive(PagingApi):
        def list_below(self, Parents: Sequence[str], Token: str | None = None) -> dict[str, Any]:  # noqa: N803
            if "b" in Parents:
                raise ClientError(
                    {"Error": {"Code": "AccessDenied", "Message": "Access Denied"}}, "ListBelow"
                )
            return super().list_below(Parents, Token)

    things = [Thing(name, ((Thing(f"{name}1"),),)) for name in "abc"]
    arn = "arn:{partition}:s3:::{Name}"

    looks = list(walk_of(listing_of(2, arn=arn), Secretive([things])).looks())

    assert resources(looks) == ["arn:aws:s3:::a1", "arn:aws:s3:::b", "arn:aws:s3:::c1"]
    [refused] = [look for look in looks if look.refused]
    assert (refused.resource, refused.held) == ("arn:aws:s3:::b", ())
    assert "Access Denied" in str(refused.refused)


def test_what_botocore_does_not_send_hides_nothing_but_itself() -> None:
    """AWS lists things that its own model would not let anybody ask about."""

    class Strict(PagingApi):
        def list_below(self, Parents: Sequence[str], Token: str | None = None) -> dict[str, Any]:  # noqa: N803
            if "" in Parents:
                raise ParamValidationError(report="Invalid length for parameter Parents[0]")
            return super().list_below(Parents, Token)

    things = [Thing(""), Thing("b", ((Thing("b1"),),))]

    looks = list(walk_of(listing_of(2), Strict([things])).looks())

    assert resources(looks) == ["arn:", "arn:b1"]
    assert [bool(look.refused) for look in looks if look.resource] == [True, False]


def test_an_odd_answer_about_one_thing_hides_nothing_but_itself() -> None:
    class Odd(PagingApi):
        def list_below(self, Parents: Sequence[str], Token: str | None = None) -> dict[str, Any]:  # noqa: N803
            return {"Things": "none"} if "a" in Parents else super().list_below(Parents, Token)

    things = [Thing("a"), Thing("b", ((Thing("b1"),),))]

    looks = list(walk_of(listing_of(2), Odd([things])).looks())

    assert resources(looks) == ["arn:a", "arn:b1"]
    assert "has no list" in str(looks[0].refused)


def test_what_an_expression_cannot_be_asked_of_hides_nothing_but_itself() -> None:
    listing = listing_of(only="starts_with(Kind, 'x')")

    class Odd:
        def list_all(self) -> dict[str, Any]:
            return {"Things": [{"Arn": "arn:a", "Kind": 3}, {"Arn": "arn:b", "Kind": "x"}]}

    odd, well = walk_of(listing, Odd()).looks()

    assert (odd.resource, well.resource) == (None, "arn:b")
    assert "starts_with" in str(odd.refused)


@pytest.mark.parametrize("code", ["Throttling", "InternalError"])
def test_what_passes_by_itself_is_raised(code: str) -> None:
    class Busy(PagingApi):
        def list_below(self, Parents: Sequence[str], Token: str | None = None) -> dict[str, Any]:  # noqa: N803
            raise ClientError({"Error": {"Code": code, "Message": "later"}}, "ListBelow")

    with pytest.raises(ClientError):
        list(walk_of(listing_of(2), Busy([[Thing("a")]])).looks())


def test_what_another_account_shares_is_not_ours() -> None:
    things = [Thing(f"aws:sagemaker:us-east-1:{account}:pipeline/p") for account in ("999988887777", ACCOUNT)]

    found = resources(list(walk_of(listing_of(), PagingApi([things])).looks()))

    assert found == [f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:pipeline/p"]
