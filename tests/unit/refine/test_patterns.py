"""Few patterns for many names of actions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passrole.language.context import fold
from passrole.language.wildcards import matches
from passrole.refine.patterns import cover


@pytest.mark.parametrize(
    ("pattern", "keep", "drop", "patterns"),
    [
        (
            "*",
            ["DescribeImages", "DescribeVpcs", "RunInstances"],
            ["StopInstances"],
            ["Describe*", "RunInstances"],
        ),
        ("*", ["DescribeImages", "DescribeVpcs"], ["describeaddresses"], ["DescribeImages", "DescribeVpcs"]),
        ("*", ["GetObjectAcl", "GetObjectTagging"], ["GetBucketAcl"], ["GetObject*"]),
        ("*", ["ESHttpGet", "ESHttpPut"], ["ESCreate"], ["ESHttp*"]),
        (
            "GetObject*",
            ["GetObjectAcl", "GetObjectTagging"],
            ["GetObject"],
            ["GetObjectAcl", "GetObjectTagging"],
        ),
        ("GetObj*", ["GetObjectAcl", "GetObjectTagging"], ["GetObjX"], ["GetObject*"]),
        ("GetOb*", ["GetObject", "GetObjectAcl"], [], ["GetObject*"]),
        ("get*", ["GetObject", "GetObjectAcl"], [], ["Get*"]),
        ("*Acl", ["GetObjectAcl", "GetBucketAcl"], [], ["GetBucketAcl", "GetObjectAcl"]),
        ("?et*", ["GetObject", "GetObjectAcl"], [], ["GetObject", "GetObjectAcl"]),
        ("*", [], ["GetObject"], []),
        ("*", ["connect"], [], ["connect"]),
    ],
)
def test_names_that_begin_alike_become_one(
    pattern: str, keep: list[str], drop: list[str], patterns: list[str]
) -> None:
    assert list(cover(pattern, keep, drop)) == patterns


words = st.lists(st.sampled_from(("Get", "Put", "Object", "Acl", "ES", "a", "A")), min_size=1, max_size=4)
names = st.sets(words.map("".join), max_size=8)
patterns = st.sampled_from(("*", "G*", "Get*", "GetOb*", "GetObject*", "*Acl", "?et*", "E*", "a*"))


@given(patterns, names, names)
def test_all_to_keep_and_nothing_else_that_is_known_or_beyond_the_pattern(
    pattern: str, keep: set[str], drop: set[str]
) -> None:
    keep = {name for name in keep if matches(fold(pattern), fold(name))}
    drop -= {name for name in drop if fold(name) in map(fold, keep)}

    found = cover(pattern, sorted(keep), sorted(drop))

    for name in keep:
        assert any(matches(fold(each), fold(name)) for each in found)
    for name in drop:
        assert not any(matches(fold(each), fold(name)) for each in found)
    for each in found:
        # Any text of the narrower pattern fits the wider one: a star's text may be anything.
        assert matches(fold(pattern), fold(each.replace("*", "~")))
        assert matches(fold(pattern), fold(each.replace("*", "")))
