"""A statement in the words of guardrail.yaml: an approved entry if it can say it, else an IAM statement."""

from collections.abc import Callable, Hashable, Iterable
from functools import cache
from typing import Any

from passrole.policy.source import syntax
from passrole.suggest.block import Block
from passrole.suggest.literal import literal
from passrole.suggest.scope import Scope
from passrole.suggest.triples import AWS_SERVICES
from passrole.suggest.who import Who

_ANY_ROLE = "arn:*:iam::*:role"
Item = dict[str, Any]
Family = tuple[str, Hashable]  # whether an entry can say it, and what must be alike


@cache
def family_of_scope(scope: Scope) -> Family:
    """What scopes must have in common to stand in one statement."""
    if scope.stem:
        return ("statement", scope.stem.path)
    if scope.is_exact:
        return ("statement", (scope.prefix, scope.tags))
    sayable = _fits(syntax.role_pattern, _role_pattern(scope)) and all(
        _fits(syntax.tag_key, key) and _fits(syntax.tag_value, literal(value)) for key, value in scope.tags
    )
    return ("entry" if sayable else "statement", scope.tags)


@cache
def family_of_who(who: Who) -> Family:
    """What passers must have in common to stand in one statement."""
    if who.not_pattern:
        return ("statement", who)
    if who.pattern in ("", AWS_SERVICES):
        return ("entry" if not who.pattern else "statement", who)
    return ("entry" if _fits(syntax.arn_pattern, who.pattern) else "statement", None)


@cache
def family_of_service(service: str) -> Family:
    """What services must have in common to stand in one statement."""
    return ("entry" if _fits(syntax.service_principal, service) else "statement", None)


def is_entry(block: Block) -> bool:
    """Whether an approved entry can say it."""
    families = (
        *map(family_of_scope, block.scopes),
        *map(family_of_who, block.whos),
        *map(family_of_service, block.services),
    )
    return all(form == "entry" for form, _ in families)


def entry_of(block: Block, name: str) -> Item:
    """The approved entry that says it."""
    scopes = sorted(block.scopes, key=lambda scope: scope.order)
    entry: Item = {"name": name, "roles": [_role_pattern(scope) for scope in scopes]}
    if tags := scopes[0].tags:
        entry["role_tags"] = _by_key(tags, lambda key: key)
    entry["services"] = sorted(block.services)
    if passers := _patterns(block.whos):
        entry["passers"] = passers
    return entry


def statement_of(block: Block, name: str) -> Item:
    """The IAM statement that says it."""
    scopes = sorted(block.scopes, key=lambda scope: scope.order)
    conditions: Item = {"StringEquals": {"iam:PassedToService": [literal(s) for s in sorted(block.services)]}}
    if path := scopes[0].stem.path if scopes[0].stem else scopes[0].prefix if scopes[0].is_exact else "":
        conditions["StringEquals"]["role:Path"] = [literal(path)]
    conditions["StringEquals"] |= _by_key(scopes[0].tags, lambda key: f"role:Tag/{key}")
    who = min(block.whos)
    if who.pattern == AWS_SERVICES:
        conditions["Bool"] = {"aws:PrincipalIsAWSService": ["true"]}
    elif who.pattern:
        conditions["ArnLike"] = {"aws:PrincipalArn": _patterns(block.whos)}
    if who.not_pattern:
        conditions["ArnNotLike"] = {"aws:PrincipalArn": [who.not_pattern]}
    resources = [_resource(scope) for scope in scopes]
    return {"Sid": name, "Effect": "Allow", "Resource": resources, "Condition": conditions}


def _role_pattern(scope: Scope) -> str:
    return literal(scope.arn) or f"{literal(scope.prefix) or '/'}*"


def _resource(scope: Scope) -> str:
    if stem := scope.stem:
        head = f"arn:{stem.partition}:iam::{stem.account}:role{literal(stem.path + stem.beginning)}"
        return head + "?" * stem.suffix
    return literal(scope.arn) or _ANY_ROLE + _role_pattern(scope)


def _by_key(tags: Iterable[tuple[str, str]], name: Callable[[str], str]) -> dict[str, list[str]]:
    """A statement's tags must all be there: one value a key."""
    return {name(key): [literal(value)] for key, value in tags}


def _patterns(whos: Iterable[Who]) -> list[str]:
    return sorted(who.pattern for who in whos if who.pattern)


def _fits(check: Callable[[str], str], text: str) -> bool:
    try:
        check(text)
    except ValueError:
        return False
    return True
