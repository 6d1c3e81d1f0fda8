"""The totals at a glance: four numbers, and the verdicts as one bar."""

import math
from collections.abc import Mapping, Sequence

from passrole.audit.report.words import many, number
from passrole.audit.summary import Summary
from passrole.audit.summary.terms import kinds_of
from passrole.audit.summary.totals import Totals
from passrole.preview.markup import Markup, tag

_WIDTH, _GAP, _LEAST = 1000.0, 3.0, 5.0


def tiles(totals: Totals) -> Markup:
    """How many passes, of what, by whom, to what."""
    values = (
        (totals.passes, "pass", "passes"),
        (totals.roles, "role", "roles passed"),
        (totals.passers, "passer", "passers"),
        (totals.services, "service", "services that got one"),
    )
    return tag(
        "ul",
        [tag("li", tag("b", number(n)), tag("span", one if n == 1 else more)) for n, one, more in values],
        class_="tiles",
    )


def shares(summary: Summary) -> Markup | None:
    """How the passes were judged, or without a policy how they ended: a bar, and the numbers below it."""
    counts = summary.totals.verdicts if summary.is_judged else summary.totals.outcomes
    kinds = [kind for kind in kinds_of(summary.is_judged) if counts.get(kind)]
    if not kinds:
        return None
    label = ", ".join(f"{number(counts[kind])} {kind}" for kind in kinds)
    return tag(
        "div",
        tag(
            "svg",
            _bar(kinds, counts),
            viewBox=f"0 0 {_WIDTH:g} 14",
            preserveAspectRatio="none",
            role="img",
            aria_label=label,
        ),
        tag("ul", [_share(kind, counts) for kind in kinds], class_="legend"),
        _severities(summary.totals.severities) if summary.is_judged else None,
        class_="shares",
    )


def _bar(kinds: Sequence[str], counts: Mapping[str, int]) -> list[Markup]:
    total = sum(counts[kind] for kind in kinds)
    room = _WIDTH - _GAP * (len(kinds) - 1)
    widths = [max(counts[kind] / total * room, _LEAST) for kind in kinds]
    scale = room / sum(widths)
    parts, x = [], 0.0
    for kind, width in zip(kinds, widths, strict=True):
        parts.append(tag("rect", x=f"{x:.1f}", y=0, width=f"{width * scale:.1f}", height=14, class_=kind))
        x += width * scale + _GAP
    return parts


def _share(kind: str, counts: Mapping[str, int]) -> Markup:
    total = sum(counts.values())
    return tag(
        "li",
        tag("i", class_=kind),
        tag("b", number(counts[kind])),
        f" {kind} ",
        tag("span", _percent(counts[kind] / total), class_="quiet"),
    )


def _percent(share: float) -> str:
    """Never all where something is missing, and never nothing where something is there."""
    if share < 0.0001:
        return "under 0.01 %"
    if share < 0.1:
        return f"{100 * share:.2g} %"
    return f"{100 * share:.0f} %" if share < 0.99 or share == 1 else f"{math.floor(1000 * share) / 10:.1f} %"


def _severities(counts: Mapping[str, int]) -> Markup | None:
    """Of what is not approved, how grave it is."""
    found = [
        f"{number(counts[name])} {name}" for name in ("critical", "high", "medium", "low") if name in counts
    ]
    if not found:
        return None
    return tag(
        "p",
        f"By severity, of {many(sum(counts.values()), 'pass', 'passes')} to look at: ",
        ", ".join(found),
        class_="said",
    )
