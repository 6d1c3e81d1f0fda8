"""docs/policy.md lists every condition key, as the data has it; its statements and tests are valid ones."""

from pathlib import Path

from passrole.policy.keys import KEYS, Key
from passrole.policy.load import parse_guardrail
from passrole.policy.source.cases import read_cases
from passrole.policy.source.quarantine import QuarantineSection
from tests.unit.policy.builders import NONE

DOCS = Path(__file__).parents[3] / "docs/policy.md"


def row(key: Key) -> str:
    name = f"{key.name}…" if key.name.endswith("/") else key.name
    type_ = f"{key.type}, several" if key.several else key.type
    return f"| `{name}` | {type_} | {key.source} | {key.absent or 'never'} | {key.unknown or 'never'} |"


def section(title: str) -> str:
    return DOCS.read_text().partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def example(title: str) -> str:
    return section(title).partition("```yaml\n")[2].partition("```")[0]


def test_the_table_has_the_keys_in_their_order() -> None:
    rows = [line for line in section("Condition keys").splitlines() if line.startswith("| `")]

    assert rows == [row(key) for key in KEYS]


def test_the_table_of_keys_has_the_rules_of_quarantine_in_their_order() -> None:
    rows = [line for line in section("Keys").splitlines() if line.startswith("| `quarantine.")]

    assert [row.split("`")[1] for row in rows] == [
        f"quarantine.{key}" for key in QuarantineSection.model_fields
    ]
    for row, field in zip(rows, QuarantineSection.model_fields.values(), strict=True):
        if isinstance(field.default, int):
            assert row.split("|")[-2].strip(" `") == str(field.default).lower()


def test_the_example_of_quarantine_is_valid() -> None:
    assert parse_guardrail((NONE + example("Quarantine")).encode()).compiled.quarantine.role_scope


def test_the_example_of_statements_is_valid() -> None:
    statements = parse_guardrail((NONE + example("Statements")).encode()).compiled.statements

    assert [s.sid for s in statements] == ["production roles stay in production", "statement 2"]


def test_the_example_of_tests_is_valid() -> None:
    assert [case.expected for case in read_cases(example("Tests").encode(), "t")] == [
        "allowed",
        "undetermined",
    ]


def test_the_warning_of_what_is_left_out_is_the_one_that_comes() -> None:
    guardrail = parse_guardrail((NONE + example("What is left out")).encode())

    [told] = [line for line in section("What is left out").splitlines() if line.startswith("guardrail.yaml:")]
    message = told.partition(": ")[2]
    assert message in {str(warning).partition(": ")[2] for warning in guardrail.warnings}
