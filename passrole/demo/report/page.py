"""The report: one page of HTML that needs nothing else, put together from its parts."""

from datetime import UTC, datetime
from importlib.resources import files

from passrole.demo.measures import Measures, measures_of
from passrole.demo.report.figures import chart, expectations, tiles
from passrole.demo.report.flow import Figures, flow
from passrole.demo.report.timeline import timeline
from passrole.demo.seen import seconds
from passrole.demo.telling import Told
from passrole.finding import News
from passrole.policy import Decision
from passrole.preview import message_style
from passrole.preview.markup import Markup, code, join, tag


def render(told: Told) -> str:
    """The whole page. Every name in it is escaped; it loads nothing and runs no script."""
    style = files("passrole.demo.report").joinpath("style.css").read_text(encoding="utf-8")
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        # Nothing is fetched and nothing runs, whatever a name tries.
        tag(
            "meta",
            http_equiv="Content-Security-Policy",
            content="default-src 'none'; style-src 'unsafe-inline'",
        ),
        tag("title", "PassRole Guardrail at work"),
        tag("style", Markup(message_style() + style)),
    )
    measures = measures_of(told)
    body = tag("body", _top(told), tag("main", _parts(told, measures)), _foot())
    return f"<!doctype html>\n{tag('html', head, body, lang='en')}\n"


def _top(told: Told) -> Markup:
    passes = f"{len(told.passes)} {'pass' if len(told.passes) == 1 else 'passes'}"
    violations = sum(seen.decision is Decision.VIOLATION for seen in told.passes)
    contained = sum(seen.step.news is News.CONTAINED for seen in told.steps)
    met = len(told.expectations.all) - len(told.expectations.missed)
    mark, kind = ("✓", "met") if told.expectations.are_met else ("✗", "missed")
    when = datetime.fromtimestamp(told.began, UTC).strftime("%-d %B %Y, %H:%M UTC")
    return tag(
        "header",
        tag("p", "PassRole Guardrail", class_="eyebrow"),
        tag("h1", f"{passes} judged, {violations} not approved, {contained} contained"),
        tag(
            "p",
            "Who passed which IAM role to which AWS service, and was that approved? "
            "On an emulator, with the template that goes to AWS, people acted. This is what the guard did.",
            class_="lead",
        ),
        tag(
            "p",
            tag(
                "span",
                f"{mark} {met} of {len(told.expectations.all)} expectations met",
                class_=f"badge {kind}",
            ),
            tag("span", f"{when}, in {told.seconds:.0f} s", class_="quiet"),
            class_="status",
        ),
        class_="top",
    )


def _parts(told: Told, measures: Measures) -> list[Markup]:
    return [
        tiles(_figures(told, measures)),
        _section(
            "The flow",
            "Messages only point to findings. contain and notify read them from the ledger, so that the "
            "right to publish is not the right to quarantine.",
            flow(_flow_figures(told)),
        ),
        _section("What happened", None, timeline(told)),
        _section(
            "How long it took",
            "From the call, or from the event's arrival on the bus. The first of each kind includes "
            "the start of a cold Lambda function. On AWS, CloudTrail's delivery comes on top.",
            chart(measures),
        ),
        _section("What was expected", None, expectations(told)),
        _section(
            "The policy",
            None,
            tag("details", tag("summary", "guardrail.yaml"), tag("pre", told.policy)),
        ),
    ]


def _section(title: str, said: str | None, *children: Markup | None) -> Markup:
    return tag("section", tag("h2", title), tag("p", said, class_="said") if said else None, join(*children))


def _figures(told: Told, measures: Measures) -> list[tuple[str, str]]:
    times = [
        (seconds(Measures.middle(values)), f"from the call to the {name}, median")
        for name, values in (
            ("verdict", measures.verdicts),
            ("alert", measures.alerts),
            ("containment", measures.containments),
        )
        if values
    ]
    deployed = f"to deploy {told.resources} resources"
    return [*times, (seconds(told.timings.get("deployment", 0.0)), deployed)]


def _flow_figures(told: Told) -> Figures:
    findings = {finding_id for seen in told.passes for finding_id in seen.finding_ids}
    contained = sum(seen.step.news is News.CONTAINED for seen in told.steps)
    return Figures(
        calls=f"{len({seen.pass_.event_id for seen in told.passes})} events",
        rules="by the catalogue",
        verdicts=f"{len(told.passes)} verdicts",
        findings=f"{len(findings)} findings",
        containments=f"{contained} resources",
        messages=f"{len(told.alerts)} messages",
    )


def _foot() -> Markup:
    return tag(
        "footer",
        tag(
            "p",
            "Made by ",
            code("make demo"),
            ". The emulator runs the synthesized CloudFormation template with its EventBridge rules, "
            "queues, topics, table and Lambda functions, and enforces IAM. It is not AWS: events come a "
            "fifth of a second after the call, and their shapes are modelled on CloudTrail's.",
        ),
    )
