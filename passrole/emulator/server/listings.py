"""Corrections of what MiniStack 1.5.33 lists: pages that end early or repeat, and roles that are left out."""

import importlib
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

_ALL = "1000000"
Answer = tuple[int, dict[str, str], Any]


def install() -> None:
    """Apply every correction."""
    _page("ministack.services.pipes", "_list_pipes", "Pipes", "Limit")
    _page("ministack.services.scheduler", "_list_schedules", "Schedules", "MaxResults")
    _show_profiles_of_launch_configurations()
    _show_roles_of_stacks()


def _page(module: str, function: str, key: str, size_parameter: str) -> None:
    """List by pages whose token is the number of what came before: MiniStack takes no notice of a token."""
    service: Any = importlib.import_module(module)
    original: Callable[[Mapping[str, Any]], Answer] = getattr(service, function)

    def listed(query: Mapping[str, Any]) -> Answer:
        status, headers, body = original({**query, size_parameter: _ALL})
        if status != 200:
            return status, headers, body
        items = json.loads(body)[key]
        start = int(_first(query.get("NextToken")) or 0)
        end = start + int(_first(query.get(size_parameter)) or 100)
        page = {key: items[start:end], **({"NextToken": str(end)} if end < len(items) else {})}
        return status, headers, json.dumps(page).encode()

    setattr(service, function, listed)


def _show_profiles_of_launch_configurations() -> None:
    autoscaling: Any = importlib.import_module("ministack.services.autoscaling")
    handlers: dict[str, Callable[[Any], Answer]] = autoscaling._ACTION_MAP
    create, describe = handlers["CreateLaunchConfiguration"], handlers["DescribeLaunchConfigurations"]

    def create_launch_configuration(parameters: Any) -> Answer:
        answer = create(parameters)
        profile = autoscaling._p(parameters, "IamInstanceProfile")
        if answer[0] == 200 and profile:
            name = autoscaling._p(parameters, "LaunchConfigurationName")
            autoscaling._launch_configs[name]["IamInstanceProfile"] = profile
        return answer

    def profile_of(name: str) -> str | None:
        found: str | None = autoscaling._launch_configs[name].get("IamInstanceProfile")
        return found

    def describe_launch_configurations(parameters: Any) -> Answer:
        return _with(describe(parameters), "LaunchConfigurationName", "IamInstanceProfile", profile_of)

    handlers["CreateLaunchConfiguration"] = create_launch_configuration
    handlers["DescribeLaunchConfigurations"] = describe_launch_configurations


def _show_roles_of_stacks() -> None:
    """A stack's own role stays with it until an update names another."""
    stacks: Any = importlib.import_module("ministack.services.cloudformation.handlers")
    handlers: dict[str, Callable[[Any], Answer]] = stacks._ACTION_HANDLERS
    describe = handlers["DescribeStacks"]

    def keeping(change: Callable[[Any], Answer]) -> Callable[[Any], Answer]:
        def changed(parameters: Any) -> Answer:
            answer = change(parameters)
            role = stacks._p(parameters, "RoleARN")
            if answer[0] == 200 and role:
                stacks._resolve_stack(stacks._p(parameters, "StackName"))["RoleARN"] = role
            return answer

        return changed

    def role_of(stack_id: str) -> str | None:
        role: str | None = stacks._resolve_stack(stack_id).get("RoleARN")
        return role

    def describe_stacks(parameters: Any) -> Answer:
        return _with(describe(parameters), "StackId", "RoleARN", role_of)

    handlers["CreateStack"] = keeping(handlers["CreateStack"])
    handlers["UpdateStack"] = keeping(handlers["UpdateStack"])
    handlers["DescribeStacks"] = describe_stacks


def _with(answer: Answer, tag: str, added: str, value_of: Callable[[str], str | None]) -> Answer:
    """An answer in XML with an element more after each of one tag, where there is a value for its text."""
    status, headers, body = answer

    def element(found: re.Match[str]) -> str:
        value = value_of(found[1])
        return f"{found[0]}<{added}>{value}</{added}>" if value else found[0]

    if status != 200:
        return answer
    return status, headers, re.sub(f"<{tag}>([^<]*)</{tag}>", element, body.decode()).encode()


def _first(value: Any) -> Any:
    return value[0] if isinstance(value, list) else value
