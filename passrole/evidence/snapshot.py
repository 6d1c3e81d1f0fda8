"""Evidence from a file: what ``aws iam get-account-authorization-details`` prints."""

import json
from collections.abc import Hashable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from passrole.clock import Clock, iso, utc_now
from passrole.evidence.facts import Evidence, Unknown
from passrole.evidence.resolve import gather, with_administrator
from passrole.evidence.snapshot_shape import ShapeError, check_details
from passrole.evidence.source import Description
from passrole.evidence.wanted import NOTHING, Wanted
from passrole.passes import Pass

_MOST_TOLD = 2_000


class SnapshotError(ValueError):
    """The file is no snapshot; the message names the file and what was expected."""


class Snapshot:
    """Roles, users, policies and instance profiles as they were when the snapshot was taken."""

    def __init__(self, details: dict[str, Any], clock: Clock = utc_now, wanted: Wanted = NOTHING) -> None:
        roles = details["RoleDetailList"]
        self._roles = {role["RoleName"]: role for role in roles}
        self._profiles = {
            p["InstanceProfileName"]: p for role in roles for p in role.get("InstanceProfileList") or ()
        }
        self._users = {user["UserName"]: user for user in details.get("UserDetailList") or ()}
        self._policies = {policy["Arn"]: policy for policy in details.get("Policies") or ()}
        self._clock = clock
        self._wanted = wanted

    @classmethod
    def read(cls, path: Path, wanted: Wanted = NOTHING) -> "Snapshot":
        """Reads a snapshot file.

        Raises:
            SnapshotError: the file cannot be read or is of another shape.
        """
        expected = "expected the output of: aws iam get-account-authorization-details"
        try:
            details = json.loads(path.read_bytes())  # as UTF-8 or UTF-16: shells differ in what they write
            check_details(details)
        except OSError as error:
            raise SnapshotError(f"{path}: {error.strerror}; {expected}") from None
        except ShapeError as error:
            raise SnapshotError(f"{path}: {error}; {expected}") from None
        except (ValueError, RecursionError) as error:
            raise SnapshotError(f"{path}: not JSON ({error}); {expected}") from None
        return cls(details, wanted=wanted)

    def evidence(self, pass_: Pass) -> Evidence:
        """Evidence about the role of a pass and its passer, as of the snapshot."""
        return gather(self, pass_, self._clock, self._wanted)

    def with_administrator(self, _: Pass, evidence: Evidence) -> Evidence:
        """The evidence, with whether the role is an administrator as far as the snapshot tells."""
        return with_administrator(self, evidence)

    def role(self, name: str) -> Description | Unknown:
        return self._roles.get(name) or _not_there("the role")

    def instance_profile(self, name: str) -> Description | Unknown:
        return self._profiles.get(name) or _not_there("the instance profile")

    def user(self, name: str) -> Description | Unknown:
        return self._users.get(name) or _not_there("the user")

    def attached_policies(self, role: str) -> Sequence[str] | Unknown:
        attached = self._roles[role].get("AttachedManagedPolicies")
        if attached is None:
            return Unknown("the snapshot does not tell the role's managed policies")
        return [policy["PolicyArn"] for policy in attached]

    def inline_policies(self, role: str) -> Sequence[str] | Unknown:
        inline = self._roles[role].get("RolePolicyList")
        if inline is None:
            return Unknown("the snapshot does not tell the role's inline policies")
        return [policy["PolicyName"] for policy in inline]

    def managed_policy(self, arn: str) -> object:
        policy = self._policies.get(arn)
        if policy is None:
            return _not_there(f"the policy {arn}")
        versions = policy.get("PolicyVersionList") or ()
        documents = (version.get("Document") for version in versions if version.get("IsDefaultVersion"))
        return next(documents, _not_there(f"the default version of the policy {arn}"))

    def inline_policy(self, role: str, name: str) -> object:
        policies = self._roles[role]["RolePolicyList"]
        return next(policy.get("PolicyDocument") for policy in policies if policy["PolicyName"] == name)


class NoIam:
    """Evidence from nowhere: what the record alone tells."""

    def __init__(self, clock: Clock = utc_now, wanted: Wanted = NOTHING) -> None:
        self._clock = clock
        self._wanted = wanted
        self._told: dict[Hashable, Evidence] = {}

    def evidence(self, pass_: Pass) -> Evidence:
        """What was told of a role is told of its next pass, too: audits ask for few roles very often."""
        if self._wanted.passer_tags:
            return gather(self, pass_, self._clock, self._wanted)
        asked = pass_.role, pass_.account, pass_.referral
        if found := self._told.get(asked):
            return replace(found, observed_at=iso(self._clock()))
        if len(self._told) >= _MOST_TOLD:
            self._told.clear()
        found = self._told[asked] = gather(self, pass_, self._clock, self._wanted)
        return found

    def with_administrator(self, _: Pass, evidence: Evidence) -> Evidence:
        return with_administrator(self, evidence)

    def role(self, name: str) -> Description | Unknown:
        return _nowhere(name)

    def instance_profile(self, name: str) -> Description | Unknown:
        return _nowhere(name)

    def user(self, name: str) -> Description | Unknown:
        return _nowhere(name)

    def attached_policies(self, role: str) -> Sequence[str] | Unknown:
        return _nowhere(role)

    def inline_policies(self, role: str) -> Sequence[str] | Unknown:
        return _nowhere(role)

    def managed_policy(self, arn: str) -> object:
        return _nowhere(arn)

    def inline_policy(self, role: str, name: str) -> object:
        return _nowhere(f"{role}'s {name}")


def _not_there(what: str) -> Unknown:
    return Unknown(f"{what} is not in the snapshot")


def _nowhere(name: str) -> Unknown:
    return Unknown(f"no snapshot was given to look {name} up in")
