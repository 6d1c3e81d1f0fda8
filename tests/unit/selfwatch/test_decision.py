"""Which calls change the guard, and whose acts are its own: decided on records alone."""

import string
from typing import Any

import botocore.session
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from passrole.finding.guard import Trouble
from passrole.passes import Outcome
from passrole.selfwatch import OwnResources, change_of
from passrole.selfwatch.calls import WATCHED, Watched
from passrole.selfwatch.decision import Counts
from tests.unit.samples import ACCOUNT
from tests.unit.selfwatch.records import (
    ALICE,
    BUS,
    CANARY,
    CANARY_ROLE,
    CHANGE_SET,
    CHANGES,
    FUNCTION,
    KEY,
    OWN,
    QUEUE,
    QUEUE_URL,
    ROLE,
    RULE,
    SECRET,
    STACK,
    TRAILS,
    arn,
    by,
    call,
    denied,
)

BY_CLOUDFORMATION = {"invokedBy": "cloudformation.amazonaws.com"}
MODELS = {"cloudcontrolapi": "cloudcontrol", "monitoring": "cloudwatch"}
each_change = pytest.mark.parametrize("name", CHANGES)


@each_change
def test_a_change_of_a_part_of_the_guard_is_seen_with_who_did_it(name: str) -> None:
    # Given a call to a part of the guard
    record, resource = CHANGES[name]
    # When it is judged
    change = change_of(record, OWN)
    # Then it is a change of that part, by whoever made the call
    assert change is not None
    assert (change.kind, change.resource) == (Trouble.GUARD_CHANGED, resource)
    assert (change.outcome, change.passer.arn) == (Outcome.SUCCEEDED, ALICE)


@each_change
def test_the_same_call_to_the_things_of_another_stack_is_no_change(name: str) -> None:
    others = OwnResources("Other", frozenset({"other-key"}))
    assert change_of(CHANGES[name][0], others) is None


@each_change
def test_what_cloudformation_does_counts_unless_it_is_the_deployment(name: str) -> None:
    """As a role's policy in another stack, whose deployment denies all to a role of the guard."""
    record, resource = CHANGES[name]
    change = change_of(by(record, **BY_CLOUDFORMATION), OWN)
    assert change is not None
    is_of_stack = record["eventSource"] == "cloudformation.amazonaws.com"
    assert change.counts is (Counts.ALWAYS if is_of_stack else Counts.UNLESS_DEPLOYING)
    assert change.resource == resource


def test_what_cloudformation_does_to_what_the_record_does_not_name_is_another_stacks() -> None:
    assert change_of(by(call("lambda", "UpdateFunctionCode20150331v2"), **BY_CLOUDFORMATION), OWN) is None


def test_a_change_set_that_names_no_stack_counts_while_the_guards_is_changed() -> None:
    change = change_of(CHANGE_SET, OWN)
    assert change is not None
    assert (change.counts, change.resource) == (Counts.WHILE_DEPLOYING, None)


@each_change
def test_what_another_service_does_for_somebody_counts(name: str) -> None:
    assert change_of(by(CHANGES[name][0], invokedBy="servicecatalog.amazonaws.com"), OWN) is not None


@each_change
def test_a_denied_attempt_counts_by_its_message_alone(name: str) -> None:
    # Given a denial whose record shows no request, but a message that names the thing
    record, resource = CHANGES[name]
    refused = {
        "cloudformation.amazonaws.com": f"stack/{resource}/*",
        "secretsmanager.amazonaws.com": f"secret:{resource}-AbCdEf",
    }.get(record["eventSource"], f"thing/{resource}/*")
    attempt = denied(record, "x:Y", arn("x", refused)) | {"responseElements": None}
    # When it is judged, then somebody tried
    change = change_of(attempt, OWN)
    assert change is not None
    assert change.outcome is Outcome.DENIED
    is_opaque = "mapping disabled" in name  # its message names an id, which is nobody's name
    assert is_opaque or change.resource == resource


@each_change
def test_what_failed_changed_nothing(name: str) -> None:
    assert change_of(CHANGES[name][0] | {"errorCode": "ResourceNotFoundException"}, OWN) is None


