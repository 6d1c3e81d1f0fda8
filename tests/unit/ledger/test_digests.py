"""Digests in the ledger: held with the delivery mark or not at all, closed before they are read."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from passrole.clock import iso
from passrole.finding import Finding, News, Step
from passrole.ledger import Claim, DigestRecord, Held, HeldNews, Ledger, digests
from passrole.ledger.table import Put
from tests.unit.samples import NOW, finding_of

DUE = NOW + timedelta(minutes=3)
FINDING = finding_of()


def _news(number: int = 1) -> HeldNews:
    finding = replace(FINDING, id=f"{number:016x}")
    return HeldNews(finding, Step(1, iso(NOW), News.OPENED, "dana", "why"), is_repeat=False)


def _hold(ledger: Ledger, number: int = 1, now: datetime = NOW) -> HeldNews:
    news = _news(number)
    assert ledger.claim_delivery(news.finding.id, 1, "slack", now) is Claim.NEW
    due = now + timedelta(minutes=3)
    assert ledger.hold_for_digest("slack", news, claimed=now, now=now, due=due) is Held.HELD
    return news


def _due(ledger: Ledger, at: datetime = DUE) -> list[DigestRecord]:
    return list(ledger.due_digests(iso(at)))


def test_held_news_needs_no_delivery_and_is_in_the_digest_once_closed(ledger: Ledger) -> None:
    first, second = _hold(ledger, 1), _hold(ledger, 2)

    assert ledger.claim_delivery(first.finding.id, 1, "slack", NOW + timedelta(hours=1)) is Claim.DELIVERED
    assert ledger.closed_digest("slack", 1) is None
    assert ledger.close_digest("slack", 1, DUE)
    digest = ledger.closed_digest("slack", 1)
    assert digest == DigestRecord("slack", 1, count=2, is_open=False)
    assert {n.finding.id for n in ledger.news_of(digest)} == {first.finding.id, second.finding.id}
    (kept, _) = ledger.news_of(digest)
    assert kept == replace(first, finding=replace(first.finding, reasons=()))


def test_a_digest_is_due_when_its_first_news_has_waited(ledger: Ledger) -> None:
    _hold(ledger, 1)
    _hold(ledger, 2, NOW + timedelta(minutes=2))

    assert _due(ledger, DUE - timedelta(seconds=1)) == []
    assert _due(ledger) == [DigestRecord("slack", 1, count=2, is_open=True)]


def test_what_comes_after_the_closing_is_in_the_next_digest(ledger: Ledger) -> None:
    _hold(ledger, 1)
    ledger.close_digest("slack", 1, DUE)
    late = _hold(ledger, 2, DUE)

    assert not ledger.close_digest("slack", 1, DUE), "it is closed already"
    assert ledger.close_digest("slack", 2, DUE)
    digest = ledger.closed_digest("slack", 2)
    assert digest is not None
    assert [n.finding.id for n in ledger.news_of(digest)] == [late.finding.id]


def test_a_full_digest_is_followed_by_the_next(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(digests, "MOST_NEWS", 2)
    for number in range(5):
        _hold(ledger, number)

    assert [(d.number, d.count, d.is_open) for d in _due(ledger)] == [
        (1, 2, False),
        (2, 2, False),
        (3, 1, True),
    ]


def test_nothing_is_held_for_a_claim_that_another_worker_took_over(ledger: Ledger) -> None:
    news = _news()
    ledger.claim_delivery(news.finding.id, 1, "slack", NOW)
    later = NOW + timedelta(minutes=2)
    assert ledger.claim_delivery(news.finding.id, 1, "slack", later) is Claim.REPEAT

    assert ledger.hold_for_digest("slack", news, claimed=NOW, now=later, due=DUE) is Held.NOT_OURS
    assert _due(ledger) == []


def test_who_loses_every_race_holds_nothing(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    news = _news()
    ledger.claim_delivery(news.finding.id, 1, "slack", NOW)
    monkeypatch.setattr(digests.Table, "put_all", lambda *_: False)

    assert ledger.hold_for_digest("slack", news, claimed=NOW, now=NOW, due=DUE) is Held.BUSY


def test_a_postponed_digest_comes_up_again_and_a_sent_one_never(ledger: Ledger) -> None:
    _hold(ledger)
    ledger.close_digest("slack", 1, DUE)
    [digest] = _due(ledger)
    ledger.postpone_digest(digest, DUE + timedelta(hours=2))
    assert _due(ledger, DUE + timedelta(hours=1)) == []
    assert _due(ledger, DUE + timedelta(hours=2)) == [digest]

    ledger.finish_digest(digest, DUE)
    ledger.postpone_digest(digest, DUE)

    assert _due(ledger, DUE + timedelta(days=1)) == []
    assert ledger.closed_digest("slack", 1) == replace(digest, sent_at=iso(DUE))


def test_an_open_digest_without_news_is_not_due_and_cannot_be_closed(ledger: Ledger) -> None:
    _hold(ledger)
    ledger.close_digest("slack", 1, DUE)

    assert not ledger.close_digest("slack", 2, DUE)
    assert [d.number for d in _due(ledger, DUE + timedelta(days=1))] == [1]


def test_digests_are_no_findings(ledger: Ledger) -> None:
    _hold(ledger)

    assert list(ledger.due("9999")) == []
    assert list[Finding](ledger.findings()) == []


def test_a_digest_is_closed_while_news_still_comes(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a storm somebody adds news all the time: what waited must not wait for another run for it."""
    _hold(ledger, 1)
    put_all, others = ledger._table.put_all, iter(range(2, 5))

    def after_another(puts: Sequence[Put]) -> bool:
        number = next(others, None)
        if number is not None:
            with monkeypatch.context() as patch:
                patch.setattr(ledger._table, "put_all", put_all)
                _hold(ledger, number)
        return put_all(puts)

    with monkeypatch.context() as patch:
        patch.setattr(ledger._table, "put_all", after_another)
        assert ledger.close_digest("slack", 1, DUE)

    assert ledger.closed_digest("slack", 1) == DigestRecord("slack", 1, count=4, is_open=False)
