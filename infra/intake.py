"""The intake: rules put CloudTrail's events of role-passing calls into a queue, and lose none silently."""

from collections.abc import Iterable

from aws_cdk import Duration
from aws_cdk import aws_kms as kms
from constructs import Construct

from infra.queues import RuleDeadLetterQueue, WorkQueue, allow_rules
from infra.rules import add_rules
from passrole.catalogue.rules import RulePattern


class Intake(Construct):
    """The rules of the home region, their queue, and the two places for what fails before and after it."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        key: kms.IKey,
        patterns: Iterable[RulePattern],
        function_timeout: Duration,
    ) -> None:
        super().__init__(scope, construct_id)
        self.work = WorkQueue(self, "Events", key, function_timeout=function_timeout)
        allow_rules(self.work.queue)
        self.rule_dead_letters = RuleDeadLetterQueue(self, "RuleDeadLetters", key).queue
        self.rules = add_rules(
            self,
            patterns,
            target_arn=self.work.queue.queue_arn,
            dead_letters=self.rule_dead_letters,
            after=(self.work.queue, self.rule_dead_letters),
        )
