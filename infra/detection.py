"""Detection: reads events, asks IAM about the roles, writes passes and findings, tells the topic.

What it cannot judge yet waits in a queue of its own, which it also reads.
"""

from collections.abc import Iterable, Sequence

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.core import Core
from infra.functions import FunctionShare, GuardFunction
from infra.names import Env, Part
from infra.queues import WorkQueue
from infra.rights import add_grants
from passrole.evidence.grants import grants_for
from passrole.evidence.wanted import Wanted
from passrole.grants import Grant
from passrole.references import REFERENCE_GRANTS

TIMEOUT = Duration.seconds(60)

# What `passrole/evidence/iam.py` asks of AWS.
EVIDENCE_GRANTS = (
    Grant(
        actions=("iam:GetRole",),
        resources=("arn:{partition}:iam::{account}:role/*",),
        reason="Any role of the account can be passed; detection reads its tags, path and trust policy.",
    ),
    Grant(
        actions=("iam:GetInstanceProfile",),
        resources=("arn:{partition}:iam::{account}:instance-profile/*",),
        reason="EC2 calls name an instance profile; detection reads which role is in it.",
    ),
)


class Detection(Construct):
    """The function `detect` on the intake queue, and on the one in which events wait for another look."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        share: FunctionShare,
        core: Core,
        events: WorkQueue,
        wanted: Wanted,
        look_delays: Sequence[int],
    ) -> None:
        super().__init__(scope, construct_id)
        self.looks = WorkQueue(self, "SecondLooks", core.encryption.key, function_timeout=TIMEOUT)
        self.detect = GuardFunction(
            self,
            "Detect",
            part=Part.DETECT,
            description="PassRole Guardrail: judges every pass of a role",
            share=share,
            timeout=TIMEOUT,
            environment={
                Env.SECOND_LOOKS_QUEUE_URL: self.looks.queue.queue_url,
                Env.LOOK_DELAYS: ",".join(str(delay) for delay in look_delays),
            },
        )
        role = self.detect.role
        core.grant_record(role)
        core.findings.grant_publish(role)
        add_grants(role, "Evidence", (*EVIDENCE_GRANTS, *grants_for(wanted)))
        add_grants(role, "Reference", REFERENCE_GRANTS)
        self.detect.read(events.queue, batch_size=10, window=Duration.seconds(1), concurrency=20)
        # As few at once as Lambda takes: what was throttled must not be so again for its number.
        self.detect.read(self.looks.queue, batch_size=10, window=Duration.seconds(1), concurrency=2)

    def expect(self, roles: Iterable[iam.Role]) -> None:
        """Tells `detect` whose passes the ledger's intents announce."""
        arns = ",".join(role.role_arn for role in roles)
        self.detect.function.add_environment(Env.GUARD_ROLES, arns)
