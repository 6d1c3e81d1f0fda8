"""AWS Config is asked where it records a type, whole and at once; where that is in doubt, the service is."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from passrole.sweep.config_query import Recorders, can_query
from passrole.sweep.listing import ConfigType, Listing, load_listings
from tests.unit.samples import NOW, REGION, FrozenClock
from tests.unit.sweep.config import LISTING, TYPE, Config
from tests.unit.sweep.pages import NoPace


def recorders_of(config: Any, clock: FrozenClock | None = None) -> Recorders:
    return Recorders(lambda *_: config, NoPace(), clock or FrozenClock())


def records(config: Config, listing: Listing = LISTING) -> bool:
    return recorders_of(config).records(listing, REGION)


@pytest.mark.parametrize(
    ("group", "expected"),
    [
        ({"allSupported": True}, True),
        ({"allSupported": False, "resourceTypes": [TYPE]}, True),
        ({"allSupported": False, "resourceTypes": ["AWS::EC2::Instance"]}, False),
        ({"allSupported": False}, False),
        ({}, True),
        ({"recordingStrategy": {"useOnly": "ALL_SUPPORTED_RESOURCE_TYPES"}}, True),
        (
            {"recordingStrategy": {"useOnly": "INCLUSION_BY_RESOURCE_TYPES"}, "resourceTypes": [TYPE]},
            True,
        ),
        ({"recordingStrategy": {"useOnly": "INCLUSION_BY_RESOURCE_TYPES"}, "resourceTypes": []}, False),
        (
            {
                "allSupported": False,
                "recordingStrategy": {"useOnly": "EXCLUSION_BY_RESOURCE_TYPES"},
                "exclusionByResourceTypes": {"resourceTypes": [TYPE]},
            },
            False,
        ),
        (
            {
                "allSupported": False,
                "recordingStrategy": {"useOnly": "EXCLUSION_BY_RESOURCE_TYPES"},
                "exclusionByResourceTypes": {"resourceTypes": ["AWS::EC2::Instance"]},
            },
            True,
        ),
        ({"recordingStrategy": {"useOnly": "WHAT_COMES_LATER"}, "allSupported": True}, False),
    ],
)
def test_the_recorder_says_which_types_it_takes(group: Mapping[str, Any], expected: bool) -> None:
    assert records(Config(group)) is expected


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ({"recordingFrequency": "CONTINUOUS"}, True),
        ({"recordingFrequency": "DAILY"}, False),
        (
            {
                "recordingFrequency": "CONTINUOUS",
                "recordingModeOverrides": [{"resourceTypes": [TYPE], "recordingFrequency": "DAILY"}],
            },
            False,
        ),
        (
            {
                "recordingFrequency": "DAILY",
                "recordingModeOverrides": [{"resourceTypes": [TYPE], "recordingFrequency": "CONTINUOUS"}],
            },
            True,
        ),
    ],
)
def test_what_is_recorded_once_a_day_is_not_taken(mode: Mapping[str, Any], expected: bool) -> None:
    assert records(Config(mode=mode)) is expected


@pytest.mark.parametrize(
    "status",
    [
        {"recording": False},
        {"lastStatus": "FAILURE"},
        {"lastStatus": "Failure"},
        {"lastStartTime": NOW - timedelta(hours=2)},
    ],
)
def test_a_recorder_that_is_off_or_fails_or_began_a_moment_ago_is_not_trusted(
    config: Config, status: Mapping[str, Any]
) -> None:
    config.status |= status

    assert not records(config)


def test_where_there_is_no_recorder_nothing_is_taken(config: Config) -> None:
    config.recorders = []

    assert not records(config)


@pytest.mark.parametrize("call", ["DescribeConfigurationRecorderStatus", "DescribeConfigurationRecorders"])
def test_a_recorder_that_may_not_be_read_is_as_good_as_none(config: Config, call: str) -> None:
    config.refuses[call] = "AccessDeniedException"

    assert not records(config)


def test_where_aws_config_is_not_offered_nothing_is_taken() -> None:
    class Nowhere:
        def describe_configuration_recorder_status(self) -> Any:
            raise EndpointConnectionError(endpoint_url="https://config.nowhere-1.amazonaws.com")

    assert not recorders_of(Nowhere()).records(LISTING, REGION)


def test_a_region_is_asked_once_in_a_few_minutes(config: Config) -> None:
    clock = FrozenClock()
    recorders = recorders_of(config, clock)
    assert all(recorders.records(LISTING, REGION) for _ in range(3))
    assert len(config.calls) == 2

    config.status["recording"] = False
    clock.go_on(minutes=6)

    assert not recorders.records(LISTING, REGION)
    assert len(config.calls) == 3


@pytest.mark.parametrize(
    "listing",
    [
        replace(LISTING, config=None),
        replace(LISTING, steps=LISTING.steps[:1]),
        replace(LISTING, only="Status != 'DELETING'"),
        replace(LISTING, is_global=True),
        replace(LISTING, config=ConfigType(TYPE, {})),
    ],
)
def test_what_it_could_not_tell_whole_or_saves_nothing_is_not_asked(config: Config, listing: Listing) -> None:
    assert not records(config, listing)
    assert config.calls == []


def test_it_stands_in_for_some_listings() -> None:
    types = {listing.type for listing in load_listings() if can_query(listing)}

    assert types >= {"states:stateMachine", "codepipeline:pipeline", "sagemaker:model"}
    assert not types & {"lambda:function", "apprunner:service", "eks:addon"}
