"""What the rules of quarantine reach: ARNs and role names against the patterns of guardrail.yaml."""

from passrole.arn import role_name_in
from passrole.language.wildcards import arn_matches, matches


def reaches(patterns: tuple[str, ...], arn: str) -> bool:
    """Whether one of the patterns matches an ARN, its six parts apart.

    A pattern without colons is of role names: it matches roles in whatever path. As an ARN pattern it would
    match too much, as a wildcard there spans slashes.
    """
    name = role_name_in(arn)
    return any(
        arn_matches(pattern, arn) if ":" in pattern else name is not None and matches(pattern, name)
        for pattern in patterns
    )
