"""The quarantine role: what contained resources hold in the place of the role that was passed."""

from collections.abc import Sequence

from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.names import ROLE_PATH


class QuarantineRole(Construct):
    """Trusts the services that get it, or their calls would be refused, and may do nothing at all."""

    def __init__(self, scope: Construct, construct_id: str, services: Sequence[str]) -> None:
        super().__init__(scope, construct_id)
        self.role = iam.Role(
            self,
            "Role",
            path=ROLE_PATH,
            description="PassRole Guardrail: held by contained resources in place of their role; denies all",
            assumed_by=iam.CompositePrincipal(*(iam.ServicePrincipal(service) for service in services)),
            inline_policies={
                "DenyAll": iam.PolicyDocument(
                    statements=[iam.PolicyStatement(effect=iam.Effect.DENY, actions=["*"], resources=["*"])]
                )
            },
        )
