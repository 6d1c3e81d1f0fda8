"""The guardrail in its home region: joins the capabilities and tells where they are."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from aws_cdk import Aws, CfnOutput, Fn, Stack
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.alarm_news import add_alarm_rule
from infra.canary import Canary
from infra.chain_alarms import watch_canary, watch_events, watch_schedule, watch_sweep
from infra.core import Core
from infra.dashboard import GuardDashboard, Watched
from infra.deployment import Deployment
from infra.detection import TIMEOUT as DETECTION_TIMEOUT
from infra.detection import Detection
from infra.encryption import Encryption
from infra.functions import ARCHITECTURE, RUNTIME, FunctionShare
from infra.intake import Intake
from infra.ledger import Ledger
from infra.monitoring import Monitoring
from infra.names import Env, Part, forwarding_stack
from infra.notification import Notification
from infra.operator_role import OperatorRole
from infra.quarantine import Quarantine
from infra.redrives import leave_to_operators
from infra.resource_sweep import ResourceSweep
from infra.rule_alarms import rules_in, watch_rules
from infra.self_watch import add_self_watch, let_ask_for_deployments, names_in
from infra.sweeping import Sweeping
from infra.topics import AlertsTopic, FindingsTopic, PeoplesTopic
from passrole.detection.canary import CALL
from passrole.policy import QuarantineRules
from passrole.policy.settings import Alerts
from passrole.quarantine.rights import release_grants
from passrole.stack import Output


class GuardrailStack(Stack):
    """Watches every pass of a role in this region and in those that forward to it."""

    def __init__(self, scope: Construct, construct_id: str, deployment: Deployment, **options: Any) -> None:
        super().__init__(scope, construct_id, **options)
        settings = deployment.settings
        encryption = Encryption(self, "Encryption")
        key = encryption.key
        self.core = Core(encryption, Ledger(self, "Ledger", key), FindingsTopic(self, "Findings", key))
        self.alerts = AlertsTopic(self, "Alerts", encryption, settings.alerts.email)
        self.chat = PeoplesTopic(self, "Chat", key) if settings.alerts.amazon_q else None
        self.operator = OperatorRole(
            self,
            "Operator",
            operators=settings.operators,
            grants=release_grants(deployment.policy),
            core=self.core,
        ).role
        self.intake = Intake(
            self, "Intake", key=key, patterns=deployment.patterns, function_timeout=DETECTION_TIMEOUT
        )
        share = self._share(deployment)
        self.detection = Detection(
            self,
            "Detection",
            share=share,
            events=self.intake.work,
            core=self.core,
            wanted=deployment.wanted,
            look_delays=deployment.look_delays,
        )
        self.quarantine = Quarantine(
            self,
            "Quarantine",
            share=share,
            policy=deployment.policy,
            core=self.core,
        )
        self.notification = Notification(
            self,
            "Notification",
            share=share,
            core=self.core,
            settings=settings.alerts,
            alerts=self.alerts,
            chat=self.chat,
        )
        peoples_queues = self.notification.peoples_queues()
        self.sweeping = Sweeping(self, "Sweeping", share=share, core=self.core, notifications=peoples_queues)
        publishers = (
            self.detection.detect.role,
            self.quarantine.contain.role,
            self.sweeping.sweep.role,
            self.operator,
        )
        self.core.findings.restrict_publishers(publishers)
        self.core.ledger.restrict_writers((*publishers, self.notification.notify.role))
        leave_to_operators(
            self.operator,
            (
                self.intake.work,
                self.detection.looks,
                self.quarantine.work,
                self.sweeping.tasks,
                self.sweeping.self_watch,
                *self.notification.queues.values(),
            ),
            self.intake.rule_dead_letters,
            self.sweeping.dead_letters,
            senders={
                self.detection.looks: self.detection.detect.role,
                self.quarantine.work: self.sweeping.sweep.role,
                self.sweeping.tasks: self.sweeping.sweep.role,
                **{work: self.sweeping.sweep.role for _, work in peoples_queues},
            },
        )
        self.detection.expect((self.quarantine.contain.role, self.operator))
        self.sweeping.have_contained(self.quarantine.work)
        self.resource_sweep = ResourceSweep(
            self,
            "Resources",
            sweeping=self.sweeping,
            core=self.core,
            settings=settings.sweep,
            regions=settings.regions,
            wanted=deployment.wanted,
        )
        self.canary = self._canary(deployment)
        self._watch_self(share, settings.alerts)
        # `contain` knows itself.
        functions = (self.detection.detect, self.notification.notify, self.sweeping.sweep)
        held = self.quarantine.quarantine_role
        self.quarantine.protect(
            (function.function for function in functions),
            (
                *(function.role for function in (*functions, self.quarantine.contain)),
                self.operator,
                self.alerts.rule_role,
                *((held,) if held else ()),
                *((self.canary.role,) if self.canary else ()),
            ),
        )
        self._hear_alarms(deployment.forwarding_regions)
        self._watch()
        self._tell(settings.alerts, deployment.policy.quarantine)

    def _canary(self, deployment: Deployment) -> Canary | None:
        """None where the policy leaves out the canary's call: its events would never come."""
        if deployment.settings.left_out.has(*CALL):
            return None
        return Canary(self, "Canary", sweep=self.sweeping.sweep, detect=self.detection.detect)

    def _watch_self(self, share: FunctionShare, alerts: Alerts) -> None:
        sweep, work, key = self.sweeping.sweep, self.sweeping.self_watch, self.core.encryption.key.key_id
        secrets = (f"secret:{name}" for name in (alerts.slack_secret, alerts.webhook_secret) if name)
        unnamed = (key, share.policy_layer.layer_version_arn, *secrets)
        sweep.function.add_environment(Env.OWN_RESOURCES, ",".join(unnamed))
        let_ask_for_deployments(sweep.role)
        add_self_watch(
            Construct(self, "SelfWatch"),
            names_in(Aws.STACK_NAME, key, sweep.role.role_arn if self.canary else None),
            self.alerts,
            target_arn=work.queue.queue_arn,
            dead_letters=work.dead_letters,
            after=(work.queue, work.dead_letters),
        )

    def _hear_alarms(self, regions: Sequence[str]) -> None:
        """Has `sweep` make findings of alarms, here and in further regions: else e-mail alone hears them."""
        work = self.sweeping.self_watch
        add_alarm_rule(
            self,
            (Aws.STACK_NAME, *(forwarding_stack(Aws.STACK_NAME, region) for region in regions)),
            target_arn=work.queue.queue_arn,
            dead_letters=work.dead_letters,
            after=(work.queue, work.dead_letters),
        )

    def _share(self, deployment: Deployment) -> FunctionShare:
        return FunctionShare(
            code=_asset(deployment.bundle),
            policy_layer=lambda_.LayerVersion(
                self,
                "PolicyLayer",
                description="PassRole Guardrail: the compiled policy",
                code=_asset(deployment.policy_layer),
                compatible_runtimes=[RUNTIME],
                compatible_architectures=[ARCHITECTURE],
            ),
            key=self.core.encryption.key,
            environment={
                Env.LEDGER_TABLE: self.core.ledger.table.table_name,
                Env.FINDINGS_TOPIC_ARN: self.core.findings.topic.topic_arn,
            },
        )

    def _watch(self) -> None:
        channels = self.notification.queues.items()
        dead_letters = {
            "RuleDeadLetters": self.intake.rule_dead_letters,
            "IntakeDeadLetters": self.intake.work.dead_letters,
            "SecondLooksDeadLetters": self.detection.looks.dead_letters,
            "ContainDeadLetters": self.quarantine.work.dead_letters,
            **{f"{channel.identifier}DeadLetters": work.dead_letters for channel, work in channels},
            "SweepDeadLetters": self.sweeping.dead_letters,
            "TasksDeadLetters": self.sweeping.tasks.dead_letters,
            "SelfWatchDeadLetters": self.sweeping.self_watch.dead_letters,
        }
        queues = {
            "IntakeQueue": self.intake.work.queue,
            "SecondLooksQueue": self.detection.looks.queue,
            "ContainQueue": self.quarantine.work.queue,
            "TasksQueue": self.sweeping.tasks.queue,
            "SelfWatchQueue": self.sweeping.self_watch.queue,
            **{f"{channel.identifier}Queue": work.queue for channel, work in channels},
        }
        functions = {
            Part.DETECT: self.detection.detect,
            Part.CONTAIN: self.quarantine.contain,
            Part.NOTIFY: self.notification.notify,
            Part.SWEEP: self.sweeping.sweep,
        }
        rules = rules_in(self)
        monitoring = Monitoring(self, "Monitoring", self.alerts.topic)
        monitoring.dead_letters(dead_letters, then="run passrole redrive")
        monitoring.work(queues)
        monitoring.functions({part.capitalize(): made.function for part, made in functions.items()})
        monitoring.exemptions()
        monitoring.breaker()
        if self.canary:
            watch_canary(monitoring)
        watch_schedule(monitoring, self.sweeping.schedule)
        watch_events(monitoring)
        watch_sweep(monitoring, self.resource_sweep.every)
        watch_rules(monitoring, rules)
        GuardDashboard(
            self, "Overview", Watched(functions, queues, dead_letters, rules, self.core.ledger.table)
        )

    def _tell(self, alerts: Alerts, rules: QuarantineRules) -> None:
        values: dict[str, str] = {
            Output.LEDGER_TABLE: self.core.ledger.table.table_name,
            Output.FINDINGS_TOPIC_ARN: self.core.findings.topic.topic_arn,
            Output.ALERTS_TOPIC_ARN: self.alerts.topic.topic_arn,
            Output.INTAKE_QUEUE_URL: self.intake.work.queue.queue_url,
            Output.INTAKE_DEAD_LETTER_QUEUE_URL: self.intake.work.dead_letters.queue_url,
            Output.RULE_DEAD_LETTER_QUEUE_URL: self.intake.rule_dead_letters.queue_url,
            Output.SECOND_LOOKS_QUEUE_URL: self.detection.looks.queue.queue_url,
            Output.SECOND_LOOKS_DEAD_LETTER_QUEUE_URL: self.detection.looks.dead_letters.queue_url,
            Output.CONTAIN_QUEUE_URL: self.quarantine.work.queue.queue_url,
            Output.CONTAIN_DEAD_LETTER_QUEUE_URL: self.quarantine.work.dead_letters.queue_url,
            Output.SWEEP_DEAD_LETTER_QUEUE_URL: self.sweeping.dead_letters.queue_url,
            Output.TASKS_QUEUE_URL: self.sweeping.tasks.queue.queue_url,
            Output.TASKS_DEAD_LETTER_QUEUE_URL: self.sweeping.tasks.dead_letters.queue_url,
            Output.SELF_WATCH_QUEUE_URL: self.sweeping.self_watch.queue.queue_url,
            Output.SELF_WATCH_DEAD_LETTER_QUEUE_URL: self.sweeping.self_watch.dead_letters.queue_url,
            Output.OPERATOR_ROLE_ARN: self.operator.role_arn,
            Output.PASSER_MAY_RELEASE: str(rules.passer_may_release).lower(),
            Output.DETECT_FUNCTION_NAME: self.detection.detect.function.function_name,
            Output.CONTAIN_FUNCTION_NAME: self.quarantine.contain.function.function_name,
            Output.NOTIFY_FUNCTION_NAME: self.notification.notify.function.function_name,
            Output.SWEEP_FUNCTION_NAME: self.sweeping.sweep.function.function_name,
            Output.RULE_NAMES: Fn.join(",", [rule.ref for rule in self.intake.rules]),
        }
        if self.quarantine.quarantine_role:
            values[Output.QUARANTINE_ROLE_ARN] = self.quarantine.quarantine_role.role_arn
        for channel, work in self.notification.queues.items():
            values[channel.queue_output] = work.queue.queue_url
            values[channel.dead_letter_output] = work.dead_letters.queue_url
        if self.canary:
            values[Output.CANARY_RULE_NAME] = self.canary.rule.ref
        if self.chat:
            values[Output.CHAT_TOPIC_ARN] = self.chat.topic.topic_arn
        if alerts.slack_secret:
            values[Output.SLACK_SECRET_ID] = alerts.slack_secret
        if alerts.webhook_secret:
            values[Output.WEBHOOK_SECRET_ID] = alerts.webhook_secret
        for name, value in values.items():
            CfnOutput(self, name, value=value)


def _asset(directory: Path) -> lambda_.AssetCode:
    # Whoever imports from a built directory must not change what is deployed.
    return lambda_.Code.from_asset(str(directory), exclude=["**/__pycache__"])
