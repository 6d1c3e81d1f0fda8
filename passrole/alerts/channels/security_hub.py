"""Imports findings into AWS Security Hub, and keeps their workflow status.

What is repeated and what is not:

- An import is repeated at will: Security Hub ignores what it has, by ``UpdatedAt``.
- Where Security Hub refused the status, or did not know the finding yet (an import takes a while), it was
  certainly not set: the message comes again, and tries it again.
- Where the answer about the status was lost, the message comes again as a repeat, which imports only: a
  status that somebody set in the meantime is never overwritten (``asff.workflow``).
"""

from typing import TYPE_CHECKING, Any

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
)

from passrole.alerts.alert import Alert
from passrole.alerts.channels.base import Channel, DeliveryError
from passrole.alerts.renderings.asff import asff, hub_id, workflow
from passrole.channel import ChannelName
from passrole.names import shown

if TYPE_CHECKING:
    from mypy_boto3_securityhub import SecurityHubClient

# An import shows after a while, and two updates at once exclude each other.
_SETTLES_SECONDS = 30.0
_SETTLES = ("FindingNotFound", "ConcurrentUpdateError")


class SecurityHub(Channel):
    """Security Hub of the guard's own account and region."""

    name = ChannelName.SECURITY_HUB

    def __init__(self, product_arn: str, client: "SecurityHubClient") -> None:
        """``product_arn``: the product that the findings are of; the account's default one will do."""
        self._product_arn = product_arn
        self._client = client

    def send(self, message: Alert) -> None:
        """Imports the finding as it is now; sets its workflow status, if the news changes that.

        Raises:
            DeliveryError: Security Hub did not take it, or did not answer.
        """
        self._import(message)
        update = workflow(message)
        if update is not None:
            self._update(message, update)

    def _import(self, alert: Alert) -> None:
        finding: Any = asff(alert, self._product_arn)
        try:
            answer = self._client.batch_import_findings(Findings=[finding])
        except (ClientError, BotoCoreError) as error:
            # It may be there for all that, and it does no harm: of the status nothing was said yet.
            raise DeliveryError(f"Security Hub did not import the finding: {error}") from error
        if answer["SuccessCount"] != 1:
            whys = [f"{e['ErrorCode']}: {e['ErrorMessage']}" for e in answer.get("FailedFindings", [])]
            raise DeliveryError(f"Security Hub did not import the finding: {_listed(whys)}")

    def _update(self, alert: Alert, update: dict[str, Any]) -> None:
        identifier: Any = {"Id": hub_id(alert.finding), "ProductArn": self._product_arn}
        try:
            answer = self._client.batch_update_findings(FindingIdentifiers=[identifier], **update)
        except (EndpointConnectionError, ConnectTimeoutError) as error:
            raise DeliveryError(f"Security Hub was not reached: {error}") from error
        except HTTPClientError as error:
            raise DeliveryError(f"Security Hub did not answer: {error}", may_have_arrived=True) from error
        except (ClientError, BotoCoreError) as error:
            raise DeliveryError(f"Security Hub did not set the status: {error}") from error
        left = answer["UnprocessedFindings"]
        if left:
            wait = _SETTLES_SECONDS if all(e["ErrorCode"] in _SETTLES for e in left) else None
            whys = [f"{e['ErrorCode']}: {e.get('ErrorMessage', '')}" for e in left]
            raise DeliveryError(f"Security Hub did not set the status: {_listed(whys)}", retry_after=wait)


def _listed(whys: list[str]) -> str:
    return shown("; ".join(whys) or "it does not say why", 500)
