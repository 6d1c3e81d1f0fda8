"""Who made the call, for each kind of identity that CloudTrail records."""

from typing import Any

import pytest

from passrole.passes import Passer
from passrole.trail import passes_of
from tests.fixtures import record

ACCOUNT = "111122223333"


def passer(name: str, **identity: Any) -> Passer:
    """The passer of a recorded event; ``identity`` changes its userIdentity."""
    told = record(name)
    told["userIdentity"] |= identity
    return passes_of(told)[0].passer


def test_a_user_is_named_with_key_address_and_agent() -> None:
    told = passer("lambda_create_function")
    assert told == Passer(
        type="IAMUser",
        arn=f"arn:aws:iam::{ACCOUNT}:user/dana.novak",
        account=ACCOUNT,
        principal_id="AIDAQ3EGS7KEXAMPLEDNA",
        name="dana.novak",
        access_key_id="AKIAQ3EGS7KEXAMPLEDN",
        source_ip="203.0.113.24",
        user_agent=record("lambda_create_function")["userAgent"],
    )


def test_behind_a_session_stand_its_role_and_who_set_the_source_identity() -> None:
    told = passer("states_create_state_machine")
    assert told.type == "AssumedRole"
    assert told.arn == f"arn:aws:sts::{ACCOUNT}:assumed-role/deploy-pipeline/build-4711"
    assert told.role_arn == f"arn:aws:iam::{ACCOUNT}:role/ci/deploy-pipeline"
    assert told.name == "build-4711"
    assert told.source_identity == "dana.novak"


def test_behind_an_identity_center_session_stands_the_person() -> None:
    told = passer("ecs_register_task_definition")
    assert told.on_behalf_of == "92c5d4a4-30b1-70f2-8e0a-5d2b4f7c9a11"
    assert told.name == "mika.berg@example.com"
    assert told.role_arn is not None
    assert told.role_arn.endswith("/AWSReservedSSO_Developer_1a2b3c4d5e6f7a8b")


def test_a_call_that_a_service_made_for_somebody_names_both() -> None:
    told = passer("lambda_create_function_by_cloudformation")
    assert told.invoked_by == "cloudformation.amazonaws.com"
    assert told.role_arn == f"arn:aws:iam::{ACCOUNT}:role/ci/deploy-pipeline"


def test_a_call_of_a_service_on_its_own_names_the_service() -> None:
    told = record("lambda_create_function")
    told["userIdentity"] = {"type": "AWSService", "invokedBy": "autoscaling.amazonaws.com"}

    (pass_,) = passes_of(told)

    assert (pass_.passer.type, pass_.passer.invoked_by) == ("AWSService", "autoscaling.amazonaws.com")
    assert (pass_.passer.arn, pass_.passer.name) == (None, None)


def test_the_root_user_has_no_role_and_no_session_name() -> None:
    told = passer("lambda_create_function", type="Root", arn=f"arn:aws:iam::{ACCOUNT}:root", userName=None)
    assert (told.type, told.role_arn, told.name) == ("Root", None, None)


def test_a_federated_users_issuer_is_no_role() -> None:
    issuer = {"type": "IAMUser", "arn": f"arn:aws:iam::{ACCOUNT}:user/broker"}
    told = passer(
        "lambda_create_function",
        type="FederatedUser",
        arn=f"arn:aws:sts::{ACCOUNT}:federated-user/partner",
        userName=None,
        sessionContext={"sessionIssuer": issuer},
    )
    assert (told.role_arn, told.name) == (None, "partner")


@pytest.mark.parametrize("identity", [None, "dana", 7, [], {}])
def test_an_identity_of_any_type_leaves_the_passer_unknown(identity: Any) -> None:
    (pass_,) = passes_of(record("lambda_create_function") | {"userIdentity": identity})
    assert pass_.passer == Passer(
        source_ip="203.0.113.24", user_agent=record("lambda_create_function")["userAgent"]
    )


@pytest.mark.parametrize(
    "context", [None, "x", [], {"sessionIssuer": "x"}, {"sessionIssuer": {"type": "Role"}}]
)
def test_a_session_context_of_any_type_leaves_the_role_unknown(context: Any) -> None:
    assert passer("states_create_state_machine", sessionContext=context).role_arn is None
