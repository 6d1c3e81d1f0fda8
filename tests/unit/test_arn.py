"""ARNs: what is one, what is none, and where path and name part."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passrole.arn import (
    Arn,
    IamArn,
    is_instance_profile_name,
    is_role_name,
    parse_instance_profile_arn,
    parse_role_arn,
    parse_user_arn,
    partition_of,
)

ROLE = "arn:aws:iam::111122223333:role"


@pytest.mark.parametrize(
    ("text", "path", "name"),
    [
        (f"{ROLE}/web", "/", "web"),
        (f"{ROLE}/application_role/web", "/application_role/", "web"),
        (f"{ROLE}/a/b/c/web", "/a/b/c/", "web"),
        (f"{ROLE}/service-role/role/web", "/service-role/role/", "web"),
        (f"{ROLE}/x:role/y!~/web", "/x:role/y!~/", "web"),
        (f"{ROLE}/{'n' * 64}", "/", "n" * 64),
        (f"{ROLE}/a_+=,.@-Z9", "/", "a_+=,.@-Z9"),
        (f"{ROLE}/{'p' * 510}/web", f"/{'p' * 510}/", "web"),
    ],
)
def test_the_name_is_the_last_part_and_the_path_lies_before_it(text: str, path: str, name: str) -> None:
    assert parse_role_arn(text) == IamArn("aws", "111122223333", path, name, "role")


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov", "aws-iso-b", "aws-eusc"])
def test_every_partition_has_roles(partition: str) -> None:
    arn = parse_role_arn(f"arn:{partition}:iam::111122223333:role/x")
    assert arn is not None
    assert arn.partition == partition


@pytest.mark.parametrize(
    "text",
    [
        None,
        7,
        b"arn:aws:iam::111122223333:role/x",
        "",
        "x",
        ROLE,
        f"{ROLE}/",
        f"{ROLE}/a/",
        f"{ROLE}//web",
        f"{ROLE}/x\n",
        f"\n{ROLE}/x",
        f" {ROLE}/x",
        f"{ROLE}/a b",
        f"{ROLE}/a b/x",
        f"{ROLE}/*",
        f"{ROLE}/a?",
        f"{ROLE}/{'n' * 65}",
        f"{ROLE}/{'p' * 511}/x",
        f"{ROLE}/we\N{CYRILLIC SMALL LETTER A}b",
        f"{ROLE}/\N{CYRILLIC SMALL LETTER A}/web",
        "arn:aws:iam::11112222333\N{ARABIC-INDIC DIGIT THREE}:role/x",
        "arn:aws:iam::11112222333:role/x",
        "arn:aws:iam::*:role/x",
        "arn:*:iam::111122223333:role/x",
        "arn:AWS:iam::111122223333:role/x",
        "ARN:aws:iam::111122223333:role/x",
        "arn:aws:iam:us-east-1:111122223333:role/x",
        "arn:aws:iam::111122223333:user/x",
        "arn:aws:iam::111122223333:roles/x",
        "arn:aws:sts::111122223333:assumed-role/x/y",
    ],
)
def test_what_is_no_role_arn_is_none(text: object) -> None:
    assert parse_role_arn(text) is None


def test_an_instance_profile_is_no_role() -> None:
    text = "arn:aws:iam::111122223333:instance-profile/a/web"
    assert parse_role_arn(text) is None
    assert parse_instance_profile_arn(text) == IamArn("aws", "111122223333", "/a/", "web", "instance-profile")
    assert parse_instance_profile_arn(f"{ROLE}/web") is None


def test_a_user_is_neither() -> None:
    text = "arn:aws:iam::111122223333:user/people/dana"
    assert parse_user_arn(text) == IamArn("aws", "111122223333", "/people/", "dana", "user")
    assert parse_user_arn(f"{ROLE}/web") is parse_role_arn(text) is parse_instance_profile_arn(text) is None


def test_names_have_their_lengths() -> None:
    assert is_role_name("n" * 64)
    assert not is_role_name("n" * 65)
    assert is_instance_profile_name("n" * 128)
    assert not is_instance_profile_name("n" * 129)


@pytest.mark.parametrize(
    "text",
    ["", "a/b", "a*", "a b", "a\n", "\N{CYRILLIC SMALL LETTER A}", "\N{ARABIC-INDIC DIGIT ONE}", None, 7],
)
def test_what_cannot_be_a_name_is_none(text: object) -> None:
    assert not is_role_name(text)
    assert not is_instance_profile_name(text)


@pytest.mark.parametrize(
    "text",
    [
        "arn:aws:lambda:eu-west-1:111122223333:function:web:live",
        "arn:aws:s3:::bucket/key with spaces",
        "arn:aws:iam::aws:policy/AdministratorAccess",
        f"{ROLE}/a/b",
    ],
)
def test_an_arn_comes_apart_and_together_again(text: str) -> None:
    arn = Arn.parse(text)
    assert arn is not None
    assert str(arn) == text


@pytest.mark.parametrize(
    "text", [None, 7, "", "arn:aws:s3", "arn:aws:s3:::", "arn:aws:s3:::b\n", "arn:aws:s3:::b\u200b"]
)
def test_what_is_no_arn_is_none(text: object) -> None:
    assert Arn.parse(text) is None


@given(st.text(st.characters() | st.sampled_from("/:\n*"), max_size=40))
def test_a_role_arn_that_is_read_is_written_the_same(rest: str) -> None:
    text = f"{ROLE}/{rest}"
    arn = parse_role_arn(text)
    if arn is not None:
        assert str(arn) == text
        assert "/" not in arn.name
        assert is_role_name(arn.name)
        assert arn.path.startswith("/")
        assert arn.path.endswith("/")


@pytest.mark.parametrize(
    ("region", "partition"),
    [
        ("eu-west-1", "aws"),
        ("cn-north-1", "aws-cn"),
        ("us-gov-west-1", "aws-us-gov"),
        ("eusc-de-east-1", "aws-eusc"),
        (None, "aws"),
        ("", "aws"),
    ],
)
def test_a_region_tells_its_partition(region: str | None, partition: str) -> None:
    assert partition_of(region) == partition
