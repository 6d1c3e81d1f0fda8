"""Verdicts on very many passes, of which most ask the policy the same question.

A verdict and its reasons depend on nothing but what the conditions of the policy see of a pass, and on how
the role is called: passes that agree in that have one verdict. Reasons take longer than all else.
"""

from collections.abc import Hashable, Mapping

from passrole.evidence import Evidence, Fact, Known
from passrole.evidence.facts import Unknown
from passrole.language import fold
from passrole.passes import Pass
from passrole.policy import CompiledPolicy, Verdict, evaluate
from passrole.policy.context import NOTHING
from passrole.policy.keys import Subject, key_of

_ALWAYS = ("role:Arn", "pass:Action", "iam:PassedToService")
_NO_SERVICE = Unknown("the record does not tell which service gets the role")
_MOST = 20_000


class Verdicts:
    """The verdicts of one policy at one time."""

    def __init__(self, policy: CompiledPolicy, at: str, untold: Mapping[str, Unknown] = NOTHING) -> None:
        """``at`` is the time of the judgement, ISO 8601; for ``untold`` see `evaluate`."""
        self._policy = policy
        self._at = at
        self._untold = untold
        names = sorted({fold(key) for key in (*policy.keys, *_ALWAYS)})
        # What is no key of this release is unknown to every condition alike.
        self._keys = [(key, name.partition("/")[2]) for name in names if (key := key_of(name))]
        self._known: dict[Hashable, Verdict] = {}

    def verdict(self, pass_: Pass, evidence: Evidence) -> Verdict:
        """The same as `evaluate` has for this pass."""
        try:
            question = self._question(pass_, evidence)
            found = self._known.get(question)
        except TypeError:  # a value that cannot be looked up
            return evaluate(self._policy, pass_, evidence, self._at, self._untold)
        if found is None:
            found = evaluate(self._policy, pass_, evidence, self._at, self._untold)
            if len(self._known) >= _MOST:
                self._known.clear()
            self._known[question] = found
        return found

    def _question(self, pass_: Pass, evidence: Evidence) -> Hashable:
        services: tuple[Fact[str], ...] = tuple(Known(service) for service in pass_.services)
        role = pass_.role
        return (
            (role.value, role.kind, evidence.arn),
            pass_.services,
            *(self._seen(pass_, evidence, service) for service in services or (_NO_SERVICE,)),
        )

    def _seen(self, pass_: Pass, evidence: Evidence, service: Fact[str]) -> Hashable:
        subject = Subject(pass_, evidence, service)
        facts = [key.read(subject, tag) for key, tag in self._keys]
        # Values compare faster than the facts that hold them.
        return tuple([fact.value if isinstance(fact, Known) else fact for fact in facts])
