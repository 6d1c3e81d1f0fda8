"""What must hold of the guard in the simulated account, whatever happens."""

from typing import TYPE_CHECKING, Any

from passrole.finding import Finding, News, State
from passrole.ledger.brakes import Budget
from passrole.policy import Severity

if TYPE_CHECKING:
    from tests.unit.quarantine.simulated.guarded import Guarded

_ENDS = (News.RELEASED, News.RESOLVED, News.EXEMPTED)
_BRINGS_AN_ACT = (News.OPENED, News.REOPENED, News.APPROVED, News.UNDONE, News.EXEMPTION_ENDED)


class Checks:
    """Looks at each act as it is done, at each record as it is written, and at the whole."""

    world: "Guarded"

    def __init__(self) -> None:
        self._acts: list[str] = []

    # -- as it happens

    def heed_act(self, resource: str) -> None:
        """`contain` is about to change a resource."""
        process = self.world.processes.present
        assert process is not None
        if "acts" in process.facts:
            return  # one act may take several calls
        process.facts["acts"] = True
        ledger, before = self.world.ledger_now, process.facts["finding"]
        finding = ledger.finding(before.id)
        assert finding is not None
        assert process.facts["was_on"] or ledger.switch().on, "acts though it is switched off"
        thing = self.world.account.things[resource]
        assert thing.works or not thing.marks, "acts on what it contained already"
        self._check_occasion(finding)
        saved = ledger.containment(resource)
        assert saved is not None, "acts before the prior state is saved"
        assert finding.id in saved.holds, "acts on what it does not hold"
        spent = {f"{finding.id}#{revision}" for revision in range(1, finding.revision + 1)}
        assert spent & self._spent(), "acts without a budget"

    def heed_record(self, before: dict[str, Any], after: dict[str, Any]) -> None:
        """The ledger's record of a containment was changed."""
        process = self.world.processes.present
        assert process is not None
        thing = self.world.account.things.get(after["resource"])
        was_active, is_active = (record["state"] != "released" for record in (before, after))
        if was_active and is_active and before["saved_at"] == after["saved_at"]:
            assert before["prior"] == after["prior"], "the prior state was saved twice"
        elif is_active and thing is not None:
            assert not thing.marks, "what the guard left was saved as the prior state"
            assert process.was_overtaken or _fields_of(after["prior"]) == thing.fields
        elif was_active and not is_active and thing is not None and not process.was_overtaken:
            if process.facts.get("as_is"):
                thing.marks.clear()  # a person wants it so
            elif process.who == "release":
                assert _fields_of(after["prior"]) == thing.fields, "it was not given back as it was"
            assert not thing.marks, "it was let go with what the guard changed"

    def _check_occasion(self, finding: Finding) -> None:
        """A pass since the last decision about it, or the end of an exemption."""
        ended: str | None = None
        for step in self.world.ledger_now.history(finding.id):
            ended = step.at if step.news in _ENDS else None if step.news is News.EXEMPTION_ENDED else ended
        passes = [p.at for p in self._passes_of(finding)]
        assert passes, "acts on what nobody passed"
        assert ended is None or max(passes)[:19] >= ended[:19], "acts again after it was settled"

    # -- at any time

    def check_holds(self) -> None:
        for resource, thing in self.world.account.things.items():
            saved = self.world.ledger_now.containment(resource)
            is_held = saved is not None and saved.is_active and bool(saved.holds)
            assert is_held or not thing.marks, f"{resource} is contained for nobody"
        for finding in self.world.findings:
            if finding.state not in (State.OPEN, State.CONTAINED):
                assert not self.holds(finding), f"{finding.resource} is held for what is {finding.state}"

    def check_budgets(self) -> None:
        rules = self.world.policy.quarantine
        for (partition, name), item in self.world.table.items.items():
            cap = {Budget.HOUR: rules.acts_per_hour, Budget.RESERVE: rules.critical_reserve}.get(name)  # type: ignore[call-overload]
            if partition.startswith("BUDGET#") and cap is not None:
                assert len(item["acts"]) <= cap
                if name == Budget.RESERVE:
                    findings = [self.world.ledger_now.finding(act.partition("#")[0]) for act in item["acts"]]
                    assert all(f and f.severity is Severity.CRITICAL for f in findings)

    def holds(self, finding: Finding) -> bool:
        saved = self.world.ledger_now.containment(finding.resource or "")
        return saved is not None and saved.is_active and finding.id in saved.holds

    # -- in the end

    def check_end(self) -> None:
        """Everything was delivered, and nothing was lost."""
        self.check_holds()
        for finding in self.world.findings:
            history = self.world.ledger_now.history(finding.id)
            assert [s.revision for s in history] == list(range(1, finding.revision + 1))
            untold = [s for s in history if (finding.id, s.revision) not in self.world.published]
            assert not untold, "a step was told to nobody"
            assert not finding.has_news
            self._check_last(finding, history[-1].news, history[-1].at)

    def _check_last(self, finding: Finding, news: News, at: str) -> None:
        thing = self.world.account.things.get(finding.resource or "")
        passes = self._passes_of(finding)
        assert finding.passes == len(passes), "a pass was counted twice, or not at all"
        assert not (finding.is_to_be_contained and news in _BRINGS_AN_ACT), (
            f"the {news} finding was forgotten"
        )
        if finding.state is State.CONTAINED:
            assert thing is not None
            assert not thing.works
            assert self.holds(finding)
        if finding.state in (State.RELEASED, State.RESOLVED):
            holds = thing is not None and thing.holds(finding.role)
            assert not holds or max(p.at for p in passes)[:19] <= at[:19], "a later pass was forgotten"

    def _passes_of(self, finding: Finding) -> list[Any]:
        def is_about(passed: Any) -> bool:
            return (passed.resource, passed.role) == (finding.resource, finding.role) and not passed.is_guards

        return [passed for passed in self.world.passed if is_about(passed)]

    def _spent(self) -> set[str]:
        items = self.world.table.items.items()
        return {
            act
            for (partition, name), item in items
            if partition.startswith("BUDGET#") and name in (Budget.HOUR, Budget.RESERVE)
            for act in item["acts"]
        }


def _fields_of(prior: dict[str, Any]) -> dict[str, Any]:
    """A module's description in the terms of the simulated account."""
    if "profile" in prior:
        return {"profile": prior["profile"]}
    mappings = {name.rpartition("/")[2]: on for name, on in prior["mappings"].items()}
    return {"concurrency": prior["concurrency"], **mappings}
