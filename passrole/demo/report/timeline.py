"""The story as a timeline: each step with the passes that were seen in it, their verdicts and why."""

from passrole.alerts.names import short_passer, short_resource
from passrole.demo.report.markup import Markup, code, join, tag
from passrole.demo.seen import SeenPass, SeenStep, seconds, shown_role
from passrole.demo.telling import Note, Scene, Told
from passrole.finding import News
from passrole.passes import Outcome
from passrole.policy import Decision

_MARKS = {Decision.APPROVED: "✓", Decision.EXEMPT: "✓", Decision.VIOLATION: "✗", Decision.UNDETERMINED: "?"}


def timeline(told: Told) -> Markup:
    """All steps, in order."""
    return tag("ol", [_scene(scene, told) for scene in told.scenes], class_="timeline")


def _scene(scene: Scene, told: Told) -> Markup:
    parts = []
    for entry in scene.entries:
        if isinstance(entry, SeenPass):
            parts.append(_pass(entry, told))
        elif isinstance(entry, Note):
            parts.append(tag("p", entry.text, _detail(entry.detail), class_="note"))
        elif isinstance(entry, SeenStep) and entry.step.news is News.RELEASED:
            said = tag("span", entry.step.why, class_="quiet")
            parts.append(tag("p", tag("strong", "Released"), f" by {entry.step.who}: ", said, class_="note"))
    return tag("li", tag("h3", scene.title), tag("p", scene.said, class_="said"), parts)


def _detail(detail: str) -> Markup | None:
    return join(" ", tag("span", detail, class_="quiet")) if detail else None


def _pass(seen: SeenPass, told: Told) -> Markup:
    pass_ = seen.pass_
    did = " passed " if pass_.outcome is Outcome.SUCCEEDED else " tried to pass "
    names = ", ".join(short_resource(resource) for resource in pass_.resources)
    headline = tag(
        "p",
        tag("strong", short_passer(pass_.passer)),
        did,
        code(shown_role(seen.role)),
        " to ",
        " or ".join(pass_.services) or "an unknown service",
        join(" for ", code(names)) if names else None,
        class_="headline",
    )
    verdict = tag("span", f"{_MARKS[seen.decision]} {seen.decision}", class_=f"verdict {seen.decision}")
    return tag(
        "article",
        tag("header", verdict, tag("span", _call(pass_.event_name), class_="quiet")),
        headline,
        tag("ul", [tag("li", reason) for reason in seen.reasons[:1]], class_="why"),
        _more(seen),
        _after(seen, told),
        class_=f"pass {seen.decision}",
    )


def _call(event_name: str) -> str:
    return event_name.partition("20")[0]


def _more(seen: SeenPass) -> Markup:
    pass_, passer = seen.pass_, seen.pass_.passer
    facts = [
        ("Passer", passer.arn or "unknown"),
        ("From", ", ".join(filter(None, [passer.source_ip, passer.source_identity, passer.on_behalf_of]))),
        ("Role", seen.role or "not named by the record"),
        ("Named as", pass_.role.value if pass_.role.value != seen.role else None),
        ("Service", " or ".join(pass_.services)),
        ("Resource", ", ".join(pass_.resources) or "none"),
        ("Place", pass_.place),
        ("Call", f"{pass_.event_source} {pass_.event_name}, {pass_.outcome}"),
        ("Event", pass_.event_id),
    ]
    listed = [join(tag("dt", label), tag("dd", code(value))) for label, value in facts if value]
    others = (
        tag("ul", [tag("li", reason) for reason in seen.reasons[1:]], class_="why")
        if seen.reasons[1:]
        else None
    )
    return tag("details", tag("summary", "Everything about it"), others, tag("dl", listed))


def _after(seen: SeenPass, told: Told) -> Markup | None:
    if seen.act is None or seen.seconds is None:
        return None
    times = [("judged", seen.seconds)]
    if seen.finding_ids:
        times += [("alerted", told.alerted_after(seen.act)), ("contained", told.contained_after(seen.act))]  # type: ignore[list-item]
    shown = [
        tag("li", tag("span", name), tag("b", seconds(value)), class_=name)
        for name, value in times
        if value is not None
    ]
    return tag("ul", shown, class_="after")
