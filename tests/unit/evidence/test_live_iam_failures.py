"""What IAM does not answer is unknown, with a reason for a person, and never raises."""

from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ConnectTimeoutError, EndpointConnectionError, NoCredentialsError
from botocore.stub import Stubber

from passrole.evidence import Known
from passrole.evidence.iam import LiveIam
from tests.unit.evidence.passes import PROFILES, ROLES, pass_of_arn, pass_of_name, pass_of_profile, reason

WORKER = f"{ROLES}/application_role/orders-worker"


@pytest.fixture(scope="module")
def iam() -> Any:
    return boto3.client(
        "iam",
        region_name="us-east-1",
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
        config=Config(retries={"max_attempts": 0}),
    )


@pytest.fixture
def stubber(iam: Any) -> Iterator[Stubber]:
    with Stubber(iam) as stubbed:
        yield stubbed
        stubbed.assert_no_pending_responses()


@pytest.mark.parametrize("code", ["AccessDenied", "Throttling", "ServiceFailure", "ExpiredToken"])
def test_a_refusal_to_tell_of_a_role_leaves_what_its_arn_says(iam: Any, stubber: Stubber, code: str) -> None:
    stubber.add_client_error("get_role", code, "a long story")

    read = LiveIam(iam).evidence(pass_of_arn(WORKER))

    assert (read.arn, read.name, read.path) == (
        Known(WORKER),
        Known("orders-worker"),
        Known("/application_role/"),
    )
    for fact in ("role_id", "tags", "trust_policy", "permissions_boundary", "created_at"):
        assert reason(read, fact) == f"iam:GetRole failed: {code}"


@pytest.mark.parametrize("code", ["AccessDenied", "Throttling"])
def test_a_refusal_to_tell_of_a_name_leaves_nothing(iam: Any, stubber: Stubber, code: str) -> None:
    stubber.add_client_error("get_role", code)
    assert (
        reason(LiveIam(iam).evidence(pass_of_name("orders-worker")), "arn") == f"iam:GetRole failed: {code}"
    )


@pytest.mark.parametrize("code", ["AccessDenied", "Throttling"])
def test_a_refusal_to_tell_of_a_profile_leaves_nothing(iam: Any, stubber: Stubber, code: str) -> None:
    stubber.add_client_error("get_instance_profile", code)
    read = LiveIam(iam).evidence(pass_of_profile(f"{PROFILES}/web/web-frontend"))
    assert reason(read, "arn") == reason(read) == f"iam:GetInstanceProfile failed: {code}"


@pytest.mark.parametrize(
    ("error", "name"),
    [
        (EndpointConnectionError(endpoint_url="https://iam.amazonaws.com"), "EndpointConnectionError"),
        (ConnectTimeoutError(endpoint_url="https://iam.amazonaws.com"), "ConnectTimeoutError"),
        (NoCredentialsError(), "NoCredentialsError"),
    ],
)
@pytest.mark.parametrize(
    "pass_", [pass_of_arn(WORKER), pass_of_profile("web-frontend")], ids=["role", "profile"]
)
def test_an_iam_that_cannot_be_reached_leaves_the_facts_unknown(
    error: Exception, name: str, pass_: Any
) -> None:
    read = LiveIam(_Unreachable(error)).evidence(pass_)  # type: ignore[arg-type]
    assert reason(read).endswith(f"failed: {name}")


class _Unreachable:
    def __init__(self, error: Exception) -> None:
        self._error = error

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def fail(**_: Any) -> Any:
            raise self._error

        return fail


def test_a_trust_policy_that_is_no_document_is_unknown(iam: Any, stubber: Stubber) -> None:
    role = {
        "Path": "/application_role/",
        "RoleName": "orders-worker",
        "RoleId": "AROAQ3EGS7KEXAMPLEWRK",
        "Arn": WORKER,
        "CreateDate": "2020-01-01T00:00:00Z",
        "AssumeRolePolicyDocument": "no%20document",
    }
    stubber.add_response("get_role", {"Role": role})

    read = LiveIam(iam).evidence(pass_of_arn(WORKER))

    assert reason(read, "trust_policy") == "the trust policy is no JSON document"
    assert read.tags == Known({})
