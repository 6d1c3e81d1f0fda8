"""Deploying an assembly to a running emulator."""

import json
from pathlib import Path
from typing import Any

import pytest

from passrole.emulator import DeploymentError, Emulator, deploy

BUCKET = "cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}"
BOUNDARY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}
    ],
}
TEMPLATE: dict[str, Any] = {
    "Parameters": {
        "BootstrapVersion": {
            "Type": "AWS::SSM::Parameter::Value<String>",
            "Default": "/cdk-bootstrap/hnb659fds/version",
        }
    },
    "Resources": {
        "Boundary": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": BOUNDARY}},
        "Role": {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "AssumeRolePolicyDocument": TRUST,
                "PermissionsBoundary": {"Ref": "Boundary"},
            },
        },
        "Function": {
            "Type": "AWS::Lambda::Function",
            "Properties": {
                "Runtime": "python3.13",
                "Handler": "greet.handler",
                "Role": {"Fn::GetAtt": ["Role", "Arn"]},
                "Code": {"S3Bucket": {"Fn::Sub": BUCKET}, "S3Key": "code.zip"},
            },
        },
    },
    "Outputs": {"Function": {"Value": {"Ref": "Function"}}, "Role": {"Value": {"Ref": "Role"}}},
}


def write_assembly(folder: Path, stack_name: str, template: dict[str, Any]) -> Path:
    (folder / "asset.code").mkdir(exist_ok=True)
    (folder / "asset.code" / "greet.py").write_text("def handler(event, context): return 'hello'")
    properties = {"templateFile": "stack.json", "stackName": stack_name}
    artifact = {"type": "aws:cloudformation:stack", "properties": properties}
    asset = {
        "source": {"path": "asset.code", "packaging": "zip"},
        "destinations": {"here": {"bucketName": BUCKET, "objectKey": "code.zip"}},
    }
    (folder / "manifest.json").write_text(json.dumps({"artifacts": {"Stack": artifact}}))
    (folder / "Stack.assets.json").write_text(json.dumps({"files": {"code": asset}}))
    (folder / "stack.json").write_text(json.dumps(template))
    return folder


def test_a_stack_is_deployed_with_its_assets_and_answers_with_its_outputs(
    emulator: Emulator, tmp_path: Path
) -> None:
    outputs = deploy(emulator, write_assembly(tmp_path, "greeting", TEMPLATE), "Stack")

    answer = emulator.client("lambda").invoke(FunctionName=outputs["Function"])
    assert json.loads(answer["Payload"].read()) == "hello"
    role = emulator.client("iam").get_role(RoleName=outputs["Role"])["Role"]
    assert ":policy/greeting-Boundary" in role["PermissionsBoundary"]["PermissionsBoundaryArn"]


def test_deploying_again_changes_nothing_or_what_is_new(emulator: Emulator, tmp_path: Path) -> None:
    assembly = write_assembly(tmp_path, "again", TEMPLATE)
    first = deploy(emulator, assembly, "again")

    assert deploy(emulator, assembly, "again") == first

    changed = json.loads(json.dumps(TEMPLATE))
    changed["Resources"]["Function"]["Properties"]["Timeout"] = 21
    changed["Metadata"] = {"Padding": "x" * 51_200}  # more than a TemplateBody may have
    deploy(emulator, write_assembly(tmp_path, "again", changed), "again")
    functions = emulator.client("lambda")
    assert functions.get_function_configuration(FunctionName=first["Function"])["Timeout"] == 21


def test_a_failure_names_the_resource_and_the_reason(emulator: Emulator, tmp_path: Path) -> None:
    bad = {"Type": "AWS::SQS::Queue", "Properties": {"VisibilityTimeout": -5}}
    template = {"Resources": {"Broken": bad}}

    with pytest.raises(DeploymentError) as failed:
        deploy(emulator, write_assembly(tmp_path, "broken", template), "Stack")

    assert "Broken (AWS::SQS::Queue): Invalid value for the parameter VisibilityTimeout" in str(failed.value)


def test_a_resource_type_that_the_emulator_lacks_is_named(emulator: Emulator, tmp_path: Path) -> None:
    template = {"Resources": {"Strange": {"Type": "AWS::Strange::Thing", "Properties": {}}}}

    with pytest.raises(DeploymentError, match="AWS::Strange::Thing"):
        deploy(emulator, write_assembly(tmp_path, "strange", template), "Stack")
