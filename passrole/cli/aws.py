"""The way to AWS: a session in a region, who calls, and one clear line for everything that can go wrong."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from passrole.cli.errors import InputError

if TYPE_CHECKING:
    import boto3


def open_session(region: str | None) -> "boto3.Session":
    """A session with the caller's own credentials.

    Raises:
        InputError: no region is given anywhere, or the profile does not exist.
    """
    import boto3
    from botocore.exceptions import BotoCoreError

    try:
        # boto3 itself reads AWS_DEFAULT_REGION only; other tools of AWS read AWS_REGION.
        session = boto3.Session(region_name=region or os.environ.get("AWS_REGION"))
    except BotoCoreError as error:
        raise InputError(f"AWS: {error}") from None
    if session.region_name is None:
        raise InputError("no region: give --region, or set AWS_REGION")
    return session


@contextmanager
def aws_errors() -> Iterator[None]:
    """Turns what AWS, or the way to it, answers in place of a result into an `InputError`."""
    from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

    try:
        yield
    except NoCredentialsError:
        raise InputError("no AWS credentials: set AWS_PROFILE, or log in with `aws login`") from None
    except ClientError as error:
        raise InputError(explain(error)) from None
    except BotoCoreError as error:
        raise InputError(f"AWS: {error}") from None


def explain(error: Exception) -> str:
    """What went wrong, in one line: the call, AWS's code and its message."""
    response = getattr(error, "response", None)
    if not isinstance(response, dict):
        return f"AWS: {error}"
    about = response.get("Error", {})
    call = getattr(error, "operation_name", "the call")
    return f"{call} failed: {about.get('Code', 'an error')}: {about.get('Message', 'no message')}"


def code_of(error: Exception) -> str:
    """AWS's error code; empty where there is none."""
    response = getattr(error, "response", None)
    return str(response.get("Error", {}).get("Code", "")) if isinstance(response, dict) else ""
