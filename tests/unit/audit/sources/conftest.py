"""A bucket of logs in an account in memory, served over HTTP."""

from collections.abc import Iterator

import boto3
import pytest

from tests.unit.audit.sources.served import ServedS3

BUCKET = "logs-of-111122223333"


@pytest.fixture
def served(aws: None) -> Iterator[ServedS3]:
    boto3.client("s3").create_bucket(Bucket=BUCKET)
    server = ServedS3()
    yield server
    server.close()
