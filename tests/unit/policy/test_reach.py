"""What the rules of quarantine reach."""

import pytest

from passrole.policy.reach import reaches

ROLE = "arn:aws:iam::111122223333:role"
USER = "arn:aws:iam::111122223333:user"


@pytest.mark.parametrize(
    ("pattern", "arn", "expected"),
    [
        ("arn:*:iam::*:role/dev/*", f"{ROLE}/dev/loader", True),
        ("arn:*:iam::*:role/dev/*", f"{ROLE}/dev/x/loader", True),
        ("arn:*:iam::*:role/dev/*", "arn:aws-cn:iam::111122223333:role/dev/loader", True),
        ("arn:*:iam::*:role/dev/*", f"{ROLE}/Dev/loader", False),
        ("arn:*:iam::*:role/dev/*", f"{ROLE}/prod/dev/loader", False),
        ("arn:*:iam::*:role/dev/*", f"{ROLE}/x:role/dev/loader", False),
        ("arn:aws:iam::*:role/dev/?", f"{ROLE}/dev/a", True),
        ("arn:aws:iam::*:role/dev/?", f"{ROLE}/dev/ab", False),
        ("arn:aws:iam::444455556666:role/dev/*", f"{ROLE}/dev/loader", False),
        ("arn:aws:iam::*:user/ci-*", f"{USER}/ci-1", True),
        ("arn:aws:iam::*:user/ci-*", f"{ROLE}/ci-1", False),
        (
            "arn:aws:lambda:*:*:function:billing-*",
            "arn:aws:lambda:eu-west-1:111122223333:function:billing-run",
            True,
        ),
        ("deploy-*", f"{ROLE}/deploy-web", True),
        ("deploy-*", f"{ROLE}/teams/a/deploy-web", True),
        ("deploy-*", f"{ROLE}/deploy-x/web", False),
        ("deploy-*", f"{ROLE}/teams/deploy-x/web", False),
        ("deploy", f"{ROLE}/deploy-web", False),
        ("deploy-*", f"{USER}/deploy-web", False),
        ("*", "no ARN", False),
    ],
)
def test_a_pattern_matches_the_whole_arn_or_the_role_s_name(pattern: str, arn: str, expected: bool) -> None:
    assert reaches((pattern,), arn) is expected


def test_one_pattern_of_several_will_do_and_none_reaches_nothing() -> None:
    assert reaches(("x", "arn:*:iam::*:role/dev/*"), f"{ROLE}/dev/loader")
    assert not reaches((), f"{ROLE}/dev/loader")
