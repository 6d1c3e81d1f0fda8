"""What an alert says of each situation, whatever the channel."""

from dataclasses import replace

import pytest

from passrole.alerts import wording
from passrole.finding import News, State
from passrole.passes import Outcome
from passrole.policy import Stage
from tests.unit.alerts.samples import ALERTS, FINDING, PASSER, alert


def _release_offered(alert_: object) -> bool:
    return any("findings release" in command.line for command in wording.commands(alert_))  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ALERTS)
def test_every_alert_says_how_to_see_the_finding(name: str) -> None:
    lines = [command.line for command in wording.commands(ALERTS[name])]

    assert f"passrole findings show {FINDING.id}" in lines


@pytest.mark.parametrize(
    ("name", "offered"),
    [
        ("opened", True),
        ("opened-alert-only", False),
        ("opened-denied", False),
        ("reopened", True),
        ("contained", True),
        ("containment-refused", False),
        ("containment-failed", True),
        ("released", False),
    ],
)
def test_release_is_offered_only_where_there_may_be_something_to_release(name: str, offered: bool) -> None:
    assert _release_offered(ALERTS[name]) is offered


def test_late_news_of_a_containment_offer_no_release_after_it_was_released() -> None:
    assert not _release_offered(alert(News.CONTAINED, state=State.RELEASED))


def test_first_message_that_comes_late_tells_what_happened_meanwhile() -> None:
    assert "contained by now" in wording.done(alert(state=State.CONTAINED))
    assert "released since" in wording.done(alert(state=State.RELEASED))
    assert "resolved by now" in wording.done(alert(state=State.RESOLVED))


def test_quarantine_of_a_denied_attempt_does_not_announce_a_containment() -> None:
    assert "Nothing had to be done" in wording.done(alert(outcome=Outcome.DENIED, resource=None))


def test_alert_only_says_that_nothing_was_changed_and_by_whose_word() -> None:
    done = wording.done(alert(response=Stage.ALERT))

    assert done == "Nothing was changed: the policy says alert. It still holds the role."


def test_what_the_containment_did_is_told_in_its_own_words() -> None:
    assert wording.done(alert(News.CONTAINED, why="Concurrency is 0.")) == "Concurrency is 0."


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

    who = wording.facts(replace(FINDING, passer=passer))[0]

    assert "called by cloudformation.amazonaws.com" in who.note
    assert "on behalf of user-1" in who.note


def test_passer_without_any_name_is_still_a_sentence() -> None:
    passer = replace(PASSER, arn=None, name=None, principal_id=None)

    assert wording.happened(alert(passer=passer), str).startswith("Somebody passed role BreakGlass")


def test_access_key_and_user_agent_are_in_no_fact() -> None:
    passer = replace(PASSER, access_key_id="AKIAEXAMPLE", user_agent="aws-cli/2.0")

    assert "AKIAEXAMPLE" not in repr(wording.facts(replace(FINDING, passer=passer)))
    assert "aws-cli" not in repr(wording.facts(replace(FINDING, passer=passer)))
