"""An account in memory with a function and an instance to quarantine, and a way to kill the process in it."""

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import boto3

from passrole.finding import Change, Finding, News, Step
from passrole.ledger import Ledger
from passrole.policy import CompiledPolicy
from passrole.quarantine.containment import Container
from passrole.quarantine.module import Aws
from passrole.quarantine.release import Releaser
from tests.unit.samples import ACCOUNT, REGION, FrozenClock, RecordedTopic, finding_of, pass_of, policy_of

OPERATOR = f"arn:aws:iam::{ACCOUNT}:role/operator"
CONTAIN = f"arn:aws:iam::{ACCOUNT}:role/passrole-guardrail/contain"
QUARANTINE_ROLE = f"arn:aws:iam::{ACCOUNT}:role/passrole-guardrail/quarantine"


class ProcessKilled(BaseException):
    """The process is gone: no handler runs, no further call gets out."""


@dataclass
class World:
    """One account, and the process that acts in it.

    Attributes:
        calls: AWS calls made so far.
        kill_at: the call at which the process dies, before it is made.
        new_client: makes a client for a service and a region.
    """

    topic: RecordedTopic
    clock: FrozenClock = field(default_factory=FrozenClock)
    calls: int = 0
    kill_at: int | None = None
    new_client: Callable[..., Any] = boto3.client
    _clients: dict[tuple[str, str], Any] = field(default_factory=dict)

    def client(self, service: str, region: str = REGION) -> Any:
        """A client whose calls are counted, and end with the process."""
        if (service, region) not in self._clients:
            client = self.new_client(service, region)
            client.meta.events.register("before-call", self._count)
            self._clients[service, region] = client
        return self._clients[service, region]

    def _count(self, **_: Any) -> None:
        self.calls += 1
        if self.kill_at is not None and self.calls >= self.kill_at:
            raise ProcessKilled

    def ledger(self) -> Ledger:
        return Ledger("ledger", self.client("dynamodb"))

    @property
    def aws(self) -> Aws:
        return Aws(self.client, QUARANTINE_ROLE)

    def container(
        self, own: frozenset[str] = frozenset(), policy: CompiledPolicy | None = None, **rules: Any
    ) -> Container:
        """The container of a deployment whose policy quarantines everything, with the rules given."""
        return Container(
            self.ledger(),
            self.topic,
            self.aws,
            CONTAIN,
            policy or policy_of(**rules),
            own,
            self.clock,
            sleep=lambda _: None,
        )

    def releaser(self) -> Releaser:
        return Releaser(self.ledger(), self.topic, self.aws, OPERATOR, self.clock, sleep=lambda _: None)


def run_killed_at(world: World, call: int, act: Callable[[], object]) -> bool:
    """Runs ``act`` in a process that dies at its nth call; whether it died."""
    world.calls, world.kill_at = 0, call
    try:
        act()
    except ProcessKilled:
        return True
    finally:
        world.kill_at = None
        world.clock.go_on(minutes=6)  # the dead process's lease runs out
    return False


def open_finding(ledger: Ledger, finding: Finding) -> Finding:
    """Puts a finding into the ledger as detection does."""
    step = Step(1, finding.opened_at, News.OPENED, "dana", finding.reasons[0])
    assert ledger.record_change(Change(finding, step, None))
    return finding


def make_role(name: str) -> str:
    """A role and an instance profile of another name that holds it; returns the role's ARN."""
    iam = boto3.client("iam")
    arn: str = iam.create_role(RoleName=name, Path="/dev/", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    iam.create_instance_profile(InstanceProfileName=f"{name}-profile")
    iam.add_role_to_instance_profile(InstanceProfileName=f"{name}-profile", RoleName=name)
    return arn


def make_function(role: str, concurrency: int | None = 7) -> str:
    """A function with one enabled and one disabled queue; returns its ARN."""
    client = boto3.client("lambda")
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("index.py", "def handler(event, context): ...")
    arn: str = client.create_function(
        FunctionName="orders",
        Runtime="python3.13",
        Role=role,
        Handler="index.handler",
        Code={"ZipFile": code.getvalue()},
    )["FunctionArn"]
    if concurrency is not None:
        client.put_function_concurrency(FunctionName="orders", ReservedConcurrentExecutions=concurrency)
    for queue, enabled in (("busy", True), ("idle", False)):
        url = boto3.client("sqs").create_queue(QueueName=queue)["QueueUrl"]
        queue_arn = boto3.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
        client.create_event_source_mapping(
            FunctionName="orders", EventSourceArn=queue_arn["Attributes"]["QueueArn"], Enabled=enabled
        )
    return arn


def make_instance(profile: str) -> str:
    """A running instance with an instance profile; returns its ARN."""
    answer = boto3.client("ec2").run_instances(
        ImageId="ami-12c6146b", MinCount=1, MaxCount=1, IamInstanceProfile={"Name": profile}
    )
    return f"arn:aws:ec2:{REGION}:{ACCOUNT}:instance/{answer['Instances'][0]['InstanceId']}"


def function_finding(ledger: Ledger, function: str, role: str, role_id: str = "AROAEXAMPLE") -> Finding:
    return open_finding(ledger, finding_of(pass_of(resources=(function,)), arn=role, role_id=role_id))


def instance_finding(ledger: Ledger, instance: str, role: str, role_id: str = "AROAEXAMPLE") -> Finding:
    pass_ = pass_of(
        resources=(instance,),
        resource_type="ec2:instance",
        place="instance profile",
        services=("ec2.amazonaws.com",),
        event_name="RunInstances",
        event_source="ec2.amazonaws.com",
    )
    return open_finding(ledger, finding_of(pass_, arn=role, role_id=role_id))


def function_state() -> dict[str, Any]:
    """What a release must give back."""
    client = boto3.client("lambda")
    mappings = client.list_event_source_mappings(FunctionName="orders")["EventSourceMappings"]
    return {
        "role": client.get_function_configuration(FunctionName="orders")["Role"],
        "concurrency": client.get_function_concurrency(FunctionName="orders").get(
            "ReservedConcurrentExecutions"
        ),
        "mappings": {m["EventSourceArn"]: m["State"] for m in mappings},
    }


def profile_of(instance: str) -> str | None:
    """The instance profile that an instance holds now."""
    associations = boto3.client("ec2").describe_iam_instance_profile_associations(
        Filters=[{"Name": "instance-id", "Values": [instance.rpartition("/")[2]]}]
    )["IamInstanceProfileAssociations"]
    held = [
        a["IamInstanceProfile"]["Arn"] for a in associations if a["State"] in ("associated", "associating")
    ]
    return held[0] if held else None
