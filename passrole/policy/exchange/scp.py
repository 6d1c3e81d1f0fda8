"""The policy as a service control policy: it denies passes that no statement of the policy can approve.

An SCP filters. This one never denies a pass that the policy approves; it lets through more than the policy
does wherever IAM cannot say what the policy asks for, and each such place is noted.

An approval is some roles for some services (`Approval`). The passes that none approves are denied service by
service: for those that an approval names, all roles but the ones approved for them; for all other services,
all roles but those approved for every service. Where IAM does not tell the service, all roles but those
approved for any.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from passrole.clock import parse_time
from passrole.language import Condition, Effect, fold
from passrole.language.variables import template
from passrole.policy.compiled import CompiledPolicy, Exemption, PolicyStatement
from passrole.policy.exchange.conditions import added, canonical, holds_on_absence
from passrole.policy.exchange.export import ACTION, Export, IamStatement, note, one_or_more
from passrole.policy.exchange.identity import exact_statement
from passrole.policy.exchange.resources import (
    EVERY_ROLE,
    Resource,
    cut_at_variable,
    has_variables,
    has_wildcards,
    names_every_role,
    resource_of,
    without_covered,
)
from passrole.policy.exchange.roles import narrowed
from passrole.policy.exchange.statement import (
    ASSOCIATED,
    CHINA,
    SERVICE,
    InexactError,
    concerns_every_pass,
    concerns_no_pass,
    is_known_to_iam,
    spelled,
)

SCP_LIMIT = 5120  # characters
_SERVICE_KEY = "iam:PassedToService"


@dataclass(frozen=True, slots=True)
class Approval:
    """At least what a statement approves: roles, as resource patterns, for services (None: for all)."""

    roles: tuple[str, ...]
    services: frozenset[str] | None


def export_scp(policy: CompiledPolicy, partition: str, at: datetime) -> Export:
    """The SCP of a policy, for the roles of one partition.

    Args:
        at: exemptions that have not expired then are let through.
    """
    notes: list[str] = []
    exemptions = [e for e in policy.exemptions if parse_time(e.expires) > at]
    waivers = [e for e in exemptions if not e.checks]
    approvals = [
        _approval(statement, partition, notes)
        for statement in (*policy.statements, *(e.scope for e in waivers))
        if statement.effect is Effect.ALLOW and not concerns_no_pass(statement)
    ]
    statements = [
        *_denials(approvals, partition),
        *_explicit(policy, exemptions, partition, notes),
    ]
    notes.extend(note(e.name, "let through, and beyond its expiry: export again then") for e in waivers)
    return Export(tuple(statements), tuple(dict.fromkeys(notes)))


def _approval(statement: PolicyStatement, partition: str, notes: list[str]) -> Approval:
    """What a statement approves at most; what it asks for beyond that is noted."""
    widened: list[str] = []
    if not concerns_every_pass(statement):
        widened.append("which call passes the role")
    if statement.not_resources is not None:
        roles: tuple[str, ...] = (EVERY_ROLE,)
        widened.append("NotResource")
    else:
        found = [_at_least(r, statement.variables, partition) for r in statement.resources or ()]
        if any(resource is not None and not resource.exact for resource in found):
            widened.append("all of its resources")
        roles = without_covered([resource.text for resource in found if resource is not None])
    services: frozenset[str] | None = None
    for condition in statement.conditions:
        named = _services(condition)
        if named is not None:
            services = named if services is None else services & named
            continue
        narrow = narrowed(roles, condition, partition)
        roles = narrow.patterns
        if not narrow.exact:
            widened.append(condition.key)
    if widened and roles:
        asked = ", ".join(dict.fromkeys(widened))
        notes.append(
            note(statement.sid, f"the SCP lets through more than it approves: it cannot ask for {asked}")
        )
    # Two conditions that no service meets together approve nothing.
    return Approval(() if services == frozenset() else roles, services)


def _at_least(pattern: str, variables: bool, partition: str) -> Resource | None:
    text = spelled(pattern, variables)
    known = all(map(is_known_to_iam, template(text, wildcards=True, variables=True).keys))
    resource = resource_of(text if known else cut_at_variable(text), partition)
    return resource if known or resource is None else Resource(resource.text, exact=False)


def _services(condition: Condition) -> frozenset[str] | None:
    """The services that a condition asks for, if it is of the kind that names them."""
    if fold(condition.key) != SERVICE or any(has_variables(value) for value in condition.values):
        return None
    operator = canonical(condition.operator).removesuffix("IfExists")
    literal = not any(has_wildcards(value) for value in condition.values)
    if operator == "StringEquals" or (operator == "StringLike" and literal):
        return frozenset(condition.values)
    return None


def _denials(approvals: list[Approval], partition: str) -> Iterator[IamStatement]:
    """Denies for all that no approval covers."""
    everywhere = without_covered([role for a in approvals for role in a.roles])
    named = sorted({service for a in approvals for service in a.services or ()})
    groups: dict[tuple[str, ...], list[str]] = {}
    for service in named:
        approved = [r for a in approvals for r in a.roles if a.services is None or service in a.services]
        groups.setdefault(without_covered(approved), []).append(service)
    unrestricted = without_covered([r for a in approvals if a.services is None for r in a.roles])
    if not names_every_role(everywhere):
        yield _all_but("Roles that nothing approves", everywhere)
    for roles, services in groups.items():
        if roles != everywhere and not names_every_role(roles):
            for_service = one_or_more(tuple(_names(services, partition)))
            about = " ".join(service.partition(".")[0] for service in services[:2])
            yield _all_but(f"Not approved for {about}", roles) | {
                "Condition": {"StringEquals": {_SERVICE_KEY: for_service}}
            }
    if named and unrestricted != everywhere and not names_every_role(unrestricted):
        # A service that IAM does not tell is no reason to deny: not all services support the key.
        yield _all_but("Not approved for other services", unrestricted) | {
            "Condition": {
                "StringNotEquals": {_SERVICE_KEY: one_or_more(tuple(_names(named, partition)))},
                "Null": {_SERVICE_KEY: "false"},
            }
        }


def _all_but(sid: str, roles: tuple[str, ...]) -> IamStatement:
    written: IamStatement = {"Sid": sid, "Effect": "Deny", "Action": ACTION}
    return written | ({"NotResource": one_or_more(roles)} if roles else {"Resource": EVERY_ROLE})


def _names(services: list[str], partition: str) -> Iterator[str]:
    """The services as IAM names them in a partition."""
    for service in services:
        yield service
        if partition == CHINA and service.endswith(".amazonaws.com"):
            yield f"{service}.cn"


def _explicit(
    policy: CompiledPolicy, exemptions: list[Exemption], partition: str, notes: list[str]
) -> Iterator[IamStatement]:
    """The policy's own Denies, those that IAM can express exactly and nothing waives."""
    for statement in policy.statements:
        if statement.effect is not Effect.DENY:
            continue
        waiver = next((e for e in exemptions if not e.checks or statement.check in e.checks), None)
        try:
            if waiver is not None:
                raise InexactError(f"an SCP cannot exempt what {waiver.name} exempts")
            yield _where_told(exact_statement(statement, partition), statement)
        except InexactError as error:
            notes.append(note(statement.sid, f"left out: {error}"))


def _where_told(written: IamStatement, statement: PolicyStatement) -> IamStatement:
    """The Deny, where IAM tells the keys that not every service supports.

    The guardrail knows them from the record. Where IAM does not, ``StringNotEquals`` would deny what the
    policy approves.
    """
    for condition in statement.conditions:
        key = fold(condition.key)
        if key not in (SERVICE, ASSOCIATED) or not holds_on_absence(condition):
            continue
        if canonical(condition.operator) == "Null":
            raise InexactError(f"not every service tells IAM {condition.key}")
        block = written["Condition"]
        given = {fold(k): v for k, v in block.get("Null", {}).items()}
        if key not in given and not added(block, "Null", condition.key, ["false"]):
            raise InexactError(f"IAM takes only one Null on {condition.key} in a statement")
    return written
