"""Containment of a Managed Service for Apache Flink application: it is stopped, with a snapshot of its state.

Sources: API reference for StopApplication and StartApplication; developer guide on snapshots. The catalogue's
other places belong to inputs and outputs of SQL applications, and to logs of applications made with the
earlier API; the service execution role is what a Flink application works with.
"""

from typing import Any

from botocore.exceptions import ClientError

from passrole.arn import Arn
from passrole.clock import iso
from passrole.grants import Grant
from passrole.quarantine.module import AllOrNothingModule, Aws, Prior, State, code_of

_DOWN = ("READY", "STOPPING", "FORCE_STOPPING")
_APPLICATIONS = "arn:{partition}:kinesisanalytics:*:{account}:application/*"
_WHY_ANY_APPLICATION = "a violation can be in any application of the account"


class FlinkApplication(AllOrNothingModule):
    """A Flink application, or a Studio notebook, that holds a service execution role."""

    name = "flink-application"
    resource_type = "kinesisanalytics:application"
    places = ("service execution role",)
    services = ("kinesisanalytics.amazonaws.com",)
    does = "application stopped, after a snapshot of its state"
    still_runs = "the application works with the role until its snapshot is taken"
    saves = "whether it ran, its version, and whether it may start without all of a snapshot's state"
    loses = (
        "a Studio notebook's session, and how the application was last told to restore its state: "
        "it is started from its latest snapshot"
    )
    describe_grants = (
        Grant(
            actions=("kinesisanalytics:DescribeApplication",),
            resources=(_APPLICATIONS,),
            reason=_WHY_ANY_APPLICATION,
        ),
    )
    contain_grants = (
        Grant(
            actions=("kinesisanalytics:StopApplication",),
            resources=(_APPLICATIONS,),
            reason=_WHY_ANY_APPLICATION,
        ),
    )
    release_grants = (
        Grant(
            actions=("kinesisanalytics:StartApplication",),
            resources=(_APPLICATIONS,),
            reason=_WHY_ANY_APPLICATION,
        ),
    )

    def describe(self, aws: Aws, resource: Arn) -> State | None:
        """``kind``: Flink, Studio or SQL; ``skips_state``: it may start without all of a snapshot's state."""
        client = aws.clients("kinesisanalyticsv2", resource.region)
        try:
            found = client.describe_application(ApplicationName=_name(resource))["ApplicationDetail"]
        except ClientError as error:
            if code_of(error) == "ResourceNotFoundException":
                return None
            raise
        if found["ApplicationStatus"] == "DELETING":
            return None
        settings = found.get("ApplicationConfigurationDescription", {})
        snapshots = settings.get("ApplicationSnapshotConfigurationDescription", {})
        run = settings.get("RunConfigurationDescription", {}).get("FlinkRunConfigurationDescription", {})
        return {
            "made": iso(found["CreateTimestamp"]),
            "role": found.get("ServiceExecutionRole"),
            "status": found["ApplicationStatus"],
            "version": found["ApplicationVersionId"],
            "kind": _kind(found),
            "snapshots": snapshots.get("SnapshotsEnabled", False),
            "skips_state": run.get("AllowNonRestoredState", False),
        }

    def holds(self, now: State, role: str) -> bool:
        return bool(now["role"] == role)

    def objection(self, now: State, role: str) -> str | None:
        if now["kind"] == "SQL":
            return "it is an SQL application: where in its streams it is to be started again is not known"
        if now["kind"] == "Flink" and not now["snapshots"] and now["status"] not in _DOWN:
            return "it takes no snapshots: if it were stopped, its state would be lost"
        return None

    def is_contained(self, aws: Aws, now: State, role: str) -> bool:
        return now["status"] in _DOWN

    def contain(self, aws: Aws, resource: Arn, now: State, role: str) -> None:
        # The service refuses while it starts or changes the application: to be tried again. With Force it
        # would not, nor would it take a snapshot.
        if now["status"] not in _DOWN:
            client = aws.clients("kinesisanalyticsv2", resource.region)
            client.stop_application(ApplicationName=_name(resource))

    def puts_back(self, prior: Prior) -> tuple[str, ...]:
        if prior["status"] in _DOWN:
            return ("nothing: it did not run",)
        return ("status: RUNNING, from the latest snapshot",)

    def changed_since(self, aws: Aws, now: State, prior: Prior) -> tuple[str, ...]:
        if now["version"] != prior["version"]:
            return (f"the application's version is {now['version']}, containment left {prior['version']}",)
        if prior["status"] in _DOWN and now["status"] not in _DOWN:
            return (f"the status is {now['status']}, containment left READY",)
        return ()

    def is_released(self, now: State, prior: Prior) -> bool:
        return (now["status"] in _DOWN) == (prior["status"] in _DOWN)

    def put_back(self, aws: Aws, resource: Arn, now: State, prior: Prior) -> None:
        # The service refuses until the application has stopped: to be tried again.
        aws.clients("kinesisanalyticsv2", resource.region).start_application(
            ApplicationName=_name(resource), **_run_configuration(prior)
        )


def _name(resource: Arn) -> str:
    return resource.resource.removeprefix("application/")


def _kind(found: dict[str, Any]) -> str:
    if found["RuntimeEnvironment"].startswith("SQL"):
        return "SQL"
    return "Studio" if found.get("ApplicationMode") == "INTERACTIVE" else "Flink"


def _run_configuration(prior: Prior) -> dict[str, Any]:
    if prior["kind"] != "Flink":
        return {}
    return {
        "RunConfiguration": {
            "FlinkRunConfiguration": {"AllowNonRestoredState": prior["skips_state"]},
            "ApplicationRestoreConfiguration": {"ApplicationRestoreType": "RESTORE_FROM_LATEST_SNAPSHOT"},
        }
    }
