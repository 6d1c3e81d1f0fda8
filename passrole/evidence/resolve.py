"""From the role as a record names it to evidence about the role, over any source of IAM's answers."""

from dataclasses import replace

from passrole.arn import IamArn, is_instance_profile_name, parse_instance_profile_arn, parse_role_arn
from passrole.clock import Clock, iso
from passrole.evidence.described import made_at, moment_of, tags_of, why_another
from passrole.evidence.documents import document_of
from passrole.evidence.facts import ABSENT, NOT_ASKED, Evidence, Fact, Known, Unknown
from passrole.evidence.passer import passer_tags
from passrole.evidence.rights import administrator
from passrole.evidence.source import Description, IamSource
from passrole.evidence.wanted import NOTHING, Wanted
from passrole.passes import Pass, Referral

_UNTOLD = Unknown("the description of the role does not tell it", lasting=True)


def gather(source: IamSource, pass_: Pass, clock: Clock, wanted: Wanted = NOTHING) -> Evidence:
    """Evidence about the role of a pass and its passer. What cannot be read is unknown, never absent."""
    evidence = _of_role(source, pass_, wanted, iso(clock()))
    return replace(evidence, passer_tags=passer_tags(source, pass_)) if wanted.passer_tags else evidence


def with_administrator(source: IamSource, evidence: Evidence) -> Evidence:
    """Evidence of ``source``, with whether the role is an administrator where that was not asked for yet.

    Of a role that could not be read, or was made anew after the pass, it stays unknown.
    """
    if evidence.administrator != NOT_ASKED or not isinstance(evidence.name, Known):
        return evidence
    fact = administrator(source, evidence.name.value, evidence.permissions_boundary)
    return replace(evidence, administrator=fact)


def _of_role(source: IamSource, pass_: Pass, wanted: Wanted, now: str) -> Evidence:
    role = pass_.role
    if role.value is None:
        return _unseen(pass_.referral, now)
    if role.kind is not None and role.kind.is_instance_profile:
        return _of_profile(source, pass_, role.value, wanted, now)
    if role.arn is not None:
        return _of_arn(source, pass_, role.arn, wanted, now)
    if role.name is not None:
        described = source.role(role.name)
        if isinstance(described, Unknown):
            return Evidence.of_unknown(described, now)
        if not _is_ours(parse_role_arn(described["Arn"]), pass_):
            return _never("the role of that name is of another account than the pass", now)
        return _evidence(source, described, pass_, wanted, now)
    return _never("the record's text names no role", now)


def _never(reason: str, now: str) -> Evidence:
    """Evidence of a role of which nothing can be read, now or later."""
    return Evidence.unknown(reason, now, lasting=True)


def _unseen(referral: Referral | None, now: str) -> Evidence:
    if referral is None:
        return _never("the record does not show the role", now)
    came = f"the role comes by {referral.to} {referral.id or '(not shown)'}"
    if referral.member is None:
        return _never(f"{came}, and no API tells it", now)
    why = f"{came}: {referral.unread}" if referral.unread else f"{came}, which was not looked up"
    return Evidence.unknown(why, now, lasting=referral.lasting)


def _of_profile(source: IamSource, pass_: Pass, value: str, wanted: Wanted, now: str) -> Evidence:
    """An instance profile stands for the one role in it; the names of the two need not be alike."""
    arn = parse_instance_profile_arn(value)
    if arn is None and not is_instance_profile_name(value):
        return _never("the record's text names no instance profile", now)
    if arn and arn.account != pass_.account:
        return _never("the instance profile is of another account", now)
    described = source.instance_profile(arn.name if arn else value)
    if isinstance(described, Unknown):
        return Evidence.of_unknown(described, now)
    if arn and described["Arn"] != value:
        return Evidence.unknown("the instance profile of that name has another ARN now", now)
    if not _is_ours(parse_instance_profile_arn(described["Arn"]), pass_):
        return _never("the instance profile of that name is of another account than the pass", now)
    if why := why_another(described, "the instance profile", pass_):
        return _never(why, now)
    roles = described.get("Roles") or []
    if not roles:
        return Evidence.unknown("the instance profile holds no role now", now)
    return _of_arn(source, pass_, roles[0]["Arn"], wanted, now)


def _of_arn(source: IamSource, pass_: Pass, value: str, wanted: Wanted, now: str) -> Evidence:
    arn = parse_role_arn(value)
    if arn is None:
        return _never("the record's text is no role ARN", now)
    if arn.account != pass_.account:
        # Asking our own account for the name would answer about another role.
        return _named_only(arn, Unknown("the role is of another account", lasting=True), now)
    described = source.role(arn.name)
    if isinstance(described, Unknown):
        return _named_only(arn, described, now)
    if described["Arn"] != value:
        return Evidence.of_unknown(Unknown("the role of that name has another ARN now", gone=True), now)
    return _evidence(source, described, pass_, wanted, now)


def _named_only(arn: IamArn, unknown: Unknown, now: str) -> Evidence:
    """What the ARN alone tells; the rest is unknown."""
    return Evidence(
        arn=Known(str(arn)),
        name=Known(arn.name),
        path=Known(arn.path),
        role_id=unknown,
        tags=unknown,
        trust_policy=unknown,
        permissions_boundary=unknown,
        created_at=unknown,
        observed_at=now,
        last_used_at=unknown,
        administrator=unknown,
    )


def _evidence(source: IamSource, role: Description, pass_: Pass, wanted: Wanted, now: str) -> Evidence:
    created = made_at(role)
    boundary: Fact[str] = ABSENT
    if role.get("PermissionsBoundary"):
        boundary = Known(role["PermissionsBoundary"]["PermissionsBoundaryArn"])
    trust = document_of(role.get("AssumeRolePolicyDocument"))
    evidence = Evidence(
        arn=Known(role["Arn"]),
        name=Known(role["RoleName"]),
        path=Known(role["Path"]) if role.get("Path") else _UNTOLD,
        role_id=Known(role["RoleId"]) if role.get("RoleId") else _UNTOLD,
        tags=Known(tags_of(role)),
        trust_policy=Unknown("the trust policy is no JSON document", lasting=True)
        if trust is None
        else Known(trust),
        permissions_boundary=boundary,
        created_at=Known(iso(created)) if created else _UNTOLD,
        observed_at=now,
        last_used_at=_last_used_at(role),
    )
    if why := why_another(role, "the role", pass_):
        return evidence.made_after(why)
    if wanted.administrator:
        return replace(evidence, administrator=administrator(source, role["RoleName"], boundary))
    return evidence


def _last_used_at(role: Description) -> Fact[str]:
    if role.get("RoleLastUsed") is None:
        return _UNTOLD
    moment = moment_of(role["RoleLastUsed"].get("LastUsedDate"))
    return Known(iso(moment)) if moment else ABSENT


def _is_ours(arn: IamArn | None, pass_: Pass) -> bool:
    return arn is not None and arn.account == pass_.account
