"""What an alert says of each situation, whatever the channel."""

from dataclasses import replace

import pytest

from passrole.alerts import Alert
from passrole.alerts.renderings import wording
from passrole.alerts.renderings.commands import commands_of
from passrole.alerts.renderings.facts import Fact, facts_of, where_of
from passrole.alerts.renderings.terms import kind_of
from passrole.finding import APPROVED_NOW, BEGUN, GUARD, News, State
from passrole.passes import Outcome
from passrole.policy import Decision, Stage
from passrole.quarantine.module import QuarantineModule
from passrole.quarantine.registry import MODULES
from tests.unit.alerts.samples import ALERTS, FINDING, PASSER, alert


def _done(alert_: Alert) -> str:
    return " ".join(wording.done(alert_))


def _release_offered(alert_: Alert) -> bool:
    return any("findings release" in command.line for command in commands_of(alert_))


@pytest.mark.parametrize("name", ALERTS)
def test_every_alert_says_how_to_see_the_finding(name: str) -> None:
    lines = [command.line for command in commands_of(ALERTS[name])]

    assert f"passrole findings show {ALERTS[name].finding.id}" in lines


@pytest.mark.parametrize(
    ("name", "offered"),
    [
        ("opened", True),
        ("opened-alert-only", False),
        ("opened-denied", False),
        ("reopened", True),
        ("contained", True),
        ("containment-refused", False),
        ("containment-failed", False),
        ("resolved", False),
        ("released", False),
    ],
)
def test_release_is_offered_only_where_there_may_be_something_to_release(name: str, offered: bool) -> None:
    assert _release_offered(ALERTS[name]) is offered


def test_late_news_of_a_containment_offer_no_release_after_it_was_released() -> None:
    assert not _release_offered(alert(News.CONTAINED, state=State.RELEASED))


def test_first_message_that_comes_late_tells_what_happened_meanwhile() -> None:
    assert "contained by now" in _done(alert(state=State.CONTAINED))
    assert "released since" in _done(alert(state=State.RELEASED))
    assert "resolved by now" in _done(alert(state=State.RESOLVED))


def test_quarantine_of_a_denied_attempt_does_not_announce_a_containment() -> None:
    assert "Nothing had to be done" in _done(alert(outcome=Outcome.DENIED, resource=None))


def test_alert_only_says_that_nothing_was_changed_and_by_whose_word() -> None:
    done = _done(alert(response=Stage.ALERT))

    assert done == "Nothing was changed: the policy says alert. It still holds the role."


def test_quarantine_announces_no_containment_that_will_not_come() -> None:
    doubtful = alert(decision=Decision.UNDETERMINED)
    nowhere = alert(resource=None)

    assert "nothing is contained on a doubt" in _done(doubtful)
    assert "the record does not tell what holds the role" in _done(nowhere)
    assert not _release_offered(doubtful)
    assert not _release_offered(nowhere)


def test_what_the_containment_did_and_what_still_runs_stand_apart() -> None:
    contained = alert(News.CONTAINED, why="concurrency set to 0. Still runs: what was begun")

    assert wording.done(contained) == ("concurrency set to 0.", "Still runs: what was begun")


def test_containment_is_told_in_its_own_words() -> None:
    assert wording.done(alert(News.CONTAINED, why="concurrency set to 0")) == ("concurrency set to 0",)


@pytest.mark.parametrize("news", [n for n in News if not n.opens and n is not News.EXEMPTED])
def test_step_without_a_why_still_says_something(news: News) -> None:
    assert wording.done(alert(news))[0] == "the ledger does not say"


def test_many_reasons_are_counted_not_dropped_in_silence() -> None:
    reasons = tuple(f"reason {i}" for i in range(9))

    assert wording.why(alert(reasons=reasons)) == (*reasons[:5], "and 4 more: see the finding")


def test_reopened_says_first_why() -> None:
    assert wording.why(ALERTS["reopened"])[0] == "the role was passed again after it was released"


def test_pass_with_an_unknown_resource_names_the_service_candidates() -> None:
    services = ("lambda.amazonaws.com", "batch.amazonaws.com")

    sentence = wording.happened(alert(resource=None, services=services), lambda name: f"<{name}>")

    assert sentence == "<Developer/alice> passed role <BreakGlass> to Lambda or <batch.amazonaws.com>"


def test_service_that_called_for_somebody_is_named_with_them() -> None:
    passer = replace(PASSER, invoked_by="cloudformation.amazonaws.com", on_behalf_of="user-1")

    who = facts_of(replace(FINDING, passer=passer))[0]

    assert "called by cloudformation.amazonaws.com" in who.note
    assert "on behalf of user-1" in who.note


