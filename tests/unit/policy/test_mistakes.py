"""Each mistake in guardrail.yaml gives its exact lines: where, what is wrong, what is expected."""
# ruff: noqa: E501  (a message is one line, here too)

from pathlib import Path

import pytest

from passrole.policy.errors import PolicyError
from passrole.policy.load import load_guardrail
from tests.unit.policy.builders import HEAD, NONE, F
from tests.unit.policy.builders import problem_lines as lines

MISTAKES = {
    # The file
    "empty file": ("", f"{F}:1:1: the file is empty; expected at least version and approved"),
    "comments only": ("# later\n", f"{F}:1:1: the file is empty; expected at least version and approved"),
    "a list at the top": ("- a\n", f"{F}:1:1: expected a mapping (key: value), found a list"),
    "text at the top": ("hello\n", f'{F}:1:1: expected a mapping (key: value), found "hello"'),
    "a tab": (
        "version: 1\napproved:\n\t- a\n",
        f"{F}:3:1: a tab where YAML takes spaces only; indent with spaces",
    ),
    "two documents": (NONE + "---\nversion: 1\n", f"{F}:3:1: a second document begins here; expected one"),
    "not UTF-8": (b"version: 1\n# caf\xe9\n", f"{F}:2:6: not UTF-8 text; save the file as UTF-8"),
    "UTF-16": ("version: 1".encode("utf-16"), f"{F}:1:1: not UTF-8 text; save the file as UTF-8"),
    "a control character": (
        "version: 1\nx\0",
        f"{F}:2:2: the character U+0000 does not belong in a text file",
    ),
    "an unclosed list": (
        "version: 1\napproved: [",
        f"{F}:2:12: not valid YAML: expected the node content, but found '<stream end>'",
    ),
    "nested too deep": ("[" * 100, f"{F}:1:21: nested more than 20 levels deep"),
    "an impossible escape": (
        'version: "\\UFFFFFFFF"',
        f"{F}:1:1: not valid YAML: an escape or a version number that is none",
    ),
    "a key that is a list": ("? [a]\n: b\n", f"{F}:1:3: a key must be text; this one is a list or a mapping"),
    # YAML's cleverness
    "duplicate key": (
        NONE + "approved: []\n",
        f"{F}:3:1: approved: duplicate key; it is given in line 2 already",
    ),
    "duplicate key above a Sid": (
        NONE
        + "statements:\n  - Effect: Deny\n    Resource: '*'\n    Condition: {}\n    Condition: {Sid: x}\n",
        f"{F}:7:5: statements[0].Condition: duplicate key; it is given in line 6 already",
    ),
    "alias": (
        NONE + "regions: *r\n",
        f"{F}:3:10: regions: aliases (*name) are not read here; write the value out",
    ),
    "anchor": (
        NONE + "regions: &r []\n",
        f"{F}:3:10: regions: anchors (&name) are not read here; write the value out wherever it is needed",
    ),
    "tag": (
        NONE + 'regions: !!python/object/apply:os.system ["true"]\n',
        f"{F}:3:10: regions: tags (!!python/object/apply:os.system) are not read here; leave the tag out",
    ),
    "merge key": (
        NONE + "response: {<<: {violation: alert}}\n",
        f'{F}:3:12: response["<<"]: merge keys (<<) are not read here; write the keys out',
    ),
    "half a character": (
        NONE + 'regions: ["\\ud800"]\n',
        f"{F}:3:11: regions[0]: an escape in this text makes half a character (a lone surrogate)",
    ),
    "a key that is a truth value": (
        NONE + "on: 1\n",
        f'{F}:3:1: on: the key on is read as true or false; quote it: "on"',
    ),
    # Keys and types
    "no version": ("approved: []\n", f"{F}:1:1: version: missing; expected version: 1"),
    "version as text": (
        'version: "1"\napproved: []\n',
        f'{F}:1:10: version: expected the number 1, the version that this release reads, found "1"',
    ),
    "another version": (
        "version: 2\napproved: []\n",
        f"{F}:1:10: version: expected the number 1, the version that this release reads, found 2",
    ),
    "no approved": (
        "version: 1\n",
        f"{F}:1:1: approved: missing; expected a list of entries, each with name and roles",
    ),
    "misspelt key": (
        HEAD + '  - name: a\n    roles: ["x"]\n    role_tag: {a: b}\n',
        f"{F}:5:5: approved[0].role_tag: unknown key; did you mean role_tags?",
    ),
    "unheard-of key": (
        NONE + "response: {colour: red}\n",
        f"{F}:3:12: response.colour: unknown key; expected one of "
        "violation, undetermined, denied, failed, existing, services, accounts, checks, severities",
    ),
    "an empty section": (
        NONE + "response:\n",
        f"{F}:3:10: response: expected a mapping (key: value), found nothing",
    ),
    "an entry that is a number": (
        HEAD + "  - 7\n",
        f"{F}:3:5: approved[0]: expected a mapping (key: value), found 7",
    ),
    # Entries
    "no name": (
        HEAD + '  - roles: ["x"]\n',
        f"{F}:3:5: approved[0].name: missing; expected a name of its own for the entry",
    ),
    "no roles": (
        HEAD + "  - name: a\n",
        f'{F}:3:5: approved[0].roles: missing; expected a list such as ["/application_role/*"]',
    ),
    "empty roles": (
        HEAD + "  - {name: a, roles: []}\n",
        f"{F}:3:22: approved[0].roles: empty; expected at least one value",
    ),
    "one role without a list": (
        HEAD + "  - {name: a, roles: /x/*}\n",
        f'{F}:3:22: approved[0].roles: expected a list, found "/x/*": write ["/x/*"]',
    ),
    "duplicate name": (
        HEAD + "  - {name: a, roles: [x]}\n  - {name: A, roles: [y]}\n",
        f'{F}:4:12: approved[1].name: "A" is given in line 3 already; verdicts cite entries and statements by name',
    ),
    "a passer's tag in two ways": (
        HEAD + "  - {name: a, roles: [x], passer_tags: {Team: a, team: b}}\n",
        f'{F}:3:50: approved[0].passer_tags.team: the same tag as "Team" in line 3: IAM compares tag keys '
        "without case; give its values as one list",
    ),
    "empty services": (
        HEAD + "  - {name: a, roles: [x], services: []}\n",
        f"{F}:3:37: approved[0].services: empty; leave services out to set no condition",
    ),
    "empty role_tags": (
        HEAD + "  - {name: a, roles: [x], role_tags: {}}\n",
        f"{F}:3:38: approved[0].role_tags: empty; leave role_tags out to set no condition",
    ),
    "no values for a tag": (
        HEAD + "  - {name: a, roles: [x], role_tags: {t: []}}\n",
        f"{F}:3:42: approved[0].role_tags.t: empty; expected at least one value",
    ),
}


