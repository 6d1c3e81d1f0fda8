"""A file as large as is read is judged in seconds, whatever stands in it."""

from contextlib import suppress
from time import perf_counter

import pytest

from passrole.policy.errors import PolicyError
from passrole.policy.exchange import import_scp
from passrole.policy.load import parse_guardrail
from passrole.policy.source.reading import MAX_BYTES
from tests.unit.policy.builders import HEAD, NONE

SECONDS = 20  # of a slow machine; what is quadratic takes minutes
ROLE = "arn:aws:iam::*:role/"


def deny(condition: str) -> str:
    return f'{NONE}statements:\n  - {{Effect: Deny, Resource: "*", Condition: {{{condition}}}}}\n'


def listed(item: str, times: int) -> str:
    """Items that differ by the number in place of #."""
    return ", ".join(item.replace("#", str(number)) for number in range(times))


def numbered(line: str, times: int) -> str:
    return "".join(f"{line.replace('@', str(number))}\n" for number in range(times))


FILES = {
    "spaces in a variable": deny('StringEquals: {role:Name: "${' + " " * 9_000 + '}"}'),
    "spaces before a default": deny('StringEquals: {role:Name: "${x' + " " * 9_000 + "'}\"}"),
    "signs as text": f'{NONE}statements:\n  - {{Effect: Deny, Resource: "{ROLE}{"${*}" * 200_000}"}}\n',
    "variables": deny('StringEquals: {role:Name: "' + "${role:Path}" * 70_000 + '"}'),
    "entries with many roles": HEAD + numbered(f"  - {{name: e@, roles: [{listed('/p@-#/*', 70)}]}}", 990),
    "statements with many conditions": f"{NONE}statements:\n"
    + numbered(
        '  - {Effect: Deny, Resource: "*", Condition: {StringEquals: {'
        + listed("role:Tag/@-#: x", 40)
        + "}}}",
        990,
    ),
    "unknown keys": deny("StringEquals: {" + listed("aws:PrincipalTags#: x", 35_000) + "}"),
    "unknown variables": deny("StringEquals: {role:Name: [" + listed('"${aws:usernam#}"', 40_000) + "]}"),
    "unknown operators": deny(listed("StringEqual#: {role:Name: x}", 28_000)),
    "unknown actions": f"{NONE}catalogue:\n  leave_out: [{listed('lambda:CreateFunctio#', 35_000)}]\n",
    "unknown services": f"{NONE}catalogue:\n  leave_out: [{listed('lambd#:CreateFunction', 35_000)}]\n",
    "unknown modules": f"{NONE}quarantine: {{modules: [{listed('lambda-functio#', 45_000)}]}}\n",
    "reached roles": f"{NONE}quarantine: {{role_scope: {{roles: [{listed('/a#/*b', 35_000)}], "
    f"even_if_shared: [{listed('/b#/*b', 35_000)}]}}}}\n",
    "unknown sources": f"{NONE}catalogue:\n  leave_out: [{listed('lambd#.amazonaws.com', 35_000)}]\n",
}


@pytest.mark.parametrize("content", FILES.values(), ids=FILES)
def test_a_large_file_is_judged_in_seconds(content: str) -> None:
    encoded = content.encode()
    assert len(encoded) <= MAX_BYTES
    began = perf_counter()
    with suppress(PolicyError):
        parse_guardrail(encoded)
    assert perf_counter() - began < SECONDS


def test_a_key_that_is_given_twice_is_found_among_many() -> None:
    keys = listed('"k#": 1', 60_000)
    began = perf_counter()
    with pytest.raises(PolicyError, match='"z" is given twice'):
        import_scp(f'{{{keys}, "z": 1, "z": 2}}', "scp.json")
    assert perf_counter() - began < SECONDS
