"""The JSON Schema of guardrail.yaml: what it takes, what it refuses, and that it explains every key."""

import re
from pathlib import Path
from typing import Any

import pytest

from passrole.policy.load import parse_guardrail
from passrole.policy.source.check_files import ready_checks
from passrole.policy.source.descriptions import DESCRIPTIONS
from passrole.policy.source.document import Plain
from passrole.policy.source.json_schema import guardrail_schema
from passrole.policy.source.reading import read_document
from tests.unit.policy.builders import HEAD, NONE
from tests.unit.policy.json_schema_subset import Schema

REPOSITORY = Path(__file__).parents[3]
SCHEMA = guardrail_schema()
EXAMPLES = re.findall(
    r"^```yaml\n(.*?)^```", (REPOSITORY / "docs/policy.md").read_text(), re.DOTALL | re.MULTILINE
)
ENTRY = HEAD + "- {name: a, roles: [/a/*]}\n"
STATEMENT = "- {Effect: Deny, Resource: '*'}\n"


def plain(value: Any) -> Any:
    """Data as an editor sees it."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, Plain):
        return {"true": True, "false": False, "null": None, "": None}.get(value.raw, value.raw)
    return value


def problems(text: str) -> list[str]:
    return Schema(SCHEMA).problems(plain(read_document(text.encode(), "guardrail.yaml").data))


def test_the_head() -> None:
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert SCHEMA["title"] == "guardrail.yaml"
    assert SCHEMA["$id"]


@pytest.mark.parametrize("file", ["guardrail.yaml", "passrole/demo/guardrail.yaml"])
def test_the_repositorys_policies_satisfy_it(file: str) -> None:
    assert problems((REPOSITORY / file).read_text()) == []


@pytest.mark.parametrize(
    "example", [text for text in EXAMPLES if not re.search(r"^tests:", text, re.MULTILINE)]
)
def test_the_examples_in_the_docs_satisfy_it(example: str) -> None:
    text = example if example.startswith("version:") else NONE.replace("approved: []\n", "") + example
    assert problems(text if "\napproved:" in text else text + "\napproved: []\n") == []


@pytest.mark.parametrize("name", ready_checks())
def test_every_check_can_be_on(name: str) -> None:
    assert problems(NONE + f"checks: [{name}, {name}: {{severity: low, response: alert}}]\n") == []


@pytest.mark.parametrize(
    "text",
    [
        ENTRY,
        ENTRY.replace("roles:", "role_tags: {a: b, c: [d, e]}, roles:"),
        NONE + "alerts: {email: a@b.example}\n",
        NONE + "alerts: {email: [a@b.example]}\n",
        NONE + "quarantine: {dry_run: true, modules: [lambda-function], protected: 'arn:aws:ec2:*:*:*'}\n",
        NONE + "quarantine: {role_scope: {roles: [/a/*]}, revoke_credentials: [ec2-instance]}\n",
        NONE + "statements:\n" + STATEMENT,
        NONE
        + "statements:\n- {Version: '2012-10-17', Statement: {Effect: Allow, Action: '*', Resource: '*'}}\n",
        NONE
        + "statements:\n"
        + STATEMENT.replace("'*'", "'*', Condition: {BoolIfExists: {role:Administrator: true}}"),
    ],
)
def test_what_both_take(text: str) -> None:
    assert problems(text) == []
    parse_guardrail(text.encode())


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("version: 1\n", "$: no approved"),
        (NONE.replace("1", "2"), "$.version"),
        (NONE + "approve: []\n", "unknown key approve"),
        (ENTRY.replace("roles", "role"), "$.approved[0]"),
        (ENTRY.replace("[/a/*]", "[]"), "$.approved[0].roles: less than 1"),
        (NONE + "response: {violation: shout}\n", "$.response.violation"),
        (NONE + "response: {undetermined: quarantine}\n", "$.response.undetermined"),
        (NONE + "response: {severities: {huge: alert}}\n", "$.response.severities (key)"),
        (NONE + "quarantine: {acts_per_hour: 0}\n", "$.quarantine.acts_per_hour: less than 1"),
        (NONE + "quarantine: {acts_per_resource: 101}\n", "$.quarantine.acts_per_resource: more than 100"),
        (NONE + "quarantine: {dry_run: 1}\n", "$.quarantine.dry_run"),
        (NONE + "quarantine: {modules: [lambda]}\n", "$.quarantine.modules[0]"),
        (NONE + "quarantine: {modules: []}\n", "$.quarantine.modules: less than 1"),
        (NONE + "quarantine: {revoke_credentials: [lambda]}\n", "$.quarantine.revoke_credentials[0]"),
        (NONE + "quarantine: {role_scope: {}}\n", "$.quarantine.role_scope: no roles"),
        (NONE + "quarantine: {passer_scope: {roles: [a]}}\n", "unknown key roles"),
        (NONE + "checks: [no-such-check]\n", "$.checks[0]"),
        (NONE + "statements:\n" + STATEMENT.replace("Deny", "Permit"), "$.statements[0].Effect"),
        (NONE + "statements:\n" + STATEMENT.replace("'*'", "'*', NotResource: a"), "$.statements[0]"),
        (NONE + "statements:\n" + STATEMENT.replace("'*'", "'*', Condition: {StringLikes: {a: b}}"), "(key)"),
    ],
)  # fmt: skip
def test_what_neither_takes(text: str, problem: str) -> None:
    assert any(problem in line for line in problems(text)), problems(text)
    with pytest.raises(Exception, match=r"guardrail\.yaml:"):
        parse_guardrail(text.encode())


def test_every_key_is_explained() -> None:
    definitions = {"": SCHEMA, **SCHEMA["$defs"]}
    explained = {
        (name, key): "description" in property_
        for name, definition in definitions.items()
        for key, property_ in definition.get("properties", {}).items()
    }

    assert [place for place, is_so in explained.items() if not is_so] == []
    assert [place for place in DESCRIPTIONS if place not in explained] == []
