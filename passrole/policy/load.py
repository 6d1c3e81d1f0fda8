"""guardrail.yaml, read and checked: for the command line and the synthesis of the stacks, not for functions.

Every problem is found in one go and told with its place; a file with problems yields no policy at all.
"""

from datetime import date
from pathlib import Path

from pydantic import ValidationError

from passrole.clock import utc_now
from passrole.policy.compiled import CompiledPolicy, PolicyStatement, Responses
from passrole.policy.errors import PolicyError, Position, Problem
from passrole.policy.settings import Guardrail, Settings
from passrole.policy.source import checks, consistency, exemptions
from passrole.policy.source.alerts import alerts_of
from passrole.policy.source.document import Document, Plain
from passrole.policy.source.explain_errors import add_validation_error
from passrole.policy.source.iam_document import NOTHING_READ, read_iam
from passrole.policy.source.leave_out import left_out_of
from passrole.policy.source.models import GuardrailFile
from passrole.policy.source.quarantine import rules_of
from passrole.policy.source.reading import content_of, read_document
from passrole.policy.source.statements import statements_of
from passrole.policy.source.sweep import sweep_of


def load_guardrail(path: Path, today: date | None = None) -> Guardrail:
    """Reads and checks the guardrail.yaml at ``path``.

    Args:
        today: the day, in UTC, by which exemptions are looked at; that of the clock if None. What is compiled
            is the same on any day.

    Raises:
        PolicyError: with every problem of the file, in its order.
    """
    return parse_guardrail(content_of(path), str(path), today)


def parse_guardrail(content: bytes, file: str = "guardrail.yaml", today: date | None = None) -> Guardrail:
    """The same for content at hand; ``file`` is what the messages call it.

    Raises:
        PolicyError: with every problem of the content, in its order.
    """
    today = today or utc_now().date()
    document = read_document(content, file)
    if isinstance(document.data, Plain) and not document.problems:
        document.add((), "the file is empty; expected at least version and approved")
        raise PolicyError(tuple(document.problems))
    model = None
    try:
        model = GuardrailFile.model_validate(document.data)
    except ValidationError as error:
        add_validation_error(document, error)
    iam = read_iam(document, ("statements",), strict=True) if _has_statements(document) else NOTHING_READ
    consistency.add_problems(document)
    exemptions.add_problems(document, today)
    if document.problems or model is None:
        raise PolicyError(tuple(document.problems) or _unexplained(file))
    compiled = _compiled(model, iam.statements)
    doubts = (*iam.doubts, *exemptions.doubts(model, today))
    return Guardrail(_settings(model), compiled, consistency.warnings(document, model, compiled, doubts))


def _unexplained(file: str) -> tuple[Problem, ...]:
    return (Problem(file, Position(1, 1), (), "not a guardrail.yaml of version 1"),)


def _settings(model: GuardrailFile) -> Settings:
    return Settings(
        regions=tuple(model.regions),
        alerts=alerts_of(model.alerts),
        operators=tuple(model.operators),
        left_out=left_out_of(model.catalogue.leave_out),
        sweep=sweep_of(model.sweep),
    )


def _has_statements(document: Document) -> bool:
    return isinstance(document.data, dict) and isinstance(document.data.get("statements"), list)


def _compiled(model: GuardrailFile, iam: tuple[PolicyStatement, ...]) -> CompiledPolicy:
    response = model.response
    return CompiledPolicy(
        statements=(
            *(s for entry in model.approved for s in statements_of(entry)),
            *iam,
            *(s for statements in checks.statements_of(model.checks) for s in statements),
        ),
        responses=Responses(
            violation=response.violation,
            undetermined=response.undetermined,
            denied=response.denied,
            failed=response.failed,
            existing=response.existing,
            services=dict(response.services),
            checks=dict(response.checks),
            accounts=dict(response.accounts),
            severities={str(severity): stage for severity, stage in response.severities.items()},
        ),
        quarantine=rules_of(model.quarantine),
        exemptions=tuple(e for entry in model.exemptions for e in exemptions.exemptions_of(entry)),
        left_out=left_out_of(model.catalogue.leave_out),
    )
