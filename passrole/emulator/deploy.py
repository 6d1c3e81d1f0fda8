"""Deploys a synthesized cloud assembly to the emulator with boto3 alone: no CDK CLI, no bootstrap stack."""

import hashlib
import io
import json
import os
import stat
import time
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

_POLL_SECONDS = 0.2
_TIMEOUT_SECONDS = 120.0
_CAPABILITIES = ["CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]
_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)


class Clients(Protocol):
    """What makes clients, with the account and region that they work in: an `Emulator`."""

    account: str
    region: str

    def client(self, service: str, region: str | None = None) -> Any:
        """A boto3 client."""


class DeploymentError(Exception):
    """The stack did not reach a good state; the message names the resource that failed and why."""


def deploy(
    emulator: Clients, assembly: Path, stack_name: str, *, region: str | None = None
) -> dict[str, str]:
    """Create or update one stack of a cloud assembly, and return its outputs.

    Args:
        emulator: makes the clients.
        assembly: the directory that `cdk synth` wrote.
        stack_name: the stack's id in the assembly, or its name.
        region: the region to deploy to (default: the emulator's).

    Raises:
        DeploymentError: there is no such stack, an asset is missing, or a resource failed.
    """
    artifact_id, stack = _find_stack(assembly, stack_name)
    name = str(stack.get("stackName", artifact_id))
    target = region or emulator.region
    _upload_assets(emulator, assembly, artifact_id, target)
    template = _without_metric_math((assembly / stack["templateFile"]).read_bytes())
    _seed_bootstrap_version(emulator.client("ssm", target), json.loads(template))
    cloudformation = emulator.client("cloudformation", target)
    request = {
        "StackName": name,
        "TemplateURL": _upload_template(emulator, template, target),
        "Capabilities": _CAPABILITIES,
        "Parameters": [
            {"ParameterKey": key, "ParameterValue": value}
            for key, value in stack.get("parameters", {}).items()
        ],
        "Tags": [{"Key": key, "Value": value} for key, value in stack.get("tags", {}).items()],
    }
    if not _create_or_update(cloudformation, request):
        return _outputs(_describe(cloudformation, name))
    return _outputs(_wait(cloudformation, name))


