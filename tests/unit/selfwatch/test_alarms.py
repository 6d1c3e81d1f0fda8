"""Alarms of the guard become findings about it: one an alarm, opened, resolved, and never forged."""

import json
from typing import Any

import pytest

from passrole.finding import State
from passrole.ledger import Ledger
from passrole.policy import Severity, Stage
from passrole.selfwatch.alarms import AlarmNews, is_alarm
from passrole.trail import ForgedEventError, UnreadableEventError
from tests.unit.samples import ACCOUNT, REGION, FrozenClock, RecordedTopic

NAME = "Guard-MonitoringCanaryMissing1A2B3C4D-5E6F"
WHY = "Threshold Crossed: no datapoints were received for 1 period"


def event(state: str = "ALARM", at: str = "12:00:00", **fields: Any) -> dict[str, Any]:
    """As CloudWatch sends it."""
    name = fields.pop("name", NAME)
    metric = fields.pop("metric", "CanarySeen")
    stat = {"metric": {"name": metric, "namespace": "PassRoleGuardrail"}, "period": 900, "stat": "Sum"}
    envelope = {
        "version": "0",
        "id": "c4c1c1c9-6542-e61b-6ef0-8c4d36933a92",
        "detail-type": "CloudWatch Alarm State Change",
        "source": "aws.cloudwatch",
        "account": ACCOUNT,
        "time": f"2026-11-22T{at}Z",
        "region": REGION,
        "resources": [f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:{name}"],
        "detail": {
            "alarmName": name,
            "configuration": {
                "description": "PassRole Guardrail: the canary is missing.",
                "metrics": [{"id": "m1", "metricStat": stat, "returnData": True}],
            },
            "previousState": {"value": "OK", "timestamp": "2026-11-22T11:00:00.000+0000"},
            "state": {"reason": WHY, "timestamp": f"2026-11-22T{at}.985+0000", "value": state},
        },
    }
    return envelope | fields


@pytest.fixture
def news(ledger: Ledger, topic: RecordedTopic) -> AlarmNews:
    return AlarmNews(ledger, topic, ACCOUNT, "Guard", FrozenClock())


def test_an_alarm_that_rings_opens_a_finding_about_the_guard(
    news: AlarmNews, ledger: Ledger, topic: RecordedTopic
) -> None:
    news.take(json.dumps(event()))

    [finding] = ledger.findings()
    assert finding.is_about_guard
    assert (finding.state, finding.response, finding.severity) == (State.OPEN, Stage.ALERT, Severity.HIGH)
    assert finding.resource == f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:{NAME}"
    assert "the canary is missing" in finding.reasons[0]
    assert WHY in finding.reasons[0]
    assert topic.news == ["opened"]


def test_it_is_resolved_when_the_alarm_is_well_and_opens_again_when_it_rings_again(
    news: AlarmNews, ledger: Ledger, topic: RecordedTopic
) -> None:
    for body in (event("ALARM", "12:00:00"), event("OK", "12:10:00"), event("ALARM", "12:20:00")):
        news.take(json.dumps(body))

    [finding] = ledger.findings()
    assert finding.state is State.OPEN
    assert topic.news == ["opened", "resolved", "reopened"]


def test_what_comes_again_or_late_changes_nothing(
    news: AlarmNews, ledger: Ledger, topic: RecordedTopic
) -> None:
    rings, is_well = event("ALARM", "12:00:00"), event("OK", "12:10:00")
    for body in (rings, rings, is_well, is_well, rings):
        news.take(json.dumps(body))

    assert [finding.state for finding in ledger.findings()] == [State.RESOLVED]
    assert topic.news == ["opened", "resolved"]


def test_news_that_was_not_published_is_so_at_the_next_delivery(
    news: AlarmNews, topic: RecordedTopic
) -> None:
    topic.broken = True
    with pytest.raises(ConnectionError):
        news.take(json.dumps(event()))
    topic.broken = False

    news.take(json.dumps(event()))

    assert topic.news == ["opened"]


def test_an_alarm_that_is_well_from_the_start_is_no_finding(news: AlarmNews, ledger: Ledger) -> None:
    assert news.take(json.dumps(event("OK"))) is None
    assert news.take(json.dumps(event("INSUFFICIENT_DATA"))) is None
    assert list(ledger.findings()) == []


def test_alarms_of_others_and_those_that_are_told_otherwise_are_left_alone(
    news: AlarmNews, ledger: Ledger
) -> None:
    assert news.take(json.dumps(event(name="Billing"))) is None
    assert news.take(json.dumps(event(name="GuardOther-MonitoringX"))) is None
    assert news.take(json.dumps(event(metric="BreakerTripped"))) is None
    assert list(ledger.findings()) == []


def test_an_exemption_that_ends_soon_is_no_alarm_in_the_night(news: AlarmNews, ledger: Ledger) -> None:
    news.take(json.dumps(event(metric="ExemptionsEnding")))

    assert [finding.severity for finding in ledger.findings()] == [Severity.LOW]


def test_an_alarm_of_a_forwarding_stack_is_the_guards(news: AlarmNews, ledger: Ledger) -> None:
    news.take(json.dumps(event(name="Guard-us-east-1-MonitoringRulesFail11A2B3C4D-5E6F", metric="Failed")))

    assert len(list(ledger.findings())) == 1


def test_an_alarm_on_metric_math_is_taken(news: AlarmNews, ledger: Ledger) -> None:
    body = event()
    body["detail"]["configuration"]["metrics"].append({"id": "e1", "expression": "SUM(METRICS())"})

    assert news.take(json.dumps(body)) is not None


@pytest.mark.parametrize(
    "forged", [{"source": "aws.cloudwatc"}, {"source": "my.app"}, {"account": "444455556666"}]
)
def test_what_cloudwatch_did_not_send_for_this_account_is_refused(
    news: AlarmNews, ledger: Ledger, forged: dict[str, Any]
) -> None:
    with pytest.raises(ForgedEventError):
        news.take(json.dumps(event(**forged)))

    assert list(ledger.findings()) == []


@pytest.mark.parametrize(
    "broken",
    [
        {"detail": None},
        {"detail": {}},
        {"resources": []},
        {"resources": ["arn:aws:cloudwatch:us-east-1:111122223333:alarm:Another"]},
        {"detail-type": "AWS API Call via CloudTrail"},
    ],
)
def test_what_is_no_such_event_is_told_from_one(news: AlarmNews, broken: dict[str, Any]) -> None:
    with pytest.raises(UnreadableEventError):
        news.take(json.dumps(event(**broken)))


@pytest.mark.parametrize("body", ["", "[]", "{", "null", '{"detail-type": 1}'])
def test_no_text_breaks_it_otherwise(news: AlarmNews, body: str) -> None:
    with pytest.raises(UnreadableEventError):
        news.take(body)


def test_alarms_are_told_from_other_events_by_their_type() -> None:
    assert is_alarm(event())
    assert not is_alarm({"detail-type": "AWS API Call via CloudTrail"})
    assert not is_alarm({})
