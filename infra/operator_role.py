"""The operator role: people assume it to read findings, to release what was contained, and to redrive."""

from collections.abc import Sequence

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.core import Core
from infra.rights import add_managed_grants
from passrole.grants import Grant
from passrole.ledger.keys import (
    DAYS_INDEX,
    FINDINGS_INDEX,
    HELD_INDEX,
    PASSERS_INDEX,
    ROLES_INDEX,
    SERVICES_INDEX,
    STANDING_INDEX,
)


class OperatorRole(Construct):
    """Gives old roles back at release: the one principal of the guard that may pass roles."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        operators: Sequence[str],
        core: Core,
        grants: Sequence[Grant],
    ) -> None:
        super().__init__(scope, construct_id)
        self.role = iam.Role(
            self,
            "Role",
            description="PassRole Guardrail: for people who release what was contained",
            assumed_by=_trusted(operators),
            max_session_duration=Duration.hours(1),
        )
        core.grant_record(self.role)
        core.ledger.grant_delete(self.role)
        for index in (
            FINDINGS_INDEX,
            STANDING_INDEX,
            HELD_INDEX,
            ROLES_INDEX,
            PASSERS_INDEX,
            SERVICES_INDEX,
            DAYS_INDEX,
        ):
            core.ledger.grant_list(self.role, index)
        core.findings.grant_publish(self.role)
        add_managed_grants(self.role, "Release", grants)


def _trusted(operators: Sequence[str]) -> iam.IPrincipal:
    """The policy's operators; without any, the account itself, so that IAM in the account decides who may."""
    if not operators:
        return iam.AccountRootPrincipal()
    return iam.CompositePrincipal(*(iam.ArnPrincipal(arn) for arn in operators))
