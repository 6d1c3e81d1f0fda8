"""What may stop an act: people's switch, the breaker, and the budgets of acts.

Ordinary findings share the hour's budget. Critical ones have a reserve besides it: whoever makes a storm of
ordinary violations stops the ordinary containment only.
"""

import hashlib
from dataclasses import replace

from passrole.clock import Clock, iso
from passrole.finding import BEGUN, Finding, News, State
from passrole.finding.guard import Trouble, trouble
from passrole.finding.life import advance
from passrole.ledger import Breaker, Ledger, Stopped, Switch
from passrole.ledger.brakes import Budget, day_of, hour_of
from passrole.news import Topic, publish_news
from passrole.policy import QuarantineRules, Severity

_RESET = "passrole quarantine reset lets it go on"


class Brakes:
    """Decides whether an act may be done now, and counts it if so."""

    def __init__(self, ledger: Ledger, topic: Topic, rules: QuarantineRules, clock: Clock) -> None:
        self._ledger = ledger
        self._topic = topic
        self._rules = rules
        self._clock = clock
        self.has_tripped = False  # here and now: for metrics

    def refusal(self, finding: Finding, resource: str, *, is_begun: bool = False) -> str | None:
        """Why the finding's resource is not contained now; None if it may be, and the act is counted.

        The same act is counted once, however often it is tried. One that was begun goes on, so that nothing
        stays half contained; only people's switch stops it.
        """
        switch = self._ledger.switch()
        if not switch.on:
            why = f"quarantine is switched off by {switch.who} since {switch.at}: {switch.why}"
            return f"{why}; {BEGUN}" if is_begun else why
        if is_begun:
            return None
        breaker = self._ledger.breaker()
        is_critical = finding.severity is Severity.CRITICAL
        if breaker.stopped is Stopped.ALL or (breaker.stopped is Stopped.ORDINARY and not is_critical):
            return f"the breaker has stopped containment since {breaker.at}: {breaker.why}; {_RESET}"
        return self._over_budget(finding, resource, breaker, is_critical)

    def count_failure(self, finding: Finding) -> None:
        """Counts a containment that failed for good; too many of them trip the breaker."""
        breaker, now = self._ledger.breaker(), self._clock()
        most = self._rules.failures_per_hour
        hour = hour_of(now, breaker.resets)
        if not self._ledger.spend(Budget.FAILURES, finding.id, most - 1, hour, now):
            self._trip(finding, Stopped.ALL, f"{most} containments failed within an hour")

    def _over_budget(
        self, finding: Finding, resource: str, breaker: Breaker, is_critical: bool
    ) -> str | None:
        rules, now, act = self._rules, self._clock(), f"{finding.id}#{finding.revision}"
        if not self._ledger.spend(f"of {resource}", act, rules.acts_per_resource, day_of(now), now):
            return (
                f"it was contained {rules.acts_per_resource} times today and did not stay so: "
                "something fights with the guardrail, which stops here"
            )
        refusal = self._over_budget_of_hour(finding, act, breaker, is_critical)
        if refusal is not None:
            self._ledger.give_back(f"of {resource}", act, day_of(now))  # the day's are acts that were done
        return refusal

    def _over_budget_of_hour(
        self, finding: Finding, act: str, breaker: Breaker, is_critical: bool
    ) -> str | None:
        rules, now = self._rules, self._clock()
        hour = hour_of(now, breaker.resets)
        # A passer that may use up the whole hour is no case for its own cap, but for the breaker.
        if rules.acts_per_passer < rules.acts_per_hour and not self._ledger.spend(
            f"by {_passer_of(finding)}", act, rules.acts_per_passer, hour, now
        ):
            return f"the cap of {rules.acts_per_passer} acts an hour for one passer is reached"
        if self._ledger.spend(Budget.HOUR, act, rules.acts_per_hour, hour, now):
            return None
        why = f"the cap of {rules.acts_per_hour} acts an hour is reached"
        if not is_critical:
            self._trip(finding, Stopped.ORDINARY, why)
            return f"{why}; {_RESET}"
        if self._ledger.spend(Budget.RESERVE, act, rules.critical_reserve, hour, now):
            return None
        why = f"{why}, and the {rules.critical_reserve} for critical findings are used up"
        self._trip(finding, Stopped.ALL, why)
        return f"{why}; {_RESET}"

    def _trip(self, finding: Finding, stopped: Stopped, why: str) -> None:
        """Trips the breaker, and tells people by a finding of its own."""
        before, at = self._ledger.breaker(), iso(self._clock())
        if before.stopped in (stopped, Stopped.ALL):
            return
        told = f"{why}: {'all' if stopped is Stopped.ALL else 'ordinary'} containment has stopped; {_RESET}"
        when = f"{hour_of(self._clock(), before.resets)} {stopped}"
        opened = trouble(Trouble.BREAKER_TRIPPED, when, finding.account, finding.region, told, at)
        # The finding first: a crash in between leaves one too many, and no breaker that nobody hears of.
        if self._ledger.record_change(opened):
            publish_news(self._ledger, self._topic, opened.finding)
        after = replace(
            before,
            stopped=stopped,
            why=why,
            at=at,
            finding=opened.finding.id,
            earlier_finding=before.finding,
        )
        self.has_tripped = self._ledger.change_breaker(after, before) or self.has_tripped


def reset_breaker(ledger: Ledger, topic: Topic, clock: Clock, who: str, why: str) -> Breaker:
    """Lets containment go on, with new budgets, and closes the breaker's findings; the breaker as it was."""
    before = ledger.breaker()
    if before.stopped is None or not ledger.change_breaker(Breaker(resets=before.resets + 1), before):
        return before
    for finding_id in (before.earlier_finding, before.finding):
        _close(ledger, topic, finding_id, iso(clock()), who, why)
    return before


def switch_off(ledger: Ledger, topic: Topic, clock: Clock, who: str, why: str) -> Switch:
    """Stops all containment from the next act on, and tells people by a finding of its own."""
    at, before = iso(clock()), ledger.switch()
    told = f"{who} switched quarantine off: {why}"
    opened = trouble(Trouble.SWITCHED_OFF, f"{at} {who}", None, None, told, at)
    switch = Switch(False, who, why, at, opened.finding.id)
    ledger.turn_switch(switch)  # first: whoever turns it is in a hurry
    if ledger.record_change(opened):
        publish_news(ledger, topic, opened.finding)
    _close(ledger, topic, before.finding, at, who, "it was switched off again")
    return switch


def switch_on(ledger: Ledger, topic: Topic, clock: Clock, who: str, why: str) -> Switch:
    """Lets the guard contain again, and closes the finding that told that it was off."""
    before, at = ledger.switch(), iso(clock())
    switch = Switch(True, who, why, at)
    ledger.turn_switch(switch)
    _close(ledger, topic, before.finding, at, who, why)
    return switch


def _close(ledger: Ledger, topic: Topic, finding_id: str | None, at: str, who: str, why: str) -> None:
    finding = ledger.finding(finding_id) if finding_id else None
    if finding is None or finding.state is not State.OPEN:
        return
    change = advance(finding, State.RESOLVED, News.RESOLVED, at, who, why)
    if ledger.record_change(change):
        publish_news(ledger, topic, change.finding)


def _passer_of(finding: Finding) -> str:
    passer = finding.passer
    who = passer.role_arn or passer.arn or passer.principal_id or passer.invoked_by or "unknown"
    return hashlib.sha256(who.encode("utf-8", "surrogatepass")).hexdigest()[:16]
