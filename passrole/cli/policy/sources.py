"""The policy that a command is given: guardrail.yaml, or a policy document of IAM's own."""

from dataclasses import dataclass
from pathlib import Path

from passrole.cli.errors import InputError
from passrole.policy import CompiledPolicy, PolicyStatement, Responses
from passrole.policy.errors import PolicyError
from passrole.policy.source.document import Document
from passrole.policy.source.reading import content_of, read_document

_OURS = {"version", "approved"}
_IAMS = {"Version", "Statement"}


@dataclass(frozen=True, slots=True)
class PolicySource:
    """A policy, and where it comes from.

    Attributes:
        compiled: the policy; of an IAM document its statements alone.
        is_guardrail: whether it is a guardrail.yaml.
    """

    compiled: CompiledPolicy
    is_guardrail: bool

    @property
    def statements(self) -> tuple[PolicyStatement, ...]:
        return self.compiled.statements

    @property
    def hash(self) -> str | None:
        """Names the guardrail.yaml; None for IAM's documents."""
        return self.compiled.hash if self.is_guardrail else None


def read_policy(name: str) -> PolicySource:
    """Reads the file, and tells by its content which of the two it is.

    Raises:
        InputError: with every problem of the file, a line each.
    """
    try:
        content = content_of(Path(name))
        document = read_document(content, name)
        if _is_iam(document):
            return PolicySource(CompiledPolicy(_iam_statements(document), Responses()), False)
        from passrole.policy.load import parse_guardrail

        return PolicySource(parse_guardrail(content, name).compiled, True)
    except PolicyError as error:
        raise InputError(str(error)) from None


def _is_iam(document: Document) -> bool:
    data = document.data
    return isinstance(data, dict) and bool(_IAMS & data.keys()) and not _OURS & data.keys()


def _iam_statements(document: Document) -> tuple[PolicyStatement, ...]:
    from passrole.policy.source.iam_document import read_iam

    read = read_iam(document, (), strict=False)
    if document.problems:
        raise PolicyError(tuple(document.problems))
    return read.statements
