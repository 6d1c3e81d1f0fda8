"""Containment of a CodeBuild project: the quarantine role takes the place of its service roles.

Sources: CodeBuild's API reference for UpdateProject (what it leaves out stays as it is), StopBuild and
StopBuildBatch.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from passrole.arn import Arn
from passrole.clock import iso, utc_now
from passrole.grants import Grant
from passrole.quarantine.grants import give_back_role, pass_quarantine_role
from passrole.quarantine.module import AllOrNothingModule, Aws, Prior, State

_SERVICE = "codebuild.amazonaws.com"
_PROJECTS = "arn:{partition}:codebuild:*:{account}:project/*"
_WHY_ANY_PROJECT = "a violation can be in any project of the account"
# 8 hours in the queue and 36 hours of building are the most that CodeBuild allows.
_LONGEST = timedelta(hours=44)


class CodeBuildProject(AllOrNothingModule):
    """A CodeBuild project that holds a role for its builds, or for its batch builds."""

    name = "codebuild-project"
    resource_type = "codebuild:project"
    places = ("service role", "build batch service role")
    services = (_SERVICE,)
    does = "service role replaced by the quarantine role: new builds get no rights"
    still_runs = (
        "builds that were started before run on with the role until they end or time out (36 hours at most)"
    )
    saves = "the service role, and the service role of batch builds"
    loses = "builds that are started meanwhile fail, and are not run again"
    stops = "builds and batch builds in progress stopped"
    describe_grants = (
        Grant(actions=("codebuild:BatchGetProjects",), resources=(_PROJECTS,), reason=_WHY_ANY_PROJECT),
    )
    contain_grants = (
        Grant(actions=("codebuild:UpdateProject",), resources=(_PROJECTS,), reason=_WHY_ANY_PROJECT),
        pass_quarantine_role(_SERVICE),
    )
    stop_grants = (
        Grant(
            actions=(
                "codebuild:BatchGetBuilds",
                "codebuild:ListBuildBatchesForProject",
                "codebuild:ListBuildsForProject",
                "codebuild:StopBuild",
                "codebuild:StopBuildBatch",
            ),
            resources=(_PROJECTS,),
            reason="rights on builds are rights on their project; a violation can be in any",
        ),
    )
    release_grants = (
        Grant(actions=("codebuild:UpdateProject",), resources=(_PROJECTS,), reason=_WHY_ANY_PROJECT),
        give_back_role(_SERVICE),
    )

    def describe(self, aws: Aws, resource: Arn) -> State | None:
        """``role``, ``batch_role`` (None if there is none) and ``batch``: the settings of batch builds."""
        client = aws.clients("codebuild", resource.region)
        found = client.batch_get_projects(names=[_name(resource)])["projects"]
        if not found:
            return None
        batch = found[0].get("buildBatchConfig")
        return {
            "made": iso(found[0]["created"]),
            "role": found[0]["serviceRole"],
            "batch_role": (batch or {}).get("serviceRole"),
            "batch": batch,
        }

    def holds(self, now: State, role: str) -> bool:
        return role in (now["role"], now["batch_role"])

    def is_contained(self, aws: Aws, now: State, role: str) -> bool:
        return self.holds(now, aws.quarantine_role) and not self.holds(now, role)

    def contain(self, aws: Aws, resource: Arn, now: State, role: str) -> None:
        quarantine = aws.quarantine_role
        changes = _update(
            now,
            quarantine if now["role"] == role else None,
            quarantine if now["batch_role"] == role else None,
        )
        if changes:
            aws.clients("codebuild", resource.region).update_project(name=_name(resource), **changes)

    def stop_running(self, aws: Aws, resource: Arn) -> None:
        client, name = aws.clients("codebuild", resource.region), _name(resource)
        # Batches first: one that runs starts further builds.
        pages = client.get_paginator("list_build_batches_for_project").paginate(
            projectName=name, filter={"status": "IN_PROGRESS"}
        )
        for batch in [id_ for page in pages for id_ in page.get("ids", [])]:
            client.stop_build_batch(id=batch)
        for build in list(_in_progress(client, name)):
            client.stop_build(id=build)

    def puts_back(self, prior: Prior) -> tuple[str, ...]:
        batch = (f"service role of batch builds: {prior['batch_role']}",) if prior["batch_role"] else ()
        return (f"service role: {prior['role']}", *batch)

    def gives_back(self, prior: Prior) -> tuple[str, ...]:
        return tuple(dict.fromkeys(role for role in (prior["role"], prior["batch_role"]) if role))

    def changed_since(self, aws: Aws, now: State, prior: Prior) -> tuple[str, ...]:
        # Settings of batch builds other than the role are no hindrance: a release leaves them as they are.
        places = (("role", "service role"), ("batch_role", "service role of batch builds"))
        return tuple(
            f"the {what} is {now[key] or 'none'}, containment left {aws.quarantine_role}"
            for key, what in places
            if now[key] not in (prior[key], aws.quarantine_role)
        )

    def is_released(self, now: State, prior: Prior) -> bool:
        return (now["role"], now["batch_role"]) == (prior["role"], prior["batch_role"])

    def put_back(self, aws: Aws, resource: Arn, now: State, prior: Prior) -> None:
        changes = _update(
            now,
            prior["role"] if now["role"] != prior["role"] else None,
            prior["batch_role"] if now["batch_role"] != prior["batch_role"] else None,
        )
        aws.clients("codebuild", resource.region).update_project(name=_name(resource), **changes)


def _name(resource: Arn) -> str:
    return resource.resource.removeprefix("project/")


def _update(now: State, role: str | None, batch_role: str | None) -> dict[str, Any]:
    """What UpdateProject is to change; the settings of batch builds are given whole."""
    changes: dict[str, Any] = {}
    if role:
        changes["serviceRole"] = role
    if batch_role:
        changes["buildBatchConfig"] = {**now["batch"], "serviceRole": batch_role}
    return changes


def _in_progress(client: Any, project: str) -> Iterator[str]:
    """Ids of the builds that run or wait; the list of all builds is read back to where none can be left."""
    oldest = utc_now() - _LONGEST
    pages = client.get_paginator("list_builds_for_project").paginate(
        projectName=project, sortOrder="DESCENDING"
    )
    for page in pages:  # of at most 100, as many as can be looked up at once
        builds = client.batch_get_builds(ids=page["ids"])["builds"] if page.get("ids") else []
        yield from (build["id"] for build in builds if build["buildStatus"] == "IN_PROGRESS")
        if builds and all(build["startTime"] < oldest for build in builds):
            return
