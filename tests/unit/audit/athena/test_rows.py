"""Rows of a result as CloudTrail records."""

import pytest

from passrole.audit.athena.fields import FIELDS
from passrole.audit.athena.rows import record_of


def row(**told: str) -> list[str | None]:
    return [told.get(field.alias) for field in FIELDS]


def test_members_of_structs_have_cloudtrails_spelling_again() -> None:
    told = row(
        eventid="1",
        useridentity_accesskeyid="ASIA",
        useridentity_onbehalfof_userid="u",
        useridentity_sessioncontext_sessionissuer_arn="arn:aws:iam::111122223333:role/r",
        useridentity_sessioncontext_attributes_mfaauthenticated="true",
    )

    assert record_of(told) == {
        "eventID": "1",
        "userIdentity": {
            "accessKeyId": "ASIA",
            "onBehalfOf": {"userId": "u"},
            "sessionContext": {
                "sessionIssuer": {"arn": "arn:aws:iam::111122223333:role/r"},
                "attributes": {"mfaAuthenticated": "true"},
            },
        },
    }


@pytest.mark.parametrize(
    ("told", "unfolded"),
    [
        ('{"role":"r"}', {"role": "r"}),
        ("null", None),
        ("[]", []),
        ("plain", "plain"),
        ('{"cut', '{"cut'),
        ("", ""),
    ],
)
def test_requests_are_unfolded_as_far_as_they_can_be(told: str, unfolded: object) -> None:
    assert record_of(row(requestparameters=told)) == {"requestParameters": unfolded}
    assert record_of(row(responseelements=told)) == {"responseElements": unfolded}


def test_deep_nesting_raises_nothing() -> None:
    deep = "[" * 100_000

    assert record_of(row(requestparameters=deep)) == {"requestParameters": deep}


@pytest.mark.parametrize(("told", "meant"), [("true", True), ("false", False), ("TRUE?", None)])
def test_what_only_reads_is_told_by_truth_values(told: str, meant: object) -> None:
    assert record_of(row(readonly=told)) == {"readOnly": meant}


def test_a_row_of_another_length_is_none_of_the_query() -> None:
    with pytest.raises(ValueError, match="argument 2"):
        record_of([None])
