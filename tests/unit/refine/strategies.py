"""Random policies of a role, reports of what it used, and requests, out of a small world where they meet."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from passrole.language import Condition, Effect, FlatContext, Ruling, Statement, decide, fold
from passrole.language.wildcards import matches
from passrole.refine.accessed import LastAccessed, Service
from passrole.refine.policy import RolePolicy
from passrole.refine.usage import Usage

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SINCE = NOW - timedelta(days=90)
# new:* is of no list; ec2:DescribeNews and s3:GetSomething are of none either.
ACTIONS: Mapping[str, tuple[str, ...]] = {
    "s3": ("CreateBucket", "DeleteBucket", "GetBucketAcl", "GetObject", "GetObjectAcl", "PutObject"),
    "ec2": ("DescribeImages", "DescribeInstances", "RunInstances"),
    "iam": ("GetRole", "PassRole", "ListRoles"),
    "rds-db": ("connect",),
    "sns": ("Publish", "Subscribe"),
}
NAMES = sorted(f"{s}:{n}" for s, names in ACTIONS.items() for n in names)
REQUESTED = (*NAMES, "new:Thing", "ec2:DescribeNews", "s3:GetSomething", "S3:getobject")
PATTERNS = (
    *("*", "s3:*", "s3:Get*", "S3:get*", "s3:*Object", "s3:?et*", "s3:GetObject*", "ec2:*", "ec2:Describe*"),
    *("iam:*", "iam:Pass*", "rds-db:*", "new:*", "sns:Pub*", "nocolon", "s*:Get*", *REQUESTED),
)
RESOURCES = (
    *(
        "*",
        "arn:aws:s3:::bucket/*",
        "arn:aws:s3:::${aws:username}/*",
        "arn:aws:iam::*:role/a",
        "arn:aws:*:::b*",
    ),
)
TARGETS = ("bucket/a", "anna/a", "${aws:username}/a", "role/a")
CONDITIONS: tuple[dict[str, Any], ...] = (
    {},
    {"StringEquals": {"aws:PrincipalTag/team": "web"}},
    {"StringLike": {"aws:username": ["${aws:PrincipalTag/team}", "an*"]}},
)

few = st.lists(st.sampled_from(PATTERNS), min_size=1, max_size=4)
resources = st.lists(st.sampled_from(RESOURCES), min_size=1, max_size=2)


@st.composite
def statements(draw: st.DrawFn) -> dict[str, Any]:
    effect = draw(st.sampled_from(("Allow", "Allow", "Allow", "Deny")))
    action = draw(st.sampled_from(("Action", "Action", "Action", "Action", "NotAction", "action")))
    resource = draw(st.sampled_from(("Resource", "Resource", "Resource", "NotResource")))
    given = draw(few)
    statement = {"Effect": effect, action: given[0] if len(given) == 1 else given, resource: draw(resources)}
    if condition := draw(st.sampled_from(CONDITIONS)):
        statement["Condition"] = condition
    if sid := draw(st.sampled_from((None, "A", "B"))):
        statement["Sid"] = sid
    return statement


policies = st.lists(
    st.builds(
        lambda version, given, name: RolePolicy(name, {**version, "Statement": given}),
        st.sampled_from(
            ({"Version": "2012-10-17"}, {"Version": "2012-10-17"}, {"Version": "2008-10-17"}, {})
        ),
        st.lists(statements(), min_size=1, max_size=3) | statements(),
        st.sampled_from(("a", "b")),
    ),
    max_size=3,
)
moments = st.sampled_from((None, NOW - timedelta(days=200), SINCE, NOW - timedelta(days=1)))


@st.composite
def usages(draw: st.DrawFn) -> Usage:
    """What a role used; of its services, some are not listed, and of their actions, some not tracked."""
    services = {}
    for prefix in draw(st.sets(st.sampled_from((*ACTIONS, "new")))):
        names = draw(st.sets(st.sampled_from((*ACTIONS.get(prefix, ()), "Thing"))))
        tracked = {fold(name): (name, draw(moments)) for name in names if name != "PassRole"}
        services[prefix] = Service(prefix, prefix, draw(moments), tracked)
    return Usage(LastAccessed(NOW, True, services), SINCE, ACTIONS)


@st.composite
def requests(draw: st.DrawFn) -> dict[str, str]:
    """A request for a resource of the service that its action is of, as all requests are."""
    action = draw(st.sampled_from(REQUESTED))
    service = fold(action.partition(":")[0])
    return {
        "action": action,
        "role:Arn": f"arn:aws:{service}:::{draw(st.sampled_from(TARGETS))}",
        "aws:username": draw(st.sampled_from(("anna", "web"))),
        "aws:PrincipalTag/team": draw(st.sampled_from(("web", "data"))),
    }


def ruling(documents: list[Any], request: Mapping[str, str]) -> Ruling:
    """What IAM documents say of a request; its resource goes by the name that the language gives a role's."""
    asked = dict(request)
    action = fold(asked.pop("action"))
    about = [s for document in documents for s in _statements(document, action)]
    return decide(about, FlatContext(asked))


def _statements(document: Mapping[str, Any], action: str) -> list[Statement]:
    """Those that are about the action: the language itself knows of iam:PassRole alone."""
    variables = document.get("Version") == "2012-10-17"
    given = document["Statement"]
    return [
        _statement(statement, variables)
        for statement in (given if isinstance(given, list) else [given])
        if _concerns(statement, action)
    ]


def _concerns(statement: Mapping[str, Any], action: str) -> bool:
    if "NotAction" in statement:
        return not any(matches(fold(pattern), action) for pattern in _texts(statement["NotAction"]))
    return any(matches(fold(p), action) for p in _texts(statement.get("Action", statement.get("action"))))


def _statement(statement: Mapping[str, Any], variables: bool) -> Statement:
    excluded = statement.get("NotResource")
    conditions = (
        Condition(operator, key, _texts(values), variables)
        for operator, keys in statement.get("Condition", {}).items()
        for key, values in keys.items()
    )
    return Statement(
        sid="",
        effect=Effect(statement["Effect"]),
        actions=("*",),
        resources=_texts(statement["Resource"]) if excluded is None else None,
        not_resources=None if excluded is None else _texts(excluded),
        conditions=tuple(conditions),
        variables=variables,
    )


def _texts(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)
