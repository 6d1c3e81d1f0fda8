"""What no IAM tells of a role is told once, but is as of now each time."""

from datetime import UTC, datetime, timedelta

from passrole.evidence.snapshot import NoIam
from passrole.trail import passes_of
from tests.unit.samples import create_function_record


def test_what_was_told_before_is_as_of_now() -> None:
    now = [datetime(2026, 11, 22, tzinfo=UTC)]
    source = NoIam(clock=lambda: now[0])
    [pass_] = passes_of(create_function_record())
    first = source.evidence(pass_)
    now[0] += timedelta(days=2)

    assert (first.observed_at[:10], source.evidence(pass_).observed_at[:10]) == ("2026-11-22", "2026-11-24")
    assert source.evidence(pass_).arn == first.arn
