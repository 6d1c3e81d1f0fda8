"""The summary of an audit: its numbers are those of the passes."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

import pytest

from passrole.audit.row import Row
from passrole.audit.store import Store
from passrole.audit.summary import Summary, summarize
from passrole.audit.summary.trend import Unit
from tests.unit.audit.planted import EC2, GLUE, LAMBDA, role_arn, row, violation

Rows = Iterable[Row]


def summary_of(rows: Rows, is_judged: bool = True) -> Summary:
    with Store.of_rows(rows) as store:
        return summarize(store, is_judged)


def at(day: str) -> dict[str, str]:
    return {"event_time": f"{day}T12:00:00Z"}


approved: Callable[..., Row] = lambda *names, **others: row(*names, **({"verdict": "approved"} | others))  # noqa: E731


def test_totals_count_passes_and_what_is_different_in_them() -> None:
    totals = summary_of(
        [
            approved("a", "deploy", **at("2026-03-02")),
            approved("a", "alice", EC2, account="444455556666", region="eu-west-1", **at("2026-03-09")),
            violation("b", "alice", outcome="denied", severity="critical", **at("2026-03-05")),
        ]
    ).totals

    assert (totals.passes, totals.roles, totals.passers, totals.services, totals.resources) == (3, 2, 2, 2, 3)
    assert (totals.accounts, totals.regions) == (2, 2)
    assert totals.verdicts == {"approved": 2, "violation": 1}
    assert totals.outcomes == {"denied": 1, "succeeded": 2}
    assert totals.severities == {"critical": 1}
    assert (totals.first, totals.last) == ("2026-03-02T12:00:00Z", "2026-03-09T12:00:00Z")


def test_without_a_policy_there_are_no_verdicts_and_no_violations() -> None:
    summary = summary_of([row(), row(outcome="denied")], is_judged=False)

    assert summary.totals.verdicts == {}
    assert summary.violations.total == 0
    assert [dict(span.counts) for span in summary.trend.spans] == [{"succeeded": 1, "denied": 1}]
    assert Counter({flow.kind: flow.passes for flow in summary.flows.flows}) == {"succeeded": 1, "denied": 1}


def test_no_passes_at_all_are_a_summary_too() -> None:
    summary = summary_of([])

    assert summary.totals.passes == 0
    assert (summary.totals.first, summary.trend.spans, summary.flows.flows) == (None, (), ())


@pytest.mark.parametrize(
    ("first", "last", "unit", "spans", "second"),
    [
        ("2026-03-01", "2026-03-01", Unit.DAY, 1, None),
        ("2026-02-27", "2026-04-29", Unit.DAY, 62, date(2026, 2, 28)),
        ("2026-02-27", "2026-04-30", Unit.WEEK, 10, date(2026, 3, 2)),
        ("2025-03-01", "2026-02-28", Unit.WEEK, 53, date(2025, 3, 3)),
        ("2024-01-31", "2026-03-01", Unit.MONTH, 27, date(2024, 2, 1)),
        ("2016-12-31", "2026-03-01", Unit.YEAR, 11, date(2017, 1, 1)),
    ],
)
def test_trend_is_in_the_shortest_spans_that_are_few_enough_and_has_no_gaps(
    first: str, last: str, unit: Unit, spans: int, second: date | None
) -> None:
    trend = summary_of([approved(**at(first)), violation(**at(last)), approved(**at(last))]).trend

    assert (trend.unit, len(trend.spans)) == (unit, spans)
    assert trend.spans[0].counts["approved"] >= 1
    assert trend.spans[-1].counts["violation"] == 1
    assert sum(span.total for span in trend.spans) == 3
    if second:
        assert trend.spans[1].start == second


@pytest.mark.parametrize("time", [None, "yesterday", "0001-01-01T00:00:00Z", "9999-12-31T00:00:00Z"])
def test_what_is_no_time_of_a_pass_is_counted_and_stretches_no_trend(time: str | None) -> None:
    summary = summary_of([approved(**at("2026-03-01")), approved(event_time=time)])

    assert summary.unknowns.undated == 1
    assert len(summary.trend.spans) == 1
    assert summary.totals.first == summary.totals.last == "2026-03-01T12:00:00Z"


def test_flows_are_all_passes_by_passer_role_service_and_verdict() -> None:
    flows = summary_of(
        [
            approved("a", "deploy"),
            approved("a", "deploy"),
            approved("a", "alice", EC2),
            violation("b", "alice"),
        ]
    ).flows

    found = {
        (
            flows.passers.shown[passer or 0],
            flows.roles.shown[role or 0],
            flows.services.shown[service or 0],
            flow.kind,
        ): flow.passes
        for flow in flows.flows
        for passer, role, service in [flow.way]
    }
    assert found == {
        (role_arn("deploy"), role_arn("a"), LAMBDA, "approved"): 2,
        (role_arn("alice"), role_arn("a"), EC2, "approved"): 1,
        (role_arn("alice"), role_arn("b"), LAMBDA, "violation"): 1,
    }
    assert (flows.passers.others, flows.roles.others, flows.services.others) == (0, 0, 0)


def test_of_many_flows_the_greatest_and_those_with_most_violations_have_a_name() -> None:
    many = [approved(f"role-{n}") for n in range(20) for _ in range(n + 2)]
    flows = summary_of([*many, violation("rare")]).flows

    assert flows.roles.shown[0] == role_arn("role-19")
    assert flows.roles.shown[-1] == role_arn("rare")
    assert (len(flows.roles.shown), flows.roles.others) == (9, 12)
    assert sum(flow.passes for flow in flows.flows) == len(many) + 1
    assert sum(flow.passes for flow in flows.flows if flow.way[1] is None) == sum(range(2, 14))


def test_a_pass_to_one_of_several_services_is_one_flow_and_names_none_for_certain() -> None:
    summary = summary_of([approved("a", services=[EC2, LAMBDA]), approved("a", services=[]), approved(None)])

    assert set(summary.flows.services.shown) == {f"{EC2} or {LAMBDA}", None, LAMBDA}
    assert None in summary.flows.roles.shown
    assert sum(flow.passes for flow in summary.flows.flows) == 3
    assert summary.unknowns.several_services == 1
    assert summary.unknowns.no_service == 1
    assert summary.unknowns.roles_not_shown == 1
    assert summary.roles.of_several_services.total == 0


def test_violations_are_told_by_role_and_service_with_the_latest_reasons() -> None:
    violations = summary_of(
        [
            violation("a", "alice", reasons=["then"], **at("2026-03-01")),
            violation("a", "bob", reasons=["now"], outcome="denied", **at("2026-03-02")),
            violation("a", "alice", GLUE),
            violation("b", severity="critical"),
            approved("a"),
        ]
    ).violations

    assert violations.total == 3
    gravest, most, _ = violations.items
    assert (gravest.role, gravest.severity) == (role_arn("b"), "critical")
    assert (most.service, most.passes, most.succeeded, most.passers) == (LAMBDA, 2, 1, 2)
    assert (most.passer, most.reasons, most.last) == (role_arn("bob"), ("now",), "2026-03-02T12:00:00Z")


def test_of_a_long_list_the_first_are_told_and_the_others_counted() -> None:
    violations = summary_of(violation(f"role-{n:02d}") for n in range(30)).violations

    assert [one.role for one in violations.items] == [role_arn(f"role-{n:02d}") for n in range(12)]
    assert (violations.total, violations.left_out) == (30, 18)


def test_denied_attempts_are_told_by_who_tried_what() -> None:
    denied = summary_of(
        [
            violation("a", "alice", outcome="denied", **at("2026-03-01")),
            violation("a", "alice", outcome="denied", **at("2026-03-03")),
            approved("b", "bob", outcome="denied"),
            violation("c", "alice", outcome="failed"),
        ]
    ).denied

    assert [(one.passer, one.role, one.attempts) for one in denied.items] == [
        (role_arn("alice"), role_arn("a"), 2),
        (role_arn("bob"), role_arn("b"), 1),
    ]
    assert (denied.items[0].first, denied.items[0].last) == ("2026-03-01T12:00:00Z", "2026-03-03T12:00:00Z")


def test_roles_of_several_services_and_of_many_passers_are_told() -> None:
    roles = summary_of(
        [
            *(approved("wide", service=service) for service in (LAMBDA, EC2, GLUE)),
            *(approved("open", passer) for passer in ("alice", "bob", "carol")),
            *(approved("quiet", passer) for passer in ("alice", "bob")),
        ]
    ).roles

    [wide] = roles.of_several_services.items
    [shared] = roles.of_many_passers.items
    assert (wide.role, wide.services, wide.service_count) == (role_arn("wide"), (EC2, GLUE, LAMBDA), 3)
    assert (shared.role, shared.passers, shared.passes) == (role_arn("open"), 3, 3)


def test_roles_with_broad_rights_are_those_that_are_known_to_have_them() -> None:
    summary = summary_of(
        [
            approved("admin", is_administrator=True, is_external=False, role_tags={}),
            approved("partner", is_administrator=False, is_external=True, role_tags={"a": "b"}),
            approved("plain", is_administrator=False, is_external=False, role_tags={}),
            approved("unread"),
        ]
    )

    broad = summary.roles.broad.items
    assert [(one.role, one.is_administrator, one.is_external) for one in broad] == [
        (role_arn("admin"), True, False),
        (role_arn("partner"), False, True),
    ]
    assert (summary.unknowns.administrator, summary.unknowns.external, summary.unknowns.tags) == (1, 1, 1)


def test_first_passes_tell_what_was_new_the_latest_first() -> None:
    firsts = summary_of(
        [
            approved("a", "alice", **at("2026-03-01")),
            approved("a", "alice", **at("2026-03-02")),
            approved("a", "bob", EC2, **at("2026-03-03")),
            approved("a", "bob", **at("2026-03-04")),
            violation("b", "bob", **at("2026-03-05")),
            violation("c", "bob", outcome="denied", **at("2026-03-06")),
            approved("d", "bob", event_time=None),
        ]
    ).firsts

    assert [(one.time[:10], one.role, one.new, one.verdict) for one in firsts.items] == [
        ("2026-03-05", role_arn("b"), ("role",), "violation"),
        ("2026-03-03", role_arn("a"), ("service", "passer"), "approved"),
        ("2026-03-01", role_arn("a"), ("role",), "approved"),
    ]


@pytest.mark.parametrize(
    ("told", "counted"),
    [({"coverage": "uncatalogued"}, "uncatalogued"), ({"direction": "chained"}, "chained")],
)
def test_passes_of_which_less_is_known_are_counted(told: dict[str, Any], counted: str) -> None:
    assert getattr(summary_of([approved(**told), approved()]).unknowns, counted) == 1
