"""One log in a bucket, and the way to its content. Audits of local files do without botocore.

Sources: "GetObject" of the Amazon S3 API reference; "Working with archived objects" of its user guide.
"""

from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from passrole.audit.sources.errors import SourceError, UnreadableError, code_of, refusal

if TYPE_CHECKING:
    from botocore.config import Config
    from botocore.exceptions import ClientError

MOST_BYTES = 256 << 20
"""Of an object; a log of CloudTrail's has a few megabytes."""
_CHUNK = 1 << 20
_ATTEMPTS = 4
_UNREADABLE = {"NoSuchKey": "files gone", "InvalidObjectState": "archived files"}


@dataclass(frozen=True, slots=True)
class S3Object:
    """One log; ``size`` in bytes."""

    bucket: str
    key: str
    size: int
    etag: str

    @property
    def url(self) -> str:
        return f"s3://{self.bucket}/{self.key}"


def client_config(workers: int) -> "Config":
    """How a client is to be made for so many threads."""
    from botocore.config import Config

    return Config(
        retries={"mode": "standard", "total_max_attempts": 8},
        max_pool_connections=max(workers, 1),
        connect_timeout=10,
        read_timeout=60,
    )


def fetch(client: Any, found: S3Object, most_bytes: int = MOST_BYTES) -> bytes:
    """The content of an object, as it is stored.

    Raises:
        UnreadableError: this one cannot be read: it is archived, gone, or too large.
        SourceError: AWS refuses.
        BotoCoreError: it did not answer, however often it was asked.
    """
    from botocore.exceptions import ClientError, IncompleteReadError, ReadTimeoutError, ResponseStreamingError

    attempts = _ATTEMPTS
    while True:
        try:
            return _fetched(client, found, most_bytes)
        except ClientError as error:
            raise _refused(found, error) from None
        except (IncompleteReadError, ReadTimeoutError, ResponseStreamingError):
            # The client asks again where no answer comes, but not where one breaks off.
            attempts -= 1
            if not attempts:
                raise


def _fetched(client: Any, found: S3Object, most_bytes: int) -> bytes:
    answer = client.get_object(Bucket=found.bucket, Key=found.key)
    with closing(answer["Body"]) as body:
        if answer["ContentLength"] > most_bytes:
            raise UnreadableError(
                f"{found.url}: {answer['ContentLength']:,} bytes; at most {most_bytes:,} are read",
                "files too large",
            )
        return b"".join(body.iter_chunks(_CHUNK))


def _refused(found: S3Object, error: "ClientError") -> SourceError:
    told = refusal(found.url, error)
    kind = _UNREADABLE.get(code_of(error))
    return UnreadableError(str(told), kind) if kind else told
