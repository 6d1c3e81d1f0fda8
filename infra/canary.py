"""The canary: a rule that does nothing and a role that may do nothing, which `sweep` passes to it."""

from aws_cdk import Aws
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.functions import GuardFunction
from infra.names import ROLE_PATH, Env
from infra.queues import rules_of_stack
from passrole.detection.canary import DESCRIPTION, PATTERN, STATE


class Canary(Construct):
    """What `sweep` passes to what, and the right to; `detect` is told how to know the pass.

    The template gives the rule no role: that deployment would pass one, which every policy would have to
    approve. The first call of `sweep` does.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, sweep: GuardFunction, detect: GuardFunction
    ) -> None:
        super().__init__(scope, construct_id)
        self.role = iam.Role(
            self,
            "Role",
            path=ROLE_PATH,
            description="PassRole Guardrail: passed by the canary; denies all",
            assumed_by=iam.ServicePrincipal(
                "events.amazonaws.com",
                conditions={
                    "StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID},
                    "ArnLike": {"aws:SourceArn": rules_of_stack()},
                },
            ),
            inline_policies={
                "DenyAll": iam.PolicyDocument(
                    statements=[iam.PolicyStatement(effect=iam.Effect.DENY, actions=["*"], resources=["*"])]
                )
            },
        )
        self.rule = events.CfnRule(self, "Rule", description=DESCRIPTION, event_pattern=PATTERN, state=STATE)
        self._let_pass(sweep.role)
        for function in (sweep, detect):
            function.function.add_environment(Env.CANARY_RULE_ARN, self.rule.attr_arn)
            function.function.add_environment(Env.CANARY_ROLE_ARN, self.role.role_arn)
            function.function.add_environment(Env.CANARY_PASSER_ROLE_ARN, sweep.role.role_arn)

    def _let_pass(self, passer: iam.Role) -> None:
        passer.add_to_principal_policy(
            iam.PolicyStatement(
                sid="PutCanaryRule", actions=["events:PutRule"], resources=[self.rule.attr_arn]
            )
        )
        passer.add_to_principal_policy(
            iam.PolicyStatement(
                sid="PassCanaryRole",
                actions=["iam:PassRole"],
                resources=[self.role.role_arn],
                conditions={"StringEquals": {"iam:PassedToService": "events.amazonaws.com"}},
            )
        )
