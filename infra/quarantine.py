"""Quarantine: the function `contain` on its own queue, with the rights that its modules declare."""

from collections.abc import Iterable

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.core import Core
from infra.functions import FunctionShare, GuardFunction
from infra.names import CONTAIN_NEWS, CONTAIN_RESPONSES, Attribute, Env, Part
from infra.queues import WorkQueue
from infra.rights import add_grants
from passrole.quarantine.module import QuarantineModule

TIMEOUT = Duration.seconds(60)
MAX_RECEIVES = 5


class Quarantine(Construct):
    """Contains resources; gives no role back, which is the operators' right."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        share: FunctionShare,
        core: Core,
        operator: iam.Role,
        modules: Iterable[QuarantineModule],
    ) -> None:
        super().__init__(scope, construct_id)
        self.work = WorkQueue(
            self, "Findings", core.encryption.key, function_timeout=TIMEOUT, max_receives=MAX_RECEIVES
        )
        core.findings.subscribe(
            self.work, {Attribute.RESPONSE: CONTAIN_RESPONSES, Attribute.NEWS: CONTAIN_NEWS}
        )
        self.contain = GuardFunction(
            self,
            "Contain",
            part=Part.CONTAIN,
            description="PassRole Guardrail: contains the resources of findings, reversibly",
            share=share,
            timeout=TIMEOUT,
            environment={
                Env.OPERATOR_ROLE_ARN: operator.role_arn,
                # So that it knows its last attempt, and tells what fails then.
                Env.MAX_RECEIVES: str(MAX_RECEIVES),
            },
        )
        role = self.contain.role
        core.grant_record(role)
        core.ledger.grant_count(role)
        core.ledger.grant_delete(role)
        core.findings.grant_publish(role)
        add_grants(role, "Contain", (grant for module in modules for grant in module.contain_grants))
        # One at a time, so that a failure sends back nothing else; few at once: a storm waits in the queue.
        self.contain.read(self.work.queue, batch_size=1, window=None, concurrency=5)

    def protect(self, functions: Iterable[lambda_.Function]) -> None:
        """Tells `contain` which resources are the guard's own: they are never contained."""
        arns = ",".join(function.function_arn for function in functions)
        self.contain.function.add_environment(Env.PROTECTED_RESOURCES, arns)
