"""The doctor on trails: do events of every watched region reach the guard?"""

import json
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from passrole.catalogue import load_catalogue
from passrole.catalogue.left_out import LeftOut
from passrole.cli.doctor.checks import Check, Status
from passrole.cli.doctor.selectors import logged_sources
from passrole.cli.doctor.trails import trail_checks
from tests.unit.cli.conftest import Cloud
from tests.unit.samples import ACCOUNT, REGION

SOURCES = sorted({call.source for call in load_catalogue().calls() if call.passes_roles})
MANAGEMENT = {"Field": "eventCategory", "Equals": ["Management"]}


def clients(service: str, region: str) -> Any:
    make: Any = boto3.client
    return make(service, region_name=region)


def checks(*regions: str) -> list[Check]:
    return list(trail_checks(clients, regions or (REGION,)))


def advanced(*fields: dict[str, Any]) -> dict[str, Any]:
    return {"AdvancedEventSelectors": [{"FieldSelectors": list(fields)}]}


@pytest.mark.parametrize(
    ("answer", "logged"),
    [
        ({"EventSelectors": [{"ReadWriteType": "All", "IncludeManagementEvents": True}]}, True),
        ({"EventSelectors": [{"ReadWriteType": "WriteOnly", "IncludeManagementEvents": True}]}, True),
        ({"EventSelectors": [{"ReadWriteType": "ReadOnly", "IncludeManagementEvents": True}]}, False),
        ({"EventSelectors": [{"ReadWriteType": "All", "IncludeManagementEvents": False}]}, False),
        ({"EventSelectors": [{"ExcludeManagementEventSources": ["kms.amazonaws.com"]}]}, True),
        ({"EventSelectors": [{"ExcludeManagementEventSources": ["lambda.amazonaws.com"]}]}, False),
        ({"EventSelectors": []}, False),
        ({}, False),
        (advanced(MANAGEMENT), True),
        (advanced(MANAGEMENT, {"Field": "readOnly", "Equals": ["false"]}), True),
        (advanced(MANAGEMENT, {"Field": "readOnly", "Equals": ["true"]}), False),
        (advanced({"Field": "eventCategory", "Equals": ["Data"]}), False),
        (advanced(MANAGEMENT, {"Field": "eventSource", "NotEquals": ["kms.amazonaws.com"]}), True),
        (advanced(MANAGEMENT, {"Field": "eventSource", "NotEquals": ["a", "lambda.amazonaws.com"]}), False),
        (advanced(MANAGEMENT, {"Field": "eventSource", "NotStartsWith": ["lambda."]}), False),
        (advanced(MANAGEMENT, {"Field": "eventSource", "Equals": ["a"], "StartsWith": ["lambda."]}), True),
        (advanced(MANAGEMENT, {"Field": "eventSource", "EndsWith": [".amazon.com"]}), False),
        (advanced(MANAGEMENT, {"Field": "eventName", "Equals": ["RunInstances"]}), False),
    ],
)
def test_event_selectors_are_read_as_cloudtrail_reads_them(answer: dict[str, Any], logged: bool) -> None:
    assert bool(logged_sources(answer, ["lambda.amazonaws.com"])) is logged


@pytest.fixture
def trail(aws: None) -> Callable[..., Any]:
    def make(name: str = "main", region: str = REGION, logging: bool = True, **options: Any) -> Any:
        bucket = f"trail-{name}"
        where: Any = {} if region == REGION else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        boto3.client("s3", region_name=region).create_bucket(Bucket=bucket, **where)
        client = boto3.client("cloudtrail", region_name=region)
        client.create_trail(**{"Name": name, "S3BucketName": bucket, "IsMultiRegionTrail": True} | options)
        if logging:
            client.start_logging(Name=name)
        client.put_event_selectors(
            TrailName=name, EventSelectors=[{"ReadWriteType": "All", "IncludeManagementEvents": True}]
        )
        return client

    return make


def test_a_multi_region_trail_covers_every_region(trail: Callable[..., Any]) -> None:
    trail()

    found = checks(REGION, "eu-west-1")

    assert [(c.about, c.status) for c in found] == [
        (f"trail {REGION}", Status.FINE),
        ("trail eu-west-1", Status.FINE),
        ("IAM's events", Status.FINE),
    ]


def test_without_a_trail_nothing_is_seen(aws: None) -> None:
    found = checks()

    assert [c.status for c in found] == [Status.WRONG, Status.WRONG]
    assert "no event of this region reaches the guard" in found[0].found
    assert found[0].advice


def test_a_trail_of_one_region_covers_that_region_only(trail: Callable[..., Any]) -> None:
    trail(IsMultiRegionTrail=False)

    assert [c.status for c in checks(REGION, "eu-west-1")][:2] == [Status.FINE, Status.WRONG]


def test_several_trails_of_one_region_each_cover_their_own(trail: Callable[..., Any]) -> None:
    trail("here", IsMultiRegionTrail=False)
    trail("there", region="eu-west-1", IsMultiRegionTrail=False)

    assert [c.found for c in checks(REGION, "eu-west-1")][:2] == [
        "here logs management write events",
        "there logs management write events",
    ]


