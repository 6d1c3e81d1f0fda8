"""EC2 instances, in moto."""

from typing import Any

from passrole.quarantine.modules.ec2_instance import Ec2Instance
from tests.unit.quarantine.modules.case import Case, Clients
from tests.unit.samples import ACCOUNT, REGION


class Ec2InstanceCase(Case):
    module = Ec2Instance()
    place = "instance profile"
    event = ("ec2.amazonaws.com", "RunInstances")
    denied_act = "disassociate_iam_instance_profile"

    def make(self, clients: Clients, role: str) -> str:
        answer = clients("ec2").run_instances(
            ImageId="ami-12c6146b",
            MinCount=1,
            MaxCount=1,
            IamInstanceProfile={"Name": profile_with(clients, role)},
        )
        return f"arn:aws:ec2:{REGION}:{ACCOUNT}:instance/{answer['Instances'][0]['InstanceId']}"

    def snapshot(self, clients: Clients, arn: str) -> Any:
        return [a["IamInstanceProfile"] for a in _associations(clients, arn)]

    def works(self, clients: Clients, arn: str) -> bool:
        return bool(_associations(clients, arn))

    def give_other_role(self, clients: Clients, arn: str, role: str) -> None:
        for association in _associations(clients, arn):
            clients("ec2").replace_iam_instance_profile_association(
                IamInstanceProfile={"Name": profile_with(clients, role)},
                AssociationId=association["AssociationId"],
            )

    def meddle(self, clients: Clients, arn: str) -> None:
        clients("ec2").associate_iam_instance_profile(
            IamInstanceProfile={"Name": profile_with(clients, None)}, InstanceId=arn.rpartition("/")[2]
        )

    def remove(self, clients: Clients, arn: str) -> None:
        clients("ec2").terminate_instances(InstanceIds=[arn.rpartition("/")[2]])


def profile_with(clients: Clients, role: str | None) -> str:
    """An instance profile that holds the role; its name."""
    iam, role_name = clients("iam"), (role or "none").rpartition("/")[2]
    name = f"{role_name}-profile"
    iam.create_instance_profile(InstanceProfileName=name)
    if role:
        iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=role_name)
    return name


def _associations(clients: Clients, arn: str) -> Any:
    found = clients("ec2").describe_iam_instance_profile_associations(
        Filters=[{"Name": "instance-id", "Values": [arn.rpartition("/")[2]]}]
    )["IamInstanceProfileAssociations"]
    return [a for a in found if a["State"] in ("associated", "associating")]
