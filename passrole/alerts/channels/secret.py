"""What lies in Secrets Manager, read again every few minutes: so it is rotated without a deployment."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Generic, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from passrole.alerts.channels.base import DeliveryError

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

T = TypeVar("T")

CACHED_SECONDS = 300.0


class CachedSecret(Generic[T]):
    """A secret's value, as ``parse`` reads it."""

    def __init__(
        self,
        secret_id: str,
        secrets_manager: "SecretsManagerClient",
        parse: Callable[[str, str], T],
        clock: Callable[[], float],
    ) -> None:
        """Reads nothing yet.

        Args:
            parse: given the secret's text and its name; raises ``DeliveryError`` on what it cannot read.
            clock: gives seconds, only forward.
        """
        self._secret_id = secret_id
        self._secrets_manager = secrets_manager
        self._parse = parse
        self._clock = clock
        self._value: T | None = None
        self._read_at = 0.0

    def value(self) -> T:
        """The value, at most ``CACHED_SECONDS`` old.

        Raises:
            DeliveryError: the secret cannot be read, or does not hold what it should.
        """
        if self._value is None or self._clock() - self._read_at >= CACHED_SECONDS:
            self._value = self._parse(self._read(), self._secret_id)
            self._read_at = self._clock()
        return self._value

    def changed(self, stale: T) -> T | None:
        """The value read anew, for one that the receiver does not know any more; None if it is the same.

        Raises:
            DeliveryError: as ``value`` does.
        """
        self._value = None
        fresh = self.value()
        return fresh if fresh != stale else None

    def _read(self) -> str:
        try:
            answer = self._secrets_manager.get_secret_value(SecretId=self._secret_id)
        except (ClientError, BotoCoreError) as error:
            raise DeliveryError(f"the secret {self._secret_id} cannot be read: {error}") from error
        return answer.get("SecretString", "")
