"""The EventBridge envelope: what makes an event CloudTrail's own, and whose it is."""

import json
import re
from typing import Any

from passrole.catalogue.rules import DETAIL_TYPE

# Escapes of halves, paired or not: nearly no event has any.
_HALF = re.compile(r"\\u[dD][89a-fA-F]")
_OF_PARTNERS = "aws.partner/"


class EnvelopeError(ValueError):
    """The event is not one that the guard may judge; the message says why."""


class UnreadableEventError(EnvelopeError):
    """The text is no EventBridge envelope around a CloudTrail record."""


class ForgedEventError(EnvelopeError):
    """The event was not put by AWS for this account."""


def record_in(body: str, account: str) -> dict[str, Any]:
    """The CloudTrail record in an EventBridge envelope that came for ``account``.

    AWS alone can put events whose source begins with ``aws.``, but for ``aws.partner/``, with which those of
    EventBridge's partners begin. The rules pin the former, and this checks both.

    Raises:
        UnreadableEventError: no JSON, or not of the shape.
        ForgedEventError: another source, or another account's record.
    """
    try:
        envelope = json.loads(_whole_characters(body))
    except (ValueError, RecursionError) as error:
        raise UnreadableEventError(f"not JSON: {error}") from None
    if not isinstance(envelope, dict):
        raise UnreadableEventError("not an EventBridge envelope: expected an object")
    source, detail = envelope.get("source"), envelope.get("detail")
    if not isinstance(source, str) or not source.startswith("aws.") or source.startswith(_OF_PARTNERS):
        raise ForgedEventError(f"source is {source!r:.100}, expected aws.*")
    if envelope.get("detail-type") != DETAIL_TYPE:
        raise UnreadableEventError(
            f"detail-type is {envelope.get('detail-type')!r:.100}, expected {DETAIL_TYPE!r}"
        )
    if not isinstance(detail, dict):
        raise UnreadableEventError("detail is no CloudTrail record: expected an object")
    for owner in (envelope.get("account"), detail.get("recipientAccountId", account)):
        if owner != account:
            raise ForgedEventError(f"the event is of account {owner!r:.100}, expected {account}")
    return detail


def _whole_characters(body: str) -> str:
    """``body`` without escapes of half a character, which no UTF-8 text and no ledger can hold."""
    if not _HALF.search(body):
        return body
    plain = json.dumps(json.loads(body), ensure_ascii=False)
    return plain.encode("utf-8", "replace").decode("utf-8")
