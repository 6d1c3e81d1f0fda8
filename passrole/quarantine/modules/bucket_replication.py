"""Containment of a bucket's replication: its rules are disabled, and the quarantine role takes over.

Source: S3's API reference for PutBucketReplication, which replaces the whole configuration.
"""

from typing import Any

from botocore.exceptions import ClientError

from passrole.arn import Arn
from passrole.grants import Grant
from passrole.quarantine.grants import give_back_role, pass_quarantine_role
from passrole.quarantine.module import AllOrNothingModule, Aws, Prior, State, code_of

_SERVICE = "s3.amazonaws.com"
# A bucket's ARN tells no region; S3 sends the client on to the bucket's own from any other of the partition.
_A_REGION = {
    "aws-cn": "cn-north-1",
    "aws-eusc": "eusc-de-east-1",
    "aws-us-gov": "us-gov-west-1",
}
_BUCKETS = "arn:{partition}:s3:::*"
_WHY_ANY_BUCKET = (
    "a violation can be in any bucket; a bucket's ARN tells no account, so the condition narrows them to the "
    "account's own"
)
_OF_ACCOUNT = {"StringEquals": {"s3:ResourceAccount": "{account}"}}
_PUT = Grant(
    actions=("s3:PutReplicationConfiguration",),
    resources=(_BUCKETS,),
    reason=_WHY_ANY_BUCKET,
    conditions=_OF_ACCOUNT,
)


class BucketReplication(AllOrNothingModule):
    """A bucket whose replication configuration holds a role."""

    name = "bucket-replication"
    resource_type = "s3:bucket"
    places = ("replication role",)
    services = (_SERVICE,)
    does = "replication rules disabled, and their role replaced by the quarantine role"
    still_runs = "replication of objects that were written just before may still end"
    saves = "the whole replication configuration"
    loses = (
        "objects that are written meanwhile are not replicated after a release; "
        "S3 Batch Replication can do that"
    )
    # The date of a bucket may change with its policy, so a bucket that was made anew is not known by it.
    describe_grants = (
        Grant(
            actions=("s3:GetReplicationConfiguration",),
            resources=(_BUCKETS,),
            reason=_WHY_ANY_BUCKET,
            conditions=_OF_ACCOUNT,
        ),
    )
    contain_grants = (_PUT, pass_quarantine_role(_SERVICE))
    release_grants = (_PUT, give_back_role(_SERVICE))

    def describe(self, aws: Aws, resource: Arn) -> State | None:
        """``replication``: the configuration; None if the bucket has none."""
        try:
            answer = _client(aws, resource).get_bucket_replication(Bucket=resource.resource)
        except ClientError as error:
            if code_of(error) == "NoSuchBucket":
                return None
            if code_of(error) == "ReplicationConfigurationNotFoundError":
                return {"replication": None}
            raise
        return {"replication": answer["ReplicationConfiguration"]}

    def holds(self, now: State, role: str) -> bool:
        return now["replication"] is not None and bool(now["replication"]["Role"] == role)

    def is_contained(self, aws: Aws, now: State, role: str) -> bool:
        return self.holds(now, aws.quarantine_role) and not _enabled(now["replication"])

    def contain(self, aws: Aws, resource: Arn, now: State, role: str) -> None:
        fresh = self.describe(aws, resource)  # the call replaces all of it: what others just set must stay
        if fresh is None or self.is_contained(aws, fresh, role):
            return
        if self.holds(fresh, role) or self.holds(fresh, aws.quarantine_role):
            _put(aws, resource, _contained(fresh["replication"], aws.quarantine_role))

    def puts_back(self, prior: Prior) -> tuple[str, ...]:
        replication = prior["replication"]
        rules = (f"replication rule {rule.get('ID', '')}: enabled" for rule in _enabled(replication))
        return (f"replication role: {replication['Role']}", *rules)

    def gives_back(self, prior: Prior) -> tuple[str, ...]:
        return (prior["replication"]["Role"],) if prior["replication"] else ()

    def changed_since(self, aws: Aws, now: State, prior: Prior) -> tuple[str, ...]:
        replication, left = now["replication"], _contained(prior["replication"], aws.quarantine_role)
        if replication in (left, prior["replication"]):
            return ()
        if replication is None:
            return ("the bucket has no replication configuration, containment left one",)
        if replication["Role"] != left["Role"]:
            return (f"the replication role is {replication['Role']}, containment left {left['Role']}",)
        return ("the replication rules are not what containment left",)

    def is_released(self, now: State, prior: Prior) -> bool:
        return bool(now["replication"] == prior["replication"])

    def put_back(self, aws: Aws, resource: Arn, now: State, prior: Prior) -> None:
        _put(aws, resource, prior["replication"])


def _client(aws: Aws, bucket: Arn) -> Any:
    return aws.clients("s3", bucket.region or _A_REGION.get(bucket.partition, "us-east-1"))


def _put(aws: Aws, bucket: Arn, replication: dict[str, Any]) -> None:
    _client(aws, bucket).put_bucket_replication(Bucket=bucket.resource, ReplicationConfiguration=replication)


def _enabled(replication: dict[str, Any]) -> list[dict[str, Any]]:
    return [rule for rule in replication["Rules"] if rule["Status"] == "Enabled"]


def _contained(replication: dict[str, Any], quarantine_role: str) -> dict[str, Any]:
    rules = [{**rule, "Status": "Disabled"} for rule in replication["Rules"]]
    return {**replication, "Role": quarantine_role, "Rules": rules}
