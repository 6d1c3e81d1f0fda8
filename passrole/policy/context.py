"""A pass as the context that conditions are evaluated in."""

from collections.abc import Mapping
from types import MappingProxyType

from passrole.evidence import Evidence, Fact, Unknown
from passrole.language import Value, fold
from passrole.passes import Origin, Pass
from passrole.policy.keys import Subject, key_of

# What a look at a resource tells of the pass by which it came to its role, beside all of the role.
_SEEN = frozenset(
    fold(name)
    for name in (
        "iam:PassedToService",
        "iam:AssociatedResourceArn",
        "aws:RequestedRegion",
        "aws:ResourceAccount",
        "pass:ServiceName",
        "pass:Outcome",
        "pass:ResourceType",
    )
)
NOTHING: Mapping[str, Unknown] = MappingProxyType({})
_OF_ROLE = "role:"
_UNSEEN = Unknown("the sweep found it as it is: who passed the role, when and how is not known", lasting=True)


class PassContext:
    """What is known of a pass, if ``service`` gets the role; each key is read once."""

    def __init__(
        self, pass_: Pass, evidence: Evidence, service: Fact[str], untold: Mapping[str, Unknown] = NOTHING
    ) -> None:
        """``untold`` are the keys, their names folded, that the source of the pass cannot tell, and why."""
        self._subject = Subject(pass_, evidence, service)
        self._untold = untold
        self.service = service
        self._facts: dict[str, Fact[Value]] = {}

    def fact(self, key: str) -> Fact[Value]:
        """The value of a condition key, whose name is folded."""
        found = self._facts.get(key)
        if found is None:
            found = self._facts[key] = self._read(key)
        return found

    def _read(self, name: str) -> Fact[Value]:
        key = key_of(name)
        if key is None:
            return Unknown(f"the condition key {name} is not known to this release")
        if self._subject.pass_.origin is Origin.SWEEP and not (name in _SEEN or name.startswith(_OF_ROLE)):
            return _UNSEEN
        if name in self._untold:
            return self._untold[name]
        return key.read(self._subject, name.partition("/")[2])
