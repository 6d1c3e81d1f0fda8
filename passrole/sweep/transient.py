"""Errors of AWS that pass by themselves: what was asked is asked again later."""

from http import HTTPStatus

from botocore.exceptions import ClientError

# Besides errors of servers: the queue brings the task again.
_CODES = (
    "Throttl",
    "RequestLimitExceeded",
    "RequestTimeout",
    "TooManyRequests",
    "ServiceUnavailable",
    "Internal",
    "SlowDown",
)


def is_transient(error: Exception) -> bool:
    """Whether it passes by itself."""
    if not isinstance(error, ClientError):
        return False
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    code = error.response.get("Error", {}).get("Code", "")
    return status >= HTTPStatus.INTERNAL_SERVER_ERROR or any(text in code for text in _CODES)
