"""What the commands that judge passes are given: guardrail.yaml, and what is known about roles."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from passrole.cli.errors import InputError
from passrole.cli.judged import Judged
from passrole.evidence import Evidence
from passrole.evidence.snapshot import NoIam, Snapshot, SnapshotError
from passrole.evidence.wanted import Wanted
from passrole.passes import Pass
from passrole.policy import Decision, Stage, Verdict, evaluate, stage_for
from passrole.severity import severity_of

if TYPE_CHECKING:
    from passrole.detection import EvidenceSource
    from passrole.policy import CompiledPolicy

_OF_NO_CONCERN = (Decision.APPROVED, Decision.EXEMPT)


def read_guardrail(name: str) -> "CompiledPolicy":
    """Reads guardrail.yaml.

    Raises:
        InputError: with every problem of the file, a line each.
    """
    from passrole.policy.errors import PolicyError
    from passrole.policy.load import load_guardrail

    try:
        return load_guardrail(Path(name)).compiled
    except PolicyError as error:
        raise InputError(str(error)) from None


def read_evidence(snapshot: str | None, *policies: "CompiledPolicy") -> Snapshot | NoIam:
    """Where the policies' conditions are answered from: the snapshot file, or the records alone.

    Raises:
        InputError: the file is no snapshot.
    """
    wanted = wanted_by(*policies)
    if snapshot is None:
        return NoIam(wanted=wanted)
    try:
        return Snapshot.read(Path(snapshot), wanted)
    except SnapshotError as error:
        raise InputError(str(error)) from None


def wanted_by(*policies: "CompiledPolicy") -> Wanted:
    """What the conditions of policies ask for."""
    return Wanted.of(frozenset().union(*(policy.keys for policy in policies)))


def judge(
    policy: "CompiledPolicy",
    pass_: Pass,
    known: Evidence,
    source: "EvidenceSource",
    stage: Callable[["CompiledPolicy", Pass, Verdict], Stage] = stage_for,
) -> Judged:
    """The verdict on a pass, with severity and response where there is something to respond to.

    Args:
        known: what is known of its role.
        source: where what only a finding wants comes from.
    """
    verdict = evaluate(policy, pass_, known, known.observed_at)
    if verdict.decision in _OF_NO_CONCERN:
        return Judged(pass_, verdict, None, None)
    severity = severity_of(pass_, verdict, source.with_administrator(pass_, known))
    return Judged(pass_, verdict, severity, stage(policy, pass_, verdict))
