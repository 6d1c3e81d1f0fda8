"""What people give to the commands: roles, principals, days."""

import re
from datetime import UTC, date, datetime

from passrole.arn import Arn, parse_role_arn
from passrole.cli.errors import InputError

_SERVICE = re.compile(r"[a-z0-9.-]+\.amazonaws\.com(?:\.cn)?")


def role_arn(given: str, operator_role: str) -> str:
    """The ARN of a role that is given by its ARN, or by path and name in the guard's account.

    Raises:
        InputError: it is neither.
    """
    if parse_role_arn(given):
        return given
    home = Arn.parse(operator_role)
    if home is not None and not given.startswith("arn:"):
        arn = f"arn:{home.partition}:iam::{home.account}:role/{given.removeprefix('/')}"
        if parse_role_arn(arn):
            return arn
    raise InputError(f"{given!r} is no role; expected its ARN, or path and name: app/orders")


def principal(given: str) -> str:
    """A principal as the ledger lists passes by it.

    Raises:
        InputError: it is none.
    """
    arn = Arn.parse(given)
    if arn and arn.service == "sts" and arn.resource.startswith("assumed-role/"):
        raise InputError(
            f"{given!r} is a session; give the ARN of its role, which all its sessions are listed by"
        )
    if not arn and not _SERVICE.fullmatch(given):
        raise InputError(
            f"{given!r} is no principal; expected the ARN of a user or role, or a service: ec2.amazonaws.com"
        )
    return given


def service(given: str) -> str:
    """A service as the ledger lists passes by it.

    Raises:
        InputError: it is none.
    """
    if given != "unknown" and not _SERVICE.fullmatch(given):
        raise InputError(f"{given!r} is no service; expected its principal, lambda.amazonaws.com, or unknown")
    return given


def day(given: str | None, otherwise: date, option: str) -> date:
    """A day in UTC; ``option`` is what it was given with, for what is said about it.

    Raises:
        InputError: it is no day.
    """
    if given is None:
        return otherwise
    try:
        return datetime.strptime(given, "%Y-%m-%d").replace(tzinfo=UTC).date()
    except ValueError:
        raise InputError(f"{option}: {given!r} is no day; expected YYYY-MM-DD") from None
