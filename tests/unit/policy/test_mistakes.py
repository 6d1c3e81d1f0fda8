"""Each mistake in guardrail.yaml gives its exact lines: where, what is wrong, what is expected."""

from pathlib import Path

import pytest

from passrole.policy.errors import PolicyError
from passrole.policy.load import load_guardrail, parse_guardrail

F = "guardrail.yaml"
HEAD = "version: 1\napproved:\n"
NONE = "version: 1\napproved: []\n"


def lines(content: str | bytes) -> list[str]:
    with pytest.raises(PolicyError) as raised:
        parse_guardrail(content if isinstance(content, bytes) else content.encode())
    return str(raised.value).split("\n")


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
        f"{F}:1:1: not valid YAML: Python int too large to convert to C int",
    ),
    "a key that is a list": ("? [a]\n: b\n", f"{F}:1:3: a key must be text; this one is a list or a mapping"),
    # YAML's cleverness
    "duplicate key": (
        NONE + "approved: []\n",
        f"{F}:3:1: approved: duplicate key; it is given in line 2 already",
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
        "violation, undetermined, denied, failed, services",
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
        f'{F}:4:12: approved[1].name: "A" is given in line 3 already; the name of an approved entry must be its own',
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

ROLES = {
    "regular expression with anchors": (
        '"^app-.*$"',
        '"^app-.*$" looks like a regular expression (^); patterns are IAM\'s: * is any text, ? any one '
        "character, and the whole must match (write .?* for a dot and more)",
    ),
    "regular expression": (
        '"/app/.*"',
        '"/app/.*" looks like a regular expression (.*); patterns are IAM\'s: * is any text, ? any one '
        "character, and the whole must match (write .?* for a dot and more)",
    ),
    "look-alike": (
        '"\N{CYRILLIC SMALL LETTER A}pp"',
        "\N{CYRILLIC SMALL LETTER A} (U+0430 CYRILLIC SMALL LETTER A) cannot be here: "
        "ARNs, paths and names of roles are ASCII",
    ),
    "invisible character": (
        '"/app\\u200b/*"',
        "\\u200b (U+200B ZERO WIDTH SPACE) cannot be here: ARNs, paths and names of roles are ASCII",
    ),
    "path without its slash": ("app/*", 'a path pattern begins with a slash: write "/app/*"'),
    "resource part of an ARN": ("role/app/*", 'a path pattern begins with a slash: write "/app/*"'),
    "path alone": ("/app/", 'no role\'s ARN ends in a slash: write "/app/*" for the roles below it'),
    "newline": (
        '"app\\n"',
        '"app\\n" cannot be a role\'s name: letters, digits and _+=,.@- (and * ? as wildcards), at most 64',
    ),
    "space in a path": ('"/a b/*"', '"/a b/*" has characters that no role\'s path or name has'),
    "session": (
        '"arn:aws:sts::111122223333:assumed-role/a/b"',
        "this is the ARN of a session; write the role's: arn:aws:iam::…:role/…",
    ),
    "another kind of ARN": (
        '"arn:aws:iam::111122223333:policy/a"',
        '"arn:aws:iam::111122223333:policy/a" is no role ARN; expected arn:aws:iam::111122223333:role/path/name',
    ),
    "short account": (
        '"arn:aws:iam::1234:role/a"',
        'the account in a role ARN is 12 digits or *, found "1234"',
    ),
    "policy variable": ('"/${aws:PrincipalTag/team}/*"', "policy variables (${…}) are not supported here"),
    "unquoted number": (
        "012345670123",
        '012345670123 is read as a number, expected text; quote it: "012345670123"',
    ),
    "unquoted truth value": ("yes", 'yes is read as true or false, expected text; quote it: "yes"'),
    "unquoted date": ("2026-07-01", '2026-07-01 is read as a date, expected text; quote it: "2026-07-01"'),
    "unquoted base-60 number": (
        "12:30:45",
        '12:30:45 is read as a number, expected text; quote it: "12:30:45"',
    ),
    "nothing": ("~", "expected text, found nothing"),
    "empty": ('""', "empty; expected /path/*, a role's name, or a role's ARN"),
}

TAGS = {
    "unquoted truth value": (
        "t: true",
        "t",
        39,
        'true is read as true or false, expected text; quote it: "true"',
    ),
    "unquoted number": ("t: [a, 12]", "t[1]", 43, '12 is read as a number, expected text; quote it: "12"'),
    "wildcard in the key": ('"t*": a', '["t*"]', 36, "a tag key takes no wildcards; they are for the values"),
    "condition key": ("role:Tag/t: a", '["role:Tag/t"]', 36, 'write the tag\'s key alone: "t"'),
    "unquoted number as key": ("12: a", "12", 36, 'the key 12 is read as a number; quote it: "12"'),
    "regular expression": (
        "t: ^a$",
        "t",
        39,
        '"^a$" looks like a regular expression (^); patterns are IAM\'s: * is any text, ? any one character, '
        "and the whole must match (write .?* for a dot and more)",
    ),
    "mapping": ("t: {a: b}", "t", 39, "expected a list, found a mapping"),
    "keys that differ in case only": (
        "t: a, T: b",
        "T",
        42,
        'the same tag as "t" in line 3: IAM compares tag keys without case; give its values as one list',
    ),
}

SECTIONS = {
    "bare service": (
        "response: {services: {lambda: alert}}",
        '23: response.services.lambda: "lambda" is no service principal, which ends in .amazonaws.com; '
        "did you mean lambda.amazonaws.com?",
    ),
    "pattern of services": (
        "response: {services: {'*.amazonaws.com': alert}}",
        '23: response.services["*.amazonaws.com"]: "*.amazonaws.com": services take no wildcards; name each one',
    ),
    "misspelt stage": (
        "response: {violation: quarantne}",
        '23: response.violation: expected observe, alert or quarantine, found "quarantne"; did you mean quarantine?',
    ),
    "stage that is a truth value": (
        "response: {violation: off}",
        "23: response.violation: expected observe, alert or quarantine, found off (true or false)",
    ),
    "containing a guess": (
        "response: {undetermined: quarantine}",
        "26: response.undetermined: quarantine is not possible here: nothing is contained on a guess; "
        "expected observe or alert",
    ),
    "containing an attempt": (
        "response: {denied: quarantine}",
        "20: response.denied: quarantine is not possible here: nothing holds the role; expected observe or alert",
    ),
    "no acts": (
        "quarantine: {acts_per_hour: 0}",
        "29: quarantine.acts_per_hour: expected a whole number from 1 to 1000, found 0",
    ),
    "acts as text": (
        'quarantine: {acts_per_hour: "10"}',
        '29: quarantine.acts_per_hour: expected a whole number from 1 to 1000, found "10"',
    ),
    "a fraction of acts": (
        "quarantine: {acts_per_hour: 1.5}",
        "29: quarantine.acts_per_hour: expected a whole number from 1 to 1000, found 1.5 (a number)",
    ),
    "e-mail": (
        "alerts: {email: [security]}",
        '18: alerts.email[0]: "security" is no e-mail address; expected name@example.com',
    ),
    "e-mail twice": (
        "alerts: {email: [a@b.example, A@b.example]}",
        '31: alerts.email[1]: "A@b.example" is given in line 3 already; an address is named once',
    ),
    "secret's ARN": (
        'alerts: {slack_secret: "arn:aws:secretsmanager:eu-west-1:111122223333:secret:x-AbCdEf"}',
        "24: alerts.slack_secret: write the secret's name, not its ARN (without the six characters at the end)",
    ),
    "availability zone": (
        "regions: [eu-west-1a]",
        '11: regions[0]: "eu-west-1a" is an availability zone; write the region: eu-west-1',
    ),
    "no region": (
        "regions: [Ireland]",
        '11: regions[0]: "Ireland" is no region; expected a name such as eu-west-1',
    ),
    "region twice": (
        "regions: [eu-west-1, eu-west-1]",
        '22: regions[1]: "eu-west-1" is given in line 3 already; a region is named once',
    ),
    "account as operator": (
        "operators: [111122223333]",
        '13: operators[0]: 111122223333 is read as a number, expected text; quote it: "111122223333"',
    ),
    "pattern of operators": (
        'operators: ["arn:aws:iam::111122223333:role/*"]',
        "13: operators[0]: a principal takes no wildcards; name each role or user",
    ),
}


@pytest.mark.parametrize(("content", "expected"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_told_in_one_line_with_its_place(content: str | bytes, expected: str) -> None:
    assert lines(content) == [expected]


@pytest.mark.parametrize(("role", "expected"), ROLES.values(), ids=ROLES)
def test_a_role_pattern_that_cannot_be_meant_is_refused(role: str, expected: str) -> None:
    assert lines(f"{HEAD}  - name: a\n    roles: [{role}]\n") == [
        f"{F}:4:13: approved[0].roles[0]: {expected}"
    ]


@pytest.mark.parametrize(("tags", "path", "column", "expected"), TAGS.values(), ids=TAGS)
def test_role_tags_take_exact_keys_and_quoted_values(
    tags: str, path: str, column: int, expected: str
) -> None:
    dot = "" if path.startswith("[") else "."
    found = lines(f"{HEAD}  - {{name: a, roles: [x], role_tags: {{{tags}}}}}\n")
    assert found == [f"{F}:3:{column + 3}: approved[0].role_tags{dot}{path}: {expected}"]


@pytest.mark.parametrize(("section", "expected"), SECTIONS.values(), ids=SECTIONS)
def test_settings_are_checked(section: str, expected: str) -> None:
    assert lines(f"{NONE}{section}\n") == [f"{F}:3:{expected}"]


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