@pytest.mark.parametrize("name", TRAILS)
@pytest.mark.parametrize("identity", [{}, BY_CLOUDFORMATION])
def test_blinding_any_trail_counts_whoever_does_it(name: str, identity: dict[str, Any]) -> None:
    change = change_of(by(TRAILS[name], **identity), OWN)
    assert change is not None
    assert (change.kind, change.resource) == (Trouble.TRAIL_BLINDED, "management-events")


def test_a_trail_is_the_same_by_name_and_by_arn() -> None:
    by_name, by_arn = (
        change_of(call("cloudtrail", "StopLogging", {"name": name}), OWN)
        for name in ("main", arn("cloudtrail", "trail/main"))
    )
    assert by_name is not None
    assert by_name == by_arn


@pytest.mark.parametrize(
    ("record", "resource"),
    [
        (BUS, "default"),
        (BUS | {"requestParameters": {"name": arn("events", "event-bus/default")}}, "default"),
        (BUS | {"requestParameters": {"kmsKeyIdentifier": "alias/strangers"}}, None),
        (call("events", "PutPermission", {"eventBusName": "default", "policy": "{}"}), "default"),
    ],
)
def test_the_bus_that_the_rules_are_on_is_a_part_of_the_guard(
    record: dict[str, Any], resource: str | None
) -> None:
    change = change_of(record, OWN)
    assert change is not None
    assert (change.part, change.resource) == ("events:event-bus", resource)


def test_another_bus_is_none_of_the_guards() -> None:
    assert change_of(BUS | {"requestParameters": {"name": "orders"}}, OWN) is None


def test_the_canarys_call_is_the_guards_own() -> None:
    session = {
        "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/{ROLE}/sweep",
        "sessionContext": {"sessionIssuer": {"type": "Role", "arn": CANARY_ROLE}},
    }
    canary = by(call("events", "PutRule", {"name": CANARY, "state": "DISABLED"}), **session)
    # Given what `sweep` does by design, then it is no change
    assert change_of(canary, OWN) is None
    # but any other call with its role is, as is the same call by another
    assert change_of(canary | {"requestParameters": {"name": RULE}}, OWN) is not None
    assert change_of(canary | {"eventName": "DeleteRule"}, OWN) is not None
    assert change_of(by(canary, sessionContext={}), OWN) is not None


@pytest.mark.parametrize(
    "record",
    [
        denied(call("sqs", "SetQueueAttributes"), "sqs:setqueueattributes"),
        denied(call("monitoring", "DeleteAlarms"), "cloudwatch:DeleteAlarms", "*"),
        call("lambda", "UpdateFunctionCode20150331v2"),  # its request was too large for the record
        denied(
            call("lambda", "DeleteEventSourceMapping20150331"),
            "lambda:DeleteEventSourceMapping",
            arn("lambda", "event-source-mapping:7c0f8a52"),
        ),
    ],
)
def test_what_names_nothing_is_told_rather_than_dropped(record: dict[str, Any]) -> None:
    change = change_of(record, OWN)
    assert change is not None
    assert change.resource is None


@pytest.mark.parametrize(
    "record",
    [
        call("events", "PutRule", {"name": f"My{STACK}-x"}),
        call("events", "PutRule", {"name": f"{STACK}2-x"}),
        call("events", "PutRule", {"name": f"x-{STACK}-x"}),
        call("lambda", "DeleteFunction20150331", {"functionName": f"x{FUNCTION}"}),
        call("sqs", "DeleteQueue", {"queueUrl": QUEUE_URL.replace(QUEUE, f"copy-of-{QUEUE}")}),
        call("kms", "DisableKey", {"keyId": f"{KEY[:-1]}0"}),
        call("cloudformation", "DeleteStack", {"stackName": f"{STACK}Next"}),
        call("cloudformation", "UpdateStack", {"stackName": f"{STACK}Next"}),
        call("secretsmanager", "PutSecretValue", {"secretId": f"{SECRET}2"}),
        call("secretsmanager", "PutSecretValue", {"secretId": f"other/{SECRET}"}),
        call("secretsmanager", "DeleteSecret", {"secretId": arn("x", f"secret:{SECRET}-more-AbCdEf")}),
        call("lambda", "DeleteFunction20150331", {"functionName": SECRET}),
        # The guard's thing is named beside what is changed.
        call("events", "PutTargets", {"rule": "mine", "targets": [{"arn": arn("sqs", QUEUE)}]}),
        call("iam", "PutRolePolicy", {"roleName": "mine", "policyName": ROLE}),
        denied(call("iam", "DeleteRole"), "iam:DeleteRole", "role mine"),
    ],
)
def test_another_name_that_only_holds_the_guards_is_not_the_guards(record: dict[str, Any]) -> None:
    assert change_of(record, OWN) is None


