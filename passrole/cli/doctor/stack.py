"""The deployed guard's stacks, rules and functions."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from botocore.exceptions import ClientError

from passrole.cli.aws import code_of
from passrole.cli.doctor.checks import Check, Clients, doubtful, fine, guarded, wrong
from passrole.stack import Output

_ON = ("ENABLED", "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS")
_MAPPING_ON = ("Creating", "Enabling", "Enabled", "Updating")
_FUNCTION = "FunctionName"


def describe_stack(clients: Clients, region: str, stack: str) -> dict[str, Any] | None:
    """A stack as CloudFormation describes it; None if there is none.

    Raises:
        ClientError, BotoCoreError: CloudFormation does not tell.
    """
    try:
        described: dict[str, Any] = clients("cloudformation", region).describe_stacks(StackName=stack)[
            "Stacks"
        ][0]
    except ClientError as error:
        if code_of(error) == "ValidationError":
            return None
        raise
    return described


def stack_check(about: str, described: Mapping[str, Any]) -> Check:
    """Whether a stack is complete."""
    state, name = described["StackStatus"], described["StackName"]
    if state.endswith("_IN_PROGRESS"):
        return doubtful(about, f"{name} is changing now ({state})", "look again when it is done")
    if state == "UPDATE_ROLLBACK_COMPLETE":
        return doubtful(
            about, f"the latest change of {name} was undone ({state})", "deploy again, and read its events"
        )
    if state in ("CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE"):
        return fine(about, f"{name} is deployed")
    return wrong(about, f"{name} is {state}", "read the stack's events, and deploy again")


def rule_checks(clients: Clients, region: str, names: Sequence[str]) -> Iterator[Check]:
    """Whether each rule is there, on, and has a target."""
    about, events = f"rules {region}", clients("events", region)
    faults = [f"{name}: {fault}" for name in names if (fault := _rule_fault(events, name))]
    if faults:
        yield wrong(
            about, "; ".join(faults), "deploy again; and find out who changed them: the guard is blind there"
        )
    elif not names:
        yield wrong(about, "the stack has no rules", "deploy again")
    else:
        yield fine(about, f"all {len(names)} are on, each with a target")


def forwarding_checks(clients: Clients, stack: str, region: str) -> Iterator[Check]:
    """The same for a further region, whose rules only its stack can name."""
    about, name = f"stack {region}", f"{stack}-{region}"
    described = describe_stack(clients, region, name)
    if described is None:
        yield wrong(
            about,
            f"{name} is not deployed: nothing that happens there is seen",
            "deploy all stacks: make deploy",
        )
        return
    yield stack_check(about, described)
    pages = clients("cloudformation", region).get_paginator("list_stack_resources").paginate(StackName=name)
    resources = [resource for page in pages for resource in page["StackResourceSummaries"]]
    rules = [r["PhysicalResourceId"] for r in resources if r["ResourceType"] == "AWS::Events::Rule"]
    yield from rule_checks(clients, region, rules)


def function_checks(clients: Clients, region: str, outputs: Mapping[str, str]) -> Iterator[Check]:
    """Whether each function can run, and is fed."""
    client = clients("lambda", region)
    for output, name in sorted(outputs.items()):
        if not output.endswith(_FUNCTION):
            continue
        about = f"function {output.removesuffix(_FUNCTION).lower()}"
        yield from guarded(about, _function(about, client, name))


def rule_names(outputs: Mapping[str, str]) -> list[str]:
    """The rules that the stack's output names."""
    return [name for name in outputs.get(Output.RULE_NAMES, "").split(",") if name]


def _rule_fault(events: Any, name: str) -> str | None:
    try:
        state = events.describe_rule(Name=name)["State"]
    except ClientError as error:
        if code_of(error) != "ResourceNotFoundException":
            raise
        return "it is gone"
    if state not in _ON:
        return "it is switched off"
    return None if events.list_targets_by_rule(Rule=name)["Targets"] else "it has no target"


def _function(about: str, client: Any, name: str) -> Iterator[Check]:
    fault = _function_fault(client, name)
    yield wrong(about, fault, f"look at {name}; deploy again") if fault else fine(about, "active")


def _function_fault(client: Any, name: str) -> str | None:
    try:
        configuration = client.get_function_configuration(FunctionName=name)
    except ClientError as error:
        if code_of(error) != "ResourceNotFoundException":
            raise
        return f"{name} is gone"
    state = configuration.get("State", "Active")
    if state in ("Failed", "Pending"):
        return f"its state is {state}: {configuration.get('StateReason', 'no reason given')}"
    if configuration.get("LastUpdateStatus") == "Failed":
        return f"its latest update failed: {configuration.get('LastUpdateStatusReason', 'no reason given')}"
    if client.get_function_concurrency(FunctionName=name).get("ReservedConcurrentExecutions") == 0:
        return "its reserved concurrency is 0: it cannot run"
    mappings = client.list_event_source_mappings(FunctionName=name)["EventSourceMappings"]
    off = [mapping["UUID"] for mapping in mappings if mapping["State"] not in _MAPPING_ON]
    return f"its event source mapping {off[0]} is off" if off else None
