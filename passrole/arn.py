"""The one ARN parser: nothing else in the project takes an ARN apart.

Sources: the ARN format page of the AWS General Reference, and "IAM identifiers" of the IAM User Guide
(a role's name is the last part of the resource, its path is what lies before it).
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Self

# ASCII only, whole string only: a look-alike letter or a trailing newline makes no ARN.
_PARTITION = r"aws(?:-[a-z]+)*"
_ARN = re.compile(
    rf"arn:({_PARTITION}):([a-z0-9-]+):([a-z0-9-]*):([0-9]{{12}}|aws|):([\x21-\x7e][\x20-\x7e]*)"
)
_PATH = r"/(?:[\x21-\x7e]{1,510}/)?"
_NAME = r"[A-Za-z0-9_+=,.@-]"
_ROLE = re.compile(rf"arn:({_PARTITION}):iam::([0-9]{{12}}):role({_PATH})({_NAME}{{1,64}})")
_PROFILE = re.compile(rf"arn:({_PARTITION}):iam::([0-9]{{12}}):instance-profile({_PATH})({_NAME}{{1,128}})")
_USER = re.compile(rf"arn:({_PARTITION}):iam::([0-9]{{12}}):user({_PATH})({_NAME}{{1,64}})")
_ROLE_NAME = re.compile(rf"{_NAME}{{1,64}}")
_PROFILE_NAME = re.compile(rf"{_NAME}{{1,128}}")
_LONGEST = 2048  # characters; no ARN of IAM has half as many
_REGION_OF_GLOBAL = {"aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1", "aws-eusc": "eusc-de-east-1"}
_PARTITION_OF_REGION = (("cn-", "aws-cn"), ("us-gov-", "aws-us-gov"), ("eusc-", "aws-eusc"))


@dataclass(frozen=True, slots=True)
class Arn:
    """Any ARN: ``arn:partition:service:region:account:resource``."""

    partition: str
    service: str
    region: str
    account: str
    resource: str

    @classmethod
    def parse(cls, text: object) -> Self | None:
        """The ARN that ``text`` is, or None if it is no well-formed ARN."""
        found = _ARN.fullmatch(text) if isinstance(text, str) else None
        return cls(*found.groups()) if found else None

    def __str__(self) -> str:
        return f"arn:{self.partition}:{self.service}:{self.region}:{self.account}:{self.resource}"


@dataclass(frozen=True, slots=True)
class IamArn:
    """The ARN of an IAM role, user or instance profile, with path and name apart.

    ``path`` begins and ends with a slash, as IAM's API gives it (``/`` if there is none).
    """

    partition: str
    account: str
    path: str
    name: str
    type: str

    def __str__(self) -> str:
        return f"arn:{self.partition}:iam::{self.account}:{self.type}{self.path}{self.name}"


def arn_parts(text: str) -> tuple[str, ...] | None:
    """Partition, service, region, account and resource of an ARN; None if ``text`` is none."""
    found = _ARN.fullmatch(text)
    return found.groups() if found else None


def is_arn(text: object) -> bool:
    """Whether ``text`` is a well-formed ARN."""
    return isinstance(text, str) and _ARN.fullmatch(text) is not None


def parse_role_arn(text: object) -> IamArn | None:
    """The role ARN that ``text`` is, or None."""
    return _iam_arn(_ROLE, text, "role")


def role_name_in(text: str) -> str | None:
    """The role's name in its ARN, or None if ``text`` is no role's ARN."""
    found = _ROLE.fullmatch(text)
    return found[4] if found else None


def parse_instance_profile_arn(text: object) -> IamArn | None:
    """The instance profile ARN that ``text`` is, or None."""
    return _iam_arn(_PROFILE, text, "instance-profile")


def parse_user_arn(text: object) -> IamArn | None:
    """The user ARN that ``text`` is, or None."""
    return _iam_arn(_USER, text, "user")


def is_role_name(text: object) -> bool:
    """Whether ``text`` can be a role's name (no path)."""
    return isinstance(text, str) and _ROLE_NAME.fullmatch(text) is not None


def is_instance_profile_name(text: object) -> bool:
    """Whether ``text`` can be an instance profile's name (no path)."""
    return isinstance(text, str) and _PROFILE_NAME.fullmatch(text) is not None


def partition_of(region: str | None) -> str:
    """The partition that a region belongs to (``aws`` unless its prefix says otherwise)."""
    if region:
        for prefix, partition in _PARTITION_OF_REGION:
            if region.startswith(prefix):
                return partition
    return "aws"


def region_of_global(partition: str) -> str:
    """A region whose clients reach what a partition has once, as IAM: one of another partition does not."""
    return _REGION_OF_GLOBAL.get(partition, "us-east-1")


def _iam_arn(pattern: re.Pattern[str], text: object, type_: str) -> IamArn | None:
    if not isinstance(text, str) or len(text) > _LONGEST:
        return None
    return _iam_arn_of(pattern, text, type_)


# The same few roles are passed again and again, and each pass is asked for its role's account often.
@lru_cache(maxsize=1024)
def _iam_arn_of(pattern: re.Pattern[str], text: str, type_: str) -> IamArn | None:
    found = pattern.fullmatch(text)
    if not found:
        return None
    partition, account, path, name = found.groups()
    return IamArn(partition, account, path, name, type_)
