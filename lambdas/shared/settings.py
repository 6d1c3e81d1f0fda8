"""The environment of the functions, read once at start into a checked value."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from passrole.channel import ChannelName
from passrole.detection.canary import Canary
from passrole.detection.looks import DELAYS, parse_delays
from passrole.sweep.pace import PER_SECOND


@dataclass(frozen=True, slots=True)
class Settings:
    """What the stack tells a function.

    Attributes:
        alerts_topic_arn: the topic of the e-mails; None for functions that do not use it.
        slack_secret_id, chat_topic_arn, security_hub_product_arn, event_bus_arn, webhook_secret_id: where the
            other channels send to; None for those that are not configured.
        channel_queues: the channels that are configured, as far as they concern the function, each with the
            URL of its queue.
        guard_roles: ARNs of the roles whose passes intents announce: that of `contain`, and the operators'.
        stack_name: for the commands that alerts show.
        protected_resources: ARNs of the guard's own functions and roles, which are never contained.
        contain_role_arn: the role of `contain`, and quarantine_role_arn the only one that it may pass.
        contain_queue_url: where findings wait for `contain`.
        tasks_queue_url: where the parts of a sweep wait for `sweep`.
        self_watch_queue_url: where events about the guard wait for `sweep`.
        sweep_regions: further regions that are swept.
        sweep_types: the types of resources that are swept; all if it is empty.
        sweep_rate: how many requests a second one worker may make to a service in a region.
        second_looks_queue_url: where events wait to be looked at again; None for all but `detect`.
        look_delays: seconds before each further look.
        canary: which pass is the canary's; None where there is none.
        own_resources: what is the guard's and is not named after its stack: ids, and ARNs of layers.
        max_receives: after so many deliveries a message goes to the dead-letter queue; None if not told.
    """

    ledger_table: str
    findings_topic_arn: str
    alerts_topic_arn: str | None
    slack_secret_id: str | None
    chat_topic_arn: str | None
    security_hub_product_arn: str | None
    event_bus_arn: str | None
    webhook_secret_id: str | None
    channel_queues: tuple[tuple[ChannelName, str], ...]
    guard_roles: frozenset[str]
    stack_name: str
    protected_resources: frozenset[str]
    max_receives: int | None
    contain_role_arn: str | None = None
    quarantine_role_arn: str | None = None
    contain_queue_url: str | None = None
    tasks_queue_url: str | None = None
    self_watch_queue_url: str | None = None
    sweep_regions: tuple[str, ...] = ()
    sweep_types: frozenset[str] = frozenset()
    sweep_rate: float = PER_SECOND
    second_looks_queue_url: str | None = None
    look_delays: tuple[int, ...] = DELAYS
    canary: Canary | None = None
    own_resources: frozenset[str] = frozenset()

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """Reads the settings.

        Raises:
            KeyError: a variable that every function needs is missing.
            ValueError: a number is none.
        """
        return cls(
            ledger_table=environment["LEDGER_TABLE"],
            findings_topic_arn=environment["FINDINGS_TOPIC_ARN"],
            alerts_topic_arn=environment.get("ALERTS_TOPIC_ARN"),
            slack_secret_id=environment.get("SLACK_SECRET_ID"),
            chat_topic_arn=environment.get("CHAT_TOPIC_ARN"),
            security_hub_product_arn=environment.get("SECURITY_HUB_PRODUCT_ARN"),
            event_bus_arn=environment.get("EVENT_BUS_ARN"),
            webhook_secret_id=environment.get("WEBHOOK_SECRET_ID"),
            channel_queues=tuple(
                (channel, environment[channel.queue_variable])
                for channel in ChannelName
                if channel.queue_variable in environment
            ),
            guard_roles=_listed(environment, "GUARD_ROLES"),
            stack_name=environment["STACK_NAME"],
            protected_resources=_listed(environment, "PROTECTED_RESOURCES"),
            max_receives=int(environment["MAX_RECEIVES"]) if "MAX_RECEIVES" in environment else None,
            contain_role_arn=environment.get("CONTAIN_ROLE_ARN"),
            quarantine_role_arn=environment.get("QUARANTINE_ROLE_ARN"),
            contain_queue_url=environment.get("CONTAIN_QUEUE_URL"),
            tasks_queue_url=environment.get("TASKS_QUEUE_URL"),
            self_watch_queue_url=environment.get("SELF_WATCH_QUEUE_URL"),
            sweep_regions=tuple(filter(None, environment.get("SWEEP_REGIONS", "").split(","))),
            sweep_types=_listed(environment, "SWEEP_TYPES"),
            sweep_rate=float(environment.get("SWEEP_RATE", PER_SECOND)),
            second_looks_queue_url=environment.get("SECOND_LOOKS_QUEUE_URL"),
            look_delays=parse_delays(environment["LOOK_DELAYS"]) if "LOOK_DELAYS" in environment else DELAYS,
            canary=_canary(environment),
            own_resources=_listed(environment, "OWN_RESOURCES"),
        )


def _listed(environment: Mapping[str, str], name: str) -> frozenset[str]:
    return frozenset(filter(None, environment.get(name, "").split(",")))


def _canary(environment: Mapping[str, str]) -> Canary | None:
    if "CANARY_RULE_ARN" not in environment:
        return None
    return Canary(
        rule_arn=environment["CANARY_RULE_ARN"],
        role_arn=environment["CANARY_ROLE_ARN"],
        passer_role_arn=environment["CANARY_PASSER_ROLE_ARN"],
    )
