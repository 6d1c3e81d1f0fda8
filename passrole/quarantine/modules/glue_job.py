"""Containment of a Glue job: the quarantine role takes the place of its role.

Source: Glue's API reference for UpdateJob, which overwrites the whole job: what it is not given is removed.
"""

from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from passrole.arn import Arn, is_role_name, parse_role_arn
from passrole.clock import iso
from passrole.grants import ANY_ROLE, Grant
from passrole.quarantine.grants import give_back_role, pass_quarantine_role
from passrole.quarantine.module import AllOrNothingModule, Aws, Prior, State, code_of
from passrole.trail.paths import values_at

_SERVICE = "glue.amazonaws.com"
_JOBS = "arn:{partition}:glue:*:{account}:job/*"
_WHY_ANY_JOB = "a violation can be in any job of the account"
_RUNS = ("STARTING", "RUNNING", "WAITING")
_AT_ONCE = 25
STEP_ROLES = (
    "CodeGenConfigurationNodes.*.RedshiftSource.TmpDirIAMRole",
    "CodeGenConfigurationNodes.*.RedshiftTarget.TmpDirIAMRole",
    "CodeGenConfigurationNodes.*.AmazonRedshiftSource.Data.IamRole.Value",
    "CodeGenConfigurationNodes.*.AmazonRedshiftTarget.Data.IamRole.Value",
)
"""Where steps of a visual job name roles of their own, which each update passes again."""


class GlueJob(AllOrNothingModule):
    """A Glue job that holds a role for its runs."""

    name = "glue-job"
    resource_type = "glue:job"
    places = ("job role",)
    services = (_SERVICE,)
    does = "job role replaced by the quarantine role: new runs get no rights"
    still_runs = (
        "runs that were started before run on with the role until they end or time out "
        "(7 days at most; a streaming job may run without end)"
    )
    saves = "the whole job, since an update of a job replaces it"
    loses = "runs that are started meanwhile, by triggers too, fail, and are not run again"
    stops = "runs that run or wait stopped"
    describe_grants = (
        Grant(actions=("glue:GetJob",), resources=(_JOBS,), reason=_WHY_ANY_JOB),
        Grant(
            actions=("iam:GetRole",),
            resources=(ANY_ROLE,),
            reason="a job may name its role without the role's path; any role can be passed",
        ),
    )
    contain_grants = (
        Grant(actions=("glue:UpdateJob",), resources=(_JOBS,), reason=_WHY_ANY_JOB),
        pass_quarantine_role(_SERVICE),
    )
    stop_grants = (
        Grant(actions=("glue:BatchStopJobRun", "glue:GetJobRuns"), resources=(_JOBS,), reason=_WHY_ANY_JOB),
    )
    release_grants = (
        Grant(actions=("glue:UpdateJob",), resources=(_JOBS,), reason=_WHY_ANY_JOB),
        give_back_role(_SERVICE),
    )

    def describe(self, aws: Aws, resource: Arn) -> State | None:
        """``role``: ARN of the role (None if it is gone), ``step_roles``: ARNs of the steps' roles, and
        ``job``: all that an update can set."""
        client = aws.clients("glue", resource.region)
        try:
            found = client.get_job(JobName=_name(resource))["Job"]
        except ClientError as error:
            if code_of(error) == "EntityNotFoundException":
                return None
            raise
        job, iam = _updatable(client, found), aws.clients("iam", resource.region)
        named = {role for path in STEP_ROLES for _, role in values_at(job, path)}
        step_roles = {_arn_of_role(iam, role) for role in named}
        return {
            "made": iso(found["CreatedOn"]),
            "role": _arn_of_role(iam, job["Role"]),
            "step_roles": sorted(role for role in step_roles if role),
            "job": job,
        }

    def holds(self, now: State, role: str) -> bool:
        return bool(now["role"] == role)

    def objection(self, now: State, role: str) -> str | None:
        if now["job"].get("SourceControlDetails", {}).get("AuthStrategy") == "PERSONAL_ACCESS_TOKEN":
            return (
                "its source control uses a personal access token, which is not saved, "
                "and an update of the job would remove it"
            )
        return None

    def is_contained(self, aws: Aws, now: State, role: str) -> bool:
        return self.holds(now, aws.quarantine_role)

    def contain(self, aws: Aws, resource: Arn, now: State, role: str) -> None:
        fresh = self.describe(aws, resource)  # the update replaces the job: what others just set must stay
        if fresh is not None and self.holds(fresh, role):
            _write(aws, resource, {**fresh["job"], "Role": aws.quarantine_role})

    def stop_running(self, aws: Aws, resource: Arn) -> None:
        client, name = aws.clients("glue", resource.region), _name(resource)
        pages = client.get_paginator("get_job_runs").paginate(JobName=name)
        runs = [run["Id"] for page in pages for run in page["JobRuns"] if run["JobRunState"] in _RUNS]
        refused = []
        for ids in _chunks(runs, _AT_ONCE):
            answer = client.batch_stop_job_run(JobName=name, JobRunIds=ids)
            refused += [error["JobRunId"] for error in answer.get("Errors", [])]
        if refused:
            raise RuntimeError(f"runs of {resource} could not be stopped: {', '.join(refused)}")

    def puts_back(self, prior: Prior) -> tuple[str, ...]:
        return (f"job role: {prior['job']['Role']}",)

    def gives_back(self, prior: Prior) -> tuple[str, ...]:
        return (*((prior["role"],) if prior["role"] else ()), *prior["step_roles"])

    def passes_again(self, now: State) -> tuple[str, ...]:
        return tuple(now["step_roles"])

    def changed_since(self, aws: Aws, now: State, prior: Prior) -> tuple[str, ...]:
        # Arguments of a job may be secrets: what they are is not told.
        changed = sorted(
            field
            for field in {*now["job"], *prior["job"]} - {"Role"}
            if now["job"].get(field) != prior["job"].get(field)
        )
        lines = [f"{field} is not what containment left" for field in changed]
        if now["role"] not in (prior["role"], aws.quarantine_role):
            lines.append(f"the job role is {now['job']['Role']}, containment left {aws.quarantine_role}")
        return tuple(lines)

    def is_released(self, now: State, prior: Prior) -> bool:
        return bool(now["job"] == prior["job"])

    def put_back(self, aws: Aws, resource: Arn, now: State, prior: Prior) -> None:
        _write(aws, resource, prior["job"])


