"""The channels that alerts go out on: their names, and what is derived from them."""

from enum import StrEnum


class ChannelName(StrEnum):
    """One name a channel.

    It stands in the keys of delivery marks: never changed, or old news is sent again.
    """

    EMAIL = "email"
    SLACK = "slack"
    CHAT = "chat"
    SECURITY_HUB = "security_hub"
    EVENT_BUS = "event_bus"
    WEBHOOK = "webhook"

    @property
    def identifier(self) -> str:
        """``SecurityHub``: as the stack's constructs, outputs and alarms are called."""
        return "".join(word.capitalize() for word in self.value.split("_"))

    @property
    def is_for_people(self) -> bool:
        """Whether people read it: in a storm they get digests, where machines get all news one by one."""
        return self in (ChannelName.EMAIL, ChannelName.SLACK, ChannelName.CHAT)

    @property
    def queue_variable(self) -> str:
        """The functions' environment variable with the URL of the channel's queue."""
        return f"{self.value.upper()}_QUEUE_URL"

    @property
    def queue_output(self) -> str:
        """The stack's output with the URL of the channel's queue."""
        return f"{self.identifier}QueueUrl"

    @property
    def dead_letter_output(self) -> str:
        """The stack's output with the URL of the queue's dead-letter queue."""
        return f"{self.identifier}DeadLetterQueueUrl"
