"""What single values in guardrail.yaml must look like: each check returns the value or says how to write it.

Sources: "IAM and AWS STS quotas", "IAM identifiers" and "Tags for IAM resources" of the IAM User Guide; the
AWS General Reference for regions and service principals.
"""

import re
import unicodedata
from difflib import get_close_matches

from passrole.arn import Arn
from passrole.language.variables import Variable, template
from passrole.policy.compiled import ANY_ROLE, Severity, Stage
from passrole.policy.keys import KEYS, key_of
from passrole.policy.text import printable, quoted

_REGEX_SIGNS = re.compile(r"\^|\$$|\.[*+]|\\|[\[\]()|]")
_NAME_PATTERN = re.compile(r"[A-Za-z0-9_+=,.@*?-]+")
_PATH_PATTERN = re.compile(r"[\x21-\x7e]+")
_ARN_PATTERN = re.compile(r"arn:([a-z*?-]+):([a-z0-9*?-]*):([a-z0-9*?-]*):([^:]*):(.*)", re.DOTALL)
_ACCOUNT_PATTERN = re.compile(r"[0-9]{12}|(?=.*[*?])[0-9*?]{1,12}")
_ACCOUNT = re.compile(r"[0-9]{12}")
_SERVICE = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*\.amazonaws\.com")
_REGION = re.compile(r"[a-z]{2,5}(?:-[a-z]+)+-[0-9]{1,2}")
_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_EVENT_BUS = re.compile(r"event-bus/[A-Za-z0-9/._-]{1,256}")
_SECRET_NAME = re.compile(r"[A-Za-z0-9/_+=.@-]{1,512}")
_TAG_SIGNS = frozenset("_.:/=+-@")
_WILDCARDS = frozenset("*?")
_TAG_KEY_MAX, _TAG_VALUE_MAX, _NAME_MAX, _LINE_MAX, _ROLE_NAME_MAX = 128, 256, 128, 300, 64
_RESOURCE_MAX = 512 + _ROLE_NAME_MAX  # IAM's limits of a path and a name

BY_NAME = " (by name)"  # ends the name of the statement that holds an entry's bare role names


def entry_name(text: str) -> str:
    """The name of an approved entry: what verdicts and alerts call it."""
    if not text.strip() or text != text.strip():
        raise ValueError("empty, or with spaces around it; expected a name such as application roles")
    if not text.isprintable() or len(text) > _NAME_MAX:
        raise ValueError(f"expected a name of one line and at most {_NAME_MAX} characters")
    if text.endswith(BY_NAME):
        raise ValueError(f"names that end in{BY_NAME} are kept for the compiled statements")
    return text


def line(text: str) -> str:
    """A line of text for people, such as who owns something, or why it is so."""
    if not text.strip() or text != text.strip():
        raise ValueError("empty, or with spaces around it; expected a line of text")
    if not text.isprintable() or len(text) > _LINE_MAX:
        raise ValueError(f"expected one line of at most {_LINE_MAX} characters")
    return text


def role_pattern(text: str) -> str:
    """A path pattern (``/a/*``), a role's name or name pattern, or a role ARN pattern."""
    if not text:
        raise ValueError("empty; expected /path/*, a role's name, or a role's ARN")
    _refuse_lookalikes(text)
    filled = without_variables(text)
    _refuse_regex(filled)
    if text.lower().startswith("arn:"):
        _role_arn_pattern(filled)
        return text
    if text.startswith("/"):
        _check_resource(filled)
        return text
    if text != filled:
        raise ValueError("a role's name takes no policy variables here; write a path or an ARN")
    if "/" in text:
        bare = text.removeprefix("role/")
        raise ValueError(f"a path pattern begins with a slash: write {quoted('/' + bare)}")
    if not _NAME_PATTERN.fullmatch(text) or len(text) > _ROLE_NAME_MAX:
        raise ValueError(
            f"{quoted(text)} cannot be a role's name: letters, digits and _+=,.@- (and * ? as wildcards), "
            f"at most {_ROLE_NAME_MAX}"
        )
    return text


def resource_of(pattern: str) -> str:
    """The resource that a path or ARN pattern means."""
    return ANY_ROLE + pattern.removeprefix("/") if pattern.startswith("/") else pattern


def approves_every_role(pattern: str) -> bool:
    """Whether a role pattern matches whatever role there is."""
    name = pattern.split(":role/", 1)[-1] if pattern.startswith("arn:") else pattern.removeprefix("/")
    return not name.strip("*")


