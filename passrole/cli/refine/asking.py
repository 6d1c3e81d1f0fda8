"""What AWS is asked about a role; throttled requests are tried again."""

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

import click

from passrole.arn import IamArn, partition_of, region_of_global
from passrole.cli.aws import aws_errors, code_of, explain, open_session
from passrole.cli.errors import BAD_INPUT, InputError
from passrole.cli.progress import Progress
from passrole.cli.refine.result import Analysis, Failure
from passrole.refine.accessed import LastAccessed, ReportError, last_accessed_of
from passrole.refine.analyzer import analyzers_of
from passrole.refine.report import FailedError, UnfinishedError, answers, begin
from passrole.refine.role import LiveRole, Role, read_role

if TYPE_CHECKING:
    import boto3
    from mypy_boto3_iam.client import IAMClient

_UNFINISHED = 3
_TRIES = 8


class Aws:
    """AWS with the caller's own credentials; nothing is asked before a method is called."""

    def __init__(self, region: str | None) -> None:
        self._region = region

    def role(self, name: str) -> Role:
        """The role of that name.

        Raises:
            InputError, UnreadError: there is none, or not all of it could be read.
        """
        with aws_errors():
            return read_role(LiveRole(self._iam), name)

    def begin(self, role: IamArn) -> str:
        """Begins the report of a role; its job id."""
        with aws_errors():
            return begin(self._iam, str(role))

    def analysis(self, role: IamArn) -> Analysis:
        """What IAM Access Analyzer found about a role; that it did not answer is no failure."""
        from botocore.exceptions import BotoCoreError, ClientError

        region = str(self._session.region_name)
        try:
            client = self._client("accessanalyzer", region)
            return Analysis(region, analyzers_of(client, str(role)))
        except (ClientError, BotoCoreError) as error:
            return Analysis(region, unread=explain(error))

    def report(self, job: str, role: IamArn, seconds: int) -> LastAccessed | Failure:
        """The report of a job, or why there is none.

        Raises:
            InputError: AWS does not answer, or the job is about another role.
        """
        go_on = f"with the same credentials: passrole refine {role.name} --job {job}"
        try:
            return last_accessed_of(self._answers(job, seconds), str(role))
        except UnfinishedError:
            return Failure(
                f"IAM's report is not finished after {seconds} seconds; go on {go_on}", _UNFINISHED
            )
        except FailedError as error:
            return Failure(f"IAM could not make its report (job {job}): {error}", BAD_INPUT)
        except ReportError as error:
            raise InputError(f"job {job}: {error}") from None
        except KeyboardInterrupt:
            click.echo(f"IAM goes on with its report; to go on {go_on}", err=True)
            raise

    def _answers(self, job: str, seconds: int) -> list[Mapping[str, Any]]:
        from botocore.exceptions import ClientError

        with aws_errors(), Progress() as progress:
            try:
                return answers(self._iam, job, seconds, lambda waited: _show(progress, waited))
            except ClientError as error:
                if code_of(error) != "NoSuchEntity":
                    raise
                why = "only who began it can read it, and a role in the same session alone"
                raise InputError(f"IAM has no report {job} for these credentials: {why}") from None

    @cached_property
    def _session(self) -> "boto3.Session":
        return open_session(self._region)

    @cached_property
    def _iam(self) -> "IAMClient":
        client: IAMClient = self._client("iam", region_of_global(partition_of(self._session.region_name)))
        return client

    def _client(self, service: str, region: str) -> Any:
        from botocore.config import Config

        make: Any = self._session.client  # its types are overloads on literal names
        retries = Config(retries={"mode": "standard", "total_max_attempts": _TRIES})
        return make(service, region_name=region, config=retries)


def _show(progress: Progress, waited: float) -> None:
    progress.show(f"IAM makes its report of services and actions last accessed; {waited:.0f} seconds so far")
