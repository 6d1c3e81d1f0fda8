"""Links into the AWS console: the pages of the table, and no way out of a link."""

import re
from dataclasses import replace
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from passrole.alerts.renderings.links import LONGEST, passer_link, resource_link, role_link
from passrole.passes import Passer
from tests.unit.alerts.samples import PASSER

HERE = "https://eu-west-1.console.aws.amazon.com"
OF = "eu-west-1:111122223333"


@pytest.mark.parametrize(
    ("resource", "page"),
    [
        (f"arn:aws:lambda:{OF}:function:payments", "lambda/home?region=eu-west-1#/functions/payments"),
        (f"arn:aws:lambda:{OF}:function:payments:7", "lambda/home?region=eu-west-1#/functions/payments"),
        (
            f"arn:aws:ec2:{OF}:instance/i-0123456789abcdef0",
            "ec2/home?region=eu-west-1#InstanceDetails:instanceId=i-0123456789abcdef0",
        ),
        (
            f"arn:aws:ec2:{OF}:launch-template/lt-012",
            "ec2/home?region=eu-west-1#LaunchTemplateDetails:launchTemplateId=lt-012",
        ),
        (
            f"arn:aws:autoscaling:{OF}:autoScalingGroup:034d7396:autoScalingGroupName/web",
            "ec2/home?region=eu-west-1#AutoScalingGroupDetails:id=web;view=details",
        ),
        (
            f"arn:aws:autoscaling:{OF}:autoScalingGroup:autoScalingGroupName/web",
            "ec2/home?region=eu-west-1#AutoScalingGroupDetails:id=web;view=details",
        ),
        (f"arn:aws:ecs:{OF}:service/shop/cart", "ecs/v2/clusters/shop/services/cart?region=eu-west-1"),
        (f"arn:aws:ecs:{OF}:task/shop/581a40b2", "ecs/v2/clusters/shop/tasks/581a40b2?region=eu-west-1"),
        (f"arn:aws:ecs:{OF}:task-definition/cart:3", "ecs/v2/task-definitions/cart/3?region=eu-west-1"),
        (f"arn:aws:ecs:{OF}:task-definition/cart", "ecs/v2/task-definitions/cart?region=eu-west-1"),
        (
            f"arn:aws:states:{OF}:stateMachine:orders",
            "states/home?region=eu-west-1#/statemachines/view/"
            "arn%3Aaws%3Astates%3Aeu-west-1%3A111122223333%3AstateMachine%3Aorders",
        ),
        (f"arn:aws:glue:{OF}:job/load", "gluestudio/home?region=eu-west-1#/editor/job/load/details"),
        (
            f"arn:aws:glue:{OF}:crawler/lake",
            "glue/home?region=eu-west-1#/v2/data-catalog/crawlers/view/lake",
        ),
        (
            f"arn:aws:codebuild:{OF}:project/app",
            "codesuite/codebuild/111122223333/projects/app/history?region=eu-west-1",
        ),
        (
            f"arn:aws:codepipeline:{OF}:release",
            "codesuite/codepipeline/pipelines/release/view?region=eu-west-1",
        ),
        (
            f"arn:aws:sagemaker:{OF}:notebook-instance/lab",
            "sagemaker/home?region=eu-west-1#/notebook-instances/lab",
        ),
        (f"arn:aws:events:{OF}:rule/nightly", "events/home?region=eu-west-1#/eventbus/default/rules/nightly"),
        (
            f"arn:aws:events:{OF}:rule/shop/nightly",
            "events/home?region=eu-west-1#/eventbus/shop/rules/nightly",
        ),
        (
            f"arn:aws:scheduler:{OF}:schedule/default/nightly",
            "scheduler/home?region=eu-west-1#schedules/default/nightly",
        ),
        (
            f"arn:aws:cloudformation:{OF}:stack/shop/c0ffee",
            "cloudformation/home?region=eu-west-1#/stacks/stackinfo?stackId="
            "arn%3Aaws%3Acloudformation%3Aeu-west-1%3A111122223333%3Astack%2Fshop%2Fc0ffee",
        ),
        (
            f"arn:aws:cloudformation:{OF}:stack/shop",
            "cloudformation/home?region=eu-west-1#/stacks/stackinfo?stackId=shop",
        ),
        (f"arn:aws:rds:{OF}:cluster:shop", "rds/home?region=eu-west-1#database:id=shop;is-cluster=true"),
        (f"arn:aws:rds:{OF}:db:shop-1", "rds/home?region=eu-west-1#database:id=shop-1;is-cluster=false"),
        (
            f"arn:aws:redshift:{OF}:cluster:lake",
            "redshiftv2/home?region=eu-west-1#cluster-details?cluster=lake",
        ),
        (
            f"arn:aws:batch:{OF}:compute-environment/spot",
            "batch/home?region=eu-west-1#compute-environments/detail/"
            "arn%3Aaws%3Abatch%3Aeu-west-1%3A111122223333%3Acompute-environment%2Fspot",
        ),
        (
            f"arn:aws:apprunner:{OF}:service/web/c0ffee",
            "apprunner/home?region=eu-west-1#/services/dashboard?service_arn="
            "arn%3Aaws%3Aapprunner%3Aeu-west-1%3A111122223333%3Aservice%2Fweb%2Fc0ffee",
        ),
    ],
)
def test_resources_with_a_known_page_are_linked_to_it(resource: str, page: str) -> None:
    assert resource_link(resource) == f"{HERE}/{page}"


