"""Passes and findings in the ledger: written together or not at all, and found again."""

import json
from dataclasses import replace

import boto3

from passrole.clock import iso
from passrole.finding import Change, Finding, News, State, Step
from passrole.finding.life import advance, feed
from passrole.ledger import Ledger, keys
from passrole.policy import Severity
from tests.unit.samples import FUNCTION, NOW, evidence_of, finding_of, pass_of, verdict_of


def record(ledger: Ledger, *changes: Change, event_id: str = "e") -> bool:
    return ledger.record_pass(pass_of(event_id=event_id), verdict_of(), evidence_of(), changes, iso(NOW))


def test_a_pass_is_written_once_with_its_findings(ledger: Ledger) -> None:
    finding = finding_of()

    assert record(ledger, feed(None, finding))
    assert not record(ledger, feed(None, finding))

    assert ledger.finding(finding.id) == finding
    assert ledger.findings_fed_by(pass_of(event_id="e").id) == (finding,)
    assert [step.news for step in ledger.history(finding.id)] == ["opened"]


def test_a_finding_that_changed_meanwhile_stops_the_whole_transaction(ledger: Ledger) -> None:
    finding = finding_of()
    record(ledger, feed(None, finding))
    stale = replace(finding, passes=5)

    assert not record(ledger, feed(stale, finding), event_id="later")

    assert not ledger.has_pass(pass_of(event_id="later").id)
    assert ledger.finding(finding.id) == finding


def test_what_is_published_leaves_the_outbox_and_news_bring_it_back(ledger: Ledger) -> None:
    finding = finding_of()
    record(ledger, feed(None, finding))
    assert list(ledger.due(iso(NOW))) == [finding]
    assert list(ledger.due("2026-11-22T11")) == [], "too young"

    ledger.mark_published(finding)
    assert list(ledger.due(iso(NOW))) == []

    present = ledger.finding(finding.id)
    assert present is not None
    ledger.record_change(advance(present, State.CONTAINED, News.CONTAINED, iso(NOW), "guardrail", "done"))
    [waiting] = ledger.due(iso(NOW))
    assert ledger.unpublished_steps(waiting) == (Step(2, iso(NOW), News.CONTAINED, "guardrail", "done"),)


def test_marking_an_older_revision_hides_no_later_news(ledger: Ledger) -> None:
    finding = finding_of()
    record(ledger, feed(None, finding))
    ledger.record_change(advance(finding, State.CONTAINED, News.CONTAINED, iso(NOW), "guardrail", "done"))

    ledger.mark_published(finding)

    [waiting] = ledger.due(iso(NOW))
    assert [step.news for step in ledger.unpublished_steps(waiting)] == ["contained"]


def test_all_findings_are_listed_whatever_their_shard(ledger: Ledger) -> None:
    findings = [
        finding_of(pass_of(resources=(f"arn:aws:lambda:us-east-1:1:function:f{n}",))) for n in range(20)
    ]
    for number, finding in enumerate(findings):
        record(ledger, feed(None, finding), event_id=str(number))

    assert {f.id for f in ledger.findings()} == {f.id for f in findings}


def test_a_finding_reads_back_as_it_was_written(ledger: Ledger) -> None:
    finding: Finding = replace(finding_of(), reasons=("a \u202e\n<b>`c`",), role_id=None, region=None)

    record(ledger, feed(None, finding))

    assert ledger.finding(finding.id) == finding


def test_a_finding_that_an_earlier_version_wrote_can_be_changed(ledger: Ledger) -> None:
    """It has fewer fields, and its text is the lock."""
    finding = finding_of()
    assert ledger.record_change(Change(finding, Step(1, finding.opened_at, News.OPENED, "dana", "x"), None))
    client = boto3.client("dynamodb")
    pk, sk = keys.of_finding(finding.id)
    key = {"pk": {"S": pk}, "sk": {"S": sk}}
    body = json.loads(client.get_item(TableName="ledger", Key=key)["Item"]["body"]["S"])
    for field in ("exempt_by", "waits_until", "awaits_approval", "approved_by", "would_contain", "check_at"):
        del body[field]
    client.update_item(
        TableName="ledger",
        Key=key,
        UpdateExpression="SET body = :b",
        ExpressionAttributeValues={":b": {"S": json.dumps(body, sort_keys=True)}},
    )

    before = ledger.finding(finding.id)

    assert before == finding
    assert ledger.record_change(Change(replace(finding, passes=2), None, before))
    assert [f.passes for f in ledger.due("9999")] == [2]


def test_findings_are_read_together_and_by_their_resource(ledger: Ledger) -> None:
    other = "arn:aws:lambda:us-east-1:1:function:other"
    findings = [finding_of(), finding_of(role_id="AROAOTHER"), finding_of(pass_of(resources=(other,)))]
    for number, finding in enumerate(findings):
        record(ledger, feed(None, finding), event_id=str(number))

    assert ledger.findings_with([*(f.id for f in findings), "unknown"]) == {f.id: f for f in findings}
    assert {f.id for f in ledger.findings_on(FUNCTION)} == {f.id for f in findings[:2]}
    assert ledger.findings_on(other) == (findings[2],)
    assert ledger.findings_on(f"{FUNCTION}-2") == ()
    assert ledger.findings_with([]) == {}


def test_more_findings_than_one_request_gives_are_read(ledger: Ledger) -> None:
    findings = [finding_of(role_id=f"AROA{n}") for n in range(101)]
    for finding in findings:
        assert ledger.record_change(feed(None, finding))

    assert len(ledger.findings_with(f.id for f in findings)) == len(ledger.findings_on(FUNCTION)) == 101


def test_what_stands_is_listed_by_kind_and_region(ledger: Ledger) -> None:
    here = finding_of()
    there = finding_of(pass_of(region="us-east-2"))
    machine = finding_of(pass_of(resource_type="states:stateMachine", resources=("machine",)))
    graver = replace(finding_of(role_id="AROAGRAVER"), severity=Severity.CRITICAL)
    over = replace(finding_of(role_id="AROAOVER"), state=State.RESOLVED)
    for finding in (here, there, machine, graver, over):
        assert ledger.record_change(feed(None, finding))

    def standing(*kind: str | None) -> set[str]:
        return {f.id for f in ledger.standing_on(kind[0] or "", kind[1])}

    assert standing("lambda:function", "us-east-1") == {here.id, graver.id}
    assert standing("lambda:function", None) == {here.id, graver.id, there.id}
    assert standing("states:stateMachine", "us-east-1") == {machine.id}
    assert standing("lambda:function", "us-east") == standing("lambda", None) == set()


def test_what_is_resolved_stands_no_more(ledger: Ledger) -> None:
    finding = finding_of()
    ledger.record_change(feed(None, finding))

    ledger.record_change(advance(finding, State.RESOLVED, News.RESOLVED, iso(NOW), "guardrail", "gone"))

    assert list(ledger.standing_on("lambda:function", None)) == []
