"""AWS's condition keys, as IAM has them when it decides ``iam:PassRole``, from the record and from IAM.

Sources: "AWS global condition context keys", "IAM and AWS STS condition context keys", "CloudTrail
userIdentity element".
"""

from collections.abc import Callable
from ipaddress import ip_address

from passrole.clock import parse_time
from passrole.evidence import ABSENT, Fact, Known, Unknown
from passrole.language import Value
from passrole.passes import Pass, Passer
from passrole.policy.keys.model import Key, KeyType, Read, Subject, evident, recorded, tag_of, told, truth
from passrole.policy.keys.ours import account_of

_PRINCIPAL_TYPES = {
    "AssumedRole": "AssumedRole",
    "FederatedUser": "FederatedUser",
    "IAMUser": "User",
    "Root": "Account",
}
_NO_USERS = ("AWSService", "AssumedRole", "FederatedUser", "Root", "SAMLUser", "WebIdentityUser")
_WITHOUT_SESSION = ("AWSService", "IAMUser", "Root")  # may be: users and root can begin one
_NEVER = "nowhere: IAM does not decide iam:PassRole by the role's tags"


def _principal_arn(subject: Subject, _: str) -> Fact[Value]:
    passer = subject.pass_.passer
    if passer.type == "AWSService":
        return ABSENT
    if passer.type == "AssumedRole":
        return (
            Known(passer.role_arn)
            if passer.role_arn
            else Unknown("the record does not tell the passer's role")
        )
    return Known(passer.arn) if passer.arn else Unknown("the record does not tell the passer")


def _principal_type(subject: Subject, _: str) -> Fact[Value]:
    type_ = subject.pass_.passer.type
    if type_ == "AWSService":
        return ABSENT
    known = _PRINCIPAL_TYPES.get(type_ or "")
    return Known(known) if known else Unknown(f"the passer is of the type {type_}")


def _of_principal(read: Callable[[Pass], str | None], what: str) -> Read:
    as_recorded = recorded(read, what)

    def fact(subject: Subject, tag: str) -> Fact[Value]:
        return ABSENT if subject.pass_.passer.type == "AWSService" else as_recorded(subject, tag)

    return fact


def _username(subject: Subject, _: str) -> Fact[Value]:
    passer = subject.pass_.passer
    if passer.type in _NO_USERS:
        return ABSENT
    if passer.type == "IAMUser" and passer.name:
        return Known(passer.name)
    return Unknown("the record does not tell the user's name")


def _source_ip(subject: Subject, _: str) -> Fact[Value]:
    passer = subject.pass_.passer
    if passer.invoked_by or passer.vpc_endpoint:
        return ABSENT
    if passer.source_ip and _is_address(passer.source_ip):
        return Known(passer.source_ip)
    return Unknown("the record shows no address of the passer")


def _vpc_source_ip(subject: Subject, _: str) -> Fact[Value]:
    passer = subject.pass_.passer
    if passer.invoked_by or not passer.vpc_endpoint:
        return ABSENT
    return told(passer.source_ip)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _source_vpc(subject: Subject, _: str) -> Fact[Value]:
    return Unknown("records do not tell the VPC") if subject.pass_.passer.vpc_endpoint else ABSENT


def _called_for(passer: Passer) -> str | None:
    """The service that called for the passer; one that calls for itself does not."""
    return None if passer.type == "AWSService" else passer.invoked_by


def _called_via(subject: Subject, _: str) -> Fact[Value]:
    service = _called_for(subject.pass_.passer)
    return Known((service,)) if service else ABSENT


def _called_first(subject: Subject, _: str) -> Fact[Value]:
    if _called_for(subject.pass_.passer) is None:
        return ABSENT
    return Unknown("the record tells the last service that called for the passer alone")


def _epoch(subject: Subject, _: str) -> Fact[Value]:
    time = subject.pass_.event_time
    return (
        Known(str(int(parse_time(time).timestamp())))
        if time
        else Unknown("the record does not tell the time")
    )


def _is_service(subject: Subject, _: str) -> Fact[Value]:
    type_ = subject.pass_.passer.type
    return truth(type_ == "AWSService") if type_ else Unknown("the record does not tell the passer")


def _of_session(read: Callable[[Passer], Fact[Value]]) -> Read:
    """What sessions have; of a passer that must have one, the record may leave it out."""

    def fact(subject: Subject, _: str) -> Fact[Value]:
        passer = subject.pass_.passer
        found = read(passer)
        if found is not ABSENT or passer.type in _WITHOUT_SESSION:
            return found
        return Unknown("the record does not tell the session")

    return fact


def _associated(subject: Subject, _: str) -> Fact[Value]:
    resources = subject.pass_.resources
    if len(resources) == 1:
        return Known(resources[0])
    return Unknown(
        "the call is for several resources" if resources else "the record does not tell the resource"
    )


