"""Which events the guard may judge: put by AWS, for its own account, and readable."""

import json
from typing import Any

import pytest

from passrole.trail import ForgedEventError, UnreadableEventError, record_in
from tests.fixtures import EVENT_NAMES, event

ACCOUNT = "111122223333"


def body(**changes: Any) -> str:
    return json.dumps(event("lambda_create_function") | changes)


@pytest.mark.parametrize("name", EVENT_NAMES)
def test_an_event_of_aws_for_our_account_gives_its_record(name: str) -> None:
    envelope = event(name)
    assert record_in(json.dumps(envelope), ACCOUNT) == envelope["detail"]


@pytest.mark.parametrize(
    "source",
    [
        "my.app",
        "AWS.lambda",
        " aws.lambda",
        "xaws.",
        "aws",
        "",
        None,
        7,
        ["aws.x"],
        "aws.partner/example.com/1/x",
    ],
)
def test_a_source_that_is_not_of_aws_is_forged(source: Any) -> None:
    with pytest.raises(ForgedEventError, match=r"expected aws\.\*"):
        record_in(body(source=source), ACCOUNT)


@pytest.mark.parametrize("account", ["444455556666", None, 111122223333, [ACCOUNT]])
def test_an_event_of_another_account_is_forged(account: Any) -> None:
    with pytest.raises(ForgedEventError, match=f"expected {ACCOUNT}"):
        record_in(body(account=account), ACCOUNT)


@pytest.mark.parametrize("account", ["444455556666", None, 111122223333, {}])
def test_a_record_of_another_account_in_our_envelope_is_forged(account: Any) -> None:
    envelope = event("lambda_create_function")
    envelope["detail"]["recipientAccountId"] = account
    with pytest.raises(ForgedEventError, match=f"expected {ACCOUNT}"):
        record_in(json.dumps(envelope), ACCOUNT)


def test_an_old_record_without_a_recipient_is_of_the_envelopes_account() -> None:
    envelope = event("lambda_create_function")
    del envelope["detail"]["recipientAccountId"]
    assert record_in(json.dumps(envelope), ACCOUNT) == envelope["detail"]


@pytest.mark.parametrize(
    "detail_type", ["AWS Service Event via CloudTrail", "aws api call via cloudtrail", None, 1]
)
def test_another_detail_type_is_not_readable(detail_type: Any) -> None:
    with pytest.raises(UnreadableEventError, match="expected 'AWS API Call via CloudTrail'"):
        record_in(body(**{"detail-type": detail_type}), ACCOUNT)


@pytest.mark.parametrize("detail", [None, "text", 7, [], [{}]])
def test_a_detail_that_is_no_object_is_not_readable(detail: Any) -> None:
    with pytest.raises(UnreadableEventError, match="expected an object"):
        record_in(body(detail=detail), ACCOUNT)


@pytest.mark.parametrize("text", ["", "null", "[]", '"aws"', "7", "NaN", "true"])
def test_a_body_that_is_no_object_is_not_readable(text: str) -> None:
    with pytest.raises(UnreadableEventError):
        record_in(text, ACCOUNT)


def test_an_event_that_was_cut_off_anywhere_is_not_readable() -> None:
    whole = body()
    for end in range(0, len(whole), 97):
        with pytest.raises(UnreadableEventError, match="not JSON"):
            record_in(whole[:end], ACCOUNT)


@pytest.mark.parametrize("text", ["[" * 200_000, '{"a":' * 200_000, "1" * 10_000])
def test_a_body_that_is_too_much_for_the_parser_is_not_readable(text: str) -> None:
    with pytest.raises(UnreadableEventError):
        record_in(text, ACCOUNT)


def test_the_reason_is_one_short_line_however_long_the_forgery() -> None:
    with pytest.raises(ForgedEventError) as raised:
        record_in(body(source="x\n" * 100_000), ACCOUNT)
    assert len(str(raised.value)) < 200
    assert "\n" not in str(raised.value)


def test_half_a_character_does_not_travel_on() -> None:
    """JSON can escape what no UTF-8 text can hold; the ledger would refuse it, and the event be lost."""
    envelope = event("lambda_create_function")
    envelope["detail"]["userAgent"] = "before \ud800 after"
    envelope["detail"]["requestParameters"]["description"] = "whole: \U0001f512 \\ud800"

    told = record_in(json.dumps(envelope), ACCOUNT)

    assert told["userAgent"] == "before ? after"
    assert told["requestParameters"]["description"] == "whole: \U0001f512 \\ud800"
