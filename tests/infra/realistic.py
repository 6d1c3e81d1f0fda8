"""What CloudFormation makes of a template, with the longest names that it gives: for limits of size."""

import json
import re
from typing import Any

from tests.infra.stack_template import StackTemplate, text

_PSEUDO = {
    "AWS::AccountId": "111122223333",
    "AWS::Partition": "aws-us-gov",
    "AWS::Region": "ap-southeast-2",
    "AWS::StackName": "x" * 20,
    "AWS::URLSuffix": "amazonaws.com.cn",
}
_HERE = "ap-southeast-2:111122223333"
# ARNs, and names of the services' greatest lengths but the table's: <stack>-<logical id>-<12 characters>.
_ARNS = {
    "AWS::DynamoDB::Table": f"arn:aws-us-gov:dynamodb:{_HERE}:table/{'x' * 80}",
    "AWS::Events::Rule": f"arn:aws-us-gov:events:{_HERE}:rule/{'x' * 64}",
    "AWS::IAM::Role": f"arn:aws-us-gov:iam::111122223333:role/passrole-guardrail/{'x' * 64}",
    "AWS::KMS::Key": f"arn:aws-us-gov:kms:{_HERE}:key/{'x' * 36}",
    "AWS::Lambda::Function": f"arn:aws-us-gov:lambda:{_HERE}:function:{'x' * 64}",
    "AWS::Logs::LogGroup": f"arn:aws-us-gov:logs:{_HERE}:log-group:{'x' * 80}",
    "AWS::SNS::Topic": f"arn:aws-us-gov:sns:{_HERE}:{'x' * 80}",
    "AWS::SQS::Queue": f"arn:aws-us-gov:sqs:{_HERE}:{'x' * 80}",
}
_REFS = {
    "AWS::DynamoDB::Table": "x" * 80,
    "AWS::KMS::Key": "x" * 36,
    "AWS::Lambda::LayerVersion": f"arn:aws-us-gov:lambda:{_HERE}:layer:{'x' * 140}:99",
    "AWS::SNS::Topic": _ARNS["AWS::SNS::Topic"],
    "AWS::SQS::Queue": f"https://sqs.ap-southeast-2.amazonaws.com.cn/111122223333/{'x' * 80}",
}


def size_of(document: Any, stack: StackTemplate) -> int:
    """Characters of a policy document: IAM counts no white space."""
    return len(json.dumps(resolve(document, stack), separators=(",", ":")))


def resolve(value: Any, stack: StackTemplate) -> Any:
    """A value of a template with its intrinsic functions carried out."""
    if isinstance(value, list):
        return [resolve(one, stack) for one in value]
    if isinstance(value, dict) and not (len(value) == 1 and next(iter(value)).startswith(("Ref", "Fn::"))):
        return {key: resolve(one, stack) for key, one in value.items()}
    if not isinstance(value, str | dict):
        return value
    return re.sub(r"\$\{([^}]+)\}", lambda found: _named(found[1], stack), text(value))


def _named(name: str, stack: StackTemplate) -> str:
    if name in _PSEUDO:
        return _PSEUDO[name]
    logical_id, _, attribute = name.partition(".")
    kind = stack.template["Resources"][logical_id]["Type"]
    return _ARNS[kind] if attribute == "Arn" else _REFS[kind]
