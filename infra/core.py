"""What most capabilities rely on, passed as one: the key, the ledger and the topic `findings`."""

from dataclasses import dataclass

from aws_cdk import aws_iam as iam

from infra.encryption import Encryption
from infra.ledger import Ledger
from infra.topics import FindingsTopic


@dataclass(frozen=True)
class Core:
    """The key, the ledger and the topic of one guardrail stack."""

    encryption: Encryption
    ledger: Ledger
    findings: FindingsTopic

    def grant_record(self, role: iam.Role) -> None:
        """Rights to read and write records, with the key that they are encrypted with."""
        self.ledger.grant_read_write(role)
        self.encryption.grant_use(role, ("dynamodb", "sns", "sqs"))
