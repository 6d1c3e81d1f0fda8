"""Which quarantine module acts on what: keyed by the resource's type and the place of the role on it.

Both come from the catalogue, which knows them for each call and path of the role.
"""

from passrole.quarantine.module import EVERY_PLACE, QuarantineModule
from passrole.quarantine.modules.app_runner_service import AppRunnerService
from passrole.quarantine.modules.auto_scaling_group import AutoScalingGroup
from passrole.quarantine.modules.batch_compute_environment import BatchComputeEnvironment
from passrole.quarantine.modules.bucket_replication import BucketReplication
from passrole.quarantine.modules.code_pipeline import CodePipeline
from passrole.quarantine.modules.codebuild_project import CodeBuildProject
from passrole.quarantine.modules.ec2_instance import Ec2Instance
from passrole.quarantine.modules.ecs_service import EcsService
from passrole.quarantine.modules.event_rule import EventRule
from passrole.quarantine.modules.flink_application import FlinkApplication
from passrole.quarantine.modules.glue_job import GlueJob
from passrole.quarantine.modules.inline_deny import PasserScope, RoleScope
from passrole.quarantine.modules.iot_rule import IotRule
from passrole.quarantine.modules.lambda_function import LambdaFunction
from passrole.quarantine.modules.notebook_instance import NotebookInstance
from passrole.quarantine.modules.pipe import Pipe
from passrole.quarantine.modules.rds_cluster_role import RdsClusterRole
from passrole.quarantine.modules.rds_instance_role import RdsInstanceRole
from passrole.quarantine.modules.redshift_cluster_role import RedshiftClusterRole
from passrole.quarantine.modules.schedule import Schedule
from passrole.quarantine.modules.state_machine import StateMachine

MODULES: tuple[QuarantineModule, ...] = (
    AppRunnerService(),
    AutoScalingGroup(),
    BatchComputeEnvironment(),
    BucketReplication(),
    CodeBuildProject(),
    CodePipeline(),
    Ec2Instance(),
    EcsService(),
    EventRule(),
    FlinkApplication(),
    GlueJob(),
    IotRule(),
    LambdaFunction(),
    NotebookInstance(),
    Pipe(),
    RdsClusterRole(),
    RdsInstanceRole(),
    RedshiftClusterRole(),
    Schedule(),
    StateMachine(),
)

ROLE_SCOPE, PASSER_SCOPE = RoleScope(), PasserScope()
"""What the policy of guardrail.yaml leads to by name, and no resource of a pass."""


def module_for(resource_type: str | None, place: str) -> QuarantineModule | None:
    """The module that contains such a resource; None if no reversible act is known."""
    fitting = (m for m in MODULES if m.resource_type == resource_type and is_place_of(m, place))
    return next(fitting, None)


def is_place_of(module: QuarantineModule, place: str) -> bool:
    """Whether the module takes a role from that place."""
    return module.places == EVERY_PLACE or place in module.places


def module_named(name: str) -> QuarantineModule:
    """The module that a saved containment names.

    Raises:
        KeyError: no such module.
    """
    return {module.name: module for module in (*MODULES, ROLE_SCOPE, PASSER_SCOPE)}[name]
