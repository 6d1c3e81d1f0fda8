"""Quarantine: the function `contain` on its own queue, with the rights that the quarantine modules declare."""

from collections.abc import Iterable

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.encryption import Encryption
from infra.functions import FunctionShare, GuardFunction
from infra.ledger import Ledger
from infra.names import CONTAIN_NEWS, CONTAIN_RESPONSES, Attribute, Env, Part
from infra.queues import WorkQueue
from infra.rights import add_grants
from infra.topics import FindingsTopic
from passrole.quarantine.module import QuarantineModule

TIMEOUT = Duration.seconds(60)


class Quarantine(Construct):
    """Contains resources; gives no role back, which is the operators' right."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        share: FunctionShare,
        encryption: Encryption,
        ledger: Ledger,
        findings: FindingsTopic,
        operator: iam.Role,
        modules: Iterable[QuarantineModule],
    ) -> None:
        super().__init__(scope, construct_id)
        self.work = WorkQueue(self, "Findings", encryption.key, function_timeout=TIMEOUT)
        findings.subscribe(
            self.work, {Attribute.RESPONSE: CONTAIN_RESPONSES, Attribute.NEWS: CONTAIN_NEWS}
        )
        self.contain = GuardFunction(
            self,
            "Contain",
            part=Part.CONTAIN,
            description="PassRole Guardrail: contains the resources of findings, reversibly",
            share=share,
            timeout=TIMEOUT,
            environment={Env.OPERATOR_ROLE_ARN: operator.role_arn},
        )
        role = self.contain.role
        ledger.grant_read_write(role)
        findings.grant_publish(role)
        encryption.grant_use(role, ("dynamodb", "sns", "sqs"))
        add_grants(role, "Contain", (grant for module in modules for grant in module.contain_grants))
        # One at a time, so that a failure sends back nothing else; few at once, so that a storm stays in the queue.
        self.contain.read(self.work.queue, batch_size=1, window=None, concurrency=5)
