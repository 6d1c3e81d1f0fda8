"""What the commands that judge passes are given: guardrail.yaml, and what is known about roles."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from passrole.cli.errors import InputError
from passrole.evidence.snapshot import NoIam, Snapshot, SnapshotError
from passrole.evidence.wanted import Wanted

if TYPE_CHECKING:
    from passrole.policy import CompiledPolicy


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
        expected = "" if os.path.exists(name) else "; expected a policy, as docs/policy.md has it"
        raise InputError(f"{error}{expected}") from None


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
