"""``passrole sweep``."""

from collections.abc import Sequence

import click

from passrole.cli.options import Number, stack_option
from passrole.cli.reading import json_option


@click.command()
@click.option("--status", is_flag=True, help="Only show how the latest sweep is, or how it ended.")
@click.option("--no-wait", is_flag=True, help="Do not wait for its end.")
@click.option("--policy", "policy_file", metavar="FILE", help="Sweep here, by this policy.")
@click.option(
    "--iam",
    "snapshot_file",
    metavar="SNAPSHOT",
    help="With --policy: roles and their tags, in place of asking IAM.",
)
@click.option(
    "--only",
    metavar="TYPE",
    multiple=True,
    help="With --policy: only resources of this type, such as lambda:function; may be repeated.",
)
@click.option(
    "--rate",
    type=Number(0, min_open=True),
    metavar="N",
    help="With --policy: requests to one service in one region in a second.  [default: 5]",
)
@stack_option
@click.option(
    "--region",
    "regions",
    metavar="REGION",
    multiple=True,
    help="The guard's home region; with --policy a region to sweep: may be repeated.  "
    "[default: the profile's]",
)
@click.option(
    "--format", "form", type=click.Choice(["table", "json"]), default="table", help="As --json, or not."
)
@json_option
def sweep(
    status: bool,
    no_wait: bool,
    policy_file: str | None,
    snapshot_file: str | None,
    only: Sequence[str],
    rate: float | None,
    stack: str,
    regions: Sequence[str],
    form: str,
    as_json: bool,
) -> int:
    """Look at all that exists and holds a role.

    The deployed guard lists it, judges it, and opens and resolves findings: now, not only on its schedule.
    The command shows how far it is; interrupted, it leaves the sweep running.

    With --policy no guard is needed: resources are listed here, with your own credentials, and judged as
    `passrole check` judges passes. Nothing is written anywhere.

    \b
    Exit status:
      0  the sweep has ended; with --policy: all roles held are approved or exempt
      1  with --policy: there are violations
      2  bad usage, or AWS refused
      3  parts failed, or roles were not judged; with --policy: no violations, but undetermined roles
    """
    as_json = as_json or form == "json"
    if policy_file is not None:
        if status or no_wait:
            raise click.UsageError("--status and --no-wait go without --policy")
        from passrole.cli.sweep.here import sweep_here

        return sweep_here(policy_file, snapshot_file, only, regions, rate, as_json)
    if snapshot_file is not None or only or rate is not None:
        raise click.UsageError("--iam, --only and --rate go with --policy")
    if len(regions) > 1:
        raise click.UsageError("the guard has one home region; several go with --policy")
    if status and no_wait:
        raise click.UsageError("give either --status or --no-wait")
    from passrole.cli.sweep.deployed import show_latest, sweep_now

    home = regions[0] if regions else None
    return show_latest(stack, home, as_json) if status else sweep_now(stack, home, no_wait, as_json)
