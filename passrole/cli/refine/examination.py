"""From what a command was given to all that there is to say about a role."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from passrole.arn import is_role_name, parse_role_arn
from passrole.cli.errors import InputError
from passrole.cli.refine.asking import Aws
from passrole.cli.refine.result import NOT_ASKED, Failure, Result
from passrole.evidence.snapshot import Snapshot, SnapshotError
from passrole.refine.access import accesses_of
from passrole.refine.accessed import LastAccessed, ReportError, last_accessed_of
from passrole.refine.actions import load_actions
from passrole.refine.policy import Refined, refine
from passrole.refine.role import Role, UnreadError, read_role
from passrole.refine.usage import Usage


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command was given: see its options."""

    role: str
    snapshot: str | None
    reports: tuple[str, ...]
    job: str | None
    days: int
    wait: int
    region: str | None


def examine(asked: Asked) -> Result:
    """All that there is to say about the role.

    Raises:
        InputError: a file cannot be used, the role cannot be read, or AWS does not answer.
    """
    aws = Aws(asked.region)
    role = _role(asked, aws)
    accesses = accesses_of(role.trust, role.arn.account)
    if asked.reports:
        report = _report_in(asked.reports, str(role.arn))
        analysis = NOT_ASKED if asked.snapshot else aws.analysis(role.arn)
        return Result(role, asked.days, accesses, analysis, report, _refined(role, report, asked.days))
    # The report takes a while: what else there is to ask is asked meanwhile.
    job = asked.job or aws.begin(role.arn)
    analysis = aws.analysis(role.arn)
    told = aws.report(job, role.arn, asked.wait)
    if isinstance(told, Failure):
        return Result(role, asked.days, accesses, analysis, job=job, failure=told)
    return Result(role, asked.days, accesses, analysis, told, _refined(role, told, asked.days), job)


def _role(asked: Asked, aws: Aws) -> Role:
    arn = parse_role_arn(asked.role)
    if arn is None and not is_role_name(asked.role):
        raise InputError(f"{asked.role!r} is no role; expected its name, without a path, or its ARN")
    name = arn.name if arn else asked.role
    try:
        role = read_role(Snapshot.read(Path(asked.snapshot)), name) if asked.snapshot else aws.role(name)
    except SnapshotError as error:
        raise InputError(str(error)) from None
    except UnreadError as error:
        raise InputError(f"{asked.snapshot or 'IAM'}: {error}") from None
    if arn is not None and role.arn != arn:
        raise InputError(f"the role of that name is {role.arn}, expected {asked.role}")
    return role


def _refined(role: Role, report: LastAccessed, days: int) -> Refined:
    return refine(role.policies, Usage(report, report.made_at - timedelta(days=days), load_actions()))


def _report_in(files: Sequence[str], role: str) -> LastAccessed:
    expected = "expected the output of: aws iam get-service-last-accessed-details"
    try:
        return last_accessed_of([_json(file) for file in files], role)
    except ReportError as error:
        raise InputError(f"{files[-1]}: {error}; {expected}") from None


def _json(file: str) -> Any:
    try:
        return json.loads(Path(file).read_bytes())
    except OSError as error:
        raise InputError(f"{file}: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise InputError(f"{file}: not JSON ({error})") from None
