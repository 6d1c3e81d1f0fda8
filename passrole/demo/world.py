"""The account of the demonstration on the emulator: made, guarded, acted in, looked at."""

import io
import json
import os
import sys
import zipfile
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any, Self

from passrole.demo import cast
from passrole.demo.policy import dry_run_of, policy_text
from passrole.demo.processes import Child, Finished
from passrole.demo.recorded import FIXTURES
from passrole.emulator import ACCOUNT, Credentials, Emulator, deploy
from passrole.emulator.webhook import Webhook

ROOT = Path(__file__).resolve().parents[2]
DRY_RUN, REAL = "dry-run", "real"  # names of assemblies
_LOOK_DELAYS = "1,2"  # seconds before what is undetermined is judged again; in AWS five minutes in all
_HANDLER = "def handler(event, context):\n    return {'statusCode': 200, 'body': 'ok'}\n"
_AWS_VARIABLES = ("AWS_", "BOTO_", "CDK_")


def is_checkout(root: Path) -> bool:
    """Whether the CDK app and the recorded events are there: an installed package has neither."""
    return (root / "app.py").is_file() and (root / FIXTURES).is_dir()


class World:
    """Everything that runs for the demonstration. Leaving the block ends all of it and removes its files."""

    def __init__(self) -> None:
        self._exits = ExitStack()
        self.outputs: Mapping[str, str] = {}
        self._synthesized: dict[str, Child] = {}
        self.policy = policy_text(datetime.now(UTC).date())

    def __enter__(self) -> Self:
        try:
            self.directory = Path(
                self._exits.enter_context(
                    TemporaryDirectory(prefix="passrole-demo-", ignore_cleanup_errors=True)
                )
            )
            self.begin_synthesis(DRY_RUN, dry_run_of(self.policy))
            self.webhook = self._exits.enter_context(Webhook())
            self.emulator = self._exits.enter_context(
                Emulator(region=cast.REGION, enforce_iam=True, log_file=self.directory / "emulator.log")
            )
        except BaseException:
            self._exits.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._exits.close()

    def client(self, service: str) -> Any:
        """A client with the rights of the account's administrators."""
        return self.emulator.client(service)

    def make_account(self) -> None:
        """Makes roles, people, and what was there before the guard."""
        iam = self.client("iam")
        for role in cast.ROLES:
            iam.create_role(
                Path=role.path,
                RoleName=role.name,
                AssumeRolePolicyDocument=json.dumps(cast.trust(role)),
                Tags=[{"Key": key, "Value": value} for key, value in role.tags.items()],
            )
            if role.is_admin:
                iam.attach_role_policy(RoleName=role.name, PolicyArn=cast.ADMINISTRATOR_ACCESS)
        profile = cast.WEB_FRONTEND
        iam.create_instance_profile(InstanceProfileName=profile.name, Path=profile.path)
        iam.add_role_to_instance_profile(InstanceProfileName=profile.name, RoleName=profile.role.name)
        self.developer = self._make_user(cast.DEVELOPER, cast.developer_policy())
        self.on_call = self._make_user(cast.ON_CALL, cast.on_call_policy())
        create_function(self.client("lambda"), cast.FUNCTION_FROM_BEFORE, cast.BREAK_GLASS)
        self.client("secretsmanager").create_secret(Name=cast.SLACK_SECRET, SecretString=self.webhook.url)

    def begin_synthesis(self, assembly: str, policy: str) -> None:
        """Begins to make the templates of a policy, while other things happen."""
        self._synthesized[assembly] = self._exits.enter_context(self._synthesize(assembly, policy))

    def finish_synthesis(self, assembly: str) -> Finished:
        """Waits for the templates."""
        return self._synthesized[assembly].finish()

    def deploy_guard(self, assembly: str) -> int:
        """Deploys the synthesized template; returns how many resources it has."""
        directory = self.directory / assembly
        self.outputs = deploy(self.emulator, directory, cast.STACK)
        template = json.loads((directory / f"{cast.STACK}.template.json").read_text(encoding="utf-8"))
        return len(template["Resources"])

    def open_inbox(self) -> "Inbox":
        """Subscribes a queue to the topic that e-mails come from: the emulator sends no mail.

        By CloudFormation, as the guard's own subscriptions are: it would tell of one made by hand.
        """
        sqs, cloudformation = self.client("sqs"), self.client("cloudformation")
        topic, name = self.outputs["AlertsTopicArn"], "security-inbox"
        arn = f"arn:aws:sqs:{cast.REGION}:{ACCOUNT}:{name}"
        policy = cast.inbox_policy(arn, topic)
        url = sqs.create_queue(QueueName=name, Attributes={"Policy": json.dumps(policy)})["QueueUrl"]
        subscription = {"TopicArn": topic, "Protocol": "sqs", "Endpoint": arn}
        resources = {"Inbox": {"Type": "AWS::SNS::Subscription", "Properties": subscription}}
        cloudformation.create_stack(StackName=name, TemplateBody=json.dumps({"Resources": resources}))
        cloudformation.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig={"Delay": 1})
        return Inbox(sqs, url)

    def run(self, *command: str) -> Finished:
        """Runs ``passrole``, as people do, as the person on call."""
        environment = self._child_environment() | {
            "AWS_ENDPOINT_URL": self.emulator.endpoint_url,
            "AWS_DEFAULT_REGION": cast.REGION,
            "AWS_ACCESS_KEY_ID": self.on_call.access_key_id,
            "AWS_SECRET_ACCESS_KEY": self.on_call.secret_access_key,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            "NO_PROXY": "127.0.0.1",
            "no_proxy": "127.0.0.1",
        }
        output = self.directory / "command.txt"
        with Child([sys.executable, "-m", "passrole.cli", *command], environment, ROOT, output) as child:
            return child.finish()

    def queues_are_empty(self) -> bool:
        """Whether every message that waited for one of the guard's functions is worked off."""
        parts = ("Intake", "SecondLooks", "Contain", "Email", "Slack")
        return self._waiting_in(*(f"{part}QueueUrl" for part in parts)) == 0

    def dead_letters(self) -> int:
        """How many messages failed for good."""
        return self._waiting_in(*(name for name in self.outputs if name.endswith("DeadLetterQueueUrl")))

    def _waiting_in(self, *outputs: str) -> int:
        sqs = self.client("sqs")
        names = [f"ApproximateNumberOfMessages{state}" for state in ("", "NotVisible", "Delayed")]
        counts = (
            sqs.get_queue_attributes(QueueUrl=self.outputs[output], AttributeNames=names)["Attributes"]
            for output in outputs
        )
        return sum(int(count[name]) for count in counts for name in names)

    def _make_user(self, name: str, policy: Mapping[str, Any]) -> Credentials:
        iam = self.client("iam")
        iam.create_user(UserName=name)
        iam.put_user_policy(UserName=name, PolicyName="work", PolicyDocument=json.dumps(policy))
        return Credentials.from_response(iam.create_access_key(UserName=name))

    def _synthesize(self, assembly: str, text: str) -> Child:
        policy = self.directory / f"{assembly}.yaml"
        policy.write_text(text, "utf-8")
        environment = self._child_environment() | {
            "CDK_OUTDIR": str(self.directory / assembly),
            "CDK_CONTEXT_JSON": json.dumps(
                {"policy": str(policy), "stack": cast.STACK, "second_looks": _LOOK_DELAYS}
            ),
            "JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION": "1",
        }
        return Child(
            [sys.executable, str(ROOT / "app.py")], environment, ROOT, self.directory / f"{assembly}.txt"
        )

    def _child_environment(self) -> dict[str, str]:
        """The caller's environment without its AWS settings; `node` and temporary files are ours."""
        kept = {key: value for key, value in os.environ.items() if not key.startswith(_AWS_VARIABLES)}
        path = os.pathsep.join(filter(None, [str(Path(sys.prefix) / "bin"), kept.get("PATH")]))
        return kept | {"PATH": path, "TMPDIR": str(self.directory), "PYTHONUTF8": "1"}


