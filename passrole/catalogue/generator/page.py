"""The catalogue as a page for people: ``docs/catalogue.md``, made with the data."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from passrole.catalogue.model import Call, Decision, Reference, RolePlace, Shape
from passrole.catalogue.references import REFERRED
from passrole.passes import Direction
from passrole.quarantine.registry import module_for

PAGE = Path(__file__).resolve().parents[3] / "docs" / "catalogue.md"

_INTRODUCTION = """\
# The catalogue

Which AWS calls pass a role, and where it stands in their CloudTrail records. Made by `make catalogue` from
the data in [`passrole/catalogue/calls`](../passrole/catalogue/calls), one row a call;
`passrole catalogue show ACTION` shows a row whole.

{numbers}

How well the shape of a call's record is known: **recorded** in a CloudTrail record, **documented** by AWS, or
**derived** from the API's model by the way in which CloudTrail writes such requests; the last is unproven.
In a path, `[]` is each element of a list, `*` any key of a map; CloudTrail writes the first letter of a
member in either case, and both are found. A role that is *chained* is assumed through the passed one: it is
recorded and never alerted. One that is *taken away* makes no pass. Behind *by* stands a member that names
what holds the role, such as a launch template: a role that the record does not show is looked up there.

A row also tells the resource that gets the role: its type, where the record names it (`from`), and its `arn`
for ids. Where an id is one in a parent, such as a rule on an event bus, `within` tells where the record names
the parent, whose name the ARN has before the id; the `default` one is left out.

"""


def page_of(calls: Iterable[Call]) -> str:
    """The page, by service and action."""
    decided = sorted(calls, key=lambda call: (call.action, call.source, call.names))
    covered = [call for call in decided if call.decision is Decision.COVERED]
    parts = [_INTRODUCTION.format(numbers=_numbers(decided, covered)), "## Calls\n"]
    for service in dict.fromkeys(call.action.partition(":")[0] for call in covered):
        parts += [
            f"\n### {service}\n\n",
            "| call | role | passed to | shape | quarantine |\n|---|---|---|---|---|\n",
        ]
        parts += [_row(call) for call in covered if call.action.startswith(f"{service}:")]
    for decision, title in (
        (Decision.NOT_VISIBLE, "Calls whose role the record does not show"),
        (Decision.NOT_A_PASS, "Calls that pass no role"),
    ):
        parts += [f"\n## {title}\n\n| call | why |\n|---|---|\n"]
        parts += [
            f"| `{c.action}`{_operation(c)} | {c.reason} |\n" for c in decided if c.decision is decision
        ]
    return "".join(parts)


def _numbers(decided: list[Call], covered: list[Call]) -> str:
    shapes = Counter(call.shape for call in covered)
    decisions = Counter(call.decision for call in decided)
    return (
        f"{len(decided):,} calls were looked at: {decisions[Decision.COVERED]:,} are covered, "
        f"{decisions[Decision.NOT_VISIBLE]:,} pass a role that their record does not show, "
        f"{decisions[Decision.NOT_A_PASS]:,} pass none. Of the covered, the shape of "
        f"{shapes[Shape.RECORDED]:,} is recorded, of {shapes[Shape.DOCUMENTED]:,} documented, "
        f"of {shapes[Shape.DERIVED]:,} derived."
    )


def _row(call: Call) -> str:
    referred = [role for reference in call.references for role in REFERRED.get(reference.to, ())]
    roles = "<br>".join([*map(_role, call.roles), *map(_reference, call.references)])
    getting = (*(role.services for role in call.roles), *(role.services for role in referred))
    services = "<br>".join(dict.fromkeys(service for services in getting for service in services))
    kind = call.resource.type if call.resource else None
    places = (*(role.place for role in call.roles), *(role.place for role in referred))
    modules = sorted({m.name for place in places if (m := module_for(kind, place))})
    cells = (f"`{call.action}`{_operation(call)}", roles, services, call.shape, ", ".join(modules))
    return f"| {' | '.join(cells)} |\n"


def _role(role: RolePlace) -> str:
    notes = {Direction.CHAINED: " (chained)", Direction.REMOVES: " (taken away)"}
    where = "" if role.where.member == "requestParameters" else " (in the response)"
    return " or ".join(f"`{path}`" for path in role.paths) + where + notes.get(role.direction, "")


def _reference(reference: Reference) -> str:
    note = "" if reference.to in REFERRED else ", not looked up"
    return f"by `{reference.path}` ({reference.to}{note})"


def _operation(call: Call) -> str:
    """The event's name, where the action does not tell it."""
    name = min(call.names, key=len)
    return "" if call.action.endswith(f":{name}") else f" ({name})"
