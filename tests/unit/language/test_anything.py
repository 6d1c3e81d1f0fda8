"""Whatever a policy and a context say: a ruling, or an error that says what is wrong. And what Kleene's logic
promises: a ruling in spite of unknown facts is the ruling whatever those facts are.
"""

import json
from collections.abc import Iterator
from itertools import product
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from passrole.language import Effect, FlatContext, Ruling, Statement, Truth, decide, operator_names
from passrole.policy.errors import PolicyError
from passrole.policy.explanation import parts_of
from passrole.policy.source.iam_document import read_iam
from passrole.policy.source.reading import read_document

KEYS = ["aws:username", "aws:PrincipalTag/t", "role:Arn", "pass:Action", "n"]
ARN = "arn:aws:iam::111122223333:role/"
TEXTS = [
    "a", "A", "b", "a*", "?", "*", "", "1", "2.0", "true", "2024-01-01", "10.0.0.1", "10.0.0.0/8", "QQ==",
    "${aws:username}", "${aws:PrincipalTag/t, 'a'}", "${*}", "${n}-x", ARN + "a", ARN + "*", "arn:*", "iam:*",
    ARN + "${aws:username}", "lambda:CreateFunction", "s3:*",
]  # fmt: skip
texts = st.sampled_from(TEXTS)
several = st.lists(texts, min_size=1, max_size=3)
patterns = st.lists(texts.filter(bool), min_size=1, max_size=3)
operators = st.builds(
    "{}{}{}".format,
    st.sampled_from(["", "", "ForAllValues:", "ForAnyValue:"]),
    st.sampled_from([name for name in operator_names() if name != "Null"]),
    st.sampled_from(["", "IfExists"]),
) | st.just("Null")
conditions = st.dictionaries(
    operators, st.dictionaries(st.sampled_from(KEYS), several, min_size=1), max_size=3
)


def either(name: str) -> st.SearchStrategy[dict[str, Any]]:
    return st.builds(lambda no, values: {("Not" if no else "") + name: values}, st.booleans(), patterns)


statements = st.builds(
    lambda effect, action, resource, condition: {
        "Effect": effect,
        **action,
        **resource,
        "Condition": condition,
    },
    st.sampled_from(["Allow", "Deny"]),
    either("Action") | st.just({"Action": "iam:PassRole"}),
    either("Resource") | st.just({"Resource": "*"}),
    conditions,
)
documents = st.builds(
    lambda version, given: {"Version": version, "Statement": given},
    st.sampled_from(["2012-10-17", "2012-10-17", "2008-10-17"]),
    st.lists(statements, min_size=1, max_size=4),
)
values = texts | st.lists(texts, max_size=3) | st.none()
contexts = st.dictionaries(st.sampled_from(KEYS), values)

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | texts,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["Version", "Statement", "Effect", "Action", "Resource", "Condition", *KEYS])
            | operators
            | st.text(max_size=5),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


def read(document: Any) -> tuple[Statement, ...]:
    content = json.dumps(document).encode()
    found = read_document(content, "p.json")
    read_ = read_iam(found, (), strict=False)
    if found.problems:
        raise PolicyError(tuple(found.problems))
    return read_.statements


@given(anything | documents, anything | contexts)
@settings(max_examples=400, deadline=None)
def test_any_policy_and_any_context(document: Any, context: Any) -> None:
    try:
        policy = read(document)
    except PolicyError as error:
        for line in str(error).split("\n"):
            assert line.startswith("p.json:")
            assert line.isprintable()
        return
    if not isinstance(context, dict):
        return
    try:
        flat = FlatContext(context)
    except ValueError:
        return
    ruling = decide(policy, flat)
    parts = parts_of(policy, flat)
    assert ruling is decided(parts)
    json.dumps([part.to_json() for part in parts])


def decided(parts: Any) -> Ruling:
    """What the parts of the statements amount to, by the definition."""
    allows = {part.result for part in parts if part.effect is Effect.ALLOW}
    denies = {part.result for part in parts if part.effect is Effect.DENY}
    if Truth.TRUE in denies:
        return Ruling.EXPLICIT_DENY
    if allows <= {Truth.FALSE}:
        return Ruling.IMPLICIT_DENY
    if Truth.TRUE in allows and Truth.UNKNOWN not in denies:
        return Ruling.ALLOWED
    return Ruling.UNDETERMINED


@given(documents, contexts)
@settings(max_examples=300, deadline=None)
def test_what_is_decided_in_spite_of_the_unknown_is_so_whatever_it_is(
    document: dict[str, Any], context: dict[str, Any]
) -> None:
    policy = read(document)
    ruling = decide(policy, FlatContext(context))
    if ruling is Ruling.UNDETERMINED:
        return
    for complete in completions(context):
        assert (decide(policy, FlatContext(complete)) is Ruling.ALLOWED) is (ruling is Ruling.ALLOWED), (
            complete
        )


@given(documents, contexts)
@settings(max_examples=200, deadline=None)
def test_without_unknown_facts_all_is_decided(document: dict[str, Any], context: dict[str, Any]) -> None:
    known = {key: value for key, value in context.items() if value is not None}

    assert decide(read(document), FlatContext(known)) is not Ruling.UNDETERMINED


@given(documents, contexts, st.data())
@settings(max_examples=100, deadline=None)
def test_neither_the_order_of_statements_nor_the_case_of_keys_matters(
    document: dict[str, Any], context: dict[str, Any], data: st.DataObject
) -> None:
    policy = read(document)
    shuffled = data.draw(st.permutations(policy))
    upper = {key.upper(): value for key, value in context.items()}

    assert decide(shuffled, FlatContext(upper)) is decide(policy, FlatContext(context))


def completions(context: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The context with what is unknown absent, or with some values."""
    unknown = [key for key, value in context.items() if value is None]
    known = {key: value for key, value in context.items() if value is not None}
    some: list[Any] = [[], "a", "x", "true", ["a", "b"], ARN + "a", "1"]
    for chosen in product(some, repeat=min(len(unknown), 2)):
        yield known | dict(zip(unknown, chosen, strict=False))
