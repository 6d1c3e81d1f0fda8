"""Patterns of what quarantine reaches: its own roles and passers, and resources that it leaves alone.

Roles and passers must be named: who may put inline policies on whatever role or user has every right. There
is no request when these patterns are asked, so that policy variables would stand for nothing.
"""

import re

from passrole.policy.source import syntax
from passrole.policy.text import quoted

# AWS changes the roles in these paths; nobody else can. IAM User Guide, "Roles terms and concepts".
_UNCHANGEABLE = ("role/aws-service-role/", "role/aws-reserved/")
_EXAMPLE = "arn:aws:iam::111122223333:user/ci-*"
_PATH_AND_NAME = re.compile(r"[\x21-\x7e]+")


def role(text: str) -> str:
    """A role pattern as in approved entries, but none that every role matches."""
    syntax.role_pattern(text)
    _refuse_variables(text)
    resource = syntax.resource_of(text).split(":", 5)[-1]
    if not resource.removeprefix("role/").strip("*?/"):
        raise ValueError(f"{quoted(text)} is every role; name the roles, or the path that they are in")
    _refuse_unchangeable(resource)
    return text


def passer(text: str) -> str:
    """An ARN pattern of users or of roles, but none that all of them match."""
    syntax.arn_pattern(text)
    _refuse_variables(text)
    _, _, service, region, account, resource = text.split(":", 5)
    if service == "sts":
        raise ValueError("this is the ARN of a session; write the role's: arn:aws:iam::…:role/…")
    if resource == "root":
        raise ValueError("an account's root user takes no inline policy; name users and roles")
    kind, _, path_and_name = resource.partition("/")
    if not resource.strip("*?/") or (kind in ("user", "role") and not path_and_name.strip("*?/")):
        which = f"every {kind}" if kind in ("user", "role") else "everyone"
        raise ValueError(f"{quoted(text)} is {which}; name them, or the path that they are in")
    is_name = kind in ("user", "role") and _PATH_AND_NAME.fullmatch(path_and_name)
    if service != "iam" or region or not is_name:
        raise ValueError(f"{quoted(text)} is no user and no role; expected an ARN such as {_EXAMPLE}")
    if path_and_name.endswith("/"):
        raise ValueError(
            f"no user's or role's ARN ends in a slash: write {quoted(text + '*')} for those below"
        )
    syntax.account_pattern(account)
    _refuse_unchangeable(resource)
    return text


def resource(text: str) -> str:
    """An ARN pattern of resources."""
    syntax.arn_pattern(text)
    _refuse_variables(text)
    return text


def _refuse_variables(text: str) -> None:
    if "${" in text:
        raise ValueError(f"{quoted(text)}: policy variables stand for nothing here; write the values out")


def _refuse_unchangeable(resource: str) -> None:
    if resource.startswith(_UNCHANGEABLE):
        raise ValueError(
            f"only AWS changes the roles in /{resource.split('/')[1]}/ (of services, of Identity Center): "
            "they take no inline policy; name other roles"
        )