@pytest.mark.parametrize(("content", "expected"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_told_in_one_line_with_its_place(content: str | bytes, expected: str) -> None:
    assert lines(content) == [expected]


def test_all_problems_are_told_at_once_in_the_order_of_the_file() -> None:
    found = lines(
        'approvd: []\nversion: 2\nregions: [x, "eu-west-1", "eu-west-1"]\nresponse: {violation: no}\n'
    )
    assert [line.split(": ")[1] for line in found] == [
        "approved", "approvd", "version", "regions[0]", "regions[2]", "response.violation"
    ]  # fmt: skip


def test_a_pasted_webhook_url_is_refused_and_not_repeated() -> None:
    for url in ("https://hooks.slack.com/services/T0/B0/s3cret", "hooks.slack.com/services/T0/B0/s3cret"):
        [line] = lines(f"{NONE}alerts: {{slack_secret: '{url}'}}\n")
        assert "store it in a Secrets Manager secret and write that secret's name here" in line
        assert "s3cret" not in line


def test_an_alias_bomb_is_refused_without_being_expanded() -> None:
    bomb = "a: &a [x]\n" + "".join(
        f"{chr(98 + i)}: &{chr(98 + i)} [{', '.join([f'*{chr(97 + i)}'] * 9)}]\n" for i in range(20)
    )
    assert all(len(line) < 300 for line in lines(bomb))


def test_thousands_of_problems_do_not_bury_the_first() -> None:
    found = lines("version: 1\napproved: [" + "x," * 5000 + "]")
    assert found[0] == f'{F}:2:12: approved[0]: expected a mapping (key: value), found "x"'
    assert found[100:] == [f"{F}: and 4,900 more problems"]


def test_a_file_above_a_megabyte_is_refused_unread() -> None:
    [line] = lines("#" * 1_000_001)
    assert line == f"{F}:1:1: the file has 1,000,001 bytes; at most 1,000,000 are read"


@pytest.mark.parametrize("name", ["missing.yaml", ".", "a\0b"])
def test_a_file_that_cannot_be_read_is_one_line(tmp_path: Path, name: str) -> None:
    with pytest.raises(PolicyError) as raised:
        load_guardrail(tmp_path / name)
    assert str(raised.value).count("\n") == 0
    assert ": cannot be read: " in str(raised.value)


def test_what_is_typed_cannot_break_a_line() -> None:
    for line in lines(f'{NONE}"a\\nb\\u202e": 1\nregions: ["x\\r\\ny"]\n'):
        assert line.isprintable()
