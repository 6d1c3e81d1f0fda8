"""What an error of AWS means for a listing: it passes by itself, or there is nothing to list.

Sources: getaddrinfo(3): EAI_NONAME and EAI_NODATA say that there is no such name, or no address of it;
EAI_AGAIN, that nobody could say. "Common errors" of the services' API references.
"""

import socket
from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from botocore.exceptions import ClientError, EndpointConnectionError, HTTPClientError
from botocore.exceptions import ConnectionError as NetworkError
from botocore.parsers import ResponseParserError

from passrole.names import cut
from passrole.quarantine.module import code_of

# Besides errors of servers: what botocore tries again, too ("Retries" of the Boto3 guide, standard mode).
_TRANSIENT = (
    "Throttl",
    "LimitExceeded",
    "ThroughputExceeded",
    "RequestTimeout",
    "TooManyRequests",
    "PriorRequestNotComplete",
    "TransactionInProgress",
    "ServiceUnavailable",
    "Internal",
    "SlowDown",
)
_REFUSED = ("AccessDenied", "UnauthorizedOperation", "Unauthorized")
_NOT_TO_BE_HAD = (
    "OptInRequired",
    "SubscriptionRequiredException",
    "UnknownOperationException",
    "UnrecognizedClientException",
)
_MOST_TOLD = 1_000  # characters
_NO_NAME = {socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)}


def in_short(error: Exception | str) -> str:
    """An error in short: some tell all of an answer, which no record and no line of a log could hold."""
    return cut(str(error), _MOST_TOLD)


def is_transient(error: Exception) -> bool:
    """Whether it passes by itself: AWS is busy, or the network does not bring its answer."""
    if not isinstance(error, ClientError):
        return isinstance(error, HTTPClientError | NetworkError | ResponseParserError)
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return status >= HTTPStatus.INTERNAL_SERVER_ERROR or any(text in code_of(error) for text in _TRANSIENT)


def is_denied(error: Exception) -> bool:
    """Whether AWS refused for want of a right."""
    return isinstance(error, ClientError) and code_of(error).startswith(_REFUSED)


def may_be_of_token(error: Exception) -> bool:
    """Whether a page's token may have ended: services have no one code for it."""
    return isinstance(error, ClientError) and not is_denied(error)


def is_not_to_be_had(error: Exception, region: str, clients: Callable[[str, str], Any]) -> bool:
    """Whether a service is not offered in the region, or not to the account, so that nothing of it exists.

    A right that is missing is another thing: IAM's refusal says who is not authorized. So is a network that
    is down: that the service has no endpoint is believed only where another one of the region has.
    """
    if isinstance(error, EndpointConnectionError):
        return _is_of_no_name(error) and _is_known(clients("sts", region).meta.endpoint_url)
    if not isinstance(error, ClientError):
        return False
    return code_of(error) in _NOT_TO_BE_HAD or (
        is_denied(error) and "not authorized to perform" not in str(error)
    )


def _is_of_no_name(error: EndpointConnectionError) -> bool:
    cause = error.kwargs.get("error")
    return any(isinstance(e, socket.gaierror) and e.errno in _NO_NAME for e in _causes(cause))


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _is_known(url: str) -> bool:
    """Whether there is an address of a URL's host."""
    try:
        return bool(socket.getaddrinfo(urlsplit(url).hostname, urlsplit(url).port or 443))
    except OSError:
        return False
