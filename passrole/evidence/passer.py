"""The tags of a passer, as IAM's conditions see them (``aws:PrincipalTag``), from what IAM tells now.

A session can carry tags of its own, which override those of its role; only the record of its beginning shows
them. It can carry them only where the role's trust policy allows ``sts:TagSession`` ("Pass session tags in
AWS STS"): there the tags are unknown. Denials and conditions in the trust policy are not looked at.
"""

from collections.abc import Mapping
from dataclasses import replace

from passrole.arn import IamArn, parse_role_arn, parse_user_arn
from passrole.evidence.described import tags_of, why_another
from passrole.evidence.documents import allow_statements, document_of, names_action
from passrole.evidence.facts import Fact, Known, Unknown
from passrole.evidence.source import Description, IamSource
from passrole.passes import Pass

_TAG_SESSION = "sts:tagsession"
_OWN_TAGS = "the session may carry tags of its own"
_FEDERATED = f"{_OWN_TAGS}: it is a federated user's"
_UNTOLD = {
    "FederatedUser": _FEDERATED,
    "SAMLUser": _FEDERATED,
    "WebIdentityUser": _FEDERATED,
    "AWSService": "an AWS service made the call, and the record does not tell as whom",
}


def passer_tags(source: IamSource, pass_: Pass) -> Fact[Mapping[str, str]]:
    """The tags of the user, or of the role behind the session; those of the root user are none."""
    passer = pass_.passer
    if passer.type == "Root":
        return Known({})
    if passer.type in _UNTOLD:
        return _never(_UNTOLD[passer.type])
    if passer.type not in ("IAMUser", "AssumedRole"):
        return _never("the record does not tell a passer whose tags could be read")
    if passer.account is None or passer.account != pass_.account:
        return _never("the passer is of another account")
    return _of_user(source, pass_) if passer.type == "IAMUser" else _of_session(source, pass_)


def _of_user(source: IamSource, pass_: Pass) -> Fact[Mapping[str, str]]:
    arn = parse_user_arn(pass_.passer.arn)
    if arn is None:
        return _never("the record does not tell the user")
    user = source.user(arn.name)
    if isinstance(user, Unknown):
        return _about("user", user)
    why = _why_not_the_passer(user, arn, user.get("UserId"), "user", pass_)
    return why or Known(tags_of(user))


def _of_session(source: IamSource, pass_: Pass) -> Fact[Mapping[str, str]]:
    arn = parse_role_arn(pass_.passer.role_arn)
    if arn is None:
        return _never("the record does not tell the role behind the session")
    role = source.role(arn.name)
    if isinstance(role, Unknown):
        return _about("role", role)
    if why := _why_not_the_passer(role, arn, role.get("RoleId"), "role", pass_):
        return why
    trust = document_of(role.get("AssumeRolePolicyDocument"))
    if trust is None:
        return _never(f"{_OWN_TAGS}: the trust policy of its role is no JSON document")
    if any(names_action(statement, _TAG_SESSION) for statement in allow_statements(trust)):
        return _never(f"{_OWN_TAGS}: the trust policy of its role allows sts:TagSession")
    return Known(tags_of(role))


def _never(reason: str) -> Unknown:
    """What cannot be read, now or later."""
    return Unknown(reason, lasting=True)


def _about(what: str, unread: Unknown) -> Unknown:
    return replace(unread, reason=f"of the passer's {what}: {unread.reason}")


def _why_not_the_passer(
    described: Description, arn: IamArn, unique_id: str | None, what: str, pass_: Pass
) -> Unknown | None:
    """Why the user or role of that name now is not the one that made the call; None if it is."""
    if described["Arn"] != str(arn):
        return Unknown(f"the passer's {what} has another ARN now")
    told = (pass_.passer.principal_id or "").partition(":")[0]
    if told and unique_id and told != unique_id:
        return _never(f"the passer's {what} was made anew after the pass")
    why = why_another(described, f"the passer's {what}", pass_)
    return _never(why) if why else None