def zip_directory(directory: Path) -> bytes:
    """Zip a directory so that the same content gives the same bytes.

    Entries are stored, not compressed: the archive only crosses loopback, and each cold start unpacks it.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for path in sorted(path for path in directory.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(path.relative_to(directory).as_posix(), _ZIP_EPOCH)
            executable = path.stat().st_mode & stat.S_IXUSR
            entry.external_attr = (stat.S_IFREG | (0o755 if executable else 0o644)) << 16
            archive.writestr(entry, path.read_bytes())
    return buffer.getvalue()


def _find_stack(assembly: Path, stack_name: str) -> tuple[str, dict[str, Any]]:
    try:
        manifest = json.loads((assembly / "manifest.json").read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise DeploymentError(f"{assembly}: no cloud assembly here; run `cdk synth` first") from error
    stacks = {
        key: artifact["properties"]
        for key, artifact in manifest["artifacts"].items()
        if artifact["type"] == "aws:cloudformation:stack"
    }
    for key, properties in stacks.items():
        if stack_name in (key, properties.get("stackName")):
            return key, properties
    known = ", ".join(sorted(stacks)) or "none"
    raise DeploymentError(f"{assembly}: no stack {stack_name!r}; it holds {known}")


def _upload_assets(emulator: Clients, assembly: Path, artifact_id: str, region: str) -> None:
    index = assembly / f"{artifact_id}.assets.json"
    if not index.exists():
        return
    s3 = emulator.client("s3", region)
    for asset in json.loads(index.read_text(encoding="utf-8"))["files"].values():
        source = assembly / asset["source"]["path"]
        if not source.exists():
            raise DeploymentError(f"{source}: the asset is missing; run `cdk synth` again")
        for destination in asset["destinations"].values():
            bucket = _fill_in(destination["bucketName"], emulator.account, region)
            key = _fill_in(destination["objectKey"], emulator.account, region)
            _make_bucket(s3, bucket)
            # Keys are hashes of the content, so what is there already is the same.
            if not _object_exists(s3, bucket, key):
                body = zip_directory(source) if source.is_dir() else source.read_bytes()
                s3.put_object(Bucket=bucket, Key=key, Body=body)


def _upload_template(emulator: Clients, template: bytes, region: str) -> str:
    """Put the template where TemplateURL finds it: as a TemplateBody it may have 51,200 bytes only."""
    s3 = emulator.client("s3", region)
    bucket = f"passrole-templates-{emulator.account}-{region}"
    key = f"{hashlib.sha256(template).hexdigest()}.json"
    _make_bucket(s3, bucket)
    s3.put_object(Bucket=bucket, Key=key, Body=template)
    return f"https://s3.{region}.amazonaws.com/{bucket}/{key}"


def _without_metric_math(template: bytes) -> bytes:
    """The template without alarms on expressions: MiniStack refuses a stack that has one."""
    parsed = json.loads(template)
    parsed["Resources"] = {
        name: resource
        for name, resource in parsed["Resources"].items()
        if resource["Type"] != "AWS::CloudWatch::Alarm" or "Metrics" not in resource["Properties"]
    }
    return json.dumps(parsed).encode()


def _fill_in(text: str, account: str, region: str) -> str:
    for variable, value in (("AccountId", account), ("Region", region), ("Partition", "aws")):
        text = text.replace(f"${{AWS::{variable}}}", value)
    return text


def _make_bucket(s3: Any, bucket: str) -> None:
    try:
        s3.head_bucket(Bucket=bucket)
    except s3.exceptions.ClientError:
        region = s3.meta.region_name
        place = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        s3.create_bucket(Bucket=bucket, **place)


def _object_exists(s3: Any, bucket: str, key: str) -> bool:
    try:
        s3.head_object(Bucket=bucket, Key=key)
    except s3.exceptions.ClientError:
        return False
    return True


def _seed_bootstrap_version(ssm: Any, template: Mapping[str, Any]) -> None:
    parameter = template.get("Parameters", {}).get("BootstrapVersion", {}).get("Default")
    if parameter:
        ssm.put_parameter(Name=parameter, Type="String", Value="30", Overwrite=True)


def _create_or_update(cloudformation: Any, request: dict[str, Any]) -> bool:
    """Begin the change; False when the stack is as it should be already."""
    try:
        cloudformation.create_stack(**request)
        return True
    except cloudformation.exceptions.AlreadyExistsException:
        pass
    except cloudformation.exceptions.ClientError as error:
        raise DeploymentError(f"{request['StackName']}: {error}") from error
    try:
        cloudformation.update_stack(**request)
    except cloudformation.exceptions.ClientError as error:
        if "No updates are to be performed" in str(error):
            return False
        raise DeploymentError(f"{request['StackName']}: {error}") from error
    return True


def _describe(cloudformation: Any, name: str) -> dict[str, Any]:
    found: dict[str, Any] = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
    return found


def _wait(cloudformation: Any, name: str) -> dict[str, Any]:
    deadline = time.monotonic() + _TIMEOUT_SECONDS
    while (stack := _describe(cloudformation, name))["StackStatus"].endswith("_IN_PROGRESS"):
        if time.monotonic() > deadline:
            raise DeploymentError(f"{name}: still {stack['StackStatus']} after {_TIMEOUT_SECONDS:.0f} s")
        time.sleep(_POLL_SECONDS)
    if stack["StackStatus"] not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
        raise DeploymentError(f"{name}: {stack['StackStatus']}{os.linesep}{_failures(cloudformation, stack)}")
    return stack


def _failures(cloudformation: Any, stack: Mapping[str, Any]) -> str:
    events = cloudformation.describe_stack_events(StackName=stack["StackId"])["StackEvents"]
    failures = [
        (
            event["LogicalResourceId"],
            event["ResourceType"],
            event.get("ResourceStatusReason", "no reason given"),
        )
        for event in reversed(events)
        if event["ResourceStatus"].endswith("_FAILED")
    ]
    lines = [f"  {name} ({kind}): {reason}" for name, kind, reason in failures if "cancelled" not in reason]
    return os.linesep.join(lines) or f"  {stack.get('StackStatusReason', 'no reason given')}"


def _outputs(stack: Mapping[str, Any]) -> dict[str, str]:
    return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}
