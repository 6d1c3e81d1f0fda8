"""The exported SCP: which passes it denies, what it lets through, and what it says about it."""

from datetime import timedelta

from passrole.clock import iso
from passrole.language import Condition
from passrole.policy import CompiledPolicy, Exemption, PolicyStatement, Responses
from passrole.policy.exchange import Export, export_scp
from tests.unit.policy.builders import EC2, LAMBDA, a_policy, allow, approving, deny, service_is, tag_is
from tests.unit.samples import NOW

APP, EC2_ROLES = "arn:*:iam::*:role/app/*", "arn:*:iam::*:role/ec2/*"
BOTH = approving(
    f'{{name: app, roles: ["/app/*"], services: [{LAMBDA}]}}',
    f'{{name: machines, roles: ["/ec2/*"], services: [{EC2}]}}',
)


def scp(policy: CompiledPolicy, partition: str = "aws") -> Export:
    return export_scp(policy, partition, NOW)


def test_roles_are_denied_service_by_service() -> None:
    first, ec2, lambda_, others = scp(BOTH).document["Statement"]

    deny_pass = {"Effect": "Deny", "Action": "iam:PassRole"}
    assert first == {"Sid": "RolesThatNothingApproves", **deny_pass, "NotResource": [APP, EC2_ROLES]}
    assert ec2 == {
        "Sid": "NotApprovedForEc2",
        **deny_pass,
        "NotResource": EC2_ROLES,
        "Condition": {"StringEquals": {"iam:PassedToService": EC2}},
    }
    assert (lambda_["NotResource"], lambda_["Condition"]["StringEquals"]["iam:PassedToService"]) == (
        APP,
        LAMBDA,
    )
    assert others == {
        "Sid": "NotApprovedForOtherServices",
        **deny_pass,
        "Resource": "*",
        "Condition": {
            "StringNotEquals": {"iam:PassedToService": [EC2, LAMBDA]},
            "Null": {"iam:PassedToService": "false"},
        },
    }
    assert scp(BOTH).notes == ()


def test_roles_approved_for_every_service_need_no_condition() -> None:
    assert scp(approving('{name: app, roles: ["/app/*", "/app/deep/*"]}')).document["Statement"] == [
        {"Sid": "RolesThatNothingApproves", "Effect": "Deny", "Action": "iam:PassRole", "NotResource": APP}
    ]


def test_nothing_approved_is_all_denied() -> None:
    (only,) = scp(a_policy()).document["Statement"]

    assert (only["Effect"], only["Resource"]) == ("Deny", "*")


def test_all_approved_is_nothing_denied() -> None:
    assert scp(a_policy(allow("all"))).statements == ()


def test_what_an_scp_cannot_ask_for_is_let_through_and_told() -> None:
    exported = scp(a_policy(allow("app", tag_is("web"), resources=(APP,))))

    assert [s.get("NotResource") for s in exported.document["Statement"]] == [APP]
    assert exported.notes == (
        '"app": the SCP lets through more than it approves: it cannot ask for role:Tag/team',
    )


def test_a_variable_that_iam_does_not_know_is_whatever_it_may_be() -> None:
    exported = scp(a_policy(allow("teams", resources=("arn:aws:iam::*:role/team-${role:Tag/team}",))))

    assert [s["NotResource"] for s in exported.statements] == ["arn:aws:iam::*:role/team-*"]
    assert exported.notes == (
        '"teams": the SCP lets through more than it approves: it cannot ask for all of its resources',
    )


def test_services_have_their_names_of_china_there() -> None:
    conditions = [s.get("Condition") for s in scp(BOTH, "aws-cn").document["Statement"]]

    assert {"StringEquals": {"iam:PassedToService": [EC2, f"{EC2}.cn"]}} in conditions


def test_roles_of_other_partitions_are_left_out() -> None:
    policy = approving('{name: x, roles: ["arn:aws-cn:iam::111122223333:role/x", "arn:aws:iam::*:role/y"]}')

    assert scp(policy).document["Statement"][0]["NotResource"] == "arn:aws:iam::*:role/y"
    assert (
        scp(policy, "aws-cn").document["Statement"][0]["NotResource"] == "arn:aws-cn:iam::111122223333:role/x"
    )


def test_a_deny_is_told_to_iam_where_it_can_say_it() -> None:
    from_afar = Condition("StringNotEquals", "aws:RequestedRegion", ("eu-west-1",))
    exported = scp(a_policy(allow("all"), deny("elsewhere", from_afar), deny("young", tag_is("web"))))

    (only,) = exported.document["Statement"]
    assert (only["Sid"], only["Condition"]) == (
        "Elsewhere",
        {"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}},
    )
    assert exported.notes == (
        '"young": left out: IAM cannot decide iam:PassRole by the role\'s tags (role:Tag/team)',
    )


def test_a_service_that_iam_does_not_tell_is_not_denied() -> None:
    not_lambda = Condition("StringNotEquals", "iam:PassedToService", (LAMBDA,))
    (only,) = scp(a_policy(allow("all"), deny("lambda alone", not_lambda))).statements

    assert only["Condition"]["Null"] == {"iam:PassedToService": "false"}


def test_a_deny_that_asks_whether_a_service_is_told_is_left_out() -> None:
    untold = Condition("Null", "iam:AssociatedResourceArn", ("true",))
    exported = scp(a_policy(allow("all"), deny("untold", untold)))

    assert (exported.statements, len(exported.notes)) == ((), 1)


def test_what_is_exempt_is_let_through_until_the_exemption_expires() -> None:
    def exempting(hours: int) -> CompiledPolicy:
        scope = allow("x", resources=(EC2_ROLES,))
        expires = iso(NOW + timedelta(hours=hours))
        return CompiledPolicy(
            (allow("app", resources=(APP,)), deny("web", resources=("arn:aws:iam::*:role/app/web",))),
            Responses(),
            exemptions=(Exemption("move", "ops", "until the move", expires, scope),),
        )

    live, expired = scp(exempting(1)), scp(exempting(-1))
    assert [s.get("NotResource") for s in live.statements] == [[APP, EC2_ROLES]]
    assert live.notes == (
        '"web": left out: an SCP cannot exempt what move exempts',
        '"move": let through, and beyond its expiry: export again then',
    )
    assert [s.get("NotResource", s.get("Resource")) for s in expired.statements] == [
        APP,
        "arn:aws:iam::*:role/app/web",
    ]
    assert expired.notes == ()


def test_a_check_that_an_exemption_waives_is_left_out() -> None:
    def check(name: str) -> PolicyStatement:
        return PolicyStatement(name, deny(name).effect, resources=("arn:aws:iam::*:role/x",), check=name)

    exemption = Exemption("move", "ops", "r", iso(NOW + timedelta(hours=1)), allow("s"), checks=("one",))
    policy = CompiledPolicy((allow("all"), check("one"), check("two")), Responses(), exemptions=(exemption,))

    assert [s["Sid"] for s in scp(policy).statements] == ["two"]


def test_services_that_exclude_each_other_approve_none() -> None:
    policy = a_policy(allow("never", service_is(LAMBDA), service_is(EC2), resources=(APP,)))

    assert [s.get("Resource", s.get("NotResource")) for s in scp(policy).statements] == ["*"]
