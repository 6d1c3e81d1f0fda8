"""What cannot be looked up says why, in words for a person; nothing raises, and no role is invented."""

from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ConnectTimeoutError, EndpointConnectionError, NoCredentialsError

from passrole.catalogue.references import REFERRED
from passrole.references import LOOKUPS, LiveReferences
from tests.unit.references.passes import (
    NOT_SHOWN,
    Clients,
    NobodyAsks,
    answering,
    lookup_of,
    referred,
    refusing,
    unread,
)
from tests.unit.samples import ACCOUNT, REGION, pass_of

MEMBERS = {to: roles[0].member for to, roles in REFERRED.items()}
STRANGE = [
    "",
    ".",
    "..",
    "../../2015-03-31/functions",
    "$Latest",
    "arn:",
    "arn:aws:ecs",
    f"arn:aws:s3:::bucket/{ACCOUNT}",
    f"arn:aws:iam::{ACCOUNT}:role/application_role/orders-worker",
    f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:orders",
    f"arn:aws:ec2:{REGION}:{ACCOUNT}:launch-template/lt-0123456789abcdef0",
    f"arn:aws:ecs:{REGION}:{ACCOUNT}:service/orders",
    "{partition}",
    "a\x00b",
    "line\nbreak",
    "\ud800",
    "Ω" * 40,
    "x" * 2048,
    "-" * 2048,
    "a-" * 1024,
    "' OR 1=1 --",
]


@pytest.mark.parametrize(
    "code", ["UnauthorizedOperation", "AccessDeniedException", "Throttling", "ServerException"]
)
@pytest.mark.parametrize("to", sorted(LOOKUPS))
def test_a_refusal_names_the_right_and_the_error(to: str, code: str) -> None:
    lookup = lookup_of(to)
    with refusing(lookup, code, "a long story") as references:
        passes = list(references.resolve([referred(to, some_id(to), MEMBERS[to])]))
    assert unread(passes) == f"{lookup.action} failed: {code}"


def test_a_refusal_is_not_asked_for_again_by_the_next_role_of_the_thing() -> None:
    with refusing(lookup_of("task definition"), "ThrottlingException") as references:
        passes = list(
            references.resolve(
                [referred("task definition", "orders", m) for m in ("taskRoleArn", "executionRoleArn")]
            )
        )
    assert [unread([pass_]) for pass_ in passes] == [
        "ecs:DescribeTaskDefinition failed: ThrottlingException"
    ] * 2


@pytest.mark.parametrize(
    "error",
    [
        EndpointConnectionError(endpoint_url="https://ec2"),
        ConnectTimeoutError(endpoint_url="https://ec2"),
        NoCredentialsError(),
        UnicodeEncodeError("utf-8", "\ud800", 0, 1, "surrogates not allowed"),
    ],
)
def test_a_call_that_cannot_be_made_names_the_error(error: Exception) -> None:
    class Broken:
        def describe_launch_template_versions(self, **_: Any) -> Any:
            raise error

    references = LiveReferences(lambda *_: Broken())
    passes = list(references.resolve([referred("launch template", "web", "iamInstanceProfile")]))
    assert unread(passes) == f"ec2:DescribeLaunchTemplateVersions failed: {type(error).__name__}"


def test_an_answer_without_the_thing_is_none() -> None:
    with answering(lookup_of("task definition"), {}) as references:
        passes = list(references.resolve([referred("task definition", "orders", "taskRoleArn")]))
    assert unread(passes) == "the task definition does not exist now"


@pytest.mark.parametrize("to", sorted(LOOKUPS))
def test_a_record_that_does_not_tell_the_thing_is_not_looked_up(to: str) -> None:
    passes = list(LiveReferences(NobodyAsks()).resolve([referred(to, None, MEMBERS[to])]))
    assert unread(passes) == f"the record does not tell which {to}"


@pytest.mark.parametrize("to", sorted(to for to, lookups in LOOKUPS.items() if lookups[0].arn))
@pytest.mark.parametrize(
    ("region", "account", "why"),
    [(REGION, "444455556666", "account"), (REGION, "", "account"), ("eu-south-2", ACCOUNT, "region")],
)
def test_a_thing_of_another_account_or_region_is_not_looked_up(
    to: str, region: str, account: str, why: str
) -> None:
    for lookup in LOOKUPS[to]:
        assert lookup.arn
        arn = f"arn:aws:{lookup.arn.service}:{region}:{account}:{lookup.arn.resource}orders"
        passes = list(LiveReferences(NobodyAsks()).resolve([referred(to, arn, MEMBERS[to])]))
        assert unread(passes) == f"the {to} is of another {why}"


