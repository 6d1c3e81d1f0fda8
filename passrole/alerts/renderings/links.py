"""Links into the AWS console, from ARNs: pure, and for a closed table of pages.

AWS documents no forms of URLs. These stand in public sources: the projects link2aws and aws_console_url,
which turn ARNs into links, and infrastructure code on GitHub that prints such links as its outputs. IoT
rules, pipes and Flink applications are left out: for their pages no sources were found that agree.

The partition decides the host, and a region stands in it only if it looks like one of that partition. All
else that comes from a record is percent-encoded, so that nothing of it can end the link or turn it elsewhere.
The page opens in whatever account its reader is signed in to.
"""

import re
from urllib.parse import quote

from passrole.arn import Arn, parse_role_arn, parse_user_arn, partition_of, region_of_global
from passrole.passes import Passer

LONGEST = 400  # characters: what is longer helps nobody and would crowd a message out

_HOSTS = {
    "aws": "console.aws.amazon.com",
    "aws-cn": "console.amazonaws.cn",
    "aws-us-gov": "console.amazonaws-us-gov.com",
}
_REGION = re.compile(r"[a-z]{2}(?:-[a-z]{1,12}){1,3}-[0-9]{1,2}")
_DOTS = re.compile(r"\.+")  # as a part of a path, a step up: encoding leaves dots as they are

# By service: what the last part of the ARN looks like, and the page's path. ``<name>`` is one part, without
# slash and colon; the path may name each, and ``{region}``, ``{account}`` and ``{arn}``.
_PAGES: dict[str, dict[str, str]] = {
    "apprunner": {
        "service/<name>/<id>": "apprunner/home?region={region}#/services/dashboard?service_arn={arn}",
    },
    "autoscaling": {
        "autoScalingGroup:<id>:autoScalingGroupName/<name>": (
            "ec2/home?region={region}#AutoScalingGroupDetails:id={name};view=details"
        ),
        # As the catalogue makes it: no record tells the group's id.
        "autoScalingGroup:autoScalingGroupName/<name>": (
            "ec2/home?region={region}#AutoScalingGroupDetails:id={name};view=details"
        ),
    },
    "batch": {
        "compute-environment/<name>": "batch/home?region={region}#compute-environments/detail/{arn}",
    },
    "cloudformation": {
        "stack/<name>/<id>": "cloudformation/home?region={region}#/stacks/stackinfo?stackId={arn}",
        "stack/<name>": "cloudformation/home?region={region}#/stacks/stackinfo?stackId={name}",
    },
    "codebuild": {
        "project/<name>": "codesuite/codebuild/{account}/projects/{name}/history?region={region}",
    },
    "codepipeline": {
        "<name>": "codesuite/codepipeline/pipelines/{name}/view?region={region}",
    },
    "ec2": {
        "instance/<name>": "ec2/home?region={region}#InstanceDetails:instanceId={name}",
        "launch-template/<name>": "ec2/home?region={region}#LaunchTemplateDetails:launchTemplateId={name}",
    },
    "ecs": {
        "service/<cluster>/<name>": "ecs/v2/clusters/{cluster}/services/{name}?region={region}",
        "task/<cluster>/<name>": "ecs/v2/clusters/{cluster}/tasks/{name}?region={region}",
        "task-definition/<name>:<number>": "ecs/v2/task-definitions/{name}/{number}?region={region}",
        "task-definition/<name>": "ecs/v2/task-definitions/{name}?region={region}",
    },
    "events": {
        "rule/<bus>/<name>": "events/home?region={region}#/eventbus/{bus}/rules/{name}",
        "rule/<name>": "events/home?region={region}#/eventbus/default/rules/{name}",
    },
    "glue": {
        "crawler/<name>": "glue/home?region={region}#/v2/data-catalog/crawlers/view/{name}",
        "job/<name>": "gluestudio/home?region={region}#/editor/job/{name}/details",
    },
    "lambda": {
        "function:<name>": "lambda/home?region={region}#/functions/{name}",
        "function:<name>:<version>": "lambda/home?region={region}#/functions/{name}",
    },
    "rds": {
        "cluster:<name>": "rds/home?region={region}#database:id={name};is-cluster=true",
        "db:<name>": "rds/home?region={region}#database:id={name};is-cluster=false",
    },
    "redshift": {
        "cluster:<name>": "redshiftv2/home?region={region}#cluster-details?cluster={name}",
    },
    "s3": {
        "<name>": "s3/buckets/{name}",  # a bucket's ARN has no region: the page finds it
    },
    "sagemaker": {
        "notebook-instance/<name>": "sagemaker/home?region={region}#/notebook-instances/{name}",
    },
    "scheduler": {
        "schedule/<group>/<name>": "scheduler/home?region={region}#schedules/{group}/{name}",
    },
    "states": {
        "stateMachine:<name>": "states/home?region={region}#/statemachines/view/{arn}",
    },
}


def role_link(role: str | None) -> str | None:
    """The page of a role; None if ``role`` is no role's ARN, or its partition has no known console."""
    arn = parse_role_arn(role)
    return _iam_link(arn.partition, "roles", arn.name) if arn else None


def passer_link(passer: Passer) -> str | None:
    """The page of the role behind a session, else of the user; None for all other passers."""
    if passer.role_arn:
        return role_link(passer.role_arn)
    arn = parse_user_arn(passer.arn)
    return _iam_link(arn.partition, "users", arn.name) if arn else None


def resource_link(resource: str | None) -> str | None:
    """The page of what an ARN names; None if the table has no page for it."""
    arn = Arn.parse(resource)
    if arn is None:
        return None
    for form, path in _PAGES.get(arn.service, {}).items():
        # Compiled when it is needed, and then kept by ``re``: a cold start is not to wait for all of them.
        found = re.fullmatch(re.sub(r"<(\w+)>", r"(?P<\1>[^/:]+)", form), arn.resource)
        if found:
            names = found.groupdict() | {"arn": str(arn), "account": arn.account}
            return _link(arn.partition, arn.region, path, names)
    return None


def _iam_link(partition: str, kind: str, name: str) -> str | None:
    return _link(partition, "", f"iam/home?region={{region}}#/{kind}/details/{{name}}", {"name": name})


def _link(partition: str, region: str, path: str, names: dict[str, str]) -> str | None:
    """``region`` is empty for what ARNs tell none of: the partition's first one has pages for that."""
    host = _HOSTS.get(partition)
    region = region or region_of_global(partition)
    if host is None or not _REGION.fullmatch(region) or partition_of(region) != partition:
        return None
    if any(map(_DOTS.fullmatch, names.values())):
        return None
    encoded = {key: quote(name, safe="") for key, name in names.items()}
    url = f"https://{region}.{host}/{path.format(region=region, **encoded)}"
    return url if len(url) <= LONGEST else None