def _name(resource: Arn) -> str:
    return resource.resource.removeprefix("job/")


def _updatable(client: Any, found: dict[str, Any]) -> dict[str, Any]:
    """Of a job what UpdateJob takes, as it takes it, and no secret of a repository."""
    settable = client.meta.service_model.shape_for("JobUpdate").members
    job = {field: value for field, value in found.items() if field in settable}
    # GetJob tells the capacity in each way of telling it; UpdateJob refuses more than one.
    if "WorkerType" in job or "NumberOfWorkers" in job:
        job.pop("MaxCapacity", None)
    if "MaxCapacity" in job or "WorkerType" in job or "NumberOfWorkers" in job:
        job.pop("AllocatedCapacity", None)
    if "AutoUpgradeMetadata" in found:
        job.pop("GlueVersion", None)  # Glue chooses it; an update that leaves it out leaves it as it is
    if job.get("SourceControlDetails", {}).get("AuthStrategy") == "PERSONAL_ACCESS_TOKEN":
        job["SourceControlDetails"] = {
            field: value for field, value in job["SourceControlDetails"].items() if field != "AuthToken"
        }
    return job


def _arn_of_role(iam: Any, role: str) -> str | None:
    """The ARN of the role that a job names, by ARN or by name; None if it is gone."""
    if parse_role_arn(role):
        return role
    name = role.rpartition("/")[2]
    if not is_role_name(name):
        return None
    try:
        arn: str = iam.get_role(RoleName=name)["Role"]["Arn"]
    except ClientError as error:
        if code_of(error) == "NoSuchEntity":
            return None
        raise
    return arn


def _write(aws: Aws, resource: Arn, job: dict[str, Any]) -> None:
    aws.clients("glue", resource.region).update_job(JobName=_name(resource), JobUpdate=job)


def _chunks(ids: list[str], size: int) -> Iterator[list[str]]:
    return (ids[start : start + size] for start in range(0, len(ids), size))
