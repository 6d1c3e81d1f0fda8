"""Logs in a bucket, over HTTP: listed in parallel, with what was not asked for left alone, and fetched."""

import threading
import time
import tracemalloc
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.exceptions import IncompleteReadError

from passrole.audit.sources.errors import SourceError, UnreadableError
from passrole.audit.sources.s3 import S3Object, S3Objects, client_config, fetch
from tests.unit.audit.sources.conftest import BUCKET
from tests.unit.audit.sources.served import ServedS3, always, error, next_ones

MARCH_1 = "AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/01/a.json.gz"
MARCH_9 = "AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/09/a.json.gz"
OTHER_REGION = "AWSLogs/111122223333/CloudTrail/us-east-1/2026/03/01/a.json.gz"
ORGANIZATION = "org/AWSLogs/o-exampleorgid/444455556666/CloudTrail/eu-west-1/2026/03/01/a.json.gz"
FOREIGN = [
    "AWSLogs/111122223333/CloudTrail-Digest/eu-west-1/2026/03/01/d.json.gz",
    "AWSLogs/111122223333/CloudTrail-Insight/eu-west-1/2026/03/01/i.json.gz",
    "AWSLogs/111122223333/Config/eu-west-1/2026/3/1/c.json.gz",
    "AWSLogs/444455556666/Config/eu-west-1/2026/3/1/c.json.gz",
    "AWSLogs/111122223333/vpcflowlogs/eu-west-1/2026/03/01/v.log.gz",
]
PLAIN = ["copy/of/some/logs/very/deep/a.json", "events.jsonl"]
SLOW_DOWN = error(503, "SlowDown", "Please reduce your request rate.")
DENIED = error(403, "AccessDenied", "User: someone is not authorized\nto perform: s3:ListBucket")


@pytest.fixture(autouse=True)
def _no_waits_between_attempts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0)


def put(*keys: str, content: bytes = b"{}") -> None:
    client = boto3.client("s3")
    for key in keys:
        client.put_object(Bucket=BUCKET, Key=key, Body=content)


def client(served: ServedS3) -> Any:
    return served.client(client_config(4))


def listed(served: ServedS3, prefix: str = "", **wanted: Any) -> tuple[list[str], Counter[str]]:
    source = S3Objects(lambda: client(served), BUCKET, prefix, **{"workers": 4} | wanted)
    return sorted(found.key for found in source.objects()), source.over


def test_all_logs_of_a_bucket_are_found_and_foreign_folders_counted(served: ServedS3) -> None:
    put(MARCH_1, MARCH_9, OTHER_REGION, ORGANIZATION, *FOREIGN, *PLAIN)

    keys, over = listed(served)

    assert keys == sorted([MARCH_1, MARCH_9, OTHER_REGION, ORGANIZATION, *PLAIN])
    assert over == {
        "CloudTrail-Digest folders": 1,
        "CloudTrail-Insight folders": 1,
        "Config folders": 2,
        "vpcflowlogs folders": 1,
    }


@pytest.mark.parametrize(
    ("prefix", "keys"),
    [
        ("org", [ORGANIZATION]),
        ("org/", [ORGANIZATION]),
        ("AWSLogs/111122223333/CloudTrail/eu-west-1", [MARCH_1, MARCH_9]),
        ("AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/0", [MARCH_1, MARCH_9]),
        ("AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/01/", [MARCH_1]),
        (MARCH_1, [MARCH_1]),
        ("AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/01/a", [MARCH_1, MARCH_1 + "2"]),
        ("nowhere", []),
        ("AWSLogs/111122223333/Config/", []),
    ],
)
def test_a_prefix_is_a_folder_an_object_or_the_beginning_of_names(
    served: ServedS3, prefix: str, keys: list[str]
) -> None:
    longer = [MARCH_1 + "2"] if MARCH_1.startswith(prefix) and prefix != MARCH_1 else []
    put(MARCH_1, MARCH_1 + "2", MARCH_9, ORGANIZATION, "organs/x.json", *FOREIGN)

    assert listed(served, prefix)[0] == sorted({*keys, *longer})


