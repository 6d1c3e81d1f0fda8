"""What is wrong with trust in a provider of OpenID Connect: who of those whom it vouches for get the role.

Sources: "Create a role for OpenID Connect federation" and "Available keys for AWS OIDC federation" of the IAM
User Guide, and GitHub's "OpenID Connect reference" for the form of ``sub``.
"""

import re
from collections.abc import Iterator

from passrole.language.context import fold
from passrole.refine.conditions import Condition

_PREFIX = ":oidc-provider/"
# Where everybody can sign in, and the application is what tells them apart.
_OF_APPLICATION = {
    "cognito-identity.amazonaws.com": "aud",
    "accounts.google.com": "aud",
    "graph.facebook.com": "app_id",
    "www.amazon.com": "app_id",
}
_BEFORE_WILDCARD = re.compile(r"[^*?]*(?=[*?])")
# GitHub, GitLab, Terraform and Buildkite, CircleCI name the owner behind one of these; others in front.
_OWNER = re.compile(r"(?:repo:|project_path:|organization:|org/)?+[^/:]+[/:]")


def problem_of_oidc(principal: str, conditions: tuple[Condition, ...]) -> str | None:
    """Why too many get the role by this provider; None if nothing is wrong."""
    provider = fold(principal.rpartition(_PREFIX)[2])
    claim = _OF_APPLICATION.get(provider, "sub")
    asked = [c for c in conditions if c.demands and fold(c.key) == f"{provider}:{claim}"]
    if not asked:
        who = "everybody whom it vouches for" if claim == "sub" else "users of every application"
        return f"{provider}:{claim} is not asked for: {who} can take the role"
    # All conditions hold, and of one any value does: the narrowest condition counts.
    wild = [list(_open_values(condition)) for condition in asked]
    if not all(wild):
        return None
    values = wild[0]
    of_many = [value for value, is_of_one_owner in values if not is_of_one_owner]
    if of_many:
        return f"{provider}:{claim} may be {of_many[0]}, which fits more than one owner"
    return f"{provider}:{claim} may be {values[0][0]}: all that fits it can take the role"


def _open_values(condition: Condition) -> Iterator[tuple[str, bool]]:
    """The values with wildcards, each with whether what stands before the first names an owner."""
    for value in condition.values if condition.takes_wildcards else ():
        if before := _BEFORE_WILDCARD.match(value):
            yield value, _OWNER.match(before[0]) is not None
