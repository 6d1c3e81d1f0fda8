"""Evidence from a file: what ``aws iam get-account-authorization-details`` prints."""

import json
from pathlib import Path
from typing import Any

from passrole.clock import Clock, utc_now
from passrole.evidence.facts import Evidence, Unknown
from passrole.evidence.resolve import Description, gather
from passrole.evidence.snapshot_shape import ShapeError, check_details
from passrole.passes import Pass


class SnapshotError(ValueError):
    """The file is no snapshot; the message names the file and what was expected."""


class Snapshot:
    """Roles and instance profiles as they were when the snapshot was taken."""

    def __init__(self, details: dict[str, Any], clock: Clock = utc_now) -> None:
        roles = details["RoleDetailList"]
        self._roles = {role["RoleName"]: role for role in roles}
        self._profiles = {
            p["InstanceProfileName"]: p for role in roles for p in role.get("InstanceProfileList") or ()
        }
        self._clock = clock

    @classmethod
    def read(cls, path: Path) -> "Snapshot":
        """Reads a snapshot file.

        Raises:
            SnapshotError: the file cannot be read or is of another shape.
        """
        expected = "expected the output of: aws iam get-account-authorization-details"
        try:
            details = json.loads(path.read_bytes())  # as UTF-8 or UTF-16: shells differ in what they write
            check_details(details)
        except OSError as error:
            raise SnapshotError(f"{path}: {error.strerror}") from None
        except ShapeError as error:
            raise SnapshotError(f"{path}: {error}; {expected}") from None
        except (ValueError, RecursionError) as error:
            raise SnapshotError(f"{path}: not JSON ({error}); {expected}") from None
        return cls(details)

    def evidence(self, pass_: Pass) -> Evidence:
        """Evidence about the role of a pass, as of the snapshot."""
        return gather(self, pass_, self._clock)

    def role(self, name: str) -> Description | Unknown:
        return self._roles.get(name) or Unknown("the role is not in the snapshot")

    def instance_profile(self, name: str) -> Description | Unknown:
        return self._profiles.get(name) or Unknown("the instance profile is not in the snapshot")


class NoIam:
    """Evidence from nowhere: what the record alone tells."""

    def __init__(self, clock: Clock = utc_now) -> None:
        self._clock = clock

    def evidence(self, pass_: Pass) -> Evidence:
        return gather(self, pass_, self._clock)

    def role(self, name: str) -> Description | Unknown:
        return Unknown(f"no snapshot was given to look {name} up in")

    def instance_profile(self, name: str) -> Description | Unknown:
        return Unknown(f"no snapshot was given to look {name} up in")
