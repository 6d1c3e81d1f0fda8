"""Whether a role is an administrator, from its policies and its permissions boundary.

An answer is unknown only where something that could change it was not read. The one exception is a boundary
that was not read: the role is then judged by its policies alone, for a boundary can only take away, and a
role must not seem harmless because a document could not be read.
"""

from collections.abc import Iterator

from passrole.evidence.administrator import allows_everything, is_administrator_access
from passrole.evidence.documents import document_of
from passrole.evidence.facts import Fact, Known, Unknown
from passrole.evidence.source import IamSource


def administrator(source: IamSource, role: str, boundary: Fact[str]) -> Fact[bool]:
    """Whether the role of that name may do everything; reads no more than it must."""
    by_policies = _by_policies(source, role)
    if by_policies == Known(True) and isinstance(boundary, Known):
        within = _by_managed_policy(source, boundary.value)
        return by_policies if isinstance(within, Unknown) else Known(within)
    return by_policies


def _by_policies(source: IamSource, role: str) -> Fact[bool]:
    unread: Unknown | None = None
    for answer in _answers(source, role):
        if answer is True:
            return Known(True)
        if isinstance(answer, Unknown):
            unread = unread or answer
    return unread or Known(False)


def _answers(source: IamSource, role: str) -> Iterator[bool | Unknown]:
    """What each policy says, the cheapest to read first."""
    attached = source.attached_policies(role)
    if isinstance(attached, Unknown):
        yield attached
        attached = ()
    yield any(map(is_administrator_access, attached))
    inline = source.inline_policies(role)
    if isinstance(inline, Unknown):
        yield inline
        inline = ()
    for name in inline:
        yield _by_document(source.inline_policy(role, name), f"the inline policy {name}")
    for arn in attached:
        yield _by_managed_policy(source, arn)


def _by_managed_policy(source: IamSource, arn: str) -> bool | Unknown:
    if is_administrator_access(arn):
        return True
    return _by_document(source.managed_policy(arn), f"the policy {arn}")


def _by_document(value: object, what: str) -> bool | Unknown:
    if isinstance(value, Unknown):
        return value
    document = document_of(value)
    if document is None:
        return Unknown(f"{what} is no JSON document", lasting=True)
    return allows_everything(document)
