"""Evidence from live IAM: one GetRole a role, one GetInstanceProfile more where a profile was passed."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from passrole.clock import Clock, utc_now
from passrole.evidence.facts import Evidence, Unknown
from passrole.evidence.resolve import Description, gather
from passrole.passes import Pass

if TYPE_CHECKING:
    from mypy_boto3_iam.client import IAMClient


class LiveIam:
    """Reads roles of the account that ``iam`` is for. Answers tell the present, not the time of a pass."""

    def __init__(self, iam: "IAMClient", clock: Clock = utc_now) -> None:
        self._iam = iam
        self._clock = clock

    def evidence(self, pass_: Pass) -> Evidence:
        """Evidence about the role of a pass; what IAM does not answer is unknown."""
        return gather(self, pass_, self._clock)

    def role(self, name: str) -> Description | Unknown:
        return _answer("iam:GetRole", "role", lambda: self._iam.get_role(RoleName=name)["Role"])

    def instance_profile(self, name: str) -> Description | Unknown:
        return _answer(
            "iam:GetInstanceProfile",
            "instance profile",
            lambda: self._iam.get_instance_profile(InstanceProfileName=name)["InstanceProfile"],
        )


def _answer(action: str, what: str, ask: Callable[[], Any]) -> Description | Unknown:
    try:
        answer: Description = ask()
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "an error")
        if code == "NoSuchEntity":
            return Unknown(f"the {what} does not exist in IAM now")
        return Unknown(f"{action} failed: {code}")
    except BotoCoreError as error:
        return Unknown(f"{action} failed: {type(error).__name__}")
    return answer
