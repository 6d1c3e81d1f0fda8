"""``passrole doctor``: before a deployment, after it, and after somebody tampered with it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from passrole.cli.doctor.channels import email_checks
from passrole.cli.doctor.checks import Status
from passrole.cli.doctor.stack import function_checks
from passrole.clock import iso, utc_now
from passrole.ledger import Breaker, Ledger, Stopped, Switch
from tests.unit.cli.conftest import STACK, Cloud, Run
from tests.unit.cli.test_check import POLICY
from tests.unit.cli.test_doctor_trails import trail  # noqa: F401 - a fixture
from tests.unit.quarantine.world import make_function, make_role
from tests.unit.samples import ACCOUNT, REGION, create_ledger_table

File = Callable[..., Path]
SECRET_URL = "https://hooks.slack.com/services/T0/B0/secret"
TARGET = {"Id": "Guard", "Arn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:work"}


def make_rule(name: str, region: str = REGION) -> None:
    events = boto3.client("events", region_name=region)
    events.put_rule(Name=name, EventPattern='{"source": [{"prefix": "aws."}]}')
    events.put_targets(Rule=name, Targets=[TARGET])


@pytest.fixture
def guard(cloud: Cloud, trail: Callable[..., Any]) -> dict[str, str]:  # noqa: F811
    """A deployed guard that is well; returns its outputs."""
    trail()
    for name in ("rule-1", "rule-2"):
        make_rule(name)
    topic = boto3.client("sns").create_topic(Name="alerts")["TopicArn"]
    boto3.client("sns").subscribe(TopicArn=topic, Protocol="email", Endpoint="security@example.com")
    boto3.client("secretsmanager").create_secret(Name="slack", SecretString=SECRET_URL)
    make_function(make_role("guard"), concurrency=None)
    boto3.client("sqs").create_queue(QueueName="dead")
    for mapping in boto3.client("lambda").list_event_source_mappings()["EventSourceMappings"]:
        boto3.client("lambda").update_event_source_mapping(UUID=mapping["UUID"], Enabled=True)
    create_ledger_table(boto3.client("dynamodb"))
    ledger = Ledger("ledger", boto3.client("dynamodb"))
    ledger.note_canary(iso(utc_now()), utc_now())
    ledger.begin_policy_judgement("0123456789ab", iso(utc_now()))
    outputs = {
        "AlertsTopicArn": topic,
        "CanaryRuleName": "canary",
        "DetectFunctionName": "orders",
        "EmailQueueUrl": "unused",
        "IntakeDeadLetterQueueUrl": boto3.client("sqs").get_queue_url(QueueName="dead")["QueueUrl"],
        "LedgerTable": "ledger",
        "RuleNames": "rule-1,rule-2",
        "SlackQueueUrl": "unused",
        "SlackSecretId": "slack",
    }
    cloud.deploy(outputs)
    return outputs


def statuses(run: Run, *args: str) -> dict[str, str]:
    return {row["check"]: row["status"] for row in run("doctor", "--json", *args).rows}


def test_a_guard_that_is_well_is_said_to_be_so(run: Run, guard: dict[str, str]) -> None:
    ran = run("doctor")

    assert ran.status == 0
    assert set(statuses(run).values()) == {"fine"}
    assert list(statuses(run)) == [
        "credentials",
        f"trail {REGION}",
        "IAM's events",
        "stack",
        f"rules {REGION}",
        "function detect",
        "channels",
        "e-mail",
        "Slack secret",
        "dead letters intake",
        "canary",
        "judgement",
        "quarantine",
    ]
    assert ran.out.count("✓") == 13
    assert ran.out.endswith("\n13 fine\n")
    assert "news goes out by email, slack\n" in ran.out


def test_containment_that_has_stopped_is_told(run: Run, guard: dict[str, str]) -> None:
    ledger = Ledger("ledger", boto3.client("dynamodb"))
    tripped = Breaker(Stopped.ALL, "a storm", "2026-11-22T12:00:00.000Z")
    assert ledger.change_breaker(tripped, Breaker())
    assert statuses(run)["quarantine"] == "wrong"
    assert "a storm" in run("doctor").out

    ledger.turn_switch(Switch(False, "sam", "an incident", "2026-11-22T12:00:00.000Z"))

    assert statuses(run)["quarantine"] == "doubtful"


def test_before_a_deployment_the_trail_is_what_counts(
    run: Run,
    cloud: Cloud,
    trail: Callable[..., Any],  # noqa: F811
) -> None:
    without = run("doctor")
    trail()
    ran = run("doctor")

    assert without.status == 1
    assert ran.status == 0
    assert f"{STACK} is not deployed in {REGION}" in ran.out


def disable_rule(_: dict[str, str]) -> None:
    boto3.client("events").disable_rule(Name="rule-2")


def delete_rule(_: dict[str, str]) -> None:
    boto3.client("events").remove_targets(Rule="rule-2", Ids=["Guard"])
    boto3.client("events").delete_rule(Name="rule-2")


def remove_targets(_: dict[str, str]) -> None:
    boto3.client("events").remove_targets(Rule="rule-2", Ids=["Guard"])


def throttle_function(_: dict[str, str]) -> None:
    boto3.client("lambda").put_function_concurrency(FunctionName="orders", ReservedConcurrentExecutions=0)


def disable_mapping(_: dict[str, str]) -> None:
    client = boto3.client("lambda")
    mapping = client.list_event_source_mappings(FunctionName="orders")["EventSourceMappings"][0]
    client.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)


def delete_function(_: dict[str, str]) -> None:
    boto3.client("lambda").delete_function(FunctionName="orders")


def fill_dead_letters(outputs: dict[str, str]) -> None:
    boto3.client("sqs").send_message(QueueUrl=outputs["IntakeDeadLetterQueueUrl"], MessageBody="lost")


def spoil_secret(_: dict[str, str]) -> None:
    boto3.client("secretsmanager").put_secret_value(
        SecretId="slack", SecretString="http://example.com/hidden"
    )


def delete_secret(_: dict[str, str]) -> None:
    boto3.client("secretsmanager").delete_secret(SecretId="slack", ForceDeleteWithoutRecovery=True)


def stop_trail(_: dict[str, str]) -> None:
    boto3.client("cloudtrail").stop_logging(Name="main")


@pytest.mark.parametrize(
    ("tamper", "check", "says"),
    [
        (disable_rule, f"rules {REGION}", "rule-2: it is switched off"),
        (delete_rule, f"rules {REGION}", "rule-2: it is gone"),
        (remove_targets, f"rules {REGION}", "rule-2: it has no target"),
        (throttle_function, "function detect", "its reserved concurrency is 0"),
        (disable_mapping, "function detect", "event source mapping"),
        (delete_function, "function detect", "orders is gone"),
        (fill_dead_letters, "dead letters intake", "1 message was not handled"),
        (fill_dead_letters, "dead letters intake", "`passrole redrive intake` returns them"),
        (spoil_secret, "Slack secret", "holds no webhook URL"),
        (delete_secret, "Slack secret", "no secret slack with a value"),
        (stop_trail, f"trail {REGION}", "logging is switched off"),
    ],
)
def test_what_was_tampered_with_is_wrong(
    run: Run, guard: dict[str, str], tamper: Callable[[dict[str, str]], None], check: str, says: str
) -> None:
    tamper(guard)

    ran = run("doctor")

    assert ran.status == 1
    assert statuses(run)[check] == "wrong"
    assert says in ran.out
    assert "✗" in ran.out
    assert "→" in ran.out


def test_the_webhooks_url_is_never_shown(run: Run, guard: dict[str, str]) -> None:
    well = run("doctor").out + run("doctor", "--json").out
    spoil_secret(guard)
    spoilt = run("doctor").out + run("doctor", "--json").out

    assert SECRET_URL not in well
    assert "hidden" not in spoilt


@pytest.mark.parametrize(
    ("operation", "check"),
    [
        ("DescribeTrails", "trails"),
        ("DescribeStacks", "stack"),
        ("DescribeRule", "rules"),
        ("GetFunctionConfiguration", "function detect"),
        ("ListSubscriptionsByTopic", "e-mail"),
        ("GetSecretValue", "Slack secret"),
        ("GetQueueAttributes", "dead letters intake"),
    ],
)
def test_what_may_not_be_seen_is_unknown_and_not_fine(
    run: Run, cloud: Cloud, guard: dict[str, str], operation: str, check: str
) -> None:
    cloud.denied.add(operation)

    ran = run("doctor")

    assert ran.status == 1
    assert statuses(run)[check] == "unknown"
    assert f"unknown: not allowed to see it ({operation})" in ran.out


def test_without_credentials_it_stops_at_once(run: Run, cloud: Cloud) -> None:
    cloud.denied.add("GetCallerIdentity")

    assert statuses(run) == {"credentials": "wrong"}


@pytest.mark.parametrize(
    ("state", "status"),
    [
        ("UPDATE_COMPLETE", "fine"),
        ("UPDATE_IN_PROGRESS", "doubtful"),
        ("UPDATE_ROLLBACK_COMPLETE", "doubtful"),
        ("ROLLBACK_COMPLETE", "wrong"),
        ("DELETE_FAILED", "wrong"),
    ],
)
def test_the_stacks_state_is_judged(
    run: Run, cloud: Cloud, guard: dict[str, str], state: str, status: str
) -> None:
    cloud.deploy(guard, status=state)

    assert statuses(run)["stack"] == status


def test_each_further_region_of_the_policy_is_checked(
    run: Run, file: File, cloud: Cloud, guard: dict[str, str]
) -> None:
    file("guardrail.yaml", POLICY, f"regions: [eu-west-1, eu-west-2, {REGION}]\n")
    make_rule("far-rule", "eu-west-1")
    cloud.deploy({}, f"{STACK}-eu-west-1", "eu-west-1")
    cloud.resources["eu-west-1", f"{STACK}-eu-west-1"] = [
        {
            "LogicalResourceId": "Rule",
            "PhysicalResourceId": "far-rule",
            "ResourceType": "AWS::Events::Rule",
            "LastUpdatedTimestamp": 0,
            "ResourceStatus": "CREATE_COMPLETE",
        }
    ]

    found = statuses(run)

    assert (found["policy"], found["trail eu-west-1"], found["trail eu-west-2"]) == ("fine", "fine", "fine")
    assert (found["stack eu-west-1"], found["rules eu-west-1"]) == ("fine", "fine")
    assert found["stack eu-west-2"] == "wrong"
    boto3.client("events", region_name="eu-west-1").disable_rule(Name="far-rule")
    assert statuses(run)["rules eu-west-1"] == "wrong"


def test_the_doctor_knows_what_the_policy_leaves_out(
    run: Run, file: File, cloud: Cloud, guard: dict[str, str]
) -> None:
    boto3.client("cloudtrail").put_event_selectors(
        TrailName="main",
        EventSelectors=[
            {"IncludeManagementEvents": True, "ExcludeManagementEventSources": ["rds.amazonaws.com"]}
        ],
    )
    assert statuses(run)[f"trail {REGION}"] == "wrong"

    file("guardrail.yaml", POLICY, "catalogue: {leave_out: [rds.amazonaws.com]}\n")

    assert statuses(run)[f"trail {REGION}"] == "fine"


def test_a_policy_with_mistakes_is_wrong_and_one_that_is_not_there_is_bad_usage(
    run: Run, file: File, guard: dict[str, str]
) -> None:
    file("guardrail.yaml", "version: 1\n")

    assert statuses(run)["policy"] == "wrong"
    missing = run("doctor", "--policy", "nowhere.yaml")
    assert missing.status == 2
    assert missing.err == "nowhere.yaml: cannot be read: No such file or directory\n"


def test_nobody_to_tell_is_doubtful(run: Run, cloud: Cloud, guard: dict[str, str]) -> None:
    topic = boto3.client("sns").create_topic(Name="silent")["TopicArn"]
    cloud.deploy({"AlertsTopicArn": topic, "RuleNames": "rule-1"})

    assert statuses(run)["alerts"] == "doubtful"


def test_an_address_that_has_not_confirmed_is_wrong(aws: None) -> None:
    sns, topic = boto3.client("sns"), f"arn:aws:sns:{REGION}:{ACCOUNT}:alerts"
    subscription = {
        "Protocol": "email",
        "Endpoint": "a@example.com",
        "SubscriptionArn": "PendingConfirmation",
    }
    with Stubber(sns) as stub:
        stub.add_response(
            "list_subscriptions_by_topic", {"Subscriptions": [subscription]}, {"TopicArn": topic}
        )

        (check,) = email_checks(lambda *_: sns, REGION, topic, has_others=False)

    assert check.status is Status.WRONG
    assert check.found == "a@example.com has not confirmed: it gets nothing"


@pytest.mark.parametrize(
    "configuration",
    [
        {"State": "Failed", "StateReason": "no such key"},
        {"State": "Active", "LastUpdateStatus": "Failed", "LastUpdateStatusReason": "no such key"},
    ],
)
def test_a_function_that_cannot_run_is_wrong(aws: None, configuration: dict[str, str]) -> None:
    client = boto3.client("lambda")
    with Stubber(client) as stub:
        stub.add_response("get_function_configuration", configuration, {"FunctionName": "f"})

        (check,) = function_checks(lambda *_: client, REGION, {"DetectFunctionName": "f"})

    assert check.status is Status.WRONG
    assert "no such key" in check.found


def test_names_in_checks_are_shown_and_not_obeyed(run: Run, cloud: Cloud, guard: dict[str, str]) -> None:
    cloud.deploy({"RuleNames": "\x1b[31m[red]"})

    ran = run("doctor")

    assert "\x1b" not in ran.out
    assert r"\x1b[31m[red]: " in ran.out
