"""Names that change while what they name stays: the pattern of all that one thing is called in turn.

- A permission set's role has a new suffix after its last assignment in the account was taken away and given
  anew ("Referencing permission sets in resource policies, Amazon EKS, and AWS KMS" of the IAM Identity Center
  User Guide). Nobody but AWS makes roles in its path, so the pattern is as safe as the name.
- A role that CloudFormation names has a new suffix after its stack was made anew ("Name type" of the
  CloudFormation User Guide; the CDK leaves the names of roles to it). What looks like such a suffix may be
  none, and others can make a name that fits: only where two names in one path differ in it is it one.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from passrole.arn import IamArn, parse_role_arn

_PERMISSION_SET = re.compile(r"(AWSReservedSSO_.+_)[0-9a-f]{16}")
_SSO_PATH = "/aws-reserved/sso.amazonaws.com/"
_SSO_SUFFIX = 16
_STACK_ROLE = re.compile(r"([A-Za-z][A-Za-z0-9-]*-[A-Za-z0-9]+-)((?=.*[0-9])(?=.*[A-Z])[A-Za-z0-9]{12,13})")


@dataclass(frozen=True, slots=True, order=True)
class Stem:
    """Role names that differ in a suffix alone.

    Attributes:
        path: begins and ends with a slash.
        beginning: of the names.
        suffix: how many characters follow.
    """

    partition: str
    account: str
    path: str
    beginning: str
    suffix: int

    def names(self, arn: IamArn) -> bool:
        """Whether a role is called so."""
        return (
            (arn.partition, arn.account, arn.path) == (self.partition, self.account, self.path)
            and arn.name.startswith(self.beginning)
            and len(arn.name) == len(self.beginning) + self.suffix
        )

    @property
    def is_permission_set(self) -> bool:
        return self.path.startswith(_SSO_PATH)


def permission_set_of(arn: str) -> Stem | None:
    """What all roles of the same permission set in the account are called; None if the role is of none."""
    role = parse_role_arn(arn)
    found = _PERMISSION_SET.fullmatch(role.name) if role and role.path.startswith(_SSO_PATH) else None
    return Stem(role.partition, role.account, role.path, found[1], _SSO_SUFFIX) if role and found else None


def stacks_of(arns: Iterable[str]) -> Mapping[str, Stem]:
    """Of each role that a stack named, and named otherwise before, what it is called in all its lives."""
    named: dict[Stem, set[str]] = defaultdict(set)
    for arn in arns:
        role = parse_role_arn(arn)
        if role and (found := _STACK_ROLE.fullmatch(role.name)):
            stem = Stem(role.partition, role.account, role.path, found[1], len(found[2]))
            named[stem].add(arn)
    return {arn: stem for stem, each in named.items() if len(each) > 1 for arn in each}
