"""What is known of a role's access and rights, as people read it."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from rich.text import Text

from passrole.cli.passes import fact, prose
from passrole.cli.refine.result import UNTRACKED, Result, counts_of
from passrole.cli.terminal import console, safe
from passrole.evidence.facts import Unknown, known
from passrole.refine.access import Access
from passrole.refine.accessed import LastAccessed
from passrole.refine.analyzer import Analyzer, AnalyzerFinding
from passrole.refine.policy import Refined, Told
from passrole.refine.policy import Result as Outcome
from passrole.refine.usage import Fate

_MOST_NAMED = 12
_MARKS = {
    Outcome.KEPT: ("✓", "green"),
    Outcome.NARROWED: ("↓", "green"),
    Outcome.DROPPED: ("✗", "green"),
    Outcome.AS_IT_IS: ("!", "yellow"),
}


def print_result(result: Result, out: Path | None) -> None:
    """Prints all of it; the policy itself where it goes to no file."""
    to = console()
    for line in _lines(result, to.width):
        to.print(line)
    refined = result.refined
    if refined is None:
        return
    to.print()
    if refined.document is None:
        to.print(Text("nothing is left: the role needs no policy", style="bold"))
    elif out is not None:
        to.print(Text(f"the policy is in {safe(out)}", style="bold"))
    else:
        to.print(Text(json.dumps(refined.document, indent=2)))
    to.print(_summary(refined))


def _lines(result: Result, width: int) -> Iterator[Text]:
    role = result.role
    yield Text(safe(role.arn), style="bold")
    yield fact("made", _day(role.created, "not told"))
    never = "not told" if isinstance(role.last_used, Unknown) else "never, as far as IAM remembers"
    yield fact("last used", _day(known(role.last_used), never))
    yield from _headed("Who beyond the account may take it")
    yield from _accesses(result.accesses, width)
    yield from _headed("What IAM Access Analyzer found")
    yield from _analysis(result, width)
    if result.report is not None and result.refined is not None:
        yield from _headed(f"What it used of its rights in {result.days} days")
        yield from _services(result, result.report, result.refined, width)
        yield from _headed("What became of its statements")
        yield from (_statement(told) for told in result.refined.told)
    for note in result.notes():
        yield Text()
        yield Text(f"! {safe(note)}", style="yellow")


def _headed(title: str) -> tuple[Text, Text]:
    return Text(), Text(title, style="bold")


def _accesses(accesses: Sequence[Access], width: int) -> Iterator[Text]:
    if not accesses:
        yield Text("✓ nobody", style="green")
    for access in accesses:
        mark, style = ("✗", "red") if access.problem else ("✓", "green")
        yield Text(f"{mark} {access.kind} ", style=style).append(safe(access.principal), style="bold")
        for condition in access.conditions:
            values = " or ".join(condition.values)
            yield fact("if", f"{condition.operator} {condition.key} {values}")
        if access.problem:
            yield from prose("why", access.problem, width)


def _analysis(result: Result, width: int) -> Iterator[Text]:
    analysis = result.analysis
    if analysis.unread:
        yield from prose("unknown", analysis.unread, width)
        return
    for is_external, what in ((True, "external"), (False, "unused")):
        analyzers = [analyzer for analyzer in analysis.analyzers if analyzer.is_external is is_external]
        if not analyzers:
            yield fact(what, f"no analyzer of {what} access is in {analysis.region}")
        for analyzer in analyzers:
            yield from _analyzer(what, analyzer, width)


def _analyzer(what: str, analyzer: Analyzer, width: int) -> Iterator[Text]:
    status = "" if analyzer.status == "ACTIVE" else f", which is {analyzer.status}"
    count = len(analyzer.findings)
    found = f"{count} {'finding' if count == 1 else 'findings'}" if count else "nothing"
    yield fact(what, f"{found} of {analyzer.name} ({analyzer.type}){status}")
    for finding in analyzer.findings:
        yield from prose("", f"{finding.type} {finding.status} {finding.id}: {_told(finding)}", width)


def _told(finding: AnalyzerFinding) -> str:
    return "; ".join(filter(None, map(_detail, finding.details))) or "no details"


def _detail(detail: Mapping[str, Any]) -> str:
    """The one member that a detail has, in a few words."""
    kind = next(iter(detail), "")
    told: Mapping[str, Any] = detail.get(kind) or {}
    if kind == "externalAccessDetails":
        who = ", ".join((told.get("principal") or {}).values())
        conditions = [f"{key} {value}" for key, value in (told.get("condition") or {}).items()]
        return f"{who}{', if ' if conditions else ''}{', '.join(conditions)}"
    if kind == "unusedPermissionDetails":
        names = [action["action"] for action in told.get("actions") or ()]
        return f"{told.get('serviceNamespace')}: {_named(names) if names else 'the service'}"
    if kind == "unusedIamRoleDetails":
        return f"last used {_day(told.get('lastAccessed'), 'never')}"
    return kind


def _services(result: Result, report: LastAccessed, refined: Refined, width: int) -> Iterator[Text]:
    by_service = _by_service(refined)
    unused = [s.namespace for s in report.services.values() if not result.used(s)]
    for service in report.services.values():
        if result.used(service):
            fates = by_service.pop(service.namespace, {})
            last = _day(service.last_used, "by one of its actions")
            yield (
                Text("✓ ", style="green")
                .append(safe(service.namespace), style="bold")
                .append(f"  last used {last}", style="dim")
            )
            for label, kept in (
                ("used", (Fate.USED,)),
                ("dropped", (Fate.DROPPED,)),
                ("untracked", UNTRACKED),
            ):
                names = [name for fate in kept for name in fates.get(fate, ())]
                if names:
                    yield from prose(label, _named(names), width)
    if unused:
        yield from prose("unused", ", ".join(unused), width)
    for name, fates in by_service.items():
        if Fate.NO_CALL in fates:
            yield from prose("kept", f"{name}: {_named(fates[Fate.NO_CALL])}: {Fate.NO_CALL}", width)
    if unlisted := [name for name, fates in by_service.items() if Fate.NOT_LISTED in fates]:
        yield from prose("unlisted", f"{', '.join(unlisted)}: kept, as IAM's report does not list it", width)


def _by_service(refined: Refined) -> dict[str, dict[Fate, list[str]]]:
    found: dict[str, dict[Fate, list[str]]] = {}
    for service, actions in groupby(sorted(refined.fates), lambda action: action.partition(":")[0]):
        fates = found.setdefault(service, {})
        for action in actions:
            fates.setdefault(refined.fates[action], []).append(action.partition(":")[2] or action)
    return found


def _statement(told: Told) -> Text:
    mark, style = _MARKS[told.result]
    line = Text(f"{mark} {told.result}", style=style)
    sid = f" {told.sid}" if told.sid else ""
    line.append(f"  {safe(told.policy)}, statement {told.number}{safe(sid)}", style="dim")
    return line.append(f": {safe(told.why)}" if told.why else "")


def _summary(refined: Refined) -> Text:
    counts = counts_of(refined)
    actions = (
        f"actions kept: {counts['used']:,} used, {counts['not_tracked']:,} not tracked; "
        f"dropped: {counts['dropped']:,}"
    )
    return Text(f"{actions}; {counts['characters']:,} characters")


def _named(names: Iterable[str]) -> str:
    listed = list(names)
    more = f" and {len(listed) - _MOST_NAMED:,} more" if len(listed) > _MOST_NAMED else ""
    return ", ".join(listed[:_MOST_NAMED]) + more


def _day(moment: datetime | None, otherwise: str) -> str:
    return f"{moment:%Y-%m-%d}" if moment else otherwise
