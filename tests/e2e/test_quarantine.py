"""The whole chain on the deployed template: a pass is caught, told, contained, and given back."""

import pytest
from botocore.exceptions import ClientError

from passrole.finding import State
from passrole.policy import Decision
from tests.e2e.deployment import FORWARDED_REGION, Deployment

pytestmark = pytest.mark.e2e


def test_an_unapproved_role_for_a_function_is_told_and_contained_and_released(deployment: Deployment) -> None:
    dana = deployment.user("dana", "lambda:*", "iam:PassRole")
    role = deployment.role("deployer")

    deployment.function("checkout", role, dana)

    finding = deployment.finding_on("function:checkout", State.CONTAINED)
    assert deployment.concurrency("checkout") == 0
    assert finding.passer.arn == f"arn:aws:iam::{deployment.emulator.account}:user/dana"
    with pytest.raises(ClientError, match="TooManyRequests"):
        deployment.emulator.client("lambda").invoke(FunctionName="checkout")
    deployment.settle()
    told = [message.text for message in deployment.slack.about(finding.id)]
    assert len(told) == 2, "the alert, and that the function is contained"

    released = deployment.command("findings", "release", finding.id, "--yes", "--reason", "it was a drill")

    assert released.returncode == 0, released.stderr
    assert deployment.concurrency("checkout") is None
    history = deployment.ledger.history(finding.id)
    assert [step.news for step in history] == ["opened", "contained", "released"]
    assert history[-1].why == "it was a drill"


def test_an_approved_role_is_recorded_and_disturbs_nobody(deployment: Deployment) -> None:
    role = deployment.role("billing", "/application_role/", approved_for="lambda")

    function = deployment.function("billing", role)

    judged = deployment.wait(lambda: deployment.pass_of(role), "the pass")
    assert judged["verdict"] == Decision.APPROVED
    deployment.settle()
    assert deployment.findings_on(function) == []
    assert deployment.slack.about("function:billing") == []
    assert deployment.concurrency("billing") is None


def test_the_right_path_with_the_wrong_tags_is_a_violation_and_says_why(deployment: Deployment) -> None:
    role = deployment.role("reports", "/application_role/", approved_for="glue")

    deployment.function("reports", role)

    finding = deployment.finding_on("function:reports", State.CONTAINED)
    assert "glue" in " ".join(finding.reasons)


def test_a_new_role_on_an_approved_function_is_caught(deployment: Deployment) -> None:
    good = deployment.role("mail", "/application_role/", approved_for="lambda")
    deployment.function("mail", good)
    bad = deployment.role("mail-admin")

    deployment.emulator.client("lambda").update_function_configuration(FunctionName="mail", Role=bad)

    finding = deployment.finding_on("function:mail", State.CONTAINED)
    assert finding.role == bad
    assert deployment.concurrency("mail") == 0


def test_the_event_sources_of_a_function_are_paused_and_resumed(deployment: Deployment) -> None:
    emulator, role = (
        deployment.emulator,
        deployment.role("worker", "/application_role/", approved_for="lambda"),
    )
    sqs, client = emulator.client("sqs"), emulator.client("lambda")
    deployment.function("worker", role)
    queue = sqs.create_queue(QueueName="jobs")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    mapping = client.create_event_source_mapping(FunctionName="worker", EventSourceArn=arn)["UUID"]
    client.put_function_concurrency(FunctionName="worker", ReservedConcurrentExecutions=3)

    client.update_function_configuration(FunctionName="worker", Role=deployment.role("worker-admin"))

    finding = deployment.finding_on("function:worker", State.CONTAINED)
    assert client.get_event_source_mapping(UUID=mapping)["State"] in ("Disabling", "Disabled")
    assert deployment.concurrency("worker") == 0
    released = deployment.command("findings", "release", finding.id, "--yes", "--reason", "agreed")
    assert released.returncode == 0, released.stderr
    assert client.get_event_source_mapping(UUID=mapping)["State"] in ("Enabling", "Enabled")
    assert deployment.concurrency("worker") == 3


def test_an_instance_loses_its_profile_and_the_release_is_not_caught(deployment: Deployment) -> None:
    iam, ec2 = deployment.emulator.client("iam"), deployment.emulator.client("ec2")
    role = deployment.role("bastion", service="ec2")
    iam.create_instance_profile(InstanceProfileName="bastion-hosts")
    iam.add_role_to_instance_profile(InstanceProfileName="bastion-hosts", RoleName="bastion")

    answer = ec2.run_instances(
        ImageId="ami-0123456789abcdef0",
        MinCount=1,
        MaxCount=1,
        IamInstanceProfile={"Name": "bastion-hosts"},
    )

    instance = answer["Instances"][0]["InstanceId"]
    finding = deployment.finding_on(instance, State.CONTAINED)
    assert finding.role == role, "the role in the profile, not the profile's name"
    assert _profiles_of(deployment, instance) == []

    released = deployment.command(
        "findings", "release", finding.id, "--yes", "--reason", "agreed with the team"
    )
    assert released.returncode == 0, released.stderr
    assert [arn.rpartition("/")[2] for arn in _profiles_of(deployment, instance)] == ["bastion-hosts"]

    deployment.settle()
    [present] = deployment.findings_on(instance)
    assert present.state is State.RELEASED, "the guard recognised its own release"
    assert len(_profiles_of(deployment, instance)) == 1


def test_a_denied_pass_is_told_though_its_record_names_no_parameters(deployment: Deployment) -> None:
    eve = deployment.user("eve", "lambda:CreateFunction")
    role = deployment.role("admin")

    with pytest.raises(ClientError, match="iam:PassRole"):
        deployment.function("backdoor", role, eve)

    finding = deployment.wait(
        lambda: next((f for f in deployment.ledger.findings() if f.outcome == "denied"), None),
        "a finding on the attempt",
    )
    assert (finding.role, finding.decision, finding.resource) == (role, Decision.VIOLATION, None)
    deployment.wait(lambda: deployment.slack.about(finding.id), "an alert")


def test_a_pass_in_a_further_region_is_forwarded_home_and_contained_there(deployment: Deployment) -> None:
    role = deployment.role("abroad")

    function = deployment.function("abroad", role, region=FORWARDED_REGION)

    finding = deployment.finding_on("function:abroad", State.CONTAINED)
    assert (finding.resource, finding.region) == (function, FORWARDED_REGION)
    assert deployment.concurrency("abroad", FORWARDED_REGION) == 0


def _profiles_of(deployment: Deployment, instance: str) -> list[str]:
    associations = deployment.emulator.client("ec2").describe_iam_instance_profile_associations(
        Filters=[{"Name": "instance-id", "Values": [instance]}]
    )["IamInstanceProfileAssociations"]
    held = ("associating", "associated")
    return [a["IamInstanceProfile"]["Arn"] for a in associations if a["State"] in held]