@pytest.mark.parametrize(
    ("selector", "says"),
    [
        ({"ReadWriteType": "ReadOnly", "IncludeManagementEvents": True}, "leave management write events out"),
        ({"ReadWriteType": "All", "IncludeManagementEvents": False}, "leave management write events out"),
        (
            {
                "ReadWriteType": "All",
                "IncludeManagementEvents": True,
                "ExcludeManagementEventSources": ["lambda.amazonaws.com"],
            },
            "leave out lambda.amazonaws.com",
        ),
    ],
)
def test_a_trail_that_leaves_the_guards_events_out_is_wrong(
    trail: Callable[..., Any], selector: dict[str, Any], says: str
) -> None:
    trail().put_event_selectors(TrailName="main", EventSelectors=[selector])

    assert checks()[0].status is Status.WRONG
    assert says in checks()[0].found


@pytest.mark.parametrize(
    ("left_out", "status"),
    [
        (LeftOut(frozenset({"rds.amazonaws.com"})), Status.FINE),
        (LeftOut(calls=frozenset({("rds.amazonaws.com", "CreateDBInstance")})), Status.WRONG),
    ],
)
def test_no_trail_need_log_a_source_that_the_policy_leaves_out(
    trail: Callable[..., Any], left_out: LeftOut, status: Status
) -> None:
    trail().put_event_selectors(
        TrailName="main",
        EventSelectors=[
            {
                "ReadWriteType": "All",
                "IncludeManagementEvents": True,
                "ExcludeManagementEventSources": ["rds.amazonaws.com"],
            }
        ],
    )

    assert next(trail_checks(clients, (REGION,), left_out)).status is status


def test_a_trail_that_was_switched_off_is_wrong(trail: Callable[..., Any]) -> None:
    trail(logging=False)

    assert checks()[0].found == "main: logging is switched off"


def test_a_trail_that_works_makes_up_for_one_that_does_not(trail: Callable[..., Any]) -> None:
    trail("a-broken", logging=False)
    trail("working")

    assert checks()[0].status is Status.FINE


def test_a_trail_without_global_events_hides_iams_calls(trail: Callable[..., Any]) -> None:
    trail(IsMultiRegionTrail=False, IncludeGlobalServiceEvents=False)

    assert [c.status for c in checks() if c.about == "IAM's events"] == [Status.WRONG]


def test_iams_calls_come_in_one_region_which_must_be_watched(trail: Callable[..., Any]) -> None:
    trail()

    last = checks("eu-west-1")[-1]

    assert (last.about, last.status) == ("IAM's events", Status.DOUBTFUL)
    assert "us-east-1" in str(last.advice)


@pytest.mark.parametrize("operation", ["GetEventSelectors", "GetTrailStatus"])
def test_what_may_not_be_asked_of_a_trail_is_unknown(
    trail: Callable[..., Any], cloud: Cloud, operation: str
) -> None:
    trail()
    cloud.denied.add(operation)

    found = checks()

    assert {c.status for c in found} == {Status.UNKNOWN}
    assert operation in str(found[0].advice)


def test_an_organizations_trail_is_asked_in_its_home_region(aws: None) -> None:
    arn = f"arn:aws:cloudtrail:eu-central-1:{ACCOUNT}:trail/org"
    here, home = boto3.client("cloudtrail"), boto3.client("cloudtrail", region_name="eu-central-1")
    described = {
        "Name": "org",
        "TrailARN": arn,
        "HomeRegion": "eu-central-1",
        "IsMultiRegionTrail": True,
        "IsOrganizationTrail": True,
        "IncludeGlobalServiceEvents": True,
    }
    selectors = advanced(MANAGEMENT, {"Field": "readOnly", "Equals": ["false"]})
    by_region = {REGION: here, "eu-central-1": home}
    with Stubber(here) as at_home, Stubber(home) as far:
        at_home.add_response("describe_trails", {"trailList": [described]}, {"includeShadowTrails": True})
        far.add_response("get_trail_status", {"IsLogging": True}, {"Name": arn})
        far.add_response("get_event_selectors", {"TrailARN": arn, **selectors}, {"TrailName": arn})

        found = list(trail_checks(lambda _, region: by_region[region], (REGION,)))

        at_home.assert_no_pending_responses()
        far.assert_no_pending_responses()
    assert [c.status for c in found] == [Status.FINE, Status.FINE]


def test_a_check_is_plain_json(aws: None) -> None:
    assert json.loads(json.dumps(checks()[0].to_json())).keys() == {"check", "status", "found", "advice"}


def test_other_partitions_have_another_region_for_iam(trail: Callable[..., Any]) -> None:
    trail(region="cn-north-1")

    assert [c.status for c in checks("cn-north-1")] == [Status.FINE, Status.FINE]


def test_every_source_of_the_catalogue_is_asked_about() -> None:
    everything = {"EventSelectors": [{"ReadWriteType": "All", "IncludeManagementEvents": True}]}

    assert sorted(logged_sources(everything, SOURCES)) == SOURCES
