"""What IAM tells now, each answer asked for once: the same for all passes, and for both policies."""

from datetime import datetime

from passrole.arn import partition_of, region_of_global
from passrole.cli.aws import open_session
from passrole.cli.judging import wanted_by
from passrole.clock import utc_now
from passrole.evidence.answers import Answers
from passrole.evidence.iam import LiveIam
from passrole.policy import CompiledPolicy

_MOST = 20_000  # answers: an account has 10,000 roles at most, and those that are asked about lie together


def iam_now(region: str | None, *policies: CompiledPolicy) -> LiveIam:
    """Evidence as of this moment, with the caller's credentials.

    Raises:
        InputError: no region is given anywhere.
    """
    session = open_session(region)
    iam = session.client("iam", region_name=region_of_global(partition_of(session.region_name)))
    began = utc_now()

    def clock() -> datetime:
        return began  # it stands, so that no answer grows old

    return LiveIam(iam, clock, wanted_by(*policies), Answers(clock, most=_MOST))