def tag_key(text: str) -> str:
    """The key of a role's tag: exact, no wildcards; IAM compares it without case."""
    for prefix in ("role:tag/", "aws:resourcetag/", "iam:resourcetag/", "aws:requesttag/"):
        if text.lower().startswith(prefix):
            raise ValueError(f"write the tag's key alone: {quoted(text[len(prefix) :])}")
    if _WILDCARDS & set(text):
        raise ValueError("a tag key takes no wildcards; they are for the values")
    if not 1 <= len(text) <= _TAG_KEY_MAX or not all(_fits_tag(c) for c in text):
        raise ValueError(
            f"not a tag key: letters, digits, spaces and _.:/=+-@, 1 to {_TAG_KEY_MAX} characters"
        )
    return text


def tag_value(text: str) -> str:
    """The value of a role's tag, or a pattern of it; case counts."""
    filled = without_variables(text)
    _refuse_regex(filled)
    if len(filled) > _TAG_VALUE_MAX or not all(_fits_tag(c) or c in _WILDCARDS for c in filled):
        raise ValueError(
            f"{quoted(text)} cannot be a tag's value: letters, digits, spaces and _.:/=+-@ "
            f"(and * ? as wildcards), at most {_TAG_VALUE_MAX}"
        )
    return text


def arn_pattern(text: str) -> str:
    """A pattern of ARNs of anything: resources or principals."""
    _refuse_lookalikes(text)
    filled = without_variables(text)
    _refuse_regex(filled)
    if not _ARN_PATTERN.fullmatch(filled):
        raise ValueError(
            f"{quoted(text)} is no ARN; expected arn:aws:service:region:account:resource, with * as any text"
        )
    return text


def is_every_arn(pattern: str) -> bool:
    """Whether an ARN pattern that was checked matches whatever resource, or whatever principal, there is."""
    _, _, service, _, account_, resource = pattern.split(":", 5)
    return not (resource.strip("*") or account_.strip("*") or service.strip("*").removeprefix("iam"))


def account(text: str) -> str:
    """The id of an AWS account."""
    if not _ACCOUNT.fullmatch(text):
        raise ValueError(f'{quoted(text)} is no account; expected 12 digits, quoted: "111122223333"')
    return text


def account_pattern(text: str) -> str:
    """The account in an ARN pattern of roles or users."""
    if not _ACCOUNT_PATTERN.fullmatch(text):
        raise ValueError(f"the account in the ARN of a role or user is 12 digits or *, found {quoted(text)}")
    return text


def without_variables(text: str) -> str:
    """The text with an x for each policy variable (``${key}``, ``${key, 'default'}``).

    Raises:
        ValueError: a variable that is none, or that has several values.
    """
    parsed = template(text, wildcards=True, variables=True)
    for name in parsed.keys:
        key = key_of(name)
        if key is None or key.several:
            known = ", ".join(sorted(k.name for k in KEYS if not k.several and k.name[:4] == name[:4])[:8])
            hint = f"; known are {known} …" if known else ""
            raise ValueError(f"${{{printable(name)}}} is no policy variable{hint}")
    filled = "".join(
        "x" if isinstance(token, Variable) else "".join(str(getattr(part, "value", part)) for part in token)
        for token in parsed.tokens
    )
    if "${" in filled:
        raise ValueError("${ begins a policy variable, which ends in }: for the sign itself write ${$}")
    return filled


def service_principal(text: str) -> str:
    """The name of an AWS service as IAM writes it in ``iam:PassedToService``."""
    if _SERVICE.fullmatch(text):
        return text
    shown = quoted(text)
    if _WILDCARDS & set(text):
        raise ValueError(f"{shown}: services take no wildcards; name each one")
    if text.endswith(".amazonaws.com.cn"):
        raise ValueError(
            f"write {quoted(text.removesuffix('.cn'))}: it stands for the service in every partition"
        )
    guess = text.strip().lower().removesuffix(".amazonaws.com") + ".amazonaws.com"
    hint = f"; did you mean {guess}?" if _SERVICE.fullmatch(guess) else ""
    raise ValueError(f"{shown} is no service principal, which ends in .amazonaws.com{hint}")


def stage(text: str) -> Stage:
    """A stage of response."""
    return Stage(_one_of(list(Stage), text))


def severity(text: str) -> Severity:
    """How urgent findings are."""
    return Severity(_one_of(list(Severity), text))


def _one_of(known: list[str], text: str) -> str:
    if text in known:
        return text
    near = get_close_matches(text.lower(), known, n=1)
    hint = f"; did you mean {near[0]}?" if near else ""
    expected = f"{', '.join(known[:-1])} or {known[-1]}"
    raise ValueError(f"expected {expected}, found {quoted(text)}{hint}")


def region(text: str) -> str:
    """The name of an AWS region."""
    if _REGION.fullmatch(text):
        return text
    if _REGION.fullmatch(text[:-1]):
        raise ValueError(f"{quoted(text)} is an availability zone; write the region: {text[:-1]}")
    raise ValueError(f"{quoted(text)} is no region; expected a name such as eu-west-1")


