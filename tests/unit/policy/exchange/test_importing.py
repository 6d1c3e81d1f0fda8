"""IAM's documents as statements: they decide as they do in IAM, and only for their passers."""

import json
from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from passrole.language import FlatContext, Ruling, decide
from passrole.policy import PolicyStatement
from passrole.policy.errors import PolicyError
from passrole.policy.exchange import Import, import_identity, import_scp, passer_of
from passrole.policy.exchange.yaml_text import statements_yaml
from passrole.policy.load import parse_guardrail
from tests.unit.policy.exchange.strategies import PASSERS, as_iam_sees, passes, read, statements

DEV, ANNA = PASSERS
F = "scp.json"
OTHER = "arn:aws:iam::111122223333:role/other"
FULL_ACCESS = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
_KEYS = (
    "aws:PrincipalArn",
    "aws:principalarn",
    "aws:PrincipalTag/team",
    "iam:PassedToService",
    "iam:AssociatedResourceArn",
    "aws:ResourceAccount",
)


def compiled(imported: Import) -> tuple[PolicyStatement, ...]:
    """What guardrail.yaml makes of the statements, as they are printed."""
    text = "version: 1\napproved: []\n" + statements_yaml(imported.items)
    return parse_guardrail(text.encode()).compiled.statements


def scp(content: str) -> Import:
    return import_scp(content, F)


def a_document(*statements: Any, version: str | None = "2012-10-17") -> str:
    return json.dumps(({"Version": version} if version else {}) | {"Statement": list(statements)})


def a_statement(effect: str = "Deny", **more: Any) -> dict[str, Any]:
    return {"Effect": effect, "Action": "iam:PassRole", "Resource": "*"} | more


def as_json(statement: PolicyStatement, number: int) -> dict[str, Any]:
    """A statement in IAM's grammar; of two conditions of one operator on one key the last one."""
    names = ("Action", "NotAction", "Resource", "NotResource")
    values = (statement.actions, statement.not_actions, statement.resources, statement.not_resources)
    block: dict[str, dict[str, list[str]]] = {}
    for condition in statement.conditions:
        block.setdefault(condition.operator, {})[condition.key] = list(condition.values)
    given = {name: list(value) for name, value in zip(names, values, strict=True) if value is not None}
    return {"Sid": f"{statement.sid} {number}", "Effect": statement.effect, "Condition": block} | given


DOCUMENTS = st.tuples(
    st.lists(statements(keys=_KEYS), min_size=1, max_size=3),
    st.sampled_from(("2012-10-17", "2008-10-17", None)),
).map(lambda given: a_document(*(as_json(s, n) for n, s in enumerate(given[0])), version=given[1]))


@given(
    DOCUMENTS,
    st.lists(passes(), min_size=4, max_size=8),
    st.sampled_from(((DEV,), (DEV, ANNA), (DEV + "*",))),
)
@settings(max_examples=150, deadline=None)
def test_an_identity_policy_decides_as_in_iam_for_its_passers_and_nothing_for_others(
    document: str, candidates: list[dict[str, Any]], passers: tuple[str, ...]
) -> None:
    imported = import_identity(document, F, passers)
    left_out = {n.partition('"')[2].partition('"')[0] for n in imported.notes if not in_iam_says_nothing(n)}
    source = [s for s in read(json.loads(document)) if s.sid not in left_out]
    found = compiled(imported)
    for pass_ in candidates:
        ruling = decide(found, FlatContext(pass_))
        if pass_["aws:PrincipalArn"] in PASSERS[: 1 + (ANNA in passers)]:
            event(f"passer: {ruling}")
            assert ruling is decide(source, as_iam_sees(pass_))
        else:
            event(f"other: {ruling}")
            assert ruling is Ruling.IMPLICIT_DENY
        assert decide(found, FlatContext(pass_ | {"aws:PrincipalArn": OTHER})) is Ruling.IMPLICIT_DENY


def in_iam_says_nothing(line: str) -> bool:
    return line.endswith(("not about iam:PassRole", "none of its resources is a role"))


@given(DOCUMENTS, st.lists(passes(), min_size=2, max_size=4))
@settings(max_examples=50, deadline=None)
def test_a_service_control_policy_never_approves(document: str, candidates: list[dict[str, Any]]) -> None:
    found = compiled(import_scp(document, F))
    for pass_ in candidates:
        assert decide(found, FlatContext(pass_)) in (Ruling.EXPLICIT_DENY, Ruling.IMPLICIT_DENY)


def test_full_access_in_a_service_control_policy_approves_nothing() -> None:
    imported = import_scp(json.dumps(FULL_ACCESS), F)

    assert imported.items == ()
    assert imported.notes == (
        '"statement 1": left out: an Allow of a service control policy approves nothing',
    )
    assert statements_yaml(imported.items) == "statements: []\n"


