"""One statement of the policy as IAM's own: exactly, or not at all."""

from collections.abc import Iterator

from passrole.language import Condition, fold
from passrole.language.statement import PASS_ROLE
from passrole.language.variables import template
from passrole.language.wildcards import matches
from passrole.policy.compiled import PolicyStatement
from passrole.policy.exchange.conditions import Block, added
from passrole.policy.exchange.export import ACTION, IamStatement, one_or_more
from passrole.policy.exchange.resources import resource_of, without_covered
from passrole.policy.exchange.roles import narrowed

SERVICE = "iam:passedtoservice"
ASSOCIATED = "iam:associatedresourcearn"
CHINA = "aws-cn"
_OF_PASS_ROLE = (SERVICE, ASSOCIATED)
_NOT_DECIDED = ("role:tag/", "aws:resourcetag/", "iam:resourcetag/")
_OF_OTHER_REQUESTS = ("aws:requesttag/", "aws:tagkeys")
_PLACED = ("role:name", "role:path", "role:arn", "role:account", "role:servicelinked")
_WHY = {
    "pass:action": "IAM does not know which call passes the role",
    "pass:outcome": "IAM decides before there is an outcome",
    "role:name": "as a resource, a pattern of names would match other paths too: * spans slashes",
    "role:path": "as a resource, this path would match those below it too: * spans slashes",
}


class InexactError(Exception):
    """IAM cannot express the statement; the message says why."""


def iam_statement(statement: PolicyStatement, partition: str) -> IamStatement:
    """The statement in IAM's grammar, for the roles of one partition.

    Raises:
        InexactError: IAM cannot say it, or it is about no role of that partition.
    """
    _check_action(statement)
    placed = [c for c in statement.conditions if fold(c.key) in _PLACED]
    written: IamStatement = {"Sid": statement.sid, "Effect": str(statement.effect), "Action": ACTION}
    name, patterns = _resources(statement, placed, partition)
    written[name] = one_or_more(patterns)
    conditions: Block = {}
    for condition in statement.conditions:
        if condition in placed:
            continue
        _check_key(condition.key)
        for key in sorted(condition.keys - {fold(condition.key)}):
            _check_key(key)
        values = tuple(_values(condition, partition))
        if not added(conditions, condition.operator, condition.key, values):
            raise InexactError(f"IAM takes only one {condition.operator} on {condition.key} in a statement")
    if conditions:
        written["Condition"] = conditions
    return written


def spelled(text: str, variables: bool) -> str:
    """A value in the language of 2012-10-17: where there were no variables, what looks like one is text."""
    return text if variables else text.replace("${", "${$}{")


def concerns_every_pass(statement: PolicyStatement) -> bool:
    """Whether its actions take in iam:PassRole, whatever call passes the role."""
    return statement.actions is not None and _names_pass_role(statement.actions)


def concerns_no_pass(statement: PolicyStatement) -> bool:
    """Whether it excludes iam:PassRole, and so every pass."""
    return statement.not_actions is not None and _names_pass_role(statement.not_actions)


def is_known_to_iam(key: str) -> bool:
    """Whether IAM may have a condition key, by its folded name, when it decides iam:PassRole."""
    if key in _OF_PASS_ROLE:
        return True
    return key.startswith("aws:") and not key.startswith((*_NOT_DECIDED, *_OF_OTHER_REQUESTS))


def _check_action(statement: PolicyStatement) -> None:
    if concerns_no_pass(statement):
        raise InexactError("it is not about iam:PassRole")
    if not concerns_every_pass(statement):
        raise InexactError(_reason("pass:Action"))


def _check_key(key: str) -> None:
    if not is_known_to_iam(fold(key)):
        raise InexactError(_reason(key))


def _resources(
    statement: PolicyStatement, placed: list[Condition], partition: str
) -> tuple[str, tuple[str, ...]]:
    """``Resource`` or ``NotResource``, and its patterns."""
    given = statement.not_resources if statement.not_resources is not None else statement.resources or ()
    found = []
    for pattern in given:
        text = spelled(pattern, statement.variables)
        for key in template(text, wildcards=True, variables=True).keys:
            _check_key(key)
        resource = resource_of(text, partition)
        if resource is not None and not resource.exact:
            raise InexactError(f"IAM takes no such resource for a role: {pattern}")
        if resource is not None:
            found.append(resource.text)
    patterns = without_covered(found)
    if statement.not_resources is not None:
        if placed:
            raise InexactError(_reason(placed[0].key))
        return ("NotResource", patterns) if patterns else ("Resource", ("*",))
    for condition in placed:
        narrow = narrowed(patterns, condition, partition)
        if not narrow.exact:
            raise InexactError(_reason(condition.key))
        patterns = narrow.patterns
    if not patterns:
        raise InexactError(f"it is about no role of the partition {partition}")
    return "Resource", patterns


def _values(condition: Condition, partition: str) -> Iterator[str]:
    for value in condition.values:
        yield spelled(value, condition.variables)
        # guardrail.yaml names a service alike in every partition; IAM in China has names of its own.
        if partition == CHINA and fold(condition.key) == SERVICE and value.endswith(".amazonaws.com"):
            yield f"{value}.cn"


def _reason(key: str) -> str:
    """Why IAM cannot decide by a key."""
    why = _WHY.get(fold(key), "IAM does not know it when it decides iam:PassRole")
    if fold(key).startswith(_NOT_DECIDED):
        why = "IAM cannot decide iam:PassRole by the role's tags"
    return f"{why} ({key})"


def _names_pass_role(actions: tuple[str, ...]) -> bool:
    return any(matches(fold(action), PASS_ROLE) for action in actions)
