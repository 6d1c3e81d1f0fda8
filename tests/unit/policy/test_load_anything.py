"""Whatever the file holds: a guardrail, or a PolicyError whose lines are lines."""

import string

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from passrole.policy import CompiledPolicy
from passrole.policy.errors import PolicyError
from passrole.policy.load import parse_guardrail
from passrole.policy.source.checks import OPTIONS
from passrole.policy.source.models import ApprovedEntry, ExemptionEntry, GuardrailFile, ResponseSection

SECTIONS = (GuardrailFile, ApprovedEntry, ExemptionEntry, ResponseSection, *OPTIONS.values())
KEYS = [*(field for section in SECTIONS for field in section.model_fields), *OPTIONS, "<<", "x"]
SNIPPETS = [
    "version: 1\n", "approved:\n", "  - name: a\n", "    roles: [/a/*]\n", "- ", ": ", ", ", "\t", "\n", "  ",
    "&a ", "*a", "!!str ", "<<: ", "{", "}", "[", "]", '"', "'", ">", "|", "---\n", "...\n", "? ", "# ",
    "yes", "0123", "\r", "\\U00110000", "\\x", "%YAML 9999999999.1\n", "\u2028", "\ufeff", "a", "~", "@", "`",
]  # fmt: skip
VALUES = [
    "/a/*",
    "2026-12-01",
    "unused-role",
    "lambda.amazonaws.com",
    "alert",
    "quarantine",
    "eu-west-1",
    "a@b.example",
    "*",
    "^a$",
]
plain = st.none() | st.booleans() | st.integers() | st.floats() | st.dates()
scalars = plain | st.text(max_size=20) | st.sampled_from(VALUES)
trees = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=5), inner)
    ),
    max_leaves=25,
)
files = st.fixed_dictionaries(
    {},
    optional={
        "version": st.just(1) | scalars,
        "approved": st.lists(
            st.fixed_dictionaries(
                {"name": scalars, "roles": st.lists(scalars, max_size=3)},
                optional={"role_tags": trees, "services": trees},
            ),
            max_size=3,
        ),
        "checks": st.lists(st.sampled_from([*OPTIONS]) | st.dictionaries(st.sampled_from([*OPTIONS]), trees))
        | trees,
        "exemptions": st.lists(st.dictionaries(st.sampled_from([*ExemptionEntry.model_fields]), trees))
        | trees,
        "response": trees,
        "quarantine": trees,
        "alerts": trees,
        "regions": trees,
        "operators": trees,
    },
)


def accept_or_refuse(content: bytes) -> None:
    try:
        guardrail = parse_guardrail(content, "f.yaml")
    except PolicyError as error:
        for line in str(error).split("\n"):
            assert line.startswith("f.yaml:")
            assert line.isprintable()
    else:
        assert CompiledPolicy.from_json(guardrail.compiled_json()) == guardrail.compiled


@given(st.binary(max_size=300))
def test_bytes(content: bytes) -> None:
    accept_or_refuse(content)


@given(st.text(alphabet=string.printable, max_size=200))
def test_text(content: str) -> None:
    accept_or_refuse(content.encode())


@given(st.lists(st.sampled_from(SNIPPETS), max_size=30))
@settings(max_examples=300)
def test_pieces_of_yaml(pieces: list[str]) -> None:
    accept_or_refuse("".join(pieces).encode())


@given(trees | files)
@settings(max_examples=300, deadline=None)
def test_any_data(data: object) -> None:
    accept_or_refuse(yaml.safe_dump(data, allow_unicode=True).encode("utf-8", "replace"))
