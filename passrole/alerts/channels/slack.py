"""Posts alerts to Slack by what lies in Secrets Manager: an incoming webhook, or a bot, which has threads."""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from passrole.alerts.alert import Alert
from passrole.alerts.channels.base import DigestingChannel
from passrole.alerts.channels.https import TIMEOUT_SECONDS
from passrole.alerts.channels.secret import CachedSecret
from passrole.alerts.channels.slack_api import (
    NoThreadError,
    StaleSecretError,
    is_timestamp,
    post_as_bot,
    post_to_webhook,
)
from passrole.alerts.channels.slack_secret import Bot, Target, parse_slack_secret
from passrole.alerts.digest import Digest, Page
from passrole.alerts.renderings import slack, slack_digest
from passrole.channel import ChannelName

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient


class Slack(DigestingChannel):
    """An incoming webhook or a bot: the secret decides. URL and token stand in no log line and no error."""

    name = ChannelName.SLACK
    has_threads = True

    def __init__(
        self,
        secret_id: str,
        secrets_manager: "SecretsManagerClient",
        *,
        timeout: float = TIMEOUT_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``timeout``, in seconds, is for each wait on the network; ``clock`` gives seconds, only forward."""
        self._secret = CachedSecret(secret_id, secrets_manager, parse_slack_secret, clock)
        self._timeout = timeout

    def send(self, message: Alert) -> str | None:
        """Posts the alert, in its thread if there is one in the bot's channel.

        If webhook, token or channel are no good any more, it reads the secret anew and tries a changed one
        at once.

        Returns:
            The thread that the alert stands in or begins: ``C0123456789/1792638847.000100``. None by webhook.

        Raises:
            DeliveryError: Slack did not accept it, or whether it did is not known.
        """
        is_for_all = slack.is_for_all(message.step.news)
        return self._send(slack.payload(message), message.thread, is_for_all=is_for_all)

    def pages(self, digest: Digest) -> Sequence[Page]:
        """The messages that a digest takes."""
        return slack_digest.pages(digest)

    def send_page(self, page: Page, *, repeat: bool) -> None:
        """Posts one message of a digest, as ``send`` does an alert, in no thread.

        Raises:
            DeliveryError: Slack did not accept it, or whether it did is not known.
        """
        self._send(slack_digest.payload(page, repeat=repeat))

    def _send(
        self, payload: Mapping[str, Any], thread: str | None = None, *, is_for_all: bool = False
    ) -> str | None:
        target = self._secret.value()
        try:
            return self._post(target, payload, thread, is_for_all)
        except StaleSecretError:
            fresh = self._secret.changed(target)
            if fresh is None:
                raise
        return self._post(fresh, payload, thread, is_for_all)

    def _post(
        self, target: Target, payload: Mapping[str, Any], thread: str | None, is_for_all: bool
    ) -> str | None:
        if not isinstance(target, Bot):
            post_to_webhook(target, payload, self._timeout)
            return None
        parent = _message_in(thread, target.channel)
        if parent is not None:
            reply = {**payload, "thread_ts": parent, "reply_broadcast": is_for_all}
            try:
                post_as_bot(target, reply, self._timeout)
            except NoThreadError:
                pass  # somebody deleted or locked it: the news is told outside
            else:
                return thread
        ts = post_as_bot(target, payload, self._timeout)
        return f"{target.channel}/{ts}" if ts else None


def _message_in(thread: str | None, channel: str) -> str | None:
    """The message that a thread hangs on, unless that is in another channel: the secret may have changed."""
    where, _, ts = (thread or "").rpartition("/")
    return ts if where == channel and is_timestamp(ts) else None
