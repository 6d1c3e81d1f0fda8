"""The deployed guard: found by its stack's outputs, used with the operator role's credentials."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

import click

from passrole.arn import Arn
from passrole.channel import ChannelName
from passrole.cli.aws import aws_errors, code_of, explain, open_session
from passrole.cli.errors import InputError
from passrole.cli.options import stack_option
from passrole.stack import Output

if TYPE_CHECKING:
    import boto3

    from passrole.ledger import Ledger
    from passrole.news import PointerQueue, Topic

Command = TypeVar("Command", bound=Callable[..., Any])

# What every stack of the guard has, of whatever version and policy.
_CERTAIN = (
    Output.LEDGER_TABLE,
    Output.FINDINGS_TOPIC_ARN,
    Output.ALERTS_TOPIC_ARN,
    Output.OPERATOR_ROLE_ARN,
    Output.PASSER_MAY_RELEASE,
    Output.RULE_NAMES,
)
_NOT_IN_SESSION_NAMES = re.compile(r"[^A-Za-z0-9_+=,.@-]")
# Long enough for a release and its verification, and no longer: who takes longer renews it.
_SESSION_SECONDS = 900
_RENEWED = 300  # seconds before its end


def deployment_options(command: Command) -> Command:
    """Which deployment a command is about."""
    region = click.option(
        "--region", metavar="REGION", help="The guard's home region.  [default: the profile's]"
    )
    return stack_option(region(command))


@dataclass(frozen=True, slots=True)
class Operator:
    """A person in the operator role.

    Attributes:
        caller: ARN of the principal behind it, as AWS tells it: who does what is recorded under this name.
        clients: a client for a service and a region.
        quarantine_role: ARN of the role that contained resources hold; None where the policy needs none.
        passer_may_release: whether the passer of a finding may decide about it.
        home: the region that the guard is deployed in.
        queue_urls: of the channels that are configured.
        outputs: of the guard's stack.
    """

    caller: str
    role: str
    ledger: "Ledger"
    topic: "Topic"
    clients: Callable[[str, str], Any]
    quarantine_role: str | None = None
    passer_may_release: bool = False
    home: str = ""
    queue_urls: Mapping[ChannelName, str] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)

    def output(self, name: Output) -> str:
        """An output that stacks of earlier versions have not.

        Raises:
            InputError: this one has not, either.
        """
        if name not in self.outputs:
            raise InputError(f"the stack has no output {name}: deploy this version")
        return self.outputs[name]

    def queue_of(self, channel: ChannelName) -> "PointerQueue":
        """The queue that a configured channel is told by."""
        from passrole.news import SqsPointers

        return SqsPointers(self.queue_urls[channel], self.clients("sqs", self.home))


def become_operator(stack: str, region: str | None) -> Operator:
    """Finds the deployment and takes its operator role.

    Raises:
        InputError: no such deployment, or no right to take the role.
    """
    from passrole.ledger import Ledger
    from passrole.news import SnsTopic

    with aws_errors():
        session = open_session(region)
        caller = session.client("sts").get_caller_identity()["Arn"]
        outputs = outputs_of(session, stack)
        role = outputs[Output.OPERATOR_ROLE_ARN]
        clients = _clients(_session_in(role, session, caller))
        home = str(session.region_name)
        return Operator(
            caller=caller,
            role=role,
            ledger=Ledger(outputs[Output.LEDGER_TABLE], clients("dynamodb", home)),
            topic=SnsTopic(outputs[Output.FINDINGS_TOPIC_ARN], clients("sns", home)),
            clients=clients,
            quarantine_role=outputs.get(Output.QUARANTINE_ROLE_ARN),
            passer_may_release=outputs[Output.PASSER_MAY_RELEASE] == "true",
            home=home,
            queue_urls=queues_of(outputs),
            outputs=outputs,
        )


def outputs_of(session: "boto3.Session", stack: str) -> Mapping[str, str]:
    """The outputs of the guard's stack.

    Raises:
        InputError: there is no such stack in the region, or it is not the guard's.
    """
    from botocore.exceptions import ClientError

    try:
        described = session.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
    except ClientError as error:
        if code_of(error) != "ValidationError":
            raise
        where = f"no stack {stack} in {session.region_name}"
        raise InputError(f"{where}: deploy it, or give --stack and --region") from None
    outputs = {output["OutputKey"]: output["OutputValue"] for output in described.get("Outputs", [])}
    missing = [output for output in _CERTAIN if output not in outputs]
    if missing:
        state = described["StackStatus"]
        raise InputError(
            f"stack {stack} ({state}) has no output {missing[0]}: is it the guard's, and complete?"
        )
    return outputs


def queues_of(outputs: Mapping[str, str]) -> Mapping[ChannelName, str]:
    """The URL of each configured channel's queue."""
    return {
        channel: outputs[channel.queue_output] for channel in ChannelName if channel.queue_output in outputs
    }


def session_name(caller: str) -> str:
    """A name for the operator's session that says who it is, whatever characters the caller's ARN has."""
    arn = Arn.parse(caller)
    name = arn.resource.rpartition("/")[2] if arn else caller
    safe_name = _NOT_IN_SESSION_NAMES.sub("-", name)[:64]
    return safe_name if len(safe_name) > 1 else f"passrole-{safe_name}"


def _session_in(role: str, session: "boto3.Session", caller: str) -> "boto3.Session":
    """A session in the role; its credentials are renewed for as long as the command takes."""
    import boto3
    from botocore.credentials import CredentialProvider, CredentialResolver, RefreshableCredentials
    from botocore.exceptions import ClientError
    from botocore.session import get_session

    sts = session.client("sts")

    def assume() -> dict[str, str]:
        given = sts.assume_role(
            RoleArn=role, RoleSessionName=session_name(caller), DurationSeconds=_SESSION_SECONDS
        )["Credentials"]
        return {
            "access_key": given["AccessKeyId"],
            "secret_key": given["SecretAccessKey"],
            "token": given["SessionToken"],
            "expiry_time": given["Expiration"].isoformat(),
        }

    try:
        first = assume()
    except ClientError as error:
        advice = (
            f"{caller} must be among the operators in guardrail.yaml and be allowed sts:AssumeRole on {role}"
        )
        raise InputError(f"{explain(error)}; {advice}") from None

    class OperatorProvider(CredentialProvider):
        METHOD = "passrole-operator"

        def load(self) -> RefreshableCredentials:
            return RefreshableCredentials.create_from_metadata(
                first, assume, self.METHOD, advisory_timeout=_RENEWED, mandatory_timeout=_RENEWED // 2
            )

    core = get_session()
    core.register_component("credential_provider", CredentialResolver([OperatorProvider()]))
    return boto3.Session(botocore_session=core, region_name=session.region_name)


def _clients(session: "boto3.Session") -> Callable[[str, str], Any]:
    @cache
    def client(service: str, region: str) -> Any:
        make: Any = session.client
        return make(service, region_name=region)

    return client
