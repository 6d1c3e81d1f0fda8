"""One message to Slack, by an incoming webhook or by ``chat.postMessage``, and what its answers mean.

Error codes: docs.slack.dev, "chat.postMessage", and for threads also what Slack's maintainers say of
``thread_not_found`` (slackapi/bolt-js, issue 2307). Slack answers most of them with status 200.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from passrole.alerts.channels.base import DeliveryError
from passrole.alerts.channels.https import Answer, post
from passrole.alerts.channels.slack_secret import Bot
from passrole.alerts.channels.webhook_url import WebhookUrl

_RECEIVER = "Slack"
_CODE = re.compile(r"[a-z_]{1,64}")
_TIMESTAMP = re.compile(r"[0-9]{1,16}\.[0-9]{1,16}")
# The answer repeats the message, whose 13,000 characters may take six bytes each and stand there twice.
_MOST_READ = 512 * 1024  # bytes

# For a webhook that was revoked, or whose channel is gone.
_GONE = (403, 404, 410)
# What the secret holds is no good (any more): it may have been changed in the meantime.
_STALE = (
    "account_inactive",
    "channel_not_found",
    "invalid_auth",
    "is_archived",
    "missing_scope",
    "no_permission",
    "not_allowed_token_type",
    "not_authed",
    "not_in_channel",
    "token_expired",
    "token_revoked",
)
# "It's possible some aspect of the operation succeeded before the error was raised."
_MAY_HAVE_ARRIVED = ("fatal_error", "internal_error")
# The first message was deleted, or nobody may reply to it.
_NO_THREAD = (
    "cannot_reply_to_message",
    "invalid_thread_ts",
    "message_not_found",
    "restricted_action_non_threadable_channel",
    "restricted_action_thread_locked",
    "thread_not_found",
)


class StaleSecretError(DeliveryError):
    """Slack does not take what the secret holds: another one may do."""


class NoThreadError(DeliveryError):
    """There is no such thread (any more): the message was not posted."""


def post_to_webhook(url: WebhookUrl, payload: Mapping[str, Any], timeout: float) -> None:
    """Posts a message; the status alone says whether it was accepted.

    Raises:
        StaleSecretError: the webhook is gone.
        DeliveryError: anything else but a 2xx answer.
    """
    headers = {"Content-Type": "application/json"}
    answer = post(url, json.dumps(payload).encode(), headers, receiver=_RECEIVER, timeout=timeout)
    _check_status(answer)


def post_as_bot(bot: Bot, payload: Mapping[str, Any], timeout: float) -> str | None:
    """Posts a message, to the bot's channel unless the payload names a thread of it.

    Returns:
        The message's ``ts``; None if Slack did not tell it.

    Raises:
        StaleSecretError: the token or the channel is no good.
        NoThreadError: the payload's ``thread_ts`` is of no thread that can be replied to.
        DeliveryError: it was not accepted, or whether it was is not known.
    """
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "Authorization": f"Bearer {bot.token}",
    }
    body = json.dumps({**payload, "channel": bot.channel}).encode()
    answer = post(bot.url, body, headers, receiver=_RECEIVER, timeout=timeout, reads=_MOST_READ)
    _check_status(answer)
    told = _read(answer.body)
    if told.get("ok") is not True:
        raise _refusal(told, answer.retry_after)
    ts = told.get("ts")
    return ts if is_timestamp(ts) else None


def is_timestamp(ts: object) -> bool:
    """Whether it looks like a message's ``ts``."""
    return isinstance(ts, str) and _TIMESTAMP.fullmatch(ts) is not None


def _check_status(answer: Answer) -> None:
    if answer.status in _GONE:
        raise StaleSecretError(f"{_RECEIVER} answered {answer.status}")
    if not answer.is_accepted:
        raise answer.refusal(_RECEIVER)


def _read(body: bytes) -> Mapping[str, Any]:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict) or not isinstance(told.get("ok"), bool):
        raise DeliveryError(f"{_RECEIVER}'s answer cannot be read", may_have_arrived=True)
    return told


def _refusal(told: Mapping[str, Any], retry_after: float | None) -> DeliveryError:
    error = told.get("error")
    code = error if isinstance(error, str) and _CODE.fullmatch(error) else "an unknown error"
    why = f"{_RECEIVER} answered {code}"
    if code in _STALE:
        return StaleSecretError(why)
    if code in _NO_THREAD:
        return NoThreadError(why)
    return DeliveryError(why, retry_after=retry_after, may_have_arrived=code in _MAY_HAVE_ARRIVED)
