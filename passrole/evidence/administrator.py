"""Whether a policy makes an administrator of its role: pure, and raises on no document.

What counts is one statement that allows all actions on all resources without a condition, or what amounts to
it: all actions of IAM on all that IAM holds, with which a role gives itself the rest. Denials are not looked
at, nor what several statements allow together: a policy can be as dangerous without counting here.
"""

from collections.abc import Mapping
from typing import Any

from passrole.arn import Arn
from passrole.evidence.documents import allow_statements, texts_of
from passrole.language.context import fold
from passrole.language.wildcards import matches

_IAM_ACTIONS = "iam:"
_IAM_ARN = ("arn", None, "iam", "", None)  # partition and account may be named
_ARN_COLONS = 5


def is_administrator_access(policy_arn: str) -> bool:
    """Whether a managed policy is AWS's AdministratorAccess, in whatever partition."""
    arn = Arn.parse(policy_arn)
    return arn is not None and (arn.service, arn.account, arn.resource) == (
        "iam",
        "aws",
        "policy/AdministratorAccess",
    )


def allows_everything(document: object) -> bool:
    """Whether a policy document makes an administrator."""
    return any(
        not statement.get("condition") and _of_all_actions(statement) and _of_all_resources(statement)
        for statement in allow_statements(document)
    )


def _of_all_actions(statement: Mapping[str, Any]) -> bool:
    if "notaction" in statement:
        # Most of IAM is as good as all of it: only what leaves out the whole of it is no administrator's.
        exceptions = texts_of(statement["notaction"])
        return bool(exceptions) and not any(map(_takes_in_iam, exceptions))
    return any(map(_takes_in_iam, texts_of(statement.get("action"))))


def _of_all_resources(statement: Mapping[str, Any]) -> bool:
    if "notresource" in statement:
        exceptions = texts_of(statement["notresource"])
        return bool(exceptions) and not any(map(_is_all_of_iam, exceptions))
    return any(map(_is_all_of_iam, texts_of(statement.get("resource"))))


def _takes_in_iam(pattern: str) -> bool:
    """Whether an action pattern matches every action of IAM: it ends open, and its beginning fits."""
    folded = fold(pattern)
    beginning = folded.rstrip("*?")
    return "*" in folded[len(beginning) :] and matches(f"{beginning}*", _IAM_ACTIONS)


def _is_all_of_iam(pattern: str) -> bool:
    """Whether a resource pattern matches every ARN of IAM, of some account."""
    *earlier, last = pattern.split(":", _ARN_COLONS)
    return set(last) == {"*"} and all(
        needed is None or matches(part, needed) for part, needed in zip(earlier, _IAM_ARN, strict=False)
    )
