"""To and from IAM's own policy documents. No Lambda function imports this package.

``export_identity`` and ``export_scp`` write what IAM itself can express of a policy; ``import_scp`` and
``import_identity`` read documents into statements of guardrail.yaml.
"""

from passrole.policy.exchange.export import Export
from passrole.policy.exchange.identity import IDENTITY_LIMIT, export_identity
from passrole.policy.exchange.importing import (
    Import,
    import_identity,
    import_scp,
    passer_of,
)
from passrole.policy.exchange.scp import SCP_LIMIT, export_scp

__all__ = [
    "IDENTITY_LIMIT",
    "SCP_LIMIT",
    "Export",
    "Import",
    "export_identity",
    "export_scp",
    "import_identity",
    "import_scp",
    "passer_of",
]
