"""The layout of CloudTrail's logs in a bucket: what is looked into, and what is left alone."""

from datetime import date

import pytest

from passrole.audit.sources.layout import Look, Wanted, kind_of

MARCH = Wanted(since=date(2026, 3, 10), until=date(2026, 3, 12))
LOGS = "AWSLogs/111122223333/CloudTrail/"
ROOTS = ["", "trails/", "a/b/", "AWSLogs/", "AWSLogs/o-exampleorgid/", "trails/AWSLogs/o-1a2b3c/"]


@pytest.mark.parametrize("root", ROOTS)
@pytest.mark.parametrize(
    ("folder", "look"),
    [
        ("eu-west-1/", Look.INTO),
        ("eu-west-1/2025/", Look.PAST),
        ("eu-west-1/2026/", Look.INTO),
        ("eu-west-1/2026/02/", Look.PAST),
        ("eu-west-1/2026/03/", Look.INTO),
        ("eu-west-1/2026/04/", Look.PAST),
        ("eu-west-1/2026/03/08/", Look.PAST),
        ("eu-west-1/2026/03/09/", Look.ALL),
        ("eu-west-1/2026/03/13/", Look.ALL),
        ("eu-west-1/2026/03/14/", Look.PAST),
        ("eu-west-1/2026/03/10/more/", Look.ALL),
        ("eu-west-1/2026/13/", Look.INTO),
        ("elsewhere/", Look.ALL),
    ],
)
def test_days_that_can_hold_what_was_asked_for_are_looked_into(root: str, folder: str, look: Look) -> None:
    assert MARCH.look(f"{root}111122223333/CloudTrail/{folder}") is look


def test_the_turn_of_a_year_is_within_the_margin() -> None:
    january = Wanted(since=date(2026, 1, 1), until=date(2026, 1, 1))

    assert january.look(f"{LOGS}eu-west-1/2025/") is Look.INTO
    assert january.look(f"{LOGS}eu-west-1/2025/12/31/") is Look.ALL


@pytest.mark.parametrize(
    "folder",
    [
        "AWSLogs/444455556666/",
        "AWSLogs/o-abc/444455556666/CloudTrail/",
        f"{LOGS}us-east-1/",
        f"{LOGS}us-east-1/2026/",
    ],
)
def test_other_accounts_and_regions_are_passed(folder: str) -> None:
    wanted = Wanted(accounts=frozenset({"111122223333"}), regions=frozenset({"eu-west-1"}))

    assert wanted.look(folder) is Look.PAST
    assert Wanted().look(folder) is Look.INTO


@pytest.mark.parametrize(
    "region", ["us-gov-west-1", "cn-north-1", "us-iso-east-1", "eusc-de-east-1", "ap-southeast-7"]
)
def test_regions_of_all_partitions_are_known(region: str) -> None:
    assert Wanted(regions=frozenset({"eu-west-1"})).look(f"{LOGS}{region}/") is Look.PAST


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("AWSLogs/111122223333/CloudTrail-Digest/", "CloudTrail-Digest"),
        ("x/AWSLogs/o-abc/111122223333/CloudTrail-Insight/eu-west-1/2026/", "CloudTrail-Insight"),
        ("copied/111122223333/CloudTrail-Digest/", "CloudTrail-Digest"),
        ("AWSLogs/111122223333/Config/", "Config"),
        ("AWSLogs/111122223333/vpcflowlogs/eu-west-1/", "vpcflowlogs"),
        ("AWSLogs/111122223333/\x1b[31m/", "unknown"),
    ],
)
def test_what_other_things_deliver_is_foreign_and_named(folder: str, kind: str) -> None:
    assert Wanted().look(folder) is Look.FOREIGN
    assert kind_of(folder) == kind


@pytest.mark.parametrize(
    "folder", ["", "trails/", "backup/2026/03/", "111122223333/", "notes/111122223333/x/"]
)
def test_what_is_no_part_of_the_layout_is_beyond(folder: str) -> None:
    assert MARCH.look(folder) is Look.BEYOND


@pytest.mark.parametrize("folder", ["AWSLogs/", "x/AWSLogs/o-abc/", "AWSLogs/111122223333/", LOGS])
def test_the_upper_levels_are_looked_into(folder: str) -> None:
    assert MARCH.look(folder) is Look.INTO


@pytest.mark.parametrize(
    ("key", "look"),
    [
        (f"{LOGS}eu-west-1/2026/03/10/a.json.gz", Look.ALL),
        (f"{LOGS}eu-west-1/2026/03/20/a.json.gz", Look.PAST),
        ("AWSLogs/111122223333/Config/ConfigWritabilityCheckFile", Look.FOREIGN),
        ("events.jsonl", Look.ALL),
        ("notes/2020/a.json", Look.ALL),
        ("AWSLogs/111122223333/readme", Look.ALL),
    ],
)
def test_objects_are_looked_at_by_their_folder(key: str, look: Look) -> None:
    assert MARCH.look_at_objects(key[: key.rfind("/") + 1]) is look