def test_what_was_not_asked_for_is_not_even_listed(served: ServedS3) -> None:
    put(MARCH_1, MARCH_9, OTHER_REGION, ORGANIZATION, *FOREIGN)

    keys, _ = listed(
        served,
        since=datetime(2026, 3, 8, 22, tzinfo=UTC),
        until=datetime(2026, 3, 8, 23, tzinfo=UTC),
        accounts=["111122223333"],
        regions=["eu-west-1"],
    )

    assert keys == [MARCH_9]
    for part in ("us-east-1", "03%2F01", "444455556666%2FCloudTrail", "Config%2Feu"):
        assert not [request for request in served.requests if part in request]


def test_objects_below_plain_folders_are_bounded_all_the_same(served: ServedS3) -> None:
    deep = "a/b/c/d/e/f/"
    put(deep + MARCH_1, deep + MARCH_9, deep + FOREIGN[0].replace("/03/01/", "/03/09/"))

    keys, over = listed(served, since=datetime(2026, 3, 8, tzinfo=UTC))

    assert keys == [deep + MARCH_9]
    assert over == {"CloudTrail-Digest files": 1}


def test_marks_of_folders_are_no_logs(served: ServedS3) -> None:
    put("AWSLogs/", MARCH_1.removesuffix("a.json.gz"), content=b"")

    assert listed(served) == ([], {"folder markers": 2})


