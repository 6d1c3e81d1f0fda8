"""``passrole findings resend``."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from passrole.channel import ChannelName
from passrole.cli.asking import confirm
from passrole.cli.aws import aws_errors
from passrole.cli.deployment import Operator, become_operator, deployment_options
from passrole.cli.errors import InputError
from passrole.cli.findings.finding import find, step_of, step_option
from passrole.cli.reading import json_option
from passrole.cli.terminal import print_json, safe

if TYPE_CHECKING:
    from passrole.news.resending import Message

# More than a person would want to have sent by a slip.
_ASKS_ABOVE = 20


@click.command()
@click.argument("finding_ids", metavar="[ID]...", nargs=-1)
@click.option("--undelivered", is_flag=True, help="All news that a channel has not.")
@click.option(
    "--channel",
    "names",
    multiple=True,
    metavar="NAME",
    type=click.Choice([str(name) for name in ChannelName]),
    help=f"Only on this channel ({', '.join(ChannelName)}); may be repeated.  [default: all that there are]",
)
@step_option
@click.option("--yes", is_flag=True, help="Do not ask.")
@deployment_options
@json_option
def resend(
    finding_ids: Sequence[str],
    undelivered: bool,
    names: Sequence[str],
    revision: int | None,
    yes: bool,
    stack: str,
    region: str | None,
    as_json: bool,
) -> None:
    """Have news told again.

    The latest step of each finding, or all that is --undelivered, as after a receiver was down for so long
    that messages died. What was delivered before is marked as a repeat; people still get a burst as a digest.
    More than 20 messages are asked about.
    """
    if undelivered == bool(finding_ids):
        raise click.UsageError("give either IDs or --undelivered")
    if undelivered and revision is not None:
        raise click.UsageError("--step goes with IDs, not with --undelivered")
    from passrole.news.resending import tell_again
    from passrole.news.resending import undelivered as find_undelivered

    operator = become_operator(stack, region)
    channels = _channels(operator, names, stack)
    with aws_errors():
        if undelivered:
            messages = list(find_undelivered(operator.ledger, channels))
        else:
            messages = list(_of(operator, finding_ids, revision, channels))
        if len(messages) > _ASKS_ABOVE:
            confirm(f"Send {_counted(messages)}?", yes, instead="--yes")
        for message in messages:
            _show(message, tell_again(operator.ledger, operator.queue_of, message), as_json)
    if not as_json:
        click.echo(f"{_counted(messages)} on the way" if messages else "Nothing is undelivered.")


def _channels(operator: Operator, names: Sequence[str], stack: str) -> tuple[ChannelName, ...]:
    there = tuple(operator.queue_urls)
    if not there:
        raise InputError(f"stack {stack} has no channel's queue among its outputs: deploy this version")
    wanted = tuple(dict.fromkeys(ChannelName(name) for name in names)) or there
    missing = [channel for channel in wanted if channel not in there]
    if missing:
        raise InputError(f"stack {stack} has no channel {missing[0]}; it has {', '.join(there)}")
    return wanted


def _of(
    operator: Operator, finding_ids: Sequence[str], revision: int | None, channels: Sequence[ChannelName]
) -> "Iterator[Message]":
    from passrole.news.resending import Message, is_told

    findings = {finding.id: finding for finding in (find(operator, given) for given in finding_ids)}
    for finding in findings.values():
        step = step_of(operator, finding, revision)
        if not is_told(finding, step):
            raise InputError(
                f"nobody is told of step {step.revision} of {finding.id}: {_why_not(finding.response)}"
            )
        for channel in channels:
            yield Message(finding.id, step, channel)


def _why_not(response: str) -> str:
    return "it is only observed" if response == "observe" else "it was exempt from the start"


def _show(message: "Message", is_repeat: bool, as_json: bool) -> None:
    step = message.step
    if as_json:
        print_json(
            {
                "finding_id": message.finding_id,
                "revision": step.revision,
                "news": step.news,
                "channel": message.channel,
                "repeat": is_repeat,
            }
        )
    else:
        how = ", as a repeat" if is_repeat else ""
        click.echo(
            f"{safe(message.finding_id)}  {step.news} (step {step.revision})  to {message.channel}{how}"
        )


def _counted(messages: "Sequence[Message]") -> str:
    """``40 messages (email 20, slack 20)``"""
    number = "1 message" if len(messages) == 1 else f"{len(messages):,} messages"
    channels = Counter(message.channel for message in messages)
    return f"{number} ({', '.join(f'{name} {count:,}' for name, count in sorted(channels.items()))})"
