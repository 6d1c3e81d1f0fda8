"""Names of quarantine modules in guardrail.yaml, and what each of them can do besides."""

from collections.abc import Sequence
from difflib import get_close_matches

from passrole.policy.text import quoted
from passrole.quarantine.registry import MODULES
from passrole.quarantine.revocation import REVOCABLE

NAMES = tuple(module.name for module in MODULES)
STOPPING = tuple(module.name for module in MODULES if module.stops)
REVOKING = tuple(name for name in NAMES if name in REVOCABLE)


def module_name(text: str) -> str:
    """The name of a quarantine module."""
    if text in NAMES:
        return text
    near = get_close_matches(text.lower().replace("_", "-"), NAMES, n=1)
    hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(NAMES)}"
    raise ValueError(f"{quoted(text)} is no quarantine module; {hint}")


def stopping(text: str) -> str:
    """The name of a module that can also stop what runs."""
    return _one_of(STOPPING, module_name(text), "stop what runs")


def revoking(text: str) -> str:
    """The name of a module that can also revoke the credentials of its resource."""
    return _one_of(REVOKING, module_name(text), "revoke credentials")


def _one_of(able: Sequence[str], name: str, what: str) -> str:
    if name not in able:
        expected = f"expected one of {', '.join(able)}" if able else "no module can"
        raise ValueError(f"{quoted(name)} cannot {what}; {expected}")
    return name
