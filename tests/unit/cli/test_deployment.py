"""The operator's session: renewed for as long as a command takes, and no sooner."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.client import BaseClient

from passrole.cli.deployment import become_operator
from tests.unit.cli.conftest import STACK, Cloud


@pytest.mark.parametrize(("left", "sessions"), [(800, 1), (200, 2), (100, 2)])
def test_a_session_that_is_about_to_end_is_renewed(
    deployed: Cloud, dynamodb: Any, monkeypatch: pytest.MonkeyPatch, left: int, sessions: int
) -> None:
    assumed: list[str] = []
    real = BaseClient._make_api_call  # type: ignore[attr-defined]

    def call(client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        answer = real(client, operation, arguments)
        if operation == "AssumeRole":
            if not assumed:  # the first is nearly over, or not
                answer["Credentials"]["Expiration"] = datetime.now(UTC) + timedelta(seconds=left)
            assumed.append(arguments["RoleSessionName"])
        return answer

    monkeypatch.setattr(BaseClient, "_make_api_call", call)
    operator = become_operator(STACK, None)

    for _ in range(3):
        list(operator.ledger.findings())

    assert len(assumed) == sessions
    assert len(set(assumed)) == 1
