"""The sweep of resources: its schedule, the rule that brings changes of roles, and the rights to look."""

import json
from collections.abc import Sequence

from aws_cdk import Duration
from aws_cdk import aws_events as events
from constructs import Construct

from infra.core import Core
from infra.detection import EVIDENCE_GRANTS
from infra.names import Env
from infra.rights import add_grants, add_managed_grants
from infra.rules import MAX_AGE_SECONDS, MAX_RETRIES, add_rules
from infra.sweeping import WORKERS, Sweeping
from passrole.evidence.grants import grants_for
from passrole.evidence.wanted import Wanted
from passrole.ledger.keys import HELD_INDEX, ROLES_INDEX, STANDING_INDEX
from passrole.policy.settings import Sweep
from passrole.sweep.grants import ROLE_CHANGE_GRANTS, listing_grants
from passrole.sweep.role_changes import role_change_rule
from passrole.sweep.tasks import SweepAll, message_of


class ResourceSweep(Construct):
    """Has `sweep` look at all resources that can hold a role, and judge again those whose role changed."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        sweeping: Sweeping,
        core: Core,
        settings: Sweep,
        regions: Sequence[str],
        wanted: Wanted,
    ) -> None:
        super().__init__(scope, construct_id)
        self.every = Duration.hours(settings.every_hours)
        self._sweeping = sweeping
        function, role = sweeping.sweep.function, sweeping.sweep.role
        function.add_environment(Env.SWEEP_REGIONS, ",".join(regions))
        function.add_environment(Env.SWEEP_RATE, str(settings.requests_per_second / WORKERS))
        function.add_environment(Env.SWEEP_TYPES, ",".join(settings.types))
        for index in (HELD_INDEX, ROLES_INDEX, STANDING_INDEX):
            core.ledger.grant_list(role, index)
        add_grants(role, "Evidence", (*EVIDENCE_GRANTS, *grants_for(wanted), *ROLE_CHANGE_GRANTS))
        add_managed_grants(
            role, "List", listing_grants(settings.types), purpose="lists resources that hold roles"
        )
        self._schedule()
        tasks = sweeping.tasks
        add_rules(
            self,
            (role_change_rule(),),
            target_arn=tasks.queue.queue_arn,
            dead_letters=tasks.dead_letters,
            after=(tasks.queue, tasks.dead_letters),
        )

    def _schedule(self) -> None:
        tasks = self._sweeping.tasks
        rule = events.CfnRule(
            self,
            "Schedule",
            description="PassRole Guardrail: begins a sweep of all resources that can hold a role",
            schedule_expression=events.Schedule.rate(self.every).expression_string,
            targets=[
                events.CfnRule.TargetProperty(
                    id="Guard",
                    arn=tasks.queue.queue_arn,
                    input=json.dumps(json.loads(message_of(SweepAll()))),
                    # A sweep that comes late is no worse; one that is lost is.
                    retry_policy=events.CfnRule.RetryPolicyProperty(
                        maximum_event_age_in_seconds=MAX_AGE_SECONDS, maximum_retry_attempts=MAX_RETRIES
                    ),
                    dead_letter_config=events.CfnRule.DeadLetterConfigProperty(
                        arn=tasks.dead_letters.queue_arn
                    ),
                )
            ],
        )
        rule.node.add_dependency(tasks.queue, tasks.dead_letters)
