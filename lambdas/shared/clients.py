"""AWS clients of the functions: adaptive retries, and time-outs that end before the function does."""

from typing import Any

import boto3
from botocore.config import Config

_CONFIG = Config(
    connect_timeout=3,
    read_timeout=10,
    retries={"mode": "adaptive", "total_max_attempts": 3},
)


def client(service: str, region: str | None = None) -> Any:
    """A client for ``service`` in the function's region, or in another."""
    make: Any = boto3.client  # its types are overloads on literal names
    return make(service, region_name=region, config=_CONFIG)


def one_try(service: str, region: str | None = None, *, patience: float = 10) -> Any:
    """A client that does not try again by itself, and waits for an answer for so many seconds.

    A retry inside the client could send a message twice and nobody would know: the queue tries again instead,
    and the delivery mark tells a repeat.
    """
    config = Config(
        connect_timeout=min(patience, 3), read_timeout=patience, retries={"total_max_attempts": 1}
    )
    make: Any = boto3.client  # its types are overloads on literal names
    return make(service, region_name=region, config=config)
