"""Who asks: nothing else can be checked without credentials."""

from passrole.cli.doctor.checks import Check, Clients, fine, wrong


def identity_check(clients: Clients, home: str) -> Check:
    """Whether AWS knows the caller, and in which account."""
    from botocore.exceptions import BotoCoreError, ClientError

    from passrole.cli.aws import explain

    try:
        caller = clients("sts", home).get_caller_identity()
    except (ClientError, BotoCoreError) as error:
        return wrong(
            "credentials", explain(error), "set AWS_PROFILE, or log in again; this machine must reach AWS"
        )
    return fine("credentials", f"account {caller['Account']}, home region {home}, as {caller['Arn']}")