@pytest.mark.parametrize("fields", [{"account": None}, {"region": None}])
def test_without_account_or_region_there_is_nowhere_to_look(fields: dict[str, Any]) -> None:
    pass_ = referred("stack", "orders", "roleARN", **fields)
    assert unread(list(LiveReferences(NobodyAsks()).resolve([pass_]))) == (
        "the record does not tell account and region"
    )


@pytest.mark.parametrize(
    "region", ["", "us-east-1.example.com/", "US EAST", "a" * 300, "\ud800", "..", "x@y"]
)
def test_a_region_that_is_none_is_no_address(region: str, aws: None) -> None:
    pass_ = referred("task definition", "orders", "taskRoleArn", region=region)
    reason = unread(list(LiveReferences(Clients()).resolve([pass_])))
    assert reason
    assert reason.startswith("ecs:DescribeTaskDefinition failed: ")


@pytest.mark.parametrize("to", sorted(LOOKUPS))
@pytest.mark.parametrize("id_", STRANGE, ids=ascii)
def test_strange_texts_bring_in_no_role(to: str, id_: str) -> None:
    """Whatever a text is, no other operation is called, no other thing is read, and nothing is raised."""
    for version in (None, "1", "\ud800", id_):
        pass_ = referred(to, id_, MEMBERS[to], version)
        (left,) = LiveReferences(_Refuses()).resolve([pass_])
        assert left.role == NOT_SHOWN
        assert left.referral
        assert left.referral.unread


def test_texts_of_other_things_are_not_sent_to_any_service() -> None:
    arns = [id_ for id_ in STRANGE if id_.startswith("arn:aws:")]
    for to in LOOKUPS.keys() - {"launch configuration", "remediation configuration"}:
        for id_ in (*arns, "", "a\x00b", "\ud800"):
            if id_ == "arn:aws:ecs":
                continue
            passes = list(LiveReferences(NobodyAsks()).resolve([referred(to, id_, MEMBERS[to])]))
            assert unread(passes) == f"the record's text names no {to}", id_


def test_the_passes_around_it_are_not_lost() -> None:
    passes = [pass_of(), referred("stack", "..", "roleARN"), pass_of(path="requestParameters.other")]
    resolved = list(LiveReferences(NobodyAsks()).resolve(passes))
    assert [pass_.path for pass_ in resolved] == [pass_.path for pass_ in passes]


def test_one_event_has_a_bounded_number_of_things_looked_up_and_the_rest_are_told_as_one() -> None:
    """A refused request may name a thousand templates: nobody needs a right to send it."""
    asked: list[str] = []

    class Counting:
        def describe_launch_template_versions(self, **request: Any) -> Any:
            asked.append(request["LaunchTemplateName"])
            return {
                "LaunchTemplateVersions": [{"LaunchTemplateData": {"IamInstanceProfile": {"Name": "web"}}}]
            }

    passes = [
        referred("launch template", f"web-{number}", "iamInstanceProfile", path=f"requestParameters.{number}")
        for number in range(1200)
    ]
    known_again = replace(passes[0], path="requestParameters.again")
    shown = pass_of(path="requestParameters.other")
    *resolved, rest, again, other = LiveReferences(lambda *_: Counting()).resolve(
        [*passes, known_again, shown]
    )

    assert asked == [f"web-{number}" for number in range(50)]
    assert [(one.path, one.role.value) for one in (*resolved, again)] == [
        *((one.path, "web") for one in passes[:50]),
        (known_again.path, "web"),
    ]
    assert (rest.path, other) == (passes[50].path, shown)
    assert unread([rest]) == (
        "the call refers to more than 50 things: neither this nor any further one was looked up"
    )
    assert rest.referral
    assert rest.referral.lasting


def some_id(to: str) -> str:
    """A text that can name a thing of that kind."""
    lookup = lookup_of(to)
    if to == "profile":
        return "11111111-2222-3333-4444-555555555555"
    if lookup.name is not None:
        return "orders"
    assert lookup.arn
    return f"arn:aws:{lookup.arn.service}:{REGION}:{ACCOUNT}:{lookup.arn.resource}orders"


class _Refuses:
    """Every client refuses what it is asked, as a service would that does not know the text."""

    def __call__(self, service: str, region: str | None) -> Any:
        return self

    def __getattr__(self, operation: str) -> Any:
        def refuse(**_: Any) -> Any:
            raise ValueError(operation)

        return refuse