@pytest.mark.parametrize(
    ("resource", "host"),
    [
        ("arn:aws-cn:lambda:cn-north-1:111122223333:function:x", "cn-north-1.console.amazonaws.cn"),
        (
            "arn:aws-us-gov:lambda:us-gov-east-1:111122223333:function:x",
            "us-gov-east-1.console.amazonaws-us-gov.com",
        ),
        ("arn:aws:s3:::lake", "us-east-1.console.aws.amazon.com"),
        ("arn:aws-cn:s3:::lake", "cn-north-1.console.amazonaws.cn"),
    ],
)
def test_partition_decides_the_host(resource: str, host: str) -> None:
    assert urlsplit(resource_link(resource) or "").hostname == host


@pytest.mark.parametrize(
    "resource",
    [
        None,
        "payments",
        f"arn:aws:iot:{OF}:rule/telemetry",
        f"arn:aws:lambda:{OF}:layer:tools",
        f"arn:aws:states:{OF}:stateMachine:orders:3",
        f"arn:aws:ecs:{OF}:service/without-a-cluster",
        f"arn:aws:events:{OF}:rule/aws.partner/shop/bus/nightly",
        "arn:aws-eusc:lambda:eusc-de-east-1:111122223333:function:x",
        "arn:aws-iso:lambda:us-iso-east-1:111122223333:function:x",
        "arn:aws:lambda:cn-north-1:111122223333:function:x",
        "arn:aws-cn:lambda:eu-west-1:111122223333:function:x",
        "arn:aws:lambda:evil-example:111122223333:function:x",
        f"arn:aws:codepipeline:{OF}:..",
        f"arn:aws:ecs:{OF}:service/../cart",
        f"arn:aws:lambda:{OF}:function:{'x' * LONGEST}",
    ],
)
def test_what_has_no_known_page_is_not_linked(resource: str | None) -> None:
    assert resource_link(resource) is None


def test_roles_are_linked_by_their_name_wherever_they_are() -> None:
    assert role_link("arn:aws:iam::111122223333:role/admin/Break+Glass") == (
        "https://us-east-1.console.aws.amazon.com/iam/home?region=us-east-1#/roles/details/Break%2BGlass"
    )
    assert role_link("arn:aws-us-gov:iam::111122223333:role/x") == (
        "https://us-gov-west-1.console.amazonaws-us-gov.com/iam/home?region=us-gov-west-1#/roles/details/x"
    )
    assert role_link("arn:aws-eusc:iam::111122223333:role/x") is None
    assert role_link("BreakGlass") is None


def test_passer_is_linked_to_the_role_behind_the_session_or_to_the_user() -> None:
    assert passer_link(PASSER) == role_link("arn:aws:iam::111122223333:role/Developer")
    user = Passer(type="IAMUser", arn="arn:aws:iam::111122223333:user/team/alice")
    assert passer_link(user) == (
        "https://us-east-1.console.aws.amazon.com/iam/home?region=us-east-1#/users/details/alice"
    )
    assert passer_link(Passer(type="Root", arn="arn:aws:iam::111122223333:root")) is None
    assert passer_link(replace(PASSER, role_arn=None)) is None


# What an ARN may hold at all, and what would end a link in Slack's markup, in a mail, or in a URL's part.
_NAMES = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=150)


@given(st.sampled_from(["lambda:{}:function:", "codepipeline:{}:", "scheduler:{}:schedule/a/"]), _NAMES)
@example("lambda:{}:function:", "x>|<!channel>`*_~&\"')#/?@evil.example")
@example("codepipeline:{}:", "%2e%2e%2f")
def test_no_name_ends_a_link_or_turns_it_elsewhere(service: str, name: str) -> None:
    url = resource_link(f"arn:aws:{service.format(OF)}{name}")

    if url is not None:
        assert re.fullmatch(r"https://eu-west-1\.console\.aws\.amazon\.com/[A-Za-z0-9/?#=:;%._~-]+", url)
        assert len(url) <= LONGEST
        assert len(urlsplit(url).path.split("/")) <= 6
        assert name.split(":")[0] in unquote(url)
