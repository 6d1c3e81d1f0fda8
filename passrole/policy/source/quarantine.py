"""The section ``quarantine``: its shape, the rules that it means, and what in it is doubtful."""

from collections.abc import Iterable, Iterator
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from passrole.language.wildcards import arn_matches, matches
from passrole.policy.compiled import CompiledPolicy
from passrole.policy.errors import Path
from passrole.policy.quarantine_rules import USUAL_RULES, QuarantineRules
from passrole.policy.source import module_names, reached
from passrole.policy.source.syntax import resource_of
from passrole.policy.source.values import Part, Truth, one_or_more
from passrole.policy.text import quoted
from passrole.quarantine.enabled import enabled_modules, modules_asked_for

# What a wildcard may stand for: in a name some of it or nothing, in a path another name, too.
_ANY = "="
_ANY_NAMES = ("", _ANY * 64)
_ANY_TEXTS = (*_ANY_NAMES, f"{_ANY}/{_ANY}")

_ModuleName = Annotated[
    str, AfterValidator(module_names.module_name), WithJsonSchema({"enum": list(module_names.NAMES)})
]
_Stopping = Annotated[
    str, AfterValidator(module_names.stopping), WithJsonSchema({"enum": list(module_names.STOPPING)})
]
_Revoking = Annotated[
    str, AfterValidator(module_names.revoking), WithJsonSchema({"enum": list(module_names.REVOKING)})
]
_Role = Annotated[str, AfterValidator(reached.role)]
_Passer = Annotated[str, AfterValidator(reached.passer)]
_Resource = Annotated[str, AfterValidator(reached.resource)]
# More than there are modules, and patterns than anybody writes: each is looked for among the others.
_MOST_NAMES, _MOST_PATTERNS = 100, 500
_UpTo1000 = Annotated[int, Field(ge=1, le=1000)]


class RoleScope(Part):
    """Roles that lose their rights, besides the containment of the resource that got them."""

    roles: Annotated[list[_Role], Field(min_length=1, max_length=_MOST_PATTERNS)]
    even_if_shared: Annotated[list[_Role], Field(max_length=_MOST_PATTERNS)] = Field(default_factory=list)


class PasserScope(Part):
    """Passers that lose ``iam:PassRole``, besides the containment of the resource."""

    passers: Annotated[list[_Passer], BeforeValidator(one_or_more), Field(min_length=1)]


class QuarantineSection(Part):
    """Limits of quarantine, and how far it reaches."""

    dry_run: Truth = USUAL_RULES.dry_run
    acts_per_hour: _UpTo1000 = USUAL_RULES.acts_per_hour
    critical_reserve: Annotated[int, Field(ge=0, le=1000)] = USUAL_RULES.critical_reserve
    acts_per_passer: _UpTo1000 = USUAL_RULES.acts_per_passer
    acts_per_resource: Annotated[int, Field(ge=1, le=100)] = USUAL_RULES.acts_per_resource
    failures_per_hour: _UpTo1000 = USUAL_RULES.failures_per_hour
    grace_minutes: Annotated[int, Field(ge=0, le=1440)] = USUAL_RULES.grace_minutes
    require_approval: Truth = USUAL_RULES.require_approval
    passer_may_release: Truth = USUAL_RULES.passer_may_release
    modules: Annotated[list[_ModuleName], Field(min_length=1, max_length=_MOST_NAMES)] | None = None
    stop_running: Annotated[list[_Stopping], Field(max_length=_MOST_NAMES)] = Field(default_factory=list)
    revoke_credentials: Annotated[list[_Revoking], Field(max_length=_MOST_NAMES)] = Field(
        default_factory=list
    )
    protected: Annotated[list[_Resource], BeforeValidator(one_or_more)] = Field(default_factory=list)
    role_scope: RoleScope | None = None
    passer_scope: PasserScope | None = None


def rules_of(section: QuarantineSection) -> QuarantineRules:
    """The rules that the section means."""
    roles, passers = section.role_scope, section.passer_scope
    return QuarantineRules(
        dry_run=section.dry_run,
        acts_per_hour=section.acts_per_hour,
        critical_reserve=section.critical_reserve,
        acts_per_passer=section.acts_per_passer,
        acts_per_resource=section.acts_per_resource,
        failures_per_hour=section.failures_per_hour,
        grace_minutes=section.grace_minutes,
        require_approval=section.require_approval,
        passer_may_release=section.passer_may_release,
        modules=None if section.modules is None else tuple(section.modules),
        stop_running=tuple(section.stop_running),
        revoke_credentials=tuple(section.revoke_credentials),
        protected=tuple(section.protected),
        role_scope=_patterns(roles.roles if roles else ()),
        shared_role_scope=_patterns(roles.even_if_shared if roles else ()),
        passer_scope=tuple(passers.passers) if passers else (),
    )


def doubts(section: QuarantineSection, compiled: CompiledPolicy) -> Iterator[tuple[Path, str]]:
    """What is legal, and does nothing."""
    asked = {module.name for module in modules_asked_for(compiled)}
    enabled = {module.name for module in enabled_modules(compiled)}
    for key in ("modules", "stop_running", "revoke_credentials"):
        for index, name in enumerate(getattr(section, key) or ()):
            if name not in asked:
                yield ("quarantine", key, index), f"no response quarantines what {name} contains"
            elif name not in enabled:
                yield ("quarantine", key, index), f"{name} is not among modules, and contains nothing"
    if section.dry_run:
        for key in ("grace_minutes", "require_approval"):
            if getattr(section, key):
                yield ("quarantine", key), "waits for nothing: with dry_run nothing is contained"
    scope = section.role_scope
    for index, pattern in enumerate(scope.even_if_shared if scope else ()):
        if scope and not _is_within(resource_of(pattern), _patterns(scope.roles)):
            yield (
                ("quarantine", "role_scope", "even_if_shared", index),
                f"{quoted(pattern)} is not within roles: what is named here must be named there, too",
            )


def _patterns(roles: Iterable[str]) -> tuple[str, ...]:
    """Paths and ARNs as ARN patterns, names as they are: see ``reach.py``."""
    return tuple(resource_of(pattern) for pattern in roles)


def _is_within(narrow: str, wide: tuple[str, ...]) -> bool:
    """Whether the patterns match some of what the narrow one does: enough to doubt it, where they do not."""
    texts = _ANY_TEXTS if ":" in narrow else _ANY_NAMES
    examples = (narrow.replace("*", text).replace("?", _ANY) for text in texts)
    return all(any(_is_like(pattern, example) for pattern in wide) for example in examples)


def _is_like(pattern: str, example: str) -> bool:
    if ":" in pattern:
        return arn_matches(pattern, example)
    return matches(pattern, example.rsplit("/", 1)[-1])
