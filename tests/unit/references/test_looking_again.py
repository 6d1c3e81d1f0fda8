"""Which references are worth looking up again: not where the record, or the time of the thing, decides."""

import pytest

from passrole.references import LiveReferences
from tests.unit.references.passes import NobodyAsks, lookup_of, referred, refusing

FOREIGN = "arn:aws:ecs:us-east-1:444455556666:task-definition/orders:1"


def lasting(id_: str | None, references: LiveReferences | None = None) -> bool:
    pass_ = referred("task definition", id_, "taskRoleArn")
    (left,) = (references or LiveReferences(NobodyAsks())).resolve([pass_])
    assert left.referral
    assert left.referral.unread
    return left.referral.lasting


def test_what_a_service_refused_may_be_told_later() -> None:
    with refusing(lookup_of("task definition"), "ThrottlingException") as references:
        assert not lasting("orders", references)


@pytest.mark.parametrize("id_", [None, "..", FOREIGN])
def test_what_the_record_does_not_tell_is_not_told_later(id_: str | None) -> None:
    assert lasting(id_)
