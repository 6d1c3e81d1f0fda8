"""Who made a call: CloudTrail's `userIdentity` for the keys that MiniStack knows."""

import datetime
import importlib
import time
from typing import Any


def user_identity(access_key: str, account: str) -> dict[str, Any]:
    """`userIdentity` of the principal that an access key belongs to.

    Root for a 12-digit key, IAMUser for a user's key, AssumedRole with its issuer for a session of a role.
    """
    evaluator: Any = importlib.import_module("ministack.core.iam_evaluator")
    credential = evaluator.resolve_credential(access_key, account)
    if isinstance(credential, evaluator.CredentialResolutionError):
        return {"type": "Unknown", "accountId": account, "accessKeyId": access_key}
    identity = {
        "type": "IAMUser" if credential.principal_type == "User" else credential.principal_type,
        "principalId": credential.principal_id,
        "arn": credential.principal_arn,
        "accountId": credential.account_id,
        "accessKeyId": access_key,
    }
    if credential.principal_type == "User":
        identity["userName"] = credential.principal_name
    elif credential.principal_type == "AssumedRole":
        identity["sessionContext"] = _session_context(access_key, credential)
    return identity


def _session_context(access_key: str, credential: Any) -> dict[str, Any]:
    iam: Any = importlib.import_module("ministack.services.iam")
    sts: Any = importlib.import_module("ministack.services.sts")
    role_name = credential.principal_arn.split("/")[1]
    role = iam._roles.get_scoped(credential.account_id, None, role_name) or {}
    created = sts._sessions.get(access_key, {}).get("IssuedAt", time.time())
    return {
        "sessionIssuer": {
            "type": "Role",
            "principalId": role.get("RoleId", credential.principal_id.partition(":")[0]),
            "arn": role.get("Arn", f"arn:aws:iam::{credential.account_id}:role/{role_name}"),
            "accountId": credential.account_id,
            "userName": role_name,
        },
        "webIdFederationData": {},
        "attributes": {
            "creationDate": datetime.datetime.fromtimestamp(created, datetime.UTC).strftime(
                "%Y-%m-%dT%H:%M:%SZ"
            ),
            "mfaAuthenticated": "false",
        },
    }
