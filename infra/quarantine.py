"""Quarantine: the function `contain` on its own queue, with the rights that the policy's modules need."""

from collections.abc import Iterable

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.core import Core
from infra.functions import FunctionShare, GuardFunction
from infra.names import CONTAIN_NEWS, CONTAIN_RESPONSES, Attribute, Env, Part
from infra.quarantine_role import QuarantineRole
from infra.queues import WorkQueue
from infra.rights import add_managed_grants
from passrole.ledger.keys import ROLES_INDEX
from passrole.policy import CompiledPolicy
from passrole.quarantine.rights import contain_grants, trusted_services

TIMEOUT = Duration.seconds(60)
MAX_RECEIVES = 6


class Quarantine(Construct):
    """Contains resources; gives no role back, which is the operators' right."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        share: FunctionShare,
        core: Core,
        policy: CompiledPolicy,
    ) -> None:
        super().__init__(scope, construct_id)
        self.work = WorkQueue(
            self, "Findings", core.encryption.key, function_timeout=TIMEOUT, max_receives=MAX_RECEIVES
        )
        core.findings.subscribe(
            self.work, {Attribute.RESPONSE: CONTAIN_RESPONSES, Attribute.NEWS: CONTAIN_NEWS}
        )
        services = trusted_services(policy)
        self.quarantine_role = QuarantineRole(self, "Held", services).role if services else None
        self.contain = GuardFunction(
            self,
            "Contain",
            part=Part.CONTAIN,
            description="PassRole Guardrail: contains the resources of findings, reversibly",
            share=share,
            timeout=TIMEOUT,
            environment={
                Env.CONTAIN_QUEUE_URL: self.work.queue.queue_url,
                # So that it knows its last attempt, and tells what fails then.
                Env.MAX_RECEIVES: str(MAX_RECEIVES),
            },
        )
        role = self.contain.role
        self.contain.function.add_environment(Env.CONTAIN_ROLE_ARN, role.role_arn)
        names = {}
        if self.quarantine_role:
            names["quarantine_role"] = self.quarantine_role.role_arn
            self.contain.function.add_environment(Env.QUARANTINE_ROLE_ARN, self.quarantine_role.role_arn)
        core.grant_record(role)
        core.ledger.grant_count(role)
        core.ledger.grant_delete(role)
        if policy.quarantine.role_scope or policy.quarantine.shared_role_scope:
            core.ledger.grant_list(role, ROLES_INDEX)
        core.findings.grant_publish(role)
        add_managed_grants(role, "Contain", contain_grants(policy), names)
        # One at a time, so that a failure sends back nothing else; few at once: a storm waits in the queue.
        self.contain.read(self.work.queue, batch_size=1, window=None, concurrency=5)

    def protect(self, functions: Iterable[lambda_.Function], roles: Iterable[iam.Role]) -> None:
        """Tells `contain` what is the guard's own: it is never contained, and never denied anything."""
        arns = (*(f.function_arn for f in functions), *(r.role_arn for r in roles))
        self.contain.function.add_environment(Env.PROTECTED_RESOURCES, ",".join(arns))