@dataclass(frozen=True, slots=True)
class Inbox:
    """What came out of the topic of alerts."""

    sqs: Any
    url: str

    def take(self) -> list[dict[str, str]]:
        """All that is there, each with ``Subject`` and ``Message``."""
        taken: list[dict[str, str]] = []
        while messages := self.sqs.receive_message(QueueUrl=self.url, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                taken.append(json.loads(message["Body"]))
                self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])
        return taken


def create_function(client: Any, name: str, role: cast.Role) -> None:
    """Creates a function that answers ``ok``."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("app.py", _HANDLER)
    client.create_function(
        FunctionName=name,
        Runtime="python3.13",
        Role=role.arn,
        Handler="app.handler",
        Code={"ZipFile": buffer.getvalue()},
    )


State = Mapping[str, str]
"""Properties of a resource in words: what the guard changes of it, and its role."""


def function_state(client: Any, name: str) -> State:
    """The role and the reserved concurrency of a function."""
    role = client.get_function_configuration(FunctionName=name)["Role"]
    reserved = client.get_function_concurrency(FunctionName=name).get("ReservedConcurrentExecutions")
    return {"execution role": role, "concurrency": "not reserved" if reserved is None else str(reserved)}


def instance_state(client: Any, instance: str) -> State:
    """The instance profile that an instance holds."""
    held = client.describe_iam_instance_profile_associations(
        Filters=[{"Name": "instance-id", "Values": [instance]}, {"Name": "state", "Values": ["associated"]}]
    )["IamInstanceProfileAssociations"]
    return {"instance profile": held[0]["IamInstanceProfile"]["Arn"] if held else "none"}


def refusal_of(call: Callable[[], Any], error_class: type[Exception]) -> str | None:
    """The code and message with which AWS refuses a call; None if it does not."""
    try:
        call()
    except error_class as error:
        answer: Any = getattr(error, "response", {})
        about = answer.get("Error", {})
        return f"{about.get('Code')}: {about.get('Message')}"
    return None
