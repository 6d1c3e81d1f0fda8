"""Random statements and passes out of small pools, so that they meet often."""

from collections.abc import Iterable, Mapping
from typing import Any

from hypothesis import strategies as st

from passrole.arn import parse_role_arn
from passrole.language import FlatContext
from passrole.language.statement import Statement
from passrole.policy import Condition, Effect, PolicyStatement
from passrole.policy.source.document import Document
from passrole.policy.source.iam_document import read_iam

ACCOUNTS = ("111122223333", "444455556666")
PATHS = ("/", "/app/", "/app/deep/", "/apples/", "/aws-service-role/x/", "/a:role/app/", "/${x}/")
NAMES = ("web", "deploy-a", "app", "x")
ROLES = tuple(f"arn:aws:iam::{a}:role{path}{name}" for a in ACCOUNTS for path in PATHS for name in NAMES)
SERVICES = ("lambda.amazonaws.com", "ec2.amazonaws.com", "glue.amazonaws.com")
PASSERS = (f"arn:aws:iam::{ACCOUNTS[0]}:role/dev", f"arn:aws:iam::{ACCOUNTS[0]}:user/ops/anna")
FUNCTIONS = (
    "arn:aws:lambda:eu-west-1:111122223333:function:a",
    "arn:aws:lambda:eu-west-1:111122223333:function:b",
)

_KEYS: Mapping[str, tuple[str, ...]] = {
    "role:Arn": ROLES,
    "role:Name": NAMES,
    "role:Path": PATHS,
    "role:Account": ACCOUNTS,
    "role:Tag/team": ("web", "data"),
    "role:ServiceLinked": ("true", "false"),
    "aws:ResourceAccount": ACCOUNTS,
    "aws:ResourceTag/team": ("web",),
    "iam:PassedToService": SERVICES,
    "iam:AssociatedResourceArn": FUNCTIONS,
    "aws:PrincipalArn": PASSERS,
    "aws:principalarn": PASSERS,
    "aws:PrincipalTag/team": ("web", "data"),
    "pass:Action": ("lambda:CreateFunction", "ec2:RunInstances"),
    "pass:Outcome": ("succeeded", "denied"),
}
_OPERATORS = (
    *(
        "StringEquals",
        "StringNotEquals",
        "StringLike",
        "StringNotLike",
        "StringEqualsIfExists",
        "stringequals",
    ),
    *("ArnLike", "ArnEquals", "ArnNotLike", "Bool", "Null", "ForAnyValue:StringLike"),
    *("ForAllValues:StringEquals", "StringNotEqualsIfExists"),
)
_ACTIONS = ("iam:PassRole", "iam:Pass*", "*", "lambda:*", "lambda:CreateFunction", "s3:GetObject")
_VARIABLES = ("${aws:PrincipalTag/team}", "${role:Tag/team}", "${aws:PrincipalAccount}", "${*}", "${x}")


@st.composite
def patterns(draw: st.DrawFn, texts: tuple[str, ...], changes: int = 2) -> str:
    """One of the texts, with some of it behind wildcards or a variable."""
    text = draw(st.sampled_from(texts))
    for _ in range(draw(st.integers(0, changes))):
        start = draw(st.integers(0, len(text)))
        end = draw(st.sampled_from((start, start + 1, start + 4, len(text))))
        text = text[:start] + draw(st.sampled_from(("*", "*", "?", *_VARIABLES))) + text[end:]
    return text


RESOURCES = st.one_of(
    st.sampled_from(("*", "arn:*:iam::*:role/*", "arn:aws:iam::*", "arn:aws:s3:::bucket")),
    st.sampled_from([f"arn:*:iam::*:role{path}*" for path in PATHS]),
    patterns(ROLES),
)


@st.composite
def conditions(draw: st.DrawFn, variables: bool, keys: Iterable[str] = _KEYS) -> Condition:
    key = draw(st.sampled_from(list(keys)))
    operator = draw(st.sampled_from(_OPERATORS))
    if operator in ("Bool", "Null"):
        return Condition(operator, key, (draw(st.sampled_from(("true", "false"))),), variables)
    values = draw(st.lists(patterns(_KEYS[key], 1), min_size=1, max_size=3))
    return Condition(operator, key, tuple(values), variables)


SERVICE_CONDITIONS = st.lists(st.sampled_from(SERVICES), min_size=1, max_size=2).map(
    lambda services: Condition("StringEquals", "iam:PassedToService", tuple(services))
)


@st.composite
def statements(
    draw: st.DrawFn, effects: tuple[Effect, ...] = tuple(Effect), keys: Iterable[str] = _KEYS
) -> PolicyStatement:
    variables = draw(st.booleans())
    given = st.lists(RESOURCES, min_size=1, max_size=3).map(tuple)
    actions = draw(
        st.one_of(st.just(("iam:PassRole",)), st.lists(st.sampled_from(_ACTIONS), min_size=1).map(tuple))
    )
    is_not_action, is_not_resource = draw(st.integers(0, 9)) == 0, draw(st.integers(0, 4)) == 0
    found = draw(st.lists(conditions(variables, list(keys)), max_size=2))
    return PolicyStatement(
        sid=draw(st.sampled_from(("a", "application roles", "c d"))),
        effect=draw(st.sampled_from(effects)),
        actions=None if is_not_action else actions,
        not_actions=actions if is_not_action else None,
        resources=None if is_not_resource else draw(given),
        not_resources=draw(given) if is_not_resource else None,
        conditions=(*found, *draw(st.lists(SERVICE_CONDITIONS, max_size=1))),
        variables=variables,
    )


@st.composite
def passes(draw: st.DrawFn) -> dict[str, Any]:
    """All condition keys of a pass, those of the role agreeing with each other."""
    arn = draw(st.sampled_from(ROLES))
    role = parse_role_arn(arn)
    assert role
    found = {
        "role:Arn": arn,
        "role:Name": role.name,
        "role:Path": role.path,
        "role:Account": role.account,
        "role:ServiceLinked": role.path.startswith("/aws-service-role/"),
        "aws:ResourceAccount": role.account,
        "aws:PrincipalAccount": ACCOUNTS[0],
    }
    for key in (
        "iam:PassedToService",
        "iam:AssociatedResourceArn",
        "aws:PrincipalArn",
        "pass:Action",
        "pass:Outcome",
    ):
        found[key] = draw(st.sampled_from(_KEYS[key]))
    for key in ("role:Tag/team", "aws:PrincipalTag/team"):
        if draw(st.booleans()):
            found[key] = draw(st.sampled_from(_KEYS[key]))
    return found


def as_iam_sees(pass_: Mapping[str, Any], without: Iterable[str] = ()) -> FlatContext:
    """What IAM knows of a pass: its own keys, perhaps ``without`` some, and the role's ARN."""
    keys = (key for key in pass_ if key.startswith(("iam:", "aws:")) or key == "role:Arn")
    return FlatContext({key: pass_[key] for key in keys if key not in without})


def read(document: Mapping[str, Any]) -> tuple[Statement, ...]:
    """The statements of a document of IAM's own."""
    found = Document("exported", data=document)
    statements = read_iam(found, (), strict=False).statements
    assert not found.problems
    return statements
