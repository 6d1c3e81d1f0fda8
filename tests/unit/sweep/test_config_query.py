"""What AWS Config tells of a type: each resource once with its role, or nothing where a doubt is left."""

import json
from collections.abc import Sequence
from typing import Any

import pytest

from passrole.sweep.config_query import ConfigWalk, can_query
from passrole.sweep.listing import load_listings
from passrole.sweep.walk import ListingError, Look
from tests.unit.samples import ACCOUNT, FUNCTION, REGION, ROLE
from tests.unit.sweep.config import LISTING, TYPE, Config
from tests.unit.sweep.pages import HERE, NoPace


def walk_of(config: Config) -> ConfigWalk:
    return ConfigWalk(LISTING, HERE, config, NoPace())


def test_the_query_asks_for_one_type_in_one_account_and_region(config: Config) -> None:
    list(walk_of(config).looks())

    [given] = config.asked
    assert given == {
        "Expression": "SELECT arn, configurationItemStatus, configuration.Code.Role"
        f" WHERE resourceType = '{TYPE}' AND awsRegion = '{REGION}' AND accountId = '{ACCOUNT}'",
        "Limit": 100,
    }


def test_the_queries_of_all_listings_are_not_too_long(config: Config) -> None:
    for listing in filter(can_query, load_listings()):
        list(ConfigWalk(listing, HERE, config, NoPace()).looks())  # the model knows how long they may be

    assert len(config.asked) > 3


def test_each_resource_comes_once_with_its_role(config: Config) -> None:
    config.known = {f"{FUNCTION}-{n}": ROLE for n in range(5)}

    looks = [look for look in walk_of(config).looks() if look.resource]

    assert [look.resource for look in looks] == list(config.known)
    assert {(held.value, held.place) for look in looks for held in look.held} == {(ROLE, LISTING.roles[0])}
    assert len(config.asked) == 3


def test_wherever_it_stops_it_goes_on_with_the_rest(config: Config) -> None:
    config.known = {f"{FUNCTION}-{n}": ROLE for n in range(5)}
    walk = walk_of(config)
    stops = [(look, walk.position) for look in walk.looks()]
    looks = [look for look, _ in stops]

    for number, (_, position) in enumerate(stops, 1):
        rest = list(walk_of(config).looks(position))
        assert _resources(rest) == _resources(looks[number:])


def _resources(looks: Sequence[Look]) -> list[str]:
    return [look.resource for look in looks if look.resource]


def test_it_asks_at_the_pace_of_one_service(config: Config) -> None:
    config.known = {f"{FUNCTION}-{n}": ROLE for n in range(5)}
    pace = NoPace()

    list(ConfigWalk(LISTING, HERE, config, pace).looks())

    assert pace.waits == [("config", REGION)] * 3


def _item(**fields: Any) -> str:
    well = {"arn": FUNCTION, "configurationItemStatus": "OK", "configuration": {"Code": {"Role": ROLE}}}
    return json.dumps(well | fields)


@pytest.mark.parametrize(
    "text",
    [
        "no JSON",
        "[]",
        _item(arn=None),
        _item(arn=f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:orders"),
        _item(arn=f"arn:aws:lambda:{REGION}:444455556666:function:orders"),
        _item(configuration={}),
        _item(configuration={"Code": {"Role": ""}}),
        _item(configurationItemStatus="ResourceNotRecorded"),
        _item(configurationItemStatus=None),
    ],
)
def test_an_answer_that_leaves_a_doubt_is_none(config: Config, text: str) -> None:
    config.known, config.broken = {FUNCTION: ROLE}, text

    with pytest.raises(ListingError, match="lambda:function: AWS Config"):
        list(walk_of(config).looks())


def test_a_page_that_comes_again_is_a_doubt() -> None:
    class Stuck:
        def select_resource_config(self, **given: Any) -> Any:
            return {"Results": [], "NextToken": "same"}

    with pytest.raises(ListingError, match="same page again"):
        list(ConfigWalk(LISTING, HERE, Stuck(), NoPace()).looks())
