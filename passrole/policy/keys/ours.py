"""The project's own condition keys: of the role and of the pass, for what IAM does not offer."""

from collections.abc import Callable

from passrole.arn import parse_role_arn
from passrole.clock import parse_time
from passrole.evidence import Evidence, Fact, Known, Unknown
from passrole.evidence.trust import Trust, trust_of
from passrole.language import Value
from passrole.policy.keys.model import Key, KeyType, Read, Subject, evident, recorded, tag_of, told, truth

_DAY = 86_400  # seconds
SERVICE_LINKED = "/aws-service-role/"
DOMAIN = ".amazonaws.com"
_NOT_READ = "IAM did not answer, or the role was made anew since the pass"


def account_of(evidence: Evidence) -> Fact[str]:
    if not isinstance(evidence.arn, Known):
        return evidence.arn
    arn = parse_role_arn(evidence.arn.value)
    return Known(arn.account) if arn else Unknown("the role's ARN is none")


def _trust(evidence: Evidence) -> Fact[Trust]:
    document = evidence.trust_policy
    return Known(trust_of(document.value)) if isinstance(document, Known) else document


def _of_trust(read: Callable[[Trust], tuple[str, ...] | str]) -> Read:
    def fact(subject: Subject, _: str) -> Fact[Value]:
        trust = _trust(subject.evidence)
        return Known(read(trust.value)) if isinstance(trust, Known) else trust

    return fact


def _externally_trusted(subject: Subject, _: str) -> Fact[Value]:
    trust, account = _trust(subject.evidence), account_of(subject.evidence)
    if not isinstance(trust, Known):
        return trust
    if not isinstance(account, Known):
        return account
    return truth(trust.value.reaches_beyond(account.value))


def _service_linked(subject: Subject, _: str) -> Fact[Value]:
    path = subject.evidence.path
    return truth(path.value.startswith(SERVICE_LINKED)) if isinstance(path, Known) else path


def _administrator(evidence: Evidence) -> Fact[Value]:
    fact = evidence.administrator
    return truth(fact.value) if isinstance(fact, Known) else fact


def _days_since(read: Callable[[Evidence], Fact[str]]) -> Read:
    def fact(subject: Subject, _: str) -> Fact[Value]:
        moment = read(subject.evidence)
        if not isinstance(moment, Known):
            return moment
        passed = parse_time(subject.evidence.observed_at) - parse_time(moment.value)
        return Known(str(int(passed.total_seconds() // _DAY)))

    return fact


def _service_name(subject: Subject, _: str) -> Fact[Value]:
    service = subject.service
    return Known(service.value.removesuffix(DOMAIN)) if isinstance(service, Known) else service


OUR_KEYS = (
    Key(
        "role:Arn",
        KeyType.ARN,
        "the record, or IAM for names and instance profiles",
        None,
        "the record does not show the role, or IAM did not resolve it",
        evident(lambda e: e.arn),
    ),
    Key("role:Name", KeyType.STRING, "as role:Arn", None, "as role:Arn", evident(lambda e: e.name)),
    Key(
        "role:Path",
        KeyType.STRING,
        "as role:Arn; it begins and ends with a slash",
        None,
        "as role:Arn",
        evident(lambda e: e.path),
    ),
    Key("role:Account", KeyType.STRING, "the role's ARN", None, "as role:Arn", evident(account_of)),
    Key(
        "role:Tag/",
        KeyType.STRING,
        "IAM",
        "the role has no such tag",
        _NOT_READ,
        lambda subject, tag: tag_of(subject.evidence.tags, tag),
    ),
    Key(
        "role:PermissionsBoundary",
        KeyType.ARN,
        "IAM",
        "the role has none",
        _NOT_READ,
        evident(lambda e: e.permissions_boundary),
    ),
    Key(
        "role:TrustedServices",
        KeyType.STRING,
        "IAM: the trust policy",
        "it trusts no service",
        _NOT_READ,
        _of_trust(lambda trust: trust.services),
        several=True,
    ),
    Key(
        "role:TrustedServiceCount",
        KeyType.NUMBER,
        "IAM: the trust policy",
        None,
        _NOT_READ,
        _of_trust(lambda trust: str(len(trust.services))),
    ),
    Key(
        "role:TrustedAccounts",
        KeyType.STRING,
        "IAM: the trust policy; `*` is everyone",
        "it trusts no account",
        _NOT_READ,
        _of_trust(lambda trust: trust.accounts),
        several=True,
    ),
    Key(
        "role:ExternallyTrusted",
        KeyType.BOOL,
        "IAM: whether another account, everyone, or a principal deleted since may assume it",
        None,
        _NOT_READ,
        _externally_trusted,
    ),
    Key(
        "role:Administrator",
        KeyType.BOOL,
        "IAM: attached and inline policies",
        None,
        _NOT_READ,
        evident(_administrator),
    ),
    Key("role:ServiceLinked", KeyType.BOOL, "the role's path", None, "as role:Arn", _service_linked),
    Key(
        "role:AgeDays",
        KeyType.NUMBER,
        "IAM: whole days since the role was made",
        None,
        _NOT_READ,
        _days_since(lambda e: e.created_at),
    ),
    Key(
        "role:LastUsedDays",
        KeyType.NUMBER,
        "IAM: whole days since it was last used",
        "it was never used, as far as IAM knows",
        _NOT_READ,
        _days_since(lambda e: e.last_used_at),
    ),
    Key(
        "pass:Action",
        KeyType.STRING,
        "the catalogue: the calling action, such as lambda:CreateFunction",
        None,
        "the record does not tell it",
        recorded(lambda p: p.action, "the calling action"),
    ),
    Key(
        "pass:ServiceName",
        KeyType.STRING,
        "as iam:PassedToService, without .amazonaws.com",
        None,
        "as iam:PassedToService",
        _service_name,
    ),
    Key(
        "pass:Outcome",
        KeyType.STRING,
        "the record: succeeded, denied or failed",
        None,
        None,
        lambda subject, _: Known(subject.pass_.outcome),
    ),
    Key(
        "pass:ResourceType",
        KeyType.STRING,
        "the catalogue, such as lambda:function",
        "the catalogue's row names none",
        None,
        lambda subject, _: told(subject.pass_.resource_type),
    ),
)
