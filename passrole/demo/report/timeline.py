"""The story as a timeline: each step with what was seen in it, passes with their verdicts above all."""

from datetime import UTC, datetime

from passrole.demo.report.figures import changes
from passrole.demo.seen import (
    SeenAlert,
    SeenPass,
    SeenStep,
    deed,
    seconds,
    shown_role,
    without_account,
)
from passrole.demo.telling import Exhibit, Note, Ran, Scene, Told
from passrole.finding import News
from passrole.names import short_resource
from passrole.policy import Decision
from passrole.preview.mail import mail
from passrole.preview.markup import Markup, code, join, tag
from passrole.preview.slack import message

_ALERTS_AT_FIRST = 2
_DECISIONS = {
    News.WOULD_CONTAIN: "Not contained",
    News.APPROVED: "Approved",
    News.RELEASED: "Released",
}
_MARKS = {Decision.APPROVED: "✓", Decision.EXEMPT: "✓", Decision.VIOLATION: "✗", Decision.UNDETERMINED: "?"}


def timeline(told: Told) -> Markup:
    """All steps, in order."""
    return tag("ol", [_scene(scene, told) for scene in told.scenes], class_="timeline")


def _scene(scene: Scene, told: Told) -> Markup:
    parts = []
    for entry in scene.entries:
        if isinstance(entry, SeenPass):
            parts.append(_pass(entry, told))
        elif isinstance(entry, Exhibit):
            parts.append(_exhibit(entry, told))
        elif isinstance(entry, Note):
            parts.append(tag("p", entry.text, _detail(entry.detail), class_="note"))
        elif isinstance(entry, Ran):
            output = f"\n{entry.output.rstrip()}"
            parts.append(tag("pre", tag("b", f"$ {entry.command}"), output, class_="terminal"))
        elif isinstance(entry, SeenStep) and entry.step.news in _DECISIONS:
            done, said = _DECISIONS[entry.step.news], tag("span", entry.step.why, class_="quiet")
            parts.append(tag("p", tag("strong", done), f" by {entry.step.who}: ", said, class_="note"))
    return tag("li", tag("h3", scene.title), tag("p", scene.said, class_="said"), parts)


def _exhibit(exhibit: Exhibit, told: Told) -> Markup:
    match exhibit:
        case Exhibit.ALERTS:
            return _alerts(told)
        case Exhibit.CHANGES:
            return changes(told.changes)


def _alerts(told: Told) -> Markup:
    first, rest = told.alerts[:_ALERTS_AT_FIRST], told.alerts[_ALERTS_AT_FIRST:]
    more = tag("summary", f"{len(rest)} more messages")
    mails = tag("summary", "The same as e-mail")
    return join(
        tag("div", [_message(alert) for alert in first], class_="channel"),
        tag("details", more, tag("div", [_message(alert) for alert in rest], class_="channel"))
        if rest
        else None,
        tag("details", mails, [mail(m.get("Subject", ""), m.get("Message", "")) for m in told.mails[:2]])
        if told.mails
        else None,
    )


def _message(alert: SeenAlert) -> Markup:
    clock = datetime.fromtimestamp(alert.at, UTC).strftime("%H:%M")
    after = f"{seconds(alert.seconds)} after the call" if alert.seconds is not None else ""
    return message(alert.payload, clock, after)


def _detail(detail: str) -> Markup | None:
    return join(" ", tag("span", detail, class_="quiet")) if detail else None


def _pass(seen: SeenPass, told: Told) -> Markup:
    pass_ = seen.pass_
    who, did, given = deed(pass_)
    names = ", ".join(short_resource(resource) for resource in pass_.resources)
    headline = tag(
        "p",
        tag("strong", who),
        f" {did} ",
        code(shown_role(seen.role)),
        f" {given} ",
        " or ".join(pass_.services) or "an unknown service",
        join(" for ", code(names)) if names else None,
        class_="headline",
    )
    verdict = tag("span", f"{_MARKS[seen.decision]} {seen.decision}", class_=f"verdict {seen.decision}")
    return tag(
        "article",
        tag("header", verdict, tag("span", _call(pass_.event_name), class_="quiet")),
        headline,
        tag("ul", [tag("li", without_account(reason)) for reason in seen.reasons[:1]], class_="why"),
        _after(seen, told),
        _more(seen),
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
    reasons = tag("ul", [tag("li", reason) for reason in seen.reasons], class_="why")
    return tag("details", tag("summary", "Everything about it"), reasons, tag("dl", listed))


def _after(seen: SeenPass, told: Told) -> Markup | None:
    if seen.act is None or seen.seconds is None:
        return None
    times: list[tuple[str, float | None]] = [("judged", seen.seconds)]
    if seen.finding_ids:
        times += [("alerted", told.alerted_after(seen.act)), ("contained", told.contained_after(seen.act))]
    shown = [
        tag("li", tag("span", name), tag("b", seconds(value)), class_=name)
        for name, value in times
        if value is not None
    ]
    return tag("ul", shown, class_="after")
