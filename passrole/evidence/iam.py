"""Evidence from live IAM: one GetRole a role, one GetInstanceProfile more where a profile was passed.

What conditions and findings want beyond the role itself costs further requests, and is asked for only then.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from passrole.clock import Clock, iso, parse_time, utc_now
from passrole.evidence.answers import Answers
from passrole.evidence.facts import Evidence, Unknown
from passrole.evidence.resolve import gather, with_administrator
from passrole.evidence.source import Description
from passrole.evidence.wanted import NOTHING, Wanted
from passrole.passes import Pass

if TYPE_CHECKING:
    from mypy_boto3_iam.client import IAMClient

T = TypeVar("T")
_RESOLUTION = timedelta(seconds=1)  # of a record's time
_PATIENCE = timedelta(seconds=10)  # with what only a finding wants
_SETTLED = ("AccessDenied", "NoSuchEntity")  # which the client does not try again


class LiveIam:
    """Reads roles of the account that ``iam`` is for. Answers tell the present, not the time of a pass.

    Args:
        answers: the memory of what was read, if not that of a minute.
    """

    def __init__(
        self,
        iam: "IAMClient",
        clock: Clock = utc_now,
        wanted: Wanted = NOTHING,
        answers: Answers | None = None,
    ) -> None:
        self._iam = iam
        self._clock = clock
        self._wanted = wanted
        self._answers = answers or Answers(clock)

    def evidence(self, pass_: Pass) -> Evidence:
        """Evidence about the role of a pass and its passer; what IAM does not answer is unknown.

        Answers are kept for a minute, and serve the passes that were made before they were read.
        """
        began = self._clock()
        questions = _Questions(self._iam, self._answers, _not_before(pass_, began))
        evidence = gather(questions, pass_, self._clock, self._wanted)
        if evidence.may_change:
            # The pass will be looked at again, and IAM may then tell more about what it answered, too.
            self._answers.forget(questions.moments)
        return replace(evidence, observed_at=iso(min((began, *questions.moments.values()))))

    def with_administrator(self, pass_: Pass, evidence: Evidence) -> Evidence:
        """The evidence, with whether the role is an administrator; what IAM does not answer is unknown.

        A finding waits for it: once the client has given a request up, or it took too long, no further one
        is made.
        """
        began = self._clock()
        questions = _Questions(
            self._iam, self._answers, _not_before(pass_, began), lambda: self._clock() - began > _PATIENCE
        )
        evidence = with_administrator(questions, evidence)
        return replace(
            evidence, observed_at=min((evidence.observed_at, *map(iso, questions.moments.values())))
        )


class _Questions:
    """What one pass asks; ``moments`` are those of the answers, by their keys.

    Without ``is_late``, a request that failed does not keep the others from being made. With it, the first
    that the client gave up does, and so does that it is late.
    """

    def __init__(
        self,
        iam: "IAMClient",
        answers: Answers,
        not_before: datetime,
        is_late: Callable[[], bool] | None = None,
    ) -> None:
        self._iam = iam
        self._answers = answers
        self._not_before = not_before
        self._is_late = is_late
        self._given_up: Unknown | None = None
        self.moments: dict[tuple[str, ...], datetime] = {}

    def role(self, name: str) -> Description | Unknown:
        # What GetRole does not tell of the last use, IAM does not know.
        never_used: Description = {"RoleLastUsed": {}}
        return self._ask(
            "GetRole", "role", (name,), lambda: {**never_used, **self._iam.get_role(RoleName=name)["Role"]}
        )

    def instance_profile(self, name: str) -> Description | Unknown:
        return self._ask(
            "GetInstanceProfile",
            "instance profile",
            (name,),
            lambda: self._iam.get_instance_profile(InstanceProfileName=name)["InstanceProfile"],
        )

    def user(self, name: str) -> Description | Unknown:
        return self._ask("GetUser", "user", (name,), lambda: self._iam.get_user(UserName=name)["User"])

    def attached_policies(self, role: str) -> Sequence[str] | Unknown:
        def ask() -> Sequence[str]:
            pages = self._iam.get_paginator("list_attached_role_policies").paginate(RoleName=role)
            return [policy["PolicyArn"] for page in pages for policy in page["AttachedPolicies"]]

        return self._ask("ListAttachedRolePolicies", "role", (role,), ask)

    def inline_policies(self, role: str) -> Sequence[str] | Unknown:
        def ask() -> Sequence[str]:
            pages = self._iam.get_paginator("list_role_policies").paginate(RoleName=role)
            return [name for page in pages for name in page["PolicyNames"]]

        return self._ask("ListRolePolicies", "role", (role,), ask)

    def managed_policy(self, arn: str) -> object:
        policy = self._ask("GetPolicy", "policy", (arn,), lambda: self._iam.get_policy(PolicyArn=arn))
        if isinstance(policy, Unknown):
            return policy
        version = policy["Policy"]["DefaultVersionId"]
        return self._ask(
            "GetPolicyVersion",
            "policy's version",
            (arn, version),
            lambda: self._iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"][
                "Document"
            ],
        )

    def inline_policy(self, role: str, name: str) -> object:
        return self._ask(
            "GetRolePolicy",
            "inline policy",
            (role, name),
            lambda: self._iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"],
        )

    def _ask(self, operation: str, what: str, names: tuple[str, ...], ask: Callable[[], T]) -> T | Unknown:
        if self._is_late:
            if self._given_up is None and self._is_late():
                self._given_up = Unknown(f"IAM took more than {_PATIENCE.seconds} seconds to tell it")
            if self._given_up:
                return self._given_up
        key = (operation, *names)
        try:
            self.moments[key], answer = self._answers.answer(key, self._not_before, ask)
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "an error")
            if code == "NoSuchEntity":
                return Unknown(f"the {what} does not exist in IAM now", gone=True)
            failed = Unknown(f"iam:{operation} failed: {code}", failed=True)
            if code not in _SETTLED:
                self._given_up = failed
            return failed
        except BotoCoreError as error:
            self._given_up = Unknown(f"iam:{operation} failed: {type(error).__name__}", failed=True)
            return self._given_up
        return answer


def _not_before(pass_: Pass, began: datetime) -> datetime:
    """The first moment at which an answer is surely about what there was after the pass.

    What was read for this very pass always counts.
    """
    if pass_.event_time is None:
        return began
    return min(parse_time(pass_.event_time) + _RESOLUTION, began)
