"""Notification: the function `notify` tells news, on each channel from a queue of the channel's own."""

from collections.abc import Mapping

from aws_cdk import Duration
from constructs import Construct

from infra.channels import configure_channels
from infra.core import Core
from infra.functions import FunctionShare, GuardFunction
from infra.names import TOLD_RESPONSES, Attribute, Part
from infra.queues import WorkQueue
from infra.topics import PeoplesTopic
from passrole.channel import ChannelName
from passrole.policy.settings import Alerts

TIMEOUT = Duration.seconds(60)


class Notification(Construct):
    """Gets all news of findings; a receiver that is down delays no other, and no other function.

    Attributes:
        queues: one for each channel that is configured.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        share: FunctionShare,
        core: Core,
        settings: Alerts,
        alerts: PeoplesTopic,
        chat: PeoplesTopic | None,
    ) -> None:
        super().__init__(scope, construct_id)
        self.notify = GuardFunction(
            self,
            "Notify",
            part=Part.NOTIFY,
            description="PassRole Guardrail: tells people of findings",
            share=share,
            timeout=TIMEOUT,
        )
        role = self.notify.role
        core.grant_record(role)
        core.ledger.grant_delete(role)
        configure_channels(self.notify, settings, alerts, chat)
        self.queues: Mapping[ChannelName, WorkQueue] = {
            channel: self._queue(channel, core) for channel in settings.channels
        }

    def _queue(self, channel: ChannelName, core: Core) -> WorkQueue:
        # More receives than elsewhere: a receiver may be down for longer than we are. With the pauses between
        # them (`lambdas/shared/redelivery.py`) they last for an hour and more.
        work = WorkQueue(
            self, channel.identifier, core.encryption.key, function_timeout=TIMEOUT, max_receives=20
        )
        core.findings.subscribe(work, {Attribute.RESPONSE: TOLD_RESPONSES})
        self.notify.function.add_environment(channel.queue_variable, work.queue.queue_url)
        # Slack takes about one message a second, Security Hub ten: more at once would only be turned away.
        self.notify.read(work.queue, batch_size=5, window=None, concurrency=2)
        return work

    def peoples_queues(self) -> tuple[tuple[ChannelName, WorkQueue], ...]:
        """The queues of the channels that get digests, to which `sweep` points."""
        return tuple((channel, work) for channel, work in self.queues.items() if channel.is_for_people)
