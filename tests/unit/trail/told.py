"""Whether what a pass says of a role is told by the record: found without the code under test."""

import json
from typing import Any

from passrole.arn import parse_role_arn
from passrole.clock import parse_time
from passrole.passes import Pass, PassedRole


def at(told: Any, path: str) -> Any:
    """The value at a pass's path; keys of maps may hold dots themselves."""
    if not path:
        return told
    if isinstance(told, list):
        index, _, rest = path.partition(".")
        return at(told[int(index)], rest)
    for key, below in told.items():
        if path == key or path.startswith(f"{key}."):
            try:
                return at(below, path[len(key) + 1 :])
            except (KeyError, AttributeError, IndexError, ValueError, TypeError):
                continue
    raise KeyError(path)


def assert_told(pass_: Pass, told: Any) -> None:
    """The role stands in the record where the pass says, and what was made of it is of that text."""
    role = pass_.role
    if pass_.path == "requestParameters":  # they could not be read
        assert role == PassedRole(None, None, None, None)
        return
    path, number, _ = pass_.path.partition("#")
    if "…" not in path:
        stands = at(told, path)
        if role.value is None:
            assert (role.arn, role.name) == (None, None)
        elif number or pass_.path == "errorMessage" or role.value != stands:
            written = stands if isinstance(stands, str) else json.dumps(stands)
            assert role.value in written
            assert pass_.path == "errorMessage" or parse_role_arn(role.value)
    if role.arn is not None:
        assert role.arn == role.value
        parsed = parse_role_arn(role.arn)
        assert parsed is not None
        assert parsed.name == role.name
    elif role.name is not None:
        assert role.name == role.value
    if pass_.event_time is not None:
        parse_time(pass_.event_time)
    json.dumps(pass_.to_json())
