"""Names are shown so that nobody is misled, whole or cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passrole.names import (
    cut,
    short_passer,
    short_principal,
    short_resource,
    short_role,
    shown,
    visible,
)
from passrole.passes import Passer


@pytest.mark.parametrize(
    ("raw", "seen"),
    [
        ("payments-api_2", "payments-api_2"),
        ("größe 日本 🚀", "größe 日本 🚀"),
        ("a\nb\r\tc", "a\\nb\\r\\tc"),
        ("a\x00b\x1b[31m", "a\\x00b\\x1b[31m"),
        ("safe\u202egnp.exe", "safe\\u202egnp.exe"),
        ("a\u200bb\u2066c\ufeff", "a\\u200bb\\u2066c\\ufeff"),
        ("\u05d0dmin", "\\u05d0dmin"),
        ("e\u0301", "e\\u0301"),
        ("a\u00a0b\u3164", "a\\xa0b\\u3164"),
        ("\ud800", "\\ud800"),
        ("\U000e0041", "\\U000e0041"),
        ("https://evil.example", "https[:]//evil.example"),
        ("www.evil.example WWW.evil.example", "www[.]evil.example WWW[.]evil.example"),
        ("mailto:x@evil.example", "mailto[:]x@evil.example"),
    ],
)
def test_what_cannot_be_seen_is_made_visible(raw: str, seen: str) -> None:
    assert visible(raw) == seen


@given(st.text())
def test_visible_text_is_one_printable_line(text: str) -> None:
    assert visible(text).isprintable()
    assert len(visible(text)) >= len(text)
    visible(text).encode("utf-8", "strict")


def test_long_name_keeps_both_its_ends() -> None:
    assert cut("arn:aws:iam::111122223333:role/team/a/b/c/Deployer", 20) == "arn:aws:iam:…eployer"


@given(st.text(alphabet="ab<&🚀"), st.integers(min_value=1, max_value=40))
def test_cut_never_costs_more_than_its_limit(text: str, limit: int) -> None:
    def size(character: str) -> int:
        return {"<": 4, "&": 5, "🚀": 2}.get(character, 1)

    result = cut(text, limit, size)

    assert sum(map(size, result)) <= limit
    assert result == text or "…" in result


@given(st.text(alphabet="ab<\n\u202e🚀", min_size=30), st.integers(min_value=1, max_value=20))
def test_long_text_is_shown_as_if_it_were_looked_at_whole(text: str, limit: int) -> None:
    assert shown(text, limit) == cut(visible(text), limit)


@pytest.mark.parametrize(
    ("arn", "short"),
    [
        ("arn:aws:sts::111122223333:assumed-role/Developer/alice", "Developer/alice"),
        (
            "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Power_User_0123456789abcdef/a@example.com",
            "AWSReservedSSO_Power_User_0123456789abcdef/a@example.com",
        ),
        ("arn:aws:iam::111122223333:user/people/bob", "bob"),
        ("arn:aws:iam::111122223333:root", "root of 111122223333"),
        ("not an arn", "not an arn"),
    ],
)
def test_principal_in_short(arn: str, short: str) -> None:
    assert short_principal(arn) == short


_POWER_USER = "AWSReservedSSO_Power_User_0123456789abcdef"
_ITS_PATH = "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com"


@pytest.mark.parametrize(
    ("role", "role_arn", "short"),
    [
        (_POWER_USER, f"{_ITS_PATH}/{_POWER_USER}", "Power_User/dana"),
        (_POWER_USER, f"{_ITS_PATH}/eu-west-1/{_POWER_USER}", "Power_User/dana"),
        ("AWSReservedSSO_x", f"{_ITS_PATH}/AWSReservedSSO_x", "AWSReservedSSO_x/dana"),
        # Anybody can name a role so, in another path, and in an account of their own.
        (_POWER_USER, f"arn:aws:iam::111122223333:role/{_POWER_USER}", f"{_POWER_USER}/dana"),
        (_POWER_USER, f"arn:aws:iam::111122223333:role/x/aws-reserved/{_POWER_USER}", f"{_POWER_USER}/dana"),
        (_POWER_USER, f"{_ITS_PATH}/AWSReservedSSO_Other_0123456789abcdef", f"{_POWER_USER}/dana"),
        (_POWER_USER, None, f"{_POWER_USER}/dana"),
    ],
)
def test_session_of_identity_center_has_the_name_of_its_permission_set(
    role: str, role_arn: str | None, short: str
) -> None:
    session = f"arn:aws:sts::111122223333:assumed-role/{role}/dana"

    assert short_passer(Passer(type="AssumedRole", arn=session, role_arn=role_arn)) == short


def test_passer_without_arn_is_the_service_that_called() -> None:
    assert short_passer(Passer(type="AWSService", invoked_by="glue.amazonaws.com")) == "glue.amazonaws.com"


@pytest.mark.parametrize(
    ("arn", "short"),
    [
        ("arn:aws:lambda:eu-west-1:111122223333:function:payments", "payments"),
        ("arn:aws:ec2:eu-west-1:111122223333:instance/i-0abc", "i-0abc"),
        ("arn:aws:ecs:eu-west-1:111122223333:task-definition/web:7", "web:7"),
        ("arn:aws:s3:::bucket", "bucket"),
        ("just text", "just text"),
    ],
)
def test_resource_in_short(arn: str, short: str) -> None:
    assert short_resource(arn) == short


def test_role_in_short() -> None:
    assert short_role("arn:aws:iam::111122223333:role/a/b/Admin") == "Admin"
    assert short_role("Admin") == "Admin"
