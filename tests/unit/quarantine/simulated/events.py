"""CloudTrail's events of the passes in the simulated account."""

from typing import Any

from passrole.arn import Arn
from passrole.evidence import Evidence
from passrole.passes import Pass
from tests.unit.quarantine.simulated.account import GOOD, id_of, profile_of, role_of
from tests.unit.samples import ACCOUNT, create_function_record, envelope_of, evidence_of


class RolesAsPassed:
    """Evidence about the roles of the account."""

    def evidence(self, pass_: Pass) -> Evidence:
        value = pass_.role.value or ""
        role = role_of(value) if ":instance-profile/" in value else value
        return evidence_of(role, {"approved-for": "lambda"} if role == GOOD else {}, id_of(role))

    def with_administrator(self, pass_: Pass, evidence: Evidence) -> Evidence:
        return evidence


def pass_event(number: int, resource: str, role: str, at: str, by_role: str | None, *, creates: bool) -> str:
    """The envelope of a pass to a function or an instance; ``by_role`` made it, or a user."""
    arn = Arn.parse(resource)
    assert arn is not None
    name = arn.resource.removeprefix("function:").removeprefix("instance/")
    how = _of_function(name, resource, role, creates) if arn.service == "lambda" else _of_instance(name, role)
    if by_role is not None:
        how["userIdentity"] = _session(by_role)
    record = create_function_record(
        role, **how, eventID=f"{number:08}-1111-4111-8111-111111111111", eventTime=at
    )
    return envelope_of(record, source=f"aws.{arn.service}")


def _of_function(name: str, arn: str, role: str, creates: bool) -> dict[str, Any]:
    return {
        "eventName": "CreateFunction20150331" if creates else "UpdateFunctionConfiguration20150331v2",
        "requestParameters": {"functionName": name, "role": role},
        "responseElements": {"functionArn": arn, "role": role},
    }


def _of_instance(name: str, role: str) -> dict[str, Any]:
    profile = {"arn": profile_of(role), "id": "AIPAEXAMPLE"}
    association = {"associationId": name, "instanceId": name, "iamInstanceProfile": profile}
    return {
        "eventSource": "ec2.amazonaws.com",
        "eventName": "AssociateIamInstanceProfile",
        "requestParameters": {
            "AssociateIamInstanceProfileRequest": {
                "InstanceId": name,
                "IamInstanceProfile": {"Arn": profile_of(role)},
            }
        },
        "responseElements": {
            "AssociateIamInstanceProfileResponse": {"iamInstanceProfileAssociation": association}
        },
    }


def _session(role: str) -> dict[str, Any]:
    name = role.rpartition("/")[2]
    return {
        "type": "AssumedRole",
        "principalId": "AROAOPERATOR:sam",
        "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/{name}/sam",
        "accountId": ACCOUNT,
        "sessionContext": {
            "sessionIssuer": {"type": "Role", "arn": role, "accountId": ACCOUNT, "userName": name}
        },
    }
