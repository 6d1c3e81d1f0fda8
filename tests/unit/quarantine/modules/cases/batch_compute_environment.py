"""Batch compute environments, in moto."""

from typing import Any

from passrole.quarantine.modules.batch_compute_environment import BatchComputeEnvironment
from tests.unit.quarantine.modules.case import Case, Clients
from tests.unit.quarantine.modules.cases.ec2_instance import profile_with
from tests.unit.samples import ACCOUNT


class BatchComputeEnvironmentCase(Case):
    module = BatchComputeEnvironment()
    place = "instance role"
    event = ("batch.amazonaws.com", "CreateComputeEnvironment")
    denied_act = "update_compute_environment"

    def make(self, clients: Clients, role: str) -> str:
        service_role = clients("iam").create_role(RoleName="batch", AssumeRolePolicyDocument="{}")
        return self._create(clients, service_role["Role"]["Arn"], role)

    def snapshot(self, clients: Clients, arn: str) -> Any:
        (found,) = clients("batch").describe_compute_environments(computeEnvironments=[arn])[
            "computeEnvironments"
        ]
        return found

    def works(self, clients: Clients, arn: str) -> bool:
        return bool(self.snapshot(clients, arn)["state"] == "ENABLED")

    def give_other_role(self, clients: Clients, arn: str, role: str) -> None:
        profile = self.snapshot(clients, arn)["computeResources"]["instanceRole"].rpartition("/")[2]
        iam = clients("iam")
        held = iam.get_instance_profile(InstanceProfileName=profile)["InstanceProfile"]["Roles"][0]
        iam.remove_role_from_instance_profile(InstanceProfileName=profile, RoleName=held["RoleName"])
        iam.add_role_to_instance_profile(InstanceProfileName=profile, RoleName=role.rpartition("/")[2])

    def meddle(self, clients: Clients, arn: str) -> None:
        before = self.snapshot(clients, arn)
        self.remove(clients, arn)
        self._create(clients, before["serviceRole"], None)

    def remove(self, clients: Clients, arn: str) -> None:
        clients("batch").update_compute_environment(computeEnvironment=arn, state="DISABLED")
        clients("batch").delete_compute_environment(computeEnvironment=arn)

    def _create(self, clients: Clients, service_role: str, role: str | None) -> str:
        subnet = clients("ec2").describe_subnets()["Subnets"][0]
        group = clients("ec2").describe_security_groups()["SecurityGroups"][0]
        profile = profile_with(clients, role)
        arn: str = clients("batch").create_compute_environment(
            computeEnvironmentName="nightly",
            type="MANAGED",
            state="ENABLED",
            computeResources={
                "type": "EC2",
                "minvCpus": 2,
                "maxvCpus": 11,
                "instanceTypes": ["t2.medium"],
                "subnets": [subnet["SubnetId"]],
                "securityGroupIds": [group["GroupId"]],
                "instanceRole": f"arn:aws:iam::{ACCOUNT}:instance-profile/{profile}",
            },
            serviceRole=service_role,
            tags={"team": "night"},
        )["computeEnvironmentArn"]
        return arn