def email(text: str) -> str:
    """An e-mail address that SNS can subscribe."""
    if not _EMAIL.fullmatch(text):
        raise ValueError(f"{quoted(text)} is no e-mail address; expected name@example.com")
    return text


def secret_name(text: str) -> str:
    """The name of a Secrets Manager secret. What is pasted in its place is not repeated: it may be secret."""
    if "://" in text or text.lower().startswith("hooks.slack.com"):
        raise ValueError(
            "this is a URL, and a webhook's URL is itself a secret: store it in a Secrets Manager secret "
            "and write that secret's name here"
        )
    if text.startswith("xox"):
        raise ValueError(
            "this is a Slack token: store it in a Secrets Manager secret and write that secret's name here"
        )
    if text.startswith("whsec_"):
        raise ValueError(
            "this is a webhook's key: store it in a Secrets Manager secret and write that secret's name here"
        )
    if text.startswith("arn:"):
        raise ValueError("write the secret's name, not its ARN (without the six characters at the end)")
    if not _SECRET_NAME.fullmatch(text):
        raise ValueError("not the name of a secret: letters, digits and /_+=.@-")
    return text


def event_bus_arn(text: str) -> str:
    """The ARN of an EventBridge bus."""
    arn = Arn.parse(text)
    known = (
        arn and arn.service == "events" and _REGION.fullmatch(arn.region) and _ACCOUNT.fullmatch(arn.account)
    )
    if not arn or not known or not _EVENT_BUS.fullmatch(arn.resource):
        raise ValueError(
            f"{quoted(text)} is no event bus; "
            "expected an ARN such as arn:aws:events:us-east-1:111122223333:event-bus/security"
        )
    return text


def principal_arn(text: str) -> str:
    """The ARN of an IAM role, user or account that may take the operator role."""
    _refuse_lookalikes(text)
    if _WILDCARDS & set(text):
        raise ValueError("a principal takes no wildcards; name each role or user")
    arn = Arn.parse(text)
    if arn and arn.service == "sts":
        raise ValueError("this is a session; write the ARN of its role (arn:aws:iam::…:role/…)")
    known = arn and arn.service == "iam" and not arn.region and arn.account.isdigit()
    if not arn or not known or not re.fullmatch(r"(?:role|user)/\S*[^\s/]|root", arn.resource):
        raise ValueError(
            f"{quoted(text)} is no IAM principal; "
            "expected an ARN such as arn:aws:iam::111122223333:role/security"
        )
    return text


def _role_arn_pattern(text: str) -> str:
    found = _ARN_PATTERN.fullmatch(text)
    if not found:
        raise ValueError(f"{quoted(text)} is no role ARN; expected arn:aws:iam::111122223333:role/path/name")
    _, service, region_, account, resource = found.groups()
    if service == "sts":
        raise ValueError("this is the ARN of a session; write the role's: arn:aws:iam::…:role/…")
    if service != "iam" or region_ or not resource.startswith("role/"):
        raise ValueError(f"{quoted(text)} is no role ARN; expected arn:aws:iam::111122223333:role/path/name")
    account_pattern(account)
    _check_resource(resource.removeprefix("role"))
    return text


def _check_resource(path_and_name: str) -> None:
    """Checks ``/path/name``, wildcards allowed."""
    if path_and_name.endswith("/"):
        raise ValueError(
            f"no role's ARN ends in a slash: write {quoted(path_and_name + '*')} for the roles below it"
        )
    if len(path_and_name) > _RESOURCE_MAX:
        raise ValueError(
            f"{quoted(path_and_name)} is longer than any path and name ({_RESOURCE_MAX} characters)"
        )
    name = path_and_name.rsplit("/", 1)[-1]
    if not _PATH_PATTERN.fullmatch(path_and_name) or not _NAME_PATTERN.fullmatch(name):
        raise ValueError(f"{quoted(path_and_name)} has characters that no role's path or name has")


def _refuse_lookalikes(text: str) -> None:
    for character in text:
        if not character.isascii():
            name = unicodedata.name(character, "unnamed")
            raise ValueError(
                f"{printable(character)} (U+{ord(character):04X} {name}) cannot be here: "
                "ARNs, paths and names of roles are ASCII"
            )


def _refuse_regex(text: str) -> None:
    found = _REGEX_SIGNS.search(text)
    if found:
        raise ValueError(
            f"{quoted(text)} looks like a regular expression ({printable(found[0])}); patterns are IAM's: "
            "* is any text, ? any one character, and the whole must match (write .?* for a dot and more)"
        )


def _fits_tag(character: str) -> bool:
    return character in _TAG_SIGNS or character == " " or unicodedata.category(character)[0] in "LN"