def test_a_deny_is_taken_over_as_it_is() -> None:
    condition = {"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1", "eu-central-1"]}}
    imported = scp(a_document(a_statement(Sid="Regions", Action=["iam:*", "s3:*"], Condition=condition)))

    assert statements_yaml(imported.items) == (
        "statements:\n"
        '  - Sid: "Regions"\n'
        '    Effect: "Deny"\n'
        '    Action: "iam:PassRole"\n'
        '    Resource: "*"\n'
        "    Condition:\n"
        "      StringNotEquals:\n"
        "        aws:RequestedRegion:\n"
        '          - "eu-west-1"\n'
        '          - "eu-central-1"\n'
    )
    assert imported.notes == ()


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        (a_statement(Action="iam:CreateRole"), "left out: it is not about iam:PassRole"),
        (a_statement(Action="lambda:*"), "left out: it is not about iam:PassRole"),
        ({"Effect": "Deny", "NotAction": "iam:*", "Resource": "*"}, "left out: it is not about iam:PassRole"),
        (a_statement(Resource="arn:aws:s3:::bucket/*"), "left out: none of its resources is a role"),
        (a_statement(Principal="*"), "left out: it has a Principal"),
        (a_statement(Condition={"Bool": {"aws:Unheard": True}}), "left out: Condition.Bool"),
        (a_statement(Condition={"Bool": {"aws:Unheard": True}}), "unknown condition key"),
        (a_statement(Condition={"StringEquals": {"aws:ResourceTag/t": "x"}}), "write role:Tag/t"),
        (a_statement(Condition={"StringEquals": {"Role:Tag/t": "x"}}), "left out: role:tag/t is a key of"),
        (a_statement(Condition={"StringLike": {"aws:PrincipalTag/t": "${pass:Action}"}}), "pass:action is a"),
        (a_statement(Resource="arn:aws:iam::*:role/${role:Tag/t}"), "left out: role:tag/t is a key of"),
    ],
)
def test_what_is_left_out_or_doubtful_is_told(statement: dict[str, Any], why: str) -> None:
    (line,) = scp(a_document(statement)).notes

    assert line.startswith('"statement 1": ')
    assert why in line


def test_resources_that_are_no_roles_are_dropped() -> None:
    mixed = ["arn:aws:s3:::bucket", "arn:aws:iam::111122223333:role/x"]
    (one, other) = scp(
        a_document(
            a_statement(Resource=mixed),
            {"Effect": "Deny", "Action": "*", "NotResource": "arn:aws:s3:::bucket"},
        )
    ).items

    assert (one["Resource"], other["Resource"]) == ("arn:aws:iam::111122223333:role/x", "*")


@pytest.mark.parametrize("version", ["2008-10-17", None])
def test_variables_of_old_documents_stay_text(version: str | None) -> None:
    resource = "arn:aws:iam::111122223333:role/${aws:username}"
    imported = scp(a_document(a_statement(Resource=resource), version=version))
    (statement,) = compiled(imported)

    assert imported.items[0].get("Version") == version
    assert statement.variables is False


def test_passers_are_needed_beside_a_condition_on_the_passer() -> None:
    allow = a_statement("Allow", Condition={"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/*"}})
    (item,) = import_identity(a_document(allow), F, [DEV]).items

    assert item["Condition"] == {
        "ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/*"},
        "ArnEquals": {"aws:PrincipalArn": DEV},
    }


def test_a_second_statement_of_one_name_goes_without() -> None:
    imported = scp(a_document(a_statement(Sid="a"), a_statement(Sid="A", Resource="arn:aws:iam::*:role/x")))

    assert [item.get("Sid") for item in imported.items] == ["a", None]
    assert len(imported.notes) == 1


@given(
    st.text(max_size=12),
    st.sampled_from(("yes", "012", "1e3", "2024-01-01", "~", "=", "<<", "*a", "a: b", "#")),
)
def test_no_value_is_misread(text: str, doubtful: str) -> None:
    # Half characters and variables that are none are refused, and tested elsewhere.
    if any("\ud800" <= c <= "\udfff" for c in text) or "${" in text:
        return
    condition = {"StringEquals": {"aws:PrincipalTag/x": [text, doubtful, "111122223333"]}}
    (statement,) = compiled(scp(a_document(a_statement(Condition=condition))))

    assert statement.conditions[0].values == (text, doubtful, "111122223333")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("{", "scp.json:1:2: not valid JSON"),
        ("[]", "no policy document"),
        ('{"Statement": [], "Statement": []}', '"Statement" is given twice'),
        (a_document(a_statement("deny")), "Statement[0].Effect: expected Effect: Allow or Effect: Deny"),
        (a_document({"Effect": "Deny", "Action": "*"}), "Statement[0]: no Resource"),
        (a_document("x"), "Statement[0]: expected a statement"),
        (a_document(a_statement(Condition={"StringIs": {"a": "b"}})), "unknown condition operator"),
        (a_document(a_statement(Sid="\ud800")), "surrogate"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_what_is_no_policy_document_is_an_error(content: str, why: str) -> None:
    with pytest.raises(PolicyError) as raised:
        import_scp(content, F)

    assert why in str(raised.value)


@pytest.mark.parametrize(
    "text",
    [
        DEV,
        ANNA,
        "arn:aws:iam::111122223333:root",
        "arn:*:iam::*:role/aws-reserved/sso.amazonaws.com/*/AWSReservedSSO_Admin_*",
    ],
)
def test_passers_are_users_and_roles(text: str) -> None:
    assert passer_of(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "*",
        "dev",
        "arn:aws:sts::111122223333:assumed-role/dev/anna",
        "arn:aws:iam::111122223333:policy/x",
        "arn:aws:iam::1111:role/x",
        "arn:aws:iam::111122223333:role/${aws:username}",
        "arn:aws:iam::111122223333:role/a b",
    ],
)
def test_nothing_else_is_a_passer(text: str) -> None:
    with pytest.raises(ValueError, match="is"):
        passer_of(text)
