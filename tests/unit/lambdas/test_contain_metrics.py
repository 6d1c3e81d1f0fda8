"""How long a containment took is counted when it was done, and not at each later look."""

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from passrole.clock import iso, utc_now
from passrole.finding import Finding, State
from tests.unit.lambdas.notifying import Context
from tests.unit.lambdas.test_contain import handler, record  # noqa: F401 - one is a fixture
from tests.unit.samples import finding_of, pass_of


@pytest.mark.parametrize(
    ("state", "ago", "is_counted"),
    [(State.CONTAINED, -1, True), (State.CONTAINED, 600, False), (State.OPEN, -1, False)],
)
def test_an_act_is_timed_where_it_was_done(
    handler: Any,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    state: State,
    ago: int,
    is_counted: bool,
) -> None:
    at = utc_now() - timedelta(seconds=ago)
    called = pass_of(event_time=iso(at - timedelta(seconds=9)))
    finding: Finding = replace(finding_of(called), state=state, updated_at=iso(at))
    container = SimpleNamespace(brakes=SimpleNamespace(has_tripped=False), contain=lambda *_, **__: finding)
    monkeypatch.setattr(handler, "_container", lambda _: container)

    handler.handler({"Records": [record()]}, Context())

    assert ('"ActLatency":[9.0]' in capsys.readouterr().out) is is_counted