def test_pages_come_in_order_of_the_keys_of_a_folder(
    served: ServedS3, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOTO_S3_DEFAULT_MAX_KEYS", "10")
    folder = MARCH_1.removesuffix("a.json.gz")
    names = [f"{folder}{number:04}.json.gz" for number in range(25)]
    put(*names, content=b"")

    source = S3Objects(lambda: client(served), BUCKET, workers=4)

    assert [found.key for found in source.objects()] == names
    assert sum("continuation-token" in request for request in served.requests) == 2


def test_an_object_has_its_size_and_etag(served: ServedS3) -> None:
    put(MARCH_1, content=b"0123")

    (found,) = S3Objects(lambda: client(served), BUCKET).objects()

    assert (found.bucket, found.key, found.size) == (BUCKET, MARCH_1, 4)
    assert found.etag.strip('"') == "eb62f6b9306db575c2d596b1279627a4"
    assert found.url == f"s3://{BUCKET}/{MARCH_1}"


def test_folders_are_listed_at_the_same_time(served: ServedS3) -> None:
    put(*(MARCH_1.replace("/03/01/", f"/{month:02}/01/") for month in range(1, 13)))
    together = threading.Barrier(3)
    served.hold = lambda: wait_for(together)

    assert len(listed(served)[0]) == 12
    assert served.most_at_once >= 3


def wait_for(barrier: threading.Barrier) -> None:
    try:
        barrier.wait(timeout=0.3)
    except threading.BrokenBarrierError:
        barrier.reset()


def test_who_stops_early_leaves_no_thread_behind(served: ServedS3) -> None:
    put(*(MARCH_1.replace("/03/01/", f"/{month:02}/01/") for month in range(1, 13)))

    objects = S3Objects(lambda: client(served), BUCKET, workers=4).objects()
    assert isinstance(objects, Iterator)
    next(objects)
    objects.close()  # type: ignore[attr-defined]

    for thread in threading.enumerate():
        if thread.name.startswith("listing-"):
            thread.join(timeout=5)
            assert not thread.is_alive()


class EndlessBucket:
    """A listing of a folder with as many pages as it is told; nothing is kept of them."""

    def __init__(self, pages: int) -> None:
        self._pages = pages
        self.asked = 0

    def list_objects_v2(self, **request: Any) -> dict[str, Any]:
        self.asked += 1
        page = int(request.get("ContinuationToken", 0))
        keys = [f"{MARCH_1}-{page:06}-{number:04}" for number in range(1000)]
        more = {"NextContinuationToken": str(page + 1)} if page + 1 < self._pages else {}
        return {"Contents": [{"Key": key, "Size": 1, "ETag": "x"} for key in keys], **more}


def test_memory_does_not_grow_with_the_listing() -> None:
    folder = MARCH_1.removesuffix("a.json.gz")
    source = S3Objects(lambda: EndlessBucket(50), BUCKET, folder, workers=2)

    tracemalloc.start()
    count = sum(1 for _ in source.objects())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert count == 50_000
    assert peak < 8 << 20


def test_the_listing_waits_for_who_takes_it() -> None:
    bucket = EndlessBucket(100)
    objects = S3Objects(lambda: bucket, BUCKET, MARCH_1.removesuffix("a.json.gz"), workers=2).objects()

    next(objects)
    time.sleep(0.5)

    assert bucket.asked < 10


def test_throttling_is_waited_out(served: ServedS3) -> None:
    put(MARCH_1)
    served.faults.append(next_ones([SLOW_DOWN] * 5))

    assert listed(served)[0] == [MARCH_1]


def test_throttling_without_end_is_told(served: ServedS3) -> None:
    served.faults.append(always(SLOW_DOWN))

    with pytest.raises(SourceError, match=f"s3://{BUCKET}: ListObjectsV2 failed: SlowDown: Please reduce"):
        listed(served)


def test_a_refusal_is_one_line_with_the_rights_that_it_takes(served: ServedS3) -> None:
    served.faults.append(always(DENIED, "list-type"))

    with pytest.raises(SourceError) as told:
        listed(served)

    assert str(told.value) == (
        f"s3://{BUCKET}: ListObjectsV2 failed: AccessDenied: User: someone is not authorized to perform: "
        "s3:ListBucket (it takes s3:ListBucket)"
    )


def test_a_refusal_in_the_middle_ends_the_listing(served: ServedS3) -> None:
    put(MARCH_1, MARCH_9, OTHER_REGION)
    served.faults.append(always(DENIED, "us-east-1"))

    with pytest.raises(SourceError, match="AccessDenied"):
        listed(served)


def test_a_bucket_that_is_not_there_is_told(served: ServedS3) -> None:
    with pytest.raises(SourceError, match="s3://no-such-bucket: ListObjectsV2 failed: NoSuchBucket"):
        list(S3Objects(lambda: client(served), "no-such-bucket").objects())


def found(key: str = MARCH_1, bucket: str = BUCKET) -> S3Object:
    return S3Object(bucket, key, 1, "")


def test_the_content_comes_as_it_is_stored(served: ServedS3) -> None:
    content = bytes(range(256)) * 10_000
    put(MARCH_1, content=content)

    assert fetch(client(served), found()) == content


def test_content_that_breaks_off_is_fetched_again(served: ServedS3) -> None:
    put(MARCH_1, content=b"0123456789")
    broken = (200, {"x-claimed-length": "10"}, b"0123")
    served.faults.append(next_ones([broken, SLOW_DOWN, broken], "a.json.gz"))

    assert fetch(client(served), found()) == b"0123456789"

    served.faults.append(always(broken, "a.json.gz"))
    with pytest.raises(IncompleteReadError):
        fetch(client(served), found())


def test_too_large_an_object_is_not_read(served: ServedS3) -> None:
    put(MARCH_1, content=b"0123456789")

    with pytest.raises(UnreadableError, match="10 bytes; at most 9 are read") as told:
        fetch(client(served), found(), most_bytes=9)

    assert told.value.kind == "files too large"


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [(404, "NoSuchKey", "files gone"), (403, "InvalidObjectState", "archived files")],
)
def test_one_object_that_cannot_be_read_is_of_a_kind(
    served: ServedS3, status: int, code: str, kind: str
) -> None:
    served.faults.append(always(error(status, code, "no")))

    with pytest.raises(UnreadableError, match=f"s3://{BUCKET}/{MARCH_1}: GetObject failed: {code}") as told:
        fetch(client(served), found())

    assert told.value.kind == kind


def test_a_key_that_cannot_be_used_is_told_with_the_rights_that_it_takes(served: ServedS3) -> None:
    served.faults.append(always(error(403, "AccessDenied", "not authorized to perform: kms:Decrypt")))

    with pytest.raises(SourceError, match=r"kms:Decrypt \(it takes s3:GetObject, and kms:Decrypt") as told:
        fetch(client(served), found())

    assert not isinstance(told.value, UnreadableError)
