"""Passers as a policy names them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from passrole.arn import Arn, parse_role_arn
from passrole.suggest.identities import Stem, permission_set_of, stacks_of
from passrole.suggest.literal import literal
from passrole.suggest.triples import AWS_SERVICES


@dataclass(frozen=True, slots=True, order=True)
class Who:
    """Whom a statement is for.

    Attributes:
        pattern: of ARNs; `AWS_SERVICES`; empty for whoever it is.
        not_pattern: what the pattern must not match; empty for nothing.
        shown: to people.
    """

    pattern: str
    not_pattern: str = ""
    shown: str = ""


ANYONE = Who("", shown="whoever it is")
SERVICES = Who(AWS_SERVICES, shown=AWS_SERVICES)


def whos_of(passers: Iterable[str]) -> Mapping[str, Who]:
    """Each passer as a policy names it; those that are not known, or no ARN, are left out."""
    listed = sorted(set(passers))
    stacks = stacks_of(listed)
    return {passer: who for passer in listed if (who := _who(passer, stacks)) is not None}


def _who(passer: str, stacks: Mapping[str, Stem]) -> Who | None:
    if passer == AWS_SERVICES:
        return SERVICES
    if Arn.parse(passer) is None:
        return None
    stem = permission_set_of(passer) or stacks.get(passer)
    if stem is None:
        role = parse_role_arn(passer)
        return Who(literal(passer), shown=role.name if role else passer.rpartition("/")[2])
    head = f"arn:{stem.partition}:iam::{stem.account}:role{literal(stem.path + stem.beginning)}"
    # A wildcard may be a slash: who may make roles in whatever path could make one that fits. Nobody can make
    # any in the path of permission sets.
    beyond = "" if stem.is_permission_set else f"{head}*/*"
    return Who(head + "?" * stem.suffix, beyond, stem.beginning.rstrip("_-"))
