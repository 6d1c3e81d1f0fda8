"""Values in guardrail.yaml that cannot be meant: the line that each gives says how to write it."""
# ruff: noqa: E501  (a message is one line, here too)

import pytest

from tests.unit.policy.builders import HEAD, NONE, F
from tests.unit.policy.builders import problem_lines as lines

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
    "longer than IAM's longest": (
        f"/{'a' * 600}",
        '"/' + "a" * 52 + "…" + "a" * 26 + '" is longer than any path and name (576 characters)',
    ),
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
        'the account in the ARN of a role or user is 12 digits or *, found "1234"',
    ),
    "unknown variable": (
        '"/${role:Tg/team}/*"',
        "${role:tg/team} is no policy variable; known are role:Account, role:Administrator, role:AgeDays, "
        "role:Arn, role:ExternallyTrusted, role:LastUsedDays, role:Name, role:Path …",
    ),
    "variable with several values": (
        '"/${role:TrustedServices}/*"',
        "${role:trustedservices} is no policy variable; known are role:Account, role:Administrator, "
        "role:AgeDays, role:Arn, role:ExternallyTrusted, role:LastUsedDays, role:Name, role:Path …",
    ),
    "open variable": (
        '"/${aws:username/*"',
        "${ begins a policy variable, which ends in }: for the sign itself write ${$}",
    ),
    "variable in a name": (
        '"${aws:username}-x"',
        "a role's name takes no policy variables here; write a path or an ARN",
    ),
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
    "the key of a webhook in place of its secret's name": (
        "alerts: {webhook_secret: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw}",
        "26: alerts.webhook_secret: this is a webhook's key: store it in a Secrets Manager secret and write that "
        "secret's name here",
    ),
    "event bus by its name": (
        "alerts: {event_bus: security}",
        '21: alerts.event_bus: "security" is no event bus; expected an ARN such as '
        "arn:aws:events:us-east-1:111122223333:event-bus/security",
    ),
    "event bus in no region": (
        'alerts: {event_bus: "arn:aws:events:ireland:111122223333:event-bus/security"}',
        '21: alerts.event_bus: "arn:aws:events:ireland:111122223333:event-bus/security" is no event bus; expected '
        "an ARN such as arn:aws:events:us-east-1:111122223333:event-bus/security",
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
