"""The canary: a pass of the guard's own, made every few minutes, that must come out at the end of the chain.

It proves what no queue and no function can tell of itself: that CloudTrail records, that the rules match, and
that somebody judges. It gives a role that may do nothing to a rule that is switched off, matches nothing and
has no target. `PutRule` replaces all of a rule, and all of it is what it was: only the first call changes
something, by giving the rule its role. The template gives it none, so that no deployment passes a role.
"""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from passrole.arn import Arn
from passrole.passes import Outcome, Pass

if TYPE_CHECKING:
    from mypy_boto3_events.client import EventBridgeClient

DESCRIPTION = "PassRole Guardrail: the canary; it is switched off and has no target"
CALL = ("events.amazonaws.com", "PutRule")  # as CloudTrail names it
STATE: Final = "DISABLED"
# Nobody sends it. AWS's own sources begin with `aws.`.
PATTERN: dict[str, Any] = {"source": ["passrole-guardrail.canary"]}


@dataclass(frozen=True, slots=True)
class Canary:
    """Which pass is the canary's.

    Attributes:
        rule_arn: ARN of the rule that gets the role.
        role_arn: ARN of the role.
        passer_role_arn: ARN of the role that makes the call: that of `sweep`.
    """

    rule_arn: str
    role_arn: str
    passer_role_arn: str

    def is_its(self, pass_: Pass) -> bool:
        """Whether a pass is the canary's: all must fit, or it is a pass like any other."""
        rule = Arn.parse(self.rule_arn)
        return (
            rule is not None
            and pass_.outcome is Outcome.SUCCEEDED
            and pass_.event_time is not None
            and (pass_.event_source, pass_.event_name) == CALL
            and (pass_.account, pass_.region) == (rule.account, rule.region)
            and pass_.resources == (self.rule_arn,)
            and pass_.role.value == self.role_arn
            and pass_.passer.role_arn == self.passer_role_arn
            and pass_.passer.invoked_by is None
        )

    def send(self, events: "EventBridgeClient") -> None:
        """Makes the call.

        Raises:
            ClientError, BotoCoreError: it could not be made.
        """
        events.put_rule(
            Name=self.rule_arn.rpartition("/")[2],
            EventPattern=json.dumps(PATTERN),
            State=STATE,
            Description=DESCRIPTION,
            RoleArn=self.role_arn,
        )