def test_whose_thing_it_is_the_request_tells_before_the_message() -> None:
    # Given a rule of somebody's own whose role was refused, which is a role of the guard
    tried = call("events", "PutRule", {"name": "mine"}, errorCode="AccessDenied")
    message = f"User: {ALICE} is not authorized to perform: iam:PassRole on resource: {CANARY_ROLE}"
    # When it is judged, then it is a refused pass, which detection tells, and no change of the role
    assert change_of(tried | {"errorMessage": message}, OWN) is None


@pytest.mark.parametrize(
    "record",
    [
        call("events", "EnableRule", {"name": RULE}),
        call("lambda", "GetFunction20150331v2", {"functionName": FUNCTION}),
        call("lambda", "DeleteFunction20150331x", {"functionName": FUNCTION}),
        call("sqs", "DeleteRule", {"name": RULE}),
        {},
        {"eventSource": ["events.amazonaws.com"], "eventName": {}},
    ],
)
def test_other_calls_are_not_looked_at(record: dict[str, Any]) -> None:
    assert change_of(record, OWN) is None


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.just(RULE),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["name", "ARN"]), inner),
    max_leaves=6,
)
MEMBERS = (
    "awsRegion",
    "errorCode",
    "errorMessage",
    "eventID",
    "eventTime",
    "requestParameters",
    "resources",
    "responseElements",
    "userIdentity",
)


@given(
    st.sampled_from([(row.source, name) for row in WATCHED for name in row.names]),
    st.dictionaries(st.sampled_from(MEMBERS), ANYTHING),
)
def test_no_record_breaks_it(watched: tuple[str, str], fields: dict[str, Any]) -> None:
    source, name = watched
    change_of({"eventSource": source, "eventName": name} | fields, OWN)


NAMES = st.text(string.ascii_letters + string.digits + "-", min_size=1, max_size=20)


@given(
    stack=NAMES,
    other=NAMES,
    rest=NAMES,
    names=st.sampled_from(["{}", "arn:aws:x:us-east-1:1:{}", "https://h/{}"]),
)
def test_the_things_of_another_stack_are_never_the_guards(
    stack: str, other: str, rest: str, names: str
) -> None:
    # Given the name of a thing of another stack, which does not begin with the name of the guard's
    name = f"{other}-{rest}"
    assume(not name.lower().startswith(f"{stack.lower()}-") and name.lower() != stack.lower())
    # When it comes alone, in an ARN or in a URL, then it is not the guard's
    assert OwnResources(stack).name_in(names.format(name)) is None
    # while what begins so is, wherever it stands
    assert OwnResources(stack).name_in(names.format(f"{stack}-{rest}")) == f"{stack}-{rest}"


@pytest.mark.parametrize("row", WATCHED, ids=lambda row: f"{row.part} {row.names[0]}")
def test_each_call_is_one_of_the_service_and_has_such_members(row: Watched) -> None:
    """A name that AWS does not know would never match, and nobody would notice."""
    service = row.source.removesuffix(".amazonaws.com")
    model = botocore.session.get_session().get_service_model(MODELS.get(service, service))
    for name in row.names:
        operation = model.operation_model(name)
        members = {m.lower() for s in (operation.input_shape, operation.output_shape) if s for m in s.members}
        assert members & {member.partition(".")[0].lower() for member in row.members}


def test_the_stack_tells_ids_and_versions_of_layers() -> None:
    layer = arn("lambda", "layer:PolicyLayer1A2B3C4D:7")
    own = OwnResources.of(STACK, (KEY, layer, f"secret:{SECRET}"))
    assert own.secrets == {SECRET}
    assert own.identifiers == {KEY, "PolicyLayer1A2B3C4D"}
    assert own.name_in(layer.replace(":7", ":6")) == "PolicyLayer1A2B3C4D"