AWS_KEYS = (
    Key(
        "iam:PassedToService",
        KeyType.STRING,
        "the catalogue's row of the call",
        None,
        "the record does not tell the service; where it may be one of several, each is judged",
        lambda subject, _: subject.service,
    ),
    Key(
        "iam:AssociatedResourceArn",
        KeyType.ARN,
        "the record",
        None,
        "the record names no resource, or several",
        _associated,
    ),
    Key(
        "aws:PrincipalArn",
        KeyType.ARN,
        "the record; behind a session the role",
        "an AWS service passed the role",
        "the record does not tell it",
        _principal_arn,
    ),
    Key(
        "aws:PrincipalTag/",
        KeyType.STRING,
        "IAM: the passer's user or role",
        "there is no such tag",
        "IAM did not answer; the passer is of another account or federated; the role behind the session lets "
        "sessions have tags of their own",
        lambda subject, tag: tag_of(subject.evidence.passer_tags, tag),
    ),
    Key(
        "aws:PrincipalAccount",
        KeyType.STRING,
        "the record",
        "an AWS service passed the role",
        "the record does not tell it",
        _of_principal(lambda p: p.passer.account, "the passer's account"),
    ),
    Key(
        "aws:PrincipalType",
        KeyType.STRING,
        "the record",
        "an AWS service passed the role",
        "the passer is of another type",
        _principal_type,
    ),
    Key(
        "aws:PrincipalIsAWSService",
        KeyType.BOOL,
        "the record",
        None,
        "the record does not tell the passer",
        _is_service,
    ),
    Key(
        "aws:userid",
        KeyType.STRING,
        "the record",
        "an AWS service passed the role",
        "the record does not tell it",
        _of_principal(lambda p: p.passer.principal_id, "the passer's id"),
    ),
    Key(
        "aws:username",
        KeyType.STRING,
        "the record",
        "the passer is no IAM user",
        "the record does not tell it",
        _username,
    ),
    Key(
        "aws:SourceIdentity",
        KeyType.STRING,
        "the record",
        "the session has none",
        None,
        lambda subject, _: told(subject.pass_.passer.source_identity),
    ),
    Key(
        "aws:SourceIp",
        KeyType.ADDRESS,
        "the record",
        "the call came through an AWS service or a VPC endpoint",
        "the record shows no address",
        _source_ip,
    ),
    Key(
        "aws:VpcSourceIp",
        KeyType.ADDRESS,
        "the record",
        "the call did not come through a VPC endpoint",
        None,
        _vpc_source_ip,
    ),
    Key(
        "aws:SourceVpce",
        KeyType.STRING,
        "the record",
        "the call did not come through a VPC endpoint",
        None,
        lambda subject, _: told(subject.pass_.passer.vpc_endpoint),
    ),
    Key(
        "aws:SourceVpc",
        KeyType.STRING,
        "nowhere",
        "the call did not come through a VPC endpoint",
        "it came through one: records tell the endpoint, not the VPC",
        _source_vpc,
    ),
    Key(
        "aws:UserAgent",
        KeyType.STRING,
        "the record",
        "the record has none",
        None,
        lambda subject, _: told(subject.pass_.passer.user_agent),
    ),
    Key(
        "aws:CalledVia",
        KeyType.STRING,
        "the record: the last service alone",
        "no AWS service called for the passer",
        None,
        _called_via,
        several=True,
    ),
    Key(
        "aws:CalledViaFirst",
        KeyType.STRING,
        "nowhere",
        "no AWS service called for the passer",
        "a service did",
        _called_first,
    ),
    Key(
        "aws:CalledViaLast",
        KeyType.STRING,
        "the record",
        "no AWS service called for the passer",
        None,
        lambda subject, _: told(_called_for(subject.pass_.passer)),
    ),
    Key(
        "aws:ViaAWSService",
        KeyType.BOOL,
        "the record",
        None,
        None,
        lambda subject, _: truth(_called_for(subject.pass_.passer) is not None),
    ),
    Key(
        "aws:RequestedRegion",
        KeyType.STRING,
        "the record",
        None,
        "the record does not tell it",
        recorded(lambda p: p.region, "the region"),
    ),
    Key(
        "aws:CurrentTime",
        KeyType.DATE,
        "the record: the time of the call",
        None,
        "the record does not tell it",
        recorded(lambda p: p.event_time, "the time"),
    ),
    Key(
        "aws:EpochTime",
        KeyType.DATE,
        "the record: the time of the call",
        None,
        "the record does not tell it",
        _epoch,
    ),
    Key(
        "aws:TokenIssueTime",
        KeyType.DATE,
        "the record",
        "the credentials are long-term ones",
        "the record does not tell it",
        _of_session(lambda passer: told(passer.session_began)),
    ),
    Key(
        "aws:MultiFactorAuthPresent",
        KeyType.BOOL,
        "the record",
        "the credentials are long-term ones",
        "the record does not tell it",
        _of_session(lambda passer: ABSENT if passer.mfa is None else truth(passer.mfa)),
    ),
    Key(
        "aws:ResourceAccount",
        KeyType.STRING,
        "the role's ARN",
        None,
        "the role is unknown",
        evident(account_of),
    ),
    Key("aws:ResourceTag/", KeyType.STRING, _NEVER, "always", None, lambda _subject, _tag: ABSENT),
    Key("iam:ResourceTag/", KeyType.STRING, _NEVER, "always", None, lambda _subject, _tag: ABSENT),
)
