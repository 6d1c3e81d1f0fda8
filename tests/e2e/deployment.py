"""The deployed guardrail as e2e tests see it: its stack, people in the account, and what is waited for."""

import io
import json
import os
import re
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

from passrole.clock import iso, parse_time, utc_now
from passrole.emulator import ACCOUNT, REGION, Credentials, Emulator
from passrole.emulator.webhook import Webhook
from passrole.finding import Finding, State
from passrole.ledger import Ledger
from passrole.ledger.keys import DIGESTS_OUTBOX, OUTBOX_PK, OUTBOX_SK, PARTITION_KEY, SORT_KEY
from tests.e2e.receivers import Receivers

ROOT = Path(__file__).resolve().parents[2]
STACK = "PassRoleGuardrail"
FORWARDED_REGION = "eu-west-1"
LOOK_DELAYS = "1,2"  # seconds: nobody waits minutes for a test
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z")
_PATIENCE = 120.0  # seconds; six workers that start at once on a busy machine take a minute
T = TypeVar("T")


@dataclass(frozen=True)
class Deployment:
    """A guardrail that was deployed from its synthesized templates."""

    emulator: Emulator
    receivers: Receivers
    outputs: dict[str, str]
    operator: Credentials

    @property
    def slack(self) -> Webhook:
        """What came by Slack's webhook."""
        return self.receivers.slack

    @property
    def ledger(self) -> Ledger:
        return Ledger(self.outputs["LedgerTable"], self.emulator.client("dynamodb"))

    def user(self, name: str, *actions: str) -> Credentials:
        """A user who may do ``actions`` on everything."""
        return make_user(self.emulator, name, *actions)

    def operator_session(self) -> Credentials:
        """A session in the operator role, of the person who may assume it."""
        answer = self.emulator.client("sts", credentials=self.operator).assume_role(
            RoleArn=self.outputs["OperatorRoleArn"], RoleSessionName="redrive"
        )
        return Credentials.from_response(answer)

    def role(self, name: str, path: str = "/dev/", service: str = "lambda", **tags: str) -> str:
        """A role that a service may assume; returns its ARN."""
        allowed = {
            "Effect": "Allow",
            "Principal": {"Service": f"{service}.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
        arn: str = self.emulator.client("iam").create_role(
            RoleName=name,
            Path=path,
            AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [allowed]}),
            Tags=[{"Key": key.replace("_", "-"), "Value": value} for key, value in tags.items()],
        )["Role"]["Arn"]
        return arn

    def function(
        self, name: str, role: str, credentials: Credentials | None = None, region: str | None = None
    ) -> str:
        """A function made by somebody; returns its ARN."""
        arn: str = self.emulator.client("lambda", region, credentials).create_function(
            FunctionName=name,
            Runtime="python3.13",
            Role=role,
            Handler="index.handler",
            Code={"ZipFile": _code()},
        )["FunctionArn"]
        return arn

    def concurrency(self, name: str, region: str | None = None) -> int | None:
        """A function's reserved concurrency; None if it has none."""
        answer = self.emulator.client("lambda", region).get_function_concurrency(FunctionName=name)
        found: int | None = answer.get("ReservedConcurrentExecutions")
        return found

    def pass_of(self, role: str) -> dict[str, Any] | None:
        """The verdict on a pass of a role, and the pass, as the ledger has it."""
        found = self._scan("sk = :pass AND role_arn = :role", {":pass": "PASS", ":role": role})
        return json.loads(found[0]["body"]["S"]) if found else None

    def findings_on(self, resource: str) -> list[Finding]:
        """The findings about a resource, by the end of its ARN."""
        return [f for f in self.ledger.findings() if (f.resource or "").endswith(resource)]

    def finding_on(self, resource: str, state: State) -> Finding:
        """The one finding about a resource, once it is in a state."""

        def find() -> Finding | None:
            found = [f for f in self.findings_on(resource) if f.state is state]
            return found[0] if found else None

        return self.wait(find, f"a finding on {resource} that is {state}")

    def wait(self, look: Callable[[], T | None], what: str, seconds: float = _PATIENCE) -> T:
        """What ``look`` finds, as soon as it finds anything; fails after a while."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if found := look():
                return found
            time.sleep(0.2)
        raise AssertionError(f"not seen in {seconds:.0f} s: {what}\n{self.emulator.log_tail(60)}")

    def forget_bursts(self) -> None:
        """News is told at once again, however much came in the minutes before."""
        dynamodb, table = self.emulator.client("dynamodb"), self.outputs["LedgerTable"]
        for item in self._scan(f"begins_with({PARTITION_KEY}, :burst)", {":burst": "BURST#"}):
            dynamodb.delete_item(
                TableName=table, Key={name: item[name] for name in (PARTITION_KEY, SORT_KEY)}
            )

    def age(self, resource: str, by: timedelta) -> None:
        """What the ledger knows of a resource is older by that."""
        dynamodb, table = self.emulator.client("dynamodb"), self.outputs["LedgerTable"]
        for item in self._scan("contains(body, :resource)", {":resource": resource}):
            older = _TIME.sub(lambda found: iso(parse_time(found[0]) - by), item["body"]["S"])
            dynamodb.update_item(
                TableName=table,
                Key={name: item[name] for name in (PARTITION_KEY, SORT_KEY)},
                UpdateExpression="SET body = :older",
                ExpressionAttributeValues={":older": {"S": older}},
            )

    @contextmanager
    def unwatched(self) -> Iterator[None]:
        """The guard's rules are off meanwhile, until the events of what was done are past.

        Those by which the guard watches itself go first and come last: else it would tell of the others.
        """
        events = self.emulator.client("events")
        watching = [
            rule["Name"]
            for page in events.get_paginator("list_rules").paginate(NamePrefix=f"{STACK}-SelfWatch")
            for rule in page["Rules"]
        ]
        names = [*watching, *self.outputs["RuleNames"].split(",")]
        for name in names:
            events.disable_rule(Name=name)
        try:
            yield
            time.sleep(2)
        finally:
            for name in reversed(names):
                events.enable_rule(Name=name)

    def sweep(self) -> None:
        """Has the guard sweep what is there now, and waits for the end."""
        began = iso(utc_now())
        for _ in range(3):  # one that ran already may have looked before
            ran = self.command("sweep")
            assert ran.returncode in (0, 3), ran.stdout + ran.stderr
            latest = self.ledger.latest_sweep()
            if latest is not None and latest.id >= began:
                return
        raise AssertionError("no sweep began")

    def arn_of_function(self, name: str) -> str:
        return f"arn:aws:lambda:{REGION}:{self.emulator.account}:function:{name}"

    def alarm_rings(self, name: str) -> bool:
        """Whether the alarm of the stack that is called so is in the state ALARM."""
        pages = self.emulator.client("cloudwatch").get_paginator("describe_alarms").paginate()
        [state] = [a["StateValue"] for page in pages for a in page["MetricAlarms"] if name in a["AlarmName"]]
        return state == "ALARM"

    @contextmanager
    def deleted(self, rule: str, credentials: Credentials) -> Iterator[None]:
        """Somebody deletes a rule; afterwards it is made again."""
        events = self.emulator.client("events")
        was, targets = events.describe_rule(Name=rule), events.list_targets_by_rule(Rule=rule)["Targets"]
        theirs = self.emulator.client("events", credentials=credentials)
        theirs.remove_targets(Rule=rule, Ids=[target["Id"] for target in targets])
        theirs.delete_rule(Name=rule)
        try:
            yield
        finally:
            events.put_rule(Name=rule, EventPattern=was["EventPattern"], State=was["State"])
            events.put_targets(Rule=rule, Targets=targets)

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Events that come meanwhile wait in the intake queue."""
        client = self.emulator.client("lambda")
        queue = self.outputs["IntakeQueueUrl"].rpartition("/")[2]
        source = f"arn:aws:sqs:{REGION}:{self.emulator.account}:{queue}"
        [mapping] = client.list_event_source_mappings(EventSourceArn=source)["EventSourceMappings"]
        client.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
        try:
            yield
        finally:
            client.update_event_source_mapping(UUID=mapping["UUID"], Enabled=True)

    def settle(self, seconds: float = _PATIENCE) -> None:
        """Waits until no event and no news is under way any more, at most so long for each queue.

        Tasks of `sweep` are neither, and some wait for a minute by design.
        """

        def is_idle() -> bool:
            sqs = self.emulator.client("sqs")
            queues = [
                url
                for part, url in self.outputs.items()
                if part.endswith("QueueUrl") and not part.endswith(("DeadLetterQueueUrl", "TasksQueueUrl"))
            ]
            names = [f"ApproximateNumberOfMessages{state}" for state in ("", "NotVisible", "Delayed")]
            counts = [
                sqs.get_queue_attributes(QueueUrl=q, AttributeNames=names)["Attributes"] for q in queues
            ]
            return not any(int(number) for attributes in counts for number in attributes.values())

        for _ in range(3):  # what one queue gives up may be on its way to the next
            self.wait(is_idle, "empty queues", seconds)
            time.sleep(0.5)

    def send_digests(self) -> None:
        """Has the digests that wait sent now, as when their time has come."""
        dynamodb, table = self.emulator.client("dynamodb"), self.outputs["LedgerTable"]
        for item in self._scan(f"{OUTBOX_PK} = :digests", {":digests": DIGESTS_OUTBOX}):
            dynamodb.update_item(
                TableName=table,
                Key={name: item[name] for name in (PARTITION_KEY, SORT_KEY)},
                UpdateExpression=f"SET {OUTBOX_SK} = :now",
                ExpressionAttributeValues={":now": {"S": iso(utc_now())}},
            )
        self.emulator.client("lambda").invoke(FunctionName=self.outputs["SweepFunctionName"], Payload=b"{}")
        self.settle()

    def _scan(self, condition: str, values: dict[str, str]) -> list[dict[str, Any]]:
        """The items of the ledger's table that fit a condition, as DynamoDB writes them."""
        pages = (
            self.emulator.client("dynamodb")
            .get_paginator("scan")
            .paginate(
                TableName=self.outputs["LedgerTable"],
                FilterExpression=condition,
                ExpressionAttributeValues={name: {"S": value} for name, value in values.items()},
            )
        )
        return [item for page in pages for item in page["Items"]]

    def dead_letters(self) -> dict[str, int]:
        """How many messages are in each dead-letter queue."""
        sqs, name = self.emulator.client("sqs"), "ApproximateNumberOfMessages"
        urls = {part: url for part, url in self.outputs.items() if part.endswith("DeadLetterQueueUrl")}
        assert urls
        return {
            part: int(sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[name])["Attributes"][name])
            for part, url in urls.items()
        }

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Runs the `passrole` command as a person who may assume the operator role."""
        return subprocess.run(
            [sys.executable, "-m", "passrole.cli", *arguments],
            env=environment(self.emulator, self.operator),
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )


def make_user(emulator: Emulator, name: str, *actions: str) -> Credentials:
    """Makes a user who may do ``actions`` on everything."""
    iam = emulator.client("iam")
    iam.create_user(UserName=name)
    allowed = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    document = {"Version": "2012-10-17", "Statement": [allowed]}
    iam.put_user_policy(UserName=name, PolicyName="may", PolicyDocument=json.dumps(document))
    return Credentials.from_response(iam.create_access_key(UserName=name))


def environment(emulator: Emulator | None = None, credentials: Credentials | None = None) -> dict[str, str]:
    """The environment of a command: the project's tools first, and the emulator as AWS."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "CDK_"))}
    path = f"{Path(sys.executable).parent}{os.pathsep}{kept.get('PATH', '')}"
    found = {"PATH": path, "JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION": "1"}
    if emulator and credentials:
        found |= {
            "AWS_ENDPOINT_URL": emulator.endpoint_url,
            "AWS_ACCESS_KEY_ID": credentials.access_key_id,
            "AWS_SECRET_ACCESS_KEY": credentials.secret_access_key,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
        }
    return kept | found


