"""One case a quarantine module; `CASES` is what the tests run over."""

from tests.unit.quarantine.modules.case import Case
from tests.unit.quarantine.modules.cases.app_runner_service import AppRunnerServiceCase
from tests.unit.quarantine.modules.cases.auto_scaling_group import AutoScalingGroupCase
from tests.unit.quarantine.modules.cases.batch_compute_environment import BatchComputeEnvironmentCase
from tests.unit.quarantine.modules.cases.bucket_replication import BucketReplicationCase
from tests.unit.quarantine.modules.cases.code_pipeline import CodePipelineCase
from tests.unit.quarantine.modules.cases.codebuild_project import CodeBuildProjectCase
from tests.unit.quarantine.modules.cases.ec2_instance import Ec2InstanceCase
from tests.unit.quarantine.modules.cases.ecs_service import EcsServiceCase
from tests.unit.quarantine.modules.cases.event_rule import EventRuleCase
from tests.unit.quarantine.modules.cases.flink_application import FlinkApplicationCase
from tests.unit.quarantine.modules.cases.glue_job import GlueJobCase
from tests.unit.quarantine.modules.cases.iot_rule import IotRuleCase
from tests.unit.quarantine.modules.cases.lambda_function import LambdaFunctionCase
from tests.unit.quarantine.modules.cases.notebook_instance import NotebookInstanceCase
from tests.unit.quarantine.modules.cases.pipe import PipeCase
from tests.unit.quarantine.modules.cases.rds_cluster_role import RdsClusterRoleCase
from tests.unit.quarantine.modules.cases.rds_instance_role import RdsInstanceRoleCase
from tests.unit.quarantine.modules.cases.redshift_cluster_role import RedshiftClusterRoleCase
from tests.unit.quarantine.modules.cases.schedule import ScheduleCase
from tests.unit.quarantine.modules.cases.state_machine import StateMachineCase

CASES: tuple[Case, ...] = (
    AppRunnerServiceCase(),
    AutoScalingGroupCase(),
    BatchComputeEnvironmentCase(),
    BucketReplicationCase(),
    CodeBuildProjectCase(),
    CodePipelineCase(),
    Ec2InstanceCase(),
    EcsServiceCase(),
    EventRuleCase(),
    FlinkApplicationCase(),
    GlueJobCase(),
    IotRuleCase(),
    LambdaFunctionCase(),
    NotebookInstanceCase(),
    PipeCase(),
    RdsClusterRoleCase(),
    RdsInstanceRoleCase(),
    RedshiftClusterRoleCase(),
    ScheduleCase(),
    StateMachineCase(),
)
