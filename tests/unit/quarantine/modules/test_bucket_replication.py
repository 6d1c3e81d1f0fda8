"""Replication of buckets: those that hold a role elsewhere, and regions."""

from typing import Any

import boto3
import pytest

from passrole.arn import Arn
from passrole.catalogue import load_catalogue
from passrole.quarantine.module import Aws
from passrole.quarantine.modules.bucket_replication import BucketReplication
from passrole.quarantine.registry import module_for
from tests.unit.quarantine.modules.case import QUARANTINE_ROLE
from tests.unit.samples import ROLE

BUCKET = Arn("aws", "s3", "", "", "orders")


def test_a_role_of_the_bucket_that_is_not_for_replication_is_not_looked_for_there() -> None:
    """Where the module looks, that role is not held: the violation would count as resolved."""
    modules = {
        call.action: module_for("s3:bucket", role.place)
        for call in load_catalogue().calls()
        if call.resource is not None and call.resource.type == "s3:bucket"
        for role in call.roles
    }

    replication = modules.pop("s3:PutReplicationConfiguration")
    assert isinstance(replication, BucketReplication)
    assert modules == {
        "s3:CreateBucketMetadataTableConfiguration": None,
        "s3:UpdateBucketMetadataAnnotationTableConfiguration": None,
    }


@pytest.fixture
def acting(aws: None) -> Aws:
    make: Any = boto3.client
    return Aws(lambda service, region: make(service, region_name=region), QUARANTINE_ROLE)


def test_a_bucket_that_holds_no_role_for_replication_is_left_as_it_is(acting: Aws) -> None:
    module = BucketReplication()
    boto3.client("s3").create_bucket(Bucket="orders")

    now = module.describe(acting, BUCKET)

    assert now == {"replication": None}
    assert not module.holds(now, ROLE)
    module.contain(acting, BUCKET, now, ROLE)
    assert module.describe(acting, BUCKET) == now


def test_a_role_that_others_put_there_after_the_look_stays(acting: Aws) -> None:
    s3, other = boto3.client("s3"), ROLE.replace("deployer", "other")
    s3.create_bucket(Bucket="orders")
    s3.put_bucket_versioning(Bucket="orders", VersioningConfiguration={"Status": "Enabled"})
    rules: Any = [
        {"ID": "all", "Status": "Enabled", "Prefix": "", "Destination": {"Bucket": "arn:aws:s3:::copies"}}
    ]
    s3.create_bucket(Bucket="copies")
    s3.put_bucket_versioning(Bucket="copies", VersioningConfiguration={"Status": "Enabled"})
    s3.put_bucket_replication(Bucket="orders", ReplicationConfiguration={"Role": other, "Rules": rules})

    BucketReplication().contain(acting, BUCKET, {"replication": {"Role": ROLE, "Rules": rules}}, ROLE)

    after = s3.get_bucket_replication(Bucket="orders")["ReplicationConfiguration"]
    assert (after["Role"], after["Rules"][0]["Status"]) == (other, "Enabled")


@pytest.mark.parametrize(
    ("partition", "region"),
    [("aws", "us-east-1"), ("aws-cn", "cn-north-1"), ("aws-us-gov", "us-gov-west-1")],
)
def test_a_bucket_is_looked_for_in_its_partition(partition: str, region: str, aws: None) -> None:
    asked: list[str] = []

    def client(service: str, where: str) -> Any:
        asked.append(where)
        return boto3.client("s3", region_name="us-east-1")

    BucketReplication().describe(Aws(client, QUARANTINE_ROLE), Arn(partition, "s3", "", "", "orders"))

    assert asked == [region]
