"""Replication of buckets, on the embedded emulator: moto forgets filters and destinations' details."""

from typing import Any
from uuid import uuid4

from passrole.quarantine.modules.bucket_replication import BucketReplication
from tests.unit.quarantine.modules.case import Case, Clients
from tests.unit.samples import ACCOUNT


class BucketReplicationCase(Case):
    module = BucketReplication()
    place = "replication role"
    event = ("s3.amazonaws.com", "PutBucketReplication")
    emulated = ("s3",)
    denied_act = "put_bucket_replication"

    def make(self, clients: Clients, role: str) -> str:
        bucket = versioned_bucket(clients)
        clients("s3").put_bucket_replication(
            Bucket=bucket, ReplicationConfiguration=_configuration(role, versioned_bucket(clients))
        )
        return f"arn:aws:s3:::{bucket}"

    def snapshot(self, clients: Clients, arn: str) -> Any:
        answer = clients("s3").get_bucket_replication(Bucket=_name(arn))
        return answer["ReplicationConfiguration"]

    def works(self, clients: Clients, arn: str) -> bool:
        found = self.snapshot(clients, arn)
        return "/dev/" in found["Role"] and any(rule["Status"] == "Enabled" for rule in found["Rules"])

    def give_other_role(self, clients: Clients, arn: str, role: str) -> None:
        self._put(clients, arn, self.snapshot(clients, arn) | {"Role": role})

    def meddle(self, clients: Clients, arn: str) -> None:
        found = self.snapshot(clients, arn)
        self._put(clients, arn, found | {"Rules": found["Rules"][:1]})

    def remove(self, clients: Clients, arn: str) -> None:
        clients("s3").delete_bucket(Bucket=_name(arn))

    def _put(self, clients: Clients, arn: str, replication: Any) -> None:
        clients("s3").put_bucket_replication(Bucket=_name(arn), ReplicationConfiguration=replication)


def versioned_bucket(clients: Clients) -> str:
    """A new bucket; its name."""
    bucket = f"orders-{uuid4().hex[:8]}"
    clients("s3").create_bucket(Bucket=bucket)
    clients("s3").put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    return bucket


def _configuration(role: str, destination: str) -> dict[str, Any]:
    return {
        "Role": role,
        "Rules": [
            {
                "ID": "invoices",
                "Priority": 7,
                "Status": "Enabled",
                "Filter": {
                    "And": {"Prefix": "invoices/", "Tags": [{"Key": "keep", "Value": "long"}]},
                },
                "DeleteMarkerReplication": {"Status": "Disabled"},
                "Destination": {
                    "Bucket": f"arn:aws:s3:::{destination}",
                    "Account": ACCOUNT,
                    "StorageClass": "STANDARD_IA",
                },
            },
            {
                "ID": "drafts",
                "Priority": 3,
                "Status": "Disabled",
                "Filter": {"Prefix": ""},
                "DeleteMarkerReplication": {"Status": "Enabled"},
                "Destination": {"Bucket": f"arn:aws:s3:::{destination}"},
            },
        ],
    }


def _name(arn: str) -> str:
    return arn.rpartition(":")[2]