def test_passer_without_any_name_is_still_a_sentence() -> None:
    passer = replace(PASSER, arn=None, name=None, principal_id=None)

    assert wording.happened(alert(passer=passer), str).startswith("Somebody passed role BreakGlass")


def test_access_key_and_user_agent_are_in_no_fact() -> None:
    passer = replace(PASSER, access_key_id="AKIAEXAMPLE", user_agent="aws-cli/2.0")

    assert "AKIAEXAMPLE" not in repr(facts_of(replace(FINDING, passer=passer)))
    assert "aws-cli" not in repr(facts_of(replace(FINDING, passer=passer)))


def test_what_the_policy_approves_by_now_is_not_said_to_have_let_go_of_its_role() -> None:
    approved = alert(News.RESOLVED, state=State.RESOLVED, why=APPROVED_NOW)

    assert wording.happened(approved, str) == "Lambda function payments may hold role BreakGlass now"


def _lines(alert_: Alert) -> str:
    return " ".join(command.line for command in commands_of(alert_))


def test_what_is_refused_half_way_can_be_released_and_not_exempted() -> None:
    """An exemption is refused for what is held."""
    half_way = alert(News.CONTAINMENT_REFUSED, why=f"quarantine is switched off by sam; {BEGUN}")

    assert _release_offered(half_way)
    assert "findings exempt" not in _lines(half_way)


def test_who_is_told_and_does_not_act_can_let_it_be() -> None:
    assert "findings exempt" in _lines(alert(response=Stage.ALERT))
    assert "findings exempt" in _lines(alert(decision=Decision.UNDETERMINED))
    assert "findings exempt" not in _lines(alert())
    assert "findings exempt" not in _lines(alert(outcome=Outcome.DENIED, resource=None))
    assert "findings exempt" not in _lines(alert(response=Stage.ALERT, state=State.RESOLVED))


def test_who_exempted_it_is_said() -> None:
    by_a_person = alert(News.EXEMPTED, who="arn:aws:sts::111122223333:assumed-role/Operator/bob")

    assert wording.happened(by_a_person, str).startswith("Operator/bob lets Lambda function payments keep")
    assert wording.happened(alert(News.EXEMPTED, who=GUARD), str).startswith("The policy lets Lambda")


@pytest.mark.parametrize(
    ("news", "said"),
    [
        (News.APPROVED, "still holds the role"),
        (News.CONTAINMENT_REFUSED, "still holds the role"),
        (News.CONTAINMENT_FAILED, "may still run with the role"),
        (News.UNDONE, "may run with the role again"),
        (News.RELEASED, "may run with the role again"),
        (News.EXEMPTED, "keeps the role"),
    ],
)
def test_what_runs_on_is_said(news: News, said: str) -> None:
    assert said in _done(alert(news, why="why", exempt_until="2026-12-31T00:00:00.000Z"))


def test_who_gave_the_role_is_said_of_an_undone_containment() -> None:
    assert wording.happened(ALERTS["undone"], str) == (
        "Somebody undid the containment of Lambda function payments: Developer/alice gave it role BreakGlass"
    )


def test_attempt_names_no_resource_as_if_it_were_unknown() -> None:
    assert _fact("Resource", ALERTS["opened-denied"]).value == "none: the role was not passed"


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.resource_type)
def test_all_that_can_be_contained_is_called_by_its_kind(module: QuarantineModule) -> None:
    assert kind_of(replace(FINDING, resource_type=module.resource_type)) != "resource"


def test_what_is_refused_half_way_is_not_said_to_be_as_it_was() -> None:
    done = _done(alert(News.CONTAINMENT_REFUSED, why=f"quarantine is switched off by sam; {BEGUN}"))

    assert "Nothing was changed" not in done
    assert "What was done so far stays until its release." in done


def test_account_is_named_before_its_number_where_its_name_is_known() -> None:
    named = replace(alert(), account_name="payments-prod")

    assert where_of(named, str) == "payments-prod (111122223333) eu-west-1"
    assert where_of(alert(), str) == "111122223333 eu-west-1"
    assert where_of(alert(account=None, region=None), str) == "unknown account unknown region"
    assert _fact("Where", named).value == "payments-prod (111122223333) eu-west-1"
    assert _fact("Where", alert()).value == "111122223333 eu-west-1"


def test_passer_role_and_resource_are_linked_into_the_console() -> None:
    facts = facts_of(FINDING)

    assert {fact.label for fact in facts if fact.link} == {"Who", "Role", "Resource"}


def _fact(label: str, alert_: Alert) -> Fact:
    facts = facts_of(alert_.finding, alert_.account_name)
    return next(fact for fact in facts if fact.label == label)
