"""Passes whose role comes by a reference, and clients that answer, refuse or count, for tests of look-ups."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from typing import Any

import boto3
from botocore import xform_name
from botocore.config import Config
from botocore.stub import Stubber

from passrole.passes import Pass, PassedRole, Referral
from passrole.references import LOOKUPS, LiveReferences, Lookup
from tests.unit.samples import ACCOUNT, REGION, pass_of

LATER = "2099-01-01T00:00:00Z"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/application_role/orders-worker"
OTHER_ROLE = f"arn:aws:iam::{ACCOUNT}:role/application_role/orders-reader"
PROFILE = f"arn:aws:iam::{ACCOUNT}:instance-profile/web/web-frontend"
NOT_SHOWN = PassedRole(None, None, None, None)
PATH = "requestParameters.reference#"


def referred(to: str, id_: str | None, member: str | None, version: str | None = None, **fields: Any) -> Pass:
    """A pass whose role comes by the member of a thing."""
    given = {"role": NOT_SHOWN, "path": f"{PATH}{member}", "event_time": LATER}
    return pass_of(**given | {"referral": Referral(to, id_, version, member)} | fields)


def lookup_of(to: str, operation: str | None = None) -> Lookup:
    """The look-up of a kind; the one of that operation where there are several."""
    return next(one for one in LOOKUPS[to] if operation in (None, one.operation))


def values(passes: Sequence[Pass]) -> list[str | None]:
    return [pass_.role.value for pass_ in passes]


def unread(passes: Sequence[Pass]) -> str | None:
    """Why the one pass has no role."""
    (pass_,) = passes
    assert pass_.role == NOT_SHOWN
    assert pass_.referral
    return pass_.referral.unread


class Clients:
    """Makes real clients, and remembers what they are for and which operations they were asked for."""

    def __init__(self) -> None:
        self.made: list[tuple[str, str | None]] = []
        self.asked: list[str] = []

    def __call__(self, service: str, region: str | None) -> Any:
        self.made.append((service, region))
        client: Any = boto3.client(service, region_name=region)  # type: ignore[call-overload]
        client.meta.events.register("provide-client-params.*.*", self._ask)
        return client

    def _ask(self, model: Any, **_: Any) -> None:
        self.asked.append(f"{model.service_model.signing_name}:{model.name}")


class NobodyAsks:
    """No client may be asked for."""

    def __call__(self, service: str, region: str | None) -> Any:
        raise AssertionError(f"{service} in {region} was asked")


@cache
def _client(service: str) -> Any:
    make: Any = boto3.client
    return make(
        service,
        region_name=REGION,
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
        config=Config(retries={"max_attempts": 0}),
    )


@contextmanager
def stubbed(lookup: Lookup, prepare: Callable[[Stubber, str], None]) -> Iterator[LiveReferences]:
    """Look-ups in which the one operation gives prepared answers."""
    client = _client(lookup.service)
    with Stubber(client) as stubber:
        prepare(stubber, xform_name(lookup.operation))
        yield LiveReferences(lambda service, _: {lookup.service: client}[service])
        stubber.assert_no_pending_responses()


def answering(
    lookup: Lookup, answer: dict[str, Any], request: dict[str, Any] | None = None
) -> AbstractContextManager[LiveReferences]:
    """Look-ups in which one call is answered; the answer is of the shape that the API model has."""
    return stubbed(lookup, lambda stubber, name: stubber.add_response(name, answer, request))


def refusing(lookup: Lookup, code: str, message: str = "") -> AbstractContextManager[LiveReferences]:
    """Look-ups in which one call ends in an error."""
    return stubbed(lookup, lambda stubber, name: stubber.add_client_error(name, code, message))
