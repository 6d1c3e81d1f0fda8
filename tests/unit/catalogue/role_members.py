"""What of an API's shapes names a role: the tests' own rule, which knows nothing of the catalogue's paths."""

import re

from botocore.model import Shape

ACCOUNT = "111122223333"
_ROLE = re.compile(r"[Rr]oles?(?![a-z])|ROLE|IamInstanceProfile|[Ii]nstanceProfile")
_PROFILE = re.compile(r"[Ii]nstance_?[Pp]rofile")
# Instance profiles that older APIs call roles (AWS Batch, EMR).
_PROFILES_CALLED_ROLES = ("instanceRole", "JobFlowRole")
_IN_PATTERN = re.compile(r"iam:.{0,40}role")
_IN_WORDS = re.compile(
    r"(?:ARN|Amazon Resource Names?)(?:\s|\(ARNs?\)|</?[a-z]+>)*\s*(?:of|for)\s+(?:the|an|a|your|this)\s+"
    r"(?:[\w-]+\s+){0,3}?(?:IAM|Identity and Access Management|service|execution)[\w\s()-]{0,30}\broles?\b"
    r"|specify an IAM role for",
    re.IGNORECASE,
)


def is_role_like(name: str, parent: str, shape: Shape) -> bool:
    """Whether a text member looks like it names a role or an instance profile.

    Goes by the member's name (lists and maps hand theirs down), by the pattern of its values, and by what its
    documentation says it is the ARN of.
    """
    if shape.type_name != "string" or getattr(shape, "enum", None):
        return False
    pattern = str(shape.metadata.get("pattern", ""))
    return bool(
        _ROLE.search(name)
        or _is_profile(name, parent)
        or _IN_PATTERN.search(pattern)
        or _IN_WORDS.search(shape.documentation or "")
    )


def role_for(shape: Shape, name: str, parent: str, number: int) -> str:
    """A value of its own for a role-like member: an ARN where the shape allows one, else a name."""
    arn, plain = profile(number) if _is_profile(name, parent) else role(number)
    is_name = name.lower().endswith("name") and (_is_profile(name, parent) or not _takes(shape, arn))
    return plain if is_name or (_takes(shape, plain) and not _takes(shape, arn)) else arn


def role(number: int) -> tuple[str, str]:
    """The ARN and the name of a role."""
    return f"arn:aws:iam::{ACCOUNT}:role/team/role-{number}", f"role-{number}"


def profile(number: int) -> tuple[str, str]:
    """The ARN and the name of an instance profile."""
    return f"arn:aws:iam::{ACCOUNT}:instance-profile/team/profile-{number}", f"profile-{number}"


def _is_profile(name: str, parent: str) -> bool:
    if name in _PROFILES_CALLED_ROLES or _PROFILE.search(name):
        return True
    return _PROFILE.search(parent) is not None and name.lower() in ("arn", "name")


def _takes(shape: Shape, value: str) -> bool:
    if len(value) > int(shape.metadata.get("max", 10_000)):
        return False
    pattern = shape.metadata.get("pattern")
    if pattern is None:
        return True
    try:
        return re.fullmatch(pattern, value) is not None
    except re.error:  # of another dialect
        return True
