"""What an error of an AWS call tells of a message: whether the service may have it all the same."""

from typing import Any

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
)

from passrole.alerts.channels.base import DeliveryError

ERRORS = (ClientError, BotoCoreError)
# AWS, "Common Error Types": 500 is a failure that is not known, 503 one in which nothing was done. The others
# are a gateway's word for "what is behind me did not answer".
_NOT_KNOWN = (500, 502, 504)


def failure(service: str, refused: str, error: ClientError | BotoCoreError) -> DeliveryError:
    """The error of a channel. ``refused`` says what the service did not do: "accept the alert"."""
    if isinstance(error, EndpointConnectionError | ConnectTimeoutError):
        return DeliveryError(f"{service} was not reached: {error}")
    if isinstance(error, HTTPClientError):
        return DeliveryError(f"{service} did not answer: {error}", may_have_arrived=True)
    return DeliveryError(
        f"{service} did not {refused}: {error}", may_have_arrived=_status_of(error) in _NOT_KNOWN
    )


def _status_of(error: ClientError | BotoCoreError) -> int | None:
    response: Any = error.response if isinstance(error, ClientError) else {}
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode")
    return status if isinstance(status, int) else None
