"""``passrole refine``."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from passrole.cli.errors import InputError
from passrole.cli.terminal import print_json, safe
from passrole.refine.accessed import TRACKED_DAYS

if TYPE_CHECKING:
    from passrole.cli.refine.result import Result

_WRONG = 1


@click.command()
@click.argument("role", metavar="ROLE")
@click.option(
    "--iam",
    "snapshot",
    metavar="SNAPSHOT",
    help="Take the role from what aws iam get-account-authorization-details prints.",
)
@click.option(
    "--last-accessed",
    "reports",
    metavar="FILE",
    multiple=True,
    help="Take the report from what aws iam get-service-last-accessed-details prints; a file a page.",
)
@click.option("--job", metavar="ID", help="Take a report that was begun before, with the same credentials.")
@click.option(
    "--days",
    metavar="N",
    type=click.IntRange(1, TRACKED_DAYS),
    default=90,
    show_default=True,
    help=f"Drop what was not used for longer; {TRACKED_DAYS} at most.",
)
@click.option(
    "--wait",
    metavar="SECONDS",
    type=click.IntRange(0),
    default=300,
    show_default=True,
    help="How long to wait for the report.",
)
@click.option(
    "--region", metavar="REGION", help="Where to ask IAM Access Analyzer.  [default: the profile's]"
)
@click.option("--out", metavar="FILE", type=click.Path(path_type=Path), help="Write the policy to a file.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for programs.")
def refine(
    role: str,
    snapshot: str | None,
    reports: Sequence[str],
    job: str | None,
    days: int,
    wait: int,
    region: str | None,
    out: Path | None,
    as_json: bool,
) -> int:
    """Find who beyond the account may take a role, and write the policy of what it uses.

    ROLE is a name or an ARN. The trust policy is analyzed here; IAM Access Analyzer is asked where it has an
    analyzer. What the role used of its rights IAM tells in a report of services and actions last accessed.
    What IAM does not track stays in the policy, and is said. Nothing is changed in AWS. With both --iam and
    --last-accessed, AWS is not asked at all.

    \b
    Exit status:
      0  done, and nothing is wrong with who may take the role
      1  done, and something is
      2  bad input, or AWS did not answer
      3  IAM's report is not finished yet
    """
    from passrole.cli.refine.examination import Asked, examine
    from passrole.cli.refine.view import print_result

    if job and reports:
        raise click.UsageError("--job and --last-accessed each name a report")
    result = examine(Asked(role, snapshot, tuple(reports), job, days, wait, region))
    if out is not None:
        _write(out, result)
    if as_json:
        print_json(result.to_json())
    else:
        print_result(result, out)
    if result.failure is not None:
        click.echo(safe(result.failure.message), err=True)
        return result.failure.status
    return _WRONG if result.is_something_wrong else 0


def _write(out: Path, result: "Result") -> None:
    if result.refined is None or result.refined.document is None:
        return
    try:
        out.write_text(json.dumps(result.refined.document, indent=2) + "\n", "utf-8")
    except OSError as error:
        raise InputError(f"{out}: {error.strerror}") from None
