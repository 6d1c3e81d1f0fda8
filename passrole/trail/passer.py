"""Who made a call: ``userIdentity`` of a record (source: "CloudTrail userIdentity element")."""

from typing import Any

from passrole.passes import Passer
from passrole.trail.values import mapping, text, time

_MFA = {"true": True, "false": False}


def passer_of(record: dict[str, Any]) -> Passer:
    """The passer of a record; whatever the record does not tell is None."""
    identity = mapping(record.get("userIdentity"))
    context = mapping(identity.get("sessionContext"))
    issuer = mapping(context.get("sessionIssuer"))
    attributes = mapping(context.get("attributes"))
    arn = text(identity.get("arn"))
    is_session = identity.get("type") in ("AssumedRole", "FederatedUser")
    session = arn.rpartition("/")[2] if arn and is_session else None
    return Passer(
        type=text(identity.get("type")),
        arn=arn,
        role_arn=text(issuer.get("arn")) if issuer.get("type") == "Role" else None,
        account=text(identity.get("accountId")),
        principal_id=text(identity.get("principalId")),
        name=text(identity.get("userName")) or session,
        source_identity=text(context.get("sourceIdentity")),
        on_behalf_of=text(mapping(identity.get("onBehalfOf")).get("userId")),
        access_key_id=text(identity.get("accessKeyId")),
        source_ip=text(record.get("sourceIPAddress")),
        user_agent=text(record.get("userAgent")),
        invoked_by=text(identity.get("invokedBy")),
        vpc_endpoint=text(record.get("vpcEndpointId")),
        mfa=_MFA.get(text(attributes.get("mfaAuthenticated")) or ""),
        session_began=time(attributes.get("creationDate")),
    )
