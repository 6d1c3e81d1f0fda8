"""What can go wrong where logs come from, as one line each."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from botocore.exceptions import ClientError

_WANTED = {
    "ListObjectsV2": "s3:ListBucket",
    "GetObject": "s3:GetObject, and kms:Decrypt where the logs are encrypted by a key",
    "LookupEvents": "cloudtrail:LookupEvents",
    "StartQueryExecution": "athena:StartQueryExecution, and what the query reads by S3 and Glue",
    "GetQueryExecution": "athena:GetQueryExecution",
    "GetQueryResults": "athena:GetQueryResults, and s3:GetObject on the results",
    "GetTableMetadata": "athena:GetTableMetadata and glue:GetTable",
}
_DENIED = ("AccessDenied", "AccessDeniedException", "Forbidden", "403")


class SourceError(RuntimeError):
    """A source cannot be read; the message says which, why, and what would help."""


class UnreadableError(SourceError):
    """One log of a source cannot be read, the others can.

    Attributes:
        kind: how it is counted: ``archived files``, ``files gone``, ``files too large``.
    """

    def __init__(self, message: str, kind: str = "unreadable files") -> None:
        super().__init__(message)
        self.kind = kind


def refusal(place: str, error: "ClientError") -> SourceError:
    """What AWS answered about a place, with the rights that it takes if they are what is missing."""
    code, message = code_of(error), error.response.get("Error", {}).get("Message", "no message")
    told = f"{place}: {error.operation_name} failed: {code}: {' '.join(str(message).split())}"
    wanted = _WANTED.get(error.operation_name)
    return SourceError(f"{told} (it takes {wanted})" if code in _DENIED and wanted else told)


def code_of(error: "ClientError") -> str:
    """AWS's error code."""
    return str(error.response.get("Error", {}).get("Code", "an error"))
