"""The doctor's command: makes all checks, in the order in which one needs the other."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from passrole.cli.aws import open_session
from passrole.cli.deployment import deployment_options
from passrole.cli.doctor.checks import Check, Clients, Status
from passrole.cli.errors import InputError
from passrole.cli.reading import json_option
from passrole.cli.terminal import print_json
from passrole.stack import Output

if TYPE_CHECKING:
    from passrole.policy.settings import Settings

_DEFAULT_POLICY = "guardrail.yaml"
_NOT_WELL = (Status.WRONG, Status.UNKNOWN)


@click.command()
@click.option(
    "--policy",
    "policy_file",
    metavar="FILE",
    help="The policy, for the regions that it watches.  [default: guardrail.yaml if there is one]",
)
@deployment_options
@json_option
def doctor(policy_file: str | None, stack: str, region: str | None, as_json: bool) -> int:
    """Check what the guard needs before it is deployed, and whether it works afterwards.

    It only reads. Exit status 0 if all is fine, 1 if something is wrong or cannot be seen.
    """
    from passrole.cli.doctor.view import print_check, print_summary

    session = open_session(region)
    make: Any = session.client
    checks: list[Check] = []

    def clients(service: str, where: str) -> Any:
        return make(service, region_name=where)

    for check in _checks(clients, str(session.region_name), stack, policy_file):
        checks.append(check)
        if as_json:
            print_json(check.to_json())
        else:
            print_check(check)
    if not as_json:
        print_summary(checks)
    return int(any(check.status in _NOT_WELL for check in checks))


def _checks(clients: Clients, home: str, stack: str, policy_file: str | None) -> Iterator[Check]:
    from passrole.cli.doctor.checks import guarded
    from passrole.cli.doctor.identity import identity_check
    from passrole.cli.doctor.trails import trail_checks

    identity = identity_check(clients, home)
    yield identity
    if identity.status is not Status.FINE:
        return
    settings, told = _settings(policy_file)
    if told:
        yield told
    further = tuple(region for region in settings.regions if region != home)
    yield from guarded("trails", trail_checks(clients, (home, *further), settings.left_out))
    yield from guarded("stack", _deployment(clients, home, stack, settings))


def _deployment(clients: Clients, home: str, stack: str, settings: "Settings") -> Iterator[Check]:
    from passrole.cli.doctor import stack as stacks
    from passrole.cli.doctor.channels import channel_checks
    from passrole.cli.doctor.checks import doubtful, guarded
    from passrole.cli.doctor.dead_letters import dead_letter_checks

    described = stacks.describe_stack(clients, home, stack)
    outputs = {o["OutputKey"]: o["OutputValue"] for o in (described or {}).get("Outputs", [])}
    if described is None:
        yield doubtful("stack", f"{stack} is not deployed in {home}", "deploy it, then run this again")
        yield from channel_checks(clients, home, None, settings.alerts)
        return
    yield stacks.stack_check("stack", described)
    yield from guarded("rules", stacks.rule_checks(clients, home, stacks.rule_names(outputs)))
    for region in settings.regions:
        if region != home:
            yield from guarded(f"stack {region}", stacks.forwarding_checks(clients, stack, region))
    yield from stacks.function_checks(clients, home, outputs)
    yield from channel_checks(clients, home, outputs, settings.alerts)
    yield from dead_letter_checks(clients, home, outputs)
    if Output.LEDGER_TABLE in outputs:
        from passrole.cli.doctor.canary import canary_check
        from passrole.cli.doctor.judgement import judgement_check
        from passrole.cli.doctor.quarantine import quarantine_check

        yield from guarded("canary", canary_check(clients, home, outputs))
        yield from guarded("judgement", judgement_check(clients, home, outputs))
        yield from guarded("quarantine", quarantine_check(clients, home, outputs))


def _settings(policy_file: str | None) -> "tuple[Settings, Check | None]":
    """What the policy says of the deployment; without a policy, nothing."""
    from passrole.cli.doctor.checks import fine, wrong
    from passrole.policy.errors import PolicyError
    from passrole.policy.load import load_guardrail
    from passrole.policy.settings import Settings

    path = Path(policy_file or _DEFAULT_POLICY)
    if policy_file is None and not path.exists():
        return Settings(), None
    try:
        settings = load_guardrail(path).settings
    except PolicyError as error:
        first, *more = error.problems
        if first.position is None and policy_file is not None:
            raise InputError(str(error)) from None
        others = f" (and {len(more)} more)" if more else ""
        return Settings(), wrong("policy", f"{first}{others}", f"passrole policy validate {path}")
    return settings, fine("policy", f"{path} is valid")