def synthesize(policy: Path, out: Path) -> Path:
    """The cloud assembly of the project with a policy, as `cdk synth` makes it."""
    subprocess.run(
        [sys.executable, "app.py"],
        cwd=ROOT,
        env=environment()
        | {
            "CDK_OUTDIR": str(out),
            "CDK_CONTEXT_JSON": json.dumps({"policy": str(policy), "second_looks": LOOK_DELAYS}),
            "CDK_DEFAULT_ACCOUNT": ACCOUNT,
            "CDK_DEFAULT_REGION": REGION,
        },
        check=True,
        timeout=300,
    )
    return out


def _code() -> bytes:
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("index.py", "def handler(event, context):\n    return 'worked'\n")
    return code.getvalue()


def record_of_function(name: str, role: str, event_id: str, **fields: Any) -> dict[str, Any]:
    """CloudTrail's record of a function that a user made."""
    arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}"
    record = {
        "eventVersion": "1.11",
        "userIdentity": {
            "type": "IAMUser",
            "principalId": "AIDAEXAMPLE",
            "arn": f"arn:aws:iam::{ACCOUNT}:user/dana",
            "accountId": ACCOUNT,
            "userName": "dana",
        },
        "eventTime": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "eventSource": "lambda.amazonaws.com",
        "eventName": "CreateFunction20150331",
        "awsRegion": REGION,
        "sourceIPAddress": "198.51.100.7",
        "userAgent": "aws-cli/2.31.0",
        "requestParameters": {"functionName": name, "role": role},
        "responseElements": {"functionName": name, "functionArn": arn, "role": role},
        "eventID": event_id,
        "readOnly": False,
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": ACCOUNT,
        "eventCategory": "Management",
    }
    return record | fields
