"""The policy as an identity policy: what it allows, some statement of the guardrail's policy allows."""

from collections.abc import Iterator

from passrole.language import Effect
from passrole.policy.compiled import CompiledPolicy, PolicyStatement, Stage
from passrole.policy.exchange.export import Export, IamStatement, note
from passrole.policy.exchange.statement import InexactError, iam_statement

IDENTITY_LIMIT = 6144  # characters of a managed policy, without white space


def export_identity(policy: CompiledPolicy, partition: str) -> Export:
    """The statements that IAM can express exactly; the others are left out, and noted.

    An Allow is never widened. A Deny that is left out means that IAM allows what the guardrail still denies.
    """
    statements: list[IamStatement] = []
    notes: list[str] = []
    for statement in policy.statements:
        try:
            statements.append(exact_statement(statement, partition))
        except InexactError as error:
            notes.append(note(statement.sid, f"left out: {error}"))
    notes.extend(_exemptions(policy))
    return Export(tuple(statements), tuple(dict.fromkeys(notes)))


def exact_statement(statement: PolicyStatement, partition: str) -> IamStatement:
    """A statement of the policy in IAM's grammar.

    Raises:
        InexactError: it cannot be expressed, or the policy wants it observed only.
    """
    if statement.effect is Effect.DENY and statement.response is Stage.OBSERVE:
        raise InexactError("the policy only observes what it denies; IAM would refuse it")
    return iam_statement(statement, partition)


def _exemptions(policy: CompiledPolicy) -> Iterator[str]:
    for exemption in policy.exemptions:
        yield note(exemption.name, "left out: identity policies have no exemptions")
