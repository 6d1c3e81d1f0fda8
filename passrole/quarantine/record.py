"""The record of containment: each step of a finding written and told, each hold over what was read."""

from typing import Any

from passrole.clock import Clock, iso
from passrole.finding import GUARD, Finding, News, State
from passrole.finding.life import advance
from passrole.ledger import Containment, Ledger
from passrole.news import Topic, publish_news
from passrole.quarantine.errors import TryAgainError

_ATTEMPTS = 5


class Record:
    """Writes what `contain` found and did, and tells people of it."""

    def __init__(self, ledger: Ledger, topic: Topic, clock: Clock) -> None:
        self._ledger = ledger
        self._topic = topic
        self._clock = clock

    def told(self, finding: Finding) -> Finding:
        """The finding as it is, with no news of it left untold."""
        publish_news(self._ledger, self._topic, finding)
        return finding

    def tell(
        self, finding: Finding, state: State, news: News, why: str, at: str | None = None, **standing: Any
    ) -> Finding:
        """Records and publishes the finding's next step; ``at`` is when what it says was seen."""
        for _ in range(_ATTEMPTS):
            change = advance(finding, state, news, at or iso(self._clock()), GUARD, why, **standing)
            if self._ledger.record_change(change):
                publish_news(self._ledger, self._topic, change.finding)
                return self._ledger.finding(finding.id) or change.finding
            present = self._ledger.finding(finding.id)
            # Passes are counted all the time, and take nothing from what was done. But a resource that let
            # go of the role may have got it by that very pass: it is looked at again.
            if present is None or present.revision != finding.revision:
                break
            if state is State.RESOLVED and present.passes != finding.passes:
                break
            finding = present
        raise TryAgainError(f"finding {finding.id} changed meanwhile")

    def save(self, containment: Containment, before: Containment | None) -> None:
        """Writes a containment over what was read.

        Raises:
            TryAgainError: another changed it meanwhile.
        """
        if containment != before and not self._ledger.save_containment(containment, before):
            raise TryAgainError(f"the containment of {containment.resource} was changed by another")
