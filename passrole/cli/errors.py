"""Errors of the command line: one clear line each, and the exit status that goes with it."""

import click

BAD_INPUT = 2
INTERRUPTED = 130
CLOSED_PIPE = 141


class InputError(click.ClickException):
    """What the user gave cannot be used; the message says what is wrong and what is expected."""

    exit_code = BAD_INPUT


class RefusedError(click.ClickException):
    """The guard will not do it; the message says why."""

    exit_code = 1
